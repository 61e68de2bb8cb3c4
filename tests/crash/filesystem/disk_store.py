"""Our own store as a program: `disk_store.py write DIR KEY FILE`, `disk_store.py read DIR KEY`; 3: a missing key."""

import sys
from pathlib import Path

from storage_combinators import Disk, Missing, Ref


def main(verb: str, folder: str, key: str, *file: str) -> None:
    store = Disk(Path(folder))
    if verb == "write":
        store.put(Ref(key), Path(file[0]).read_bytes())
        return
    try:
        sys.stdout.buffer.write(store.get(Ref(key)))
    except Missing:
        sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
