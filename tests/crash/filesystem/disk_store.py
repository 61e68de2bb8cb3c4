"""Our own store as a program: `disk_store.py write DIR KEY FILE`, `disk_store.py read DIR KEY`; 3: a missing key."""

import sys
from pathlib import Path

from storage_combinators import Disk, Missing, Ref

verb, folder, key, *file = sys.argv[1:]
store = Disk(Path(folder))
if verb == "write":
    store.put(Ref(key), Path(file[0]).read_bytes())
else:
    try:
        sys.stdout.buffer.write(store.get(Ref(key)))
    except Missing:
        sys.exit(3)
