"""fsspec: a reader beside a writer of the same local file finds it empty."""

from tempfile import mkdtemp
from threading import Thread

import fsspec

mapper, seen = fsspec.get_mapper(mkdtemp()), set()
mapper["a"] = b"x" * 100


def write() -> None:
    for _ in range(20_000):
        if len(seen) < 2:
            mapper.update({"a": b"x" * 100})


writer = Thread(target=write)
writer.start()
while writer.is_alive() and len(seen) < 2:
    seen.add(len(mapper["a"]))
writer.join()
assert seen == {100}, f"values of {sorted(seen)} bytes were read, but only values of 100 bytes were put"
