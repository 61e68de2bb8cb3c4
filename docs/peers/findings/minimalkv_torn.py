"""minimalkv: a reader beside a writer of the same file finds it empty."""

from tempfile import mkdtemp
from threading import Thread

from minimalkv.fs import FilesystemStore

store, seen = FilesystemStore(mkdtemp()), set()
store.put("a", b"x" * 100)


def write() -> None:
    for _ in range(20_000):
        if len(seen) < 2:
            store.put("a", b"x" * 100)


writer = Thread(target=write)
writer.start()
while writer.is_alive() and len(seen) < 2:
    seen.add(len(store.get("a")))
writer.join()
assert seen == {100}, f"values of {sorted(seen)} bytes were read, but only values of 100 bytes were put"
