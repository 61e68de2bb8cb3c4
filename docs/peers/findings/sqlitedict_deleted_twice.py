"""sqlitedict: of two threads that delete one key at once, both are told that they did."""

from tempfile import mkdtemp
from threading import Barrier, Thread

from sqlitedict import SqliteDict

store = SqliteDict(f"{mkdtemp()}/dict.sqlite", autocommit=True)
barrier, told = Barrier(2), []


def delete() -> None:
    barrier.wait()
    try:
        del store["a"]
        told.append("deleted")
    except KeyError:
        told.append("KeyError")


for _ in range(300):
    store["a"], told[:] = b"x", []
    threads = [Thread(target=delete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["KeyError", "deleted"], f"two threads that delete one key were told {told}"
store.close()
