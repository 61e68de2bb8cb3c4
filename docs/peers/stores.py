"""The peers as subjects: each a mapping of strings to bytes, as thin as it can be, and what its makers never promised.

``store-conform stores.py:python_shelve`` judges one; run.py judges all. What a peer's own documentation does not
promise stands in `without`, with the reason. Where it takes only some names, or only bytes, the adapter spells keys or
values as it asks.
"""

from __future__ import annotations

import dbm.dumb
import re
import shelve
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, TypeVar
from urllib.parse import unquote
from uuid import uuid4

F = TypeVar("F", bound=Callable[..., Any])
TYPES = {"types": "promises nothing on other types"}
PICKLED = {
    "types": "takes what can be pickled, and keys of other types",
    "copies": "gives back what was put in, of the type that it had",
}
TEXT = {"keys": "path"}  # no lone surrogates, which these do not promise to keep


def says(claims: dict[str, object], without: dict[str, str]) -> Callable[[F], F]:
    """What the suite reads of a factory."""

    def marked(factory: F) -> F:
        factory.claims, factory.without = claims, without  # type: ignore[attr-defined]  # a function has any attribute
        return factory

    return marked


class Adapter(MutableMapping[str, bytes]):
    """A mapping over `inner`; a subclass says how its verbs are called there. `del` looks first, so it has a lock."""

    claims: ClassVar[dict[str, object]] = {}
    without: ClassVar[dict[str, str]] = TYPES
    inner: Any

    def __init__(self) -> None:
        self.lock = Lock()

    def remove(self, key: str) -> None:
        raise NotImplementedError

    def __delitem__(self, key: str) -> None:
        with self.lock:
            self[key]
            self.remove(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def only_bytes(value: Any) -> Any:
    """A buffer as the bytes that the peer asks for; anything else as it is."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else value


def plain(value: Any) -> Any:
    """A view as bytes, and of a bytearray the buffer itself, which these peers document that they take."""
    return value if isinstance(value, bytearray) else only_bytes(value)


def of_bytes(kind: Any) -> Any:
    """A peer that takes any value, given bytes."""

    class OfBytes(kind):  # type: ignore[misc]  # a base that is found out when it runs
        def __setitem__(self, key: str, value: Any) -> None:
            super().__setitem__(key, only_bytes(value))

    return OfBytes


def path_of(key: str) -> str:
    """A file of its own for each key, in a folder of that name, so that "a" and "a/b" may both be there."""
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no string")
    return re.sub(r"[\x00-\x1f\x7f%\\]", lambda found: f"%{ord(found[0]):02X}", key) + "/=value"


def key_at(path: str) -> str:
    return unquote(path.removesuffix("/=value"))


# fsspec: its own mapping over a folder


class FsspecMemory(Adapter):
    claims: ClassVar[dict[str, object]] = TEXT

    def __init__(self) -> None:
        import fsspec

        super().__init__()
        self.inner = fsspec.get_mapper(f"memory://{uuid4().hex}")

    def __getitem__(self, key: str) -> bytes:
        return self.inner[path_of(key)]  # type: ignore[no-any-return]  # fsspec has no types

    def __setitem__(self, key: str, value: bytes) -> None:
        self.inner[path_of(key)] = only_bytes(value)

    def remove(self, key: str) -> None:
        del self.inner[path_of(key)]

    def __iter__(self) -> Iterator[str]:
        return map(key_at, self.inner)

    def close(self) -> None:
        self.inner.fs.store.clear()
        self.inner.fs.pseudo_dirs[:] = [""]


class FsspecLocal(FsspecMemory):
    def __init__(self, directory: Path) -> None:
        import fsspec

        super(FsspecMemory, self).__init__()
        self.inner = fsspec.get_mapper(str(directory), create=True)

    def close(self) -> None:
        pass


# obstore and zarr: paths to buffers


class _Obstore(Adapter):
    claims: ClassVar[dict[str, object]] = TEXT

    def __getitem__(self, key: str) -> bytes:
        try:
            return bytes(self.inner.get(path_of(key)).bytes())
        except FileNotFoundError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: bytes) -> None:
        self.inner.put(path_of(key), plain(value))

    def remove(self, key: str) -> None:
        self.inner.delete(path_of(key))

    def __iter__(self) -> Iterator[str]:
        return (key_at(each["path"]) for page in self.inner.list() for each in page)


class ObstoreMemory(_Obstore):
    def __init__(self) -> None:
        from obstore.store import MemoryStore

        super().__init__()
        self.inner = MemoryStore()


class ObstoreLocal(_Obstore):
    def __init__(self, directory: Path) -> None:
        from obstore.store import LocalStore

        super().__init__()
        self.inner = LocalStore(directory)


class _Zarr(Adapter):
    claims: ClassVar[dict[str, object]] = TEXT

    def __getitem__(self, key: str) -> bytes:
        from zarr.core.buffer import default_buffer_prototype
        from zarr.core.sync import sync

        found = sync(self.inner.get(path_of(key), default_buffer_prototype()))
        if found is None:
            raise KeyError(key)
        return bytes(found.to_bytes())

    def __setitem__(self, key: str, value: bytes) -> None:
        from zarr.core.buffer.cpu import Buffer
        from zarr.core.sync import sync

        sync(self.inner.set(path_of(key), Buffer.from_bytes(plain(value))))

    def remove(self, key: str) -> None:
        from zarr.core.sync import sync

        sync(self.inner.delete(path_of(key)))

    def __iter__(self) -> Iterator[str]:
        from zarr.core.sync import sync

        async def all_keys() -> list[str]:
            return [key async for key in self.inner.list()]

        return map(key_at, sync(all_keys()))


class ZarrMemory(_Zarr):
    def __init__(self) -> None:
        from zarr.storage import MemoryStore

        super().__init__()
        self.inner = MemoryStore()


class ZarrLocal(_Zarr):
    def __init__(self, directory: Path) -> None:
        from zarr.storage import LocalStore

        super().__init__()
        self.inner = LocalStore(directory)


# What is a mapping already


@says(TEXT, PICKLED)
def diskcache_index(directory: Path) -> MutableMapping[str, bytes]:
    from diskcache import Index

    return of_bytes(Index)(str(directory))  # type: ignore[no-any-return]


@says(
    TEXT,
    {
        **PICKLED,
        "threads": "promises nothing to threads",
        "shared": "documented: no several writers, no writer beside readers",
        "survives": "what outlives a kill is for the module dbm to say, and it says nothing",
    },
)
def python_shelve(directory: Path) -> MutableMapping[str, bytes]:
    return of_bytes(shelve.DbfilenameShelf)(str(directory / "shelf"))  # type: ignore[no-any-return]


@says(TEXT, PICKLED)
def sqlitedict_file(directory: Path) -> MutableMapping[str, bytes]:
    from sqlitedict import SqliteDict

    return of_bytes(SqliteDict)(str(directory / "dict.sqlite"), autocommit=True)  # type: ignore[no-any-return]


@says(TEXT, PICKLED)
def klepto_folders(directory: Path) -> MutableMapping[str, bytes]:
    from klepto.archives import dir_archive

    return dir_archive(str(directory / "archive"), cached=False)  # type: ignore[no-any-return]  # its own kind of class


class ZictFile(Adapter):
    """zict.File, whose values come back as bytearray, which it documents."""

    claims: ClassVar[dict[str, object]] = TEXT
    without: ClassVar[dict[str, str]] = {
        **TYPES,
        "threads": "documented: of a key, one thread at a time",
        "shared": "keeps in memory which keys there are",
        "survives": "promises nothing about a kill",
    }

    def __init__(self, directory: Path) -> None:
        from zict import File

        super().__init__()
        self.inner = File(directory)

    def __getitem__(self, key: str) -> bytes:
        return bytes(self.inner[key])

    def __setitem__(self, key: str, value: bytes) -> None:
        self.inner[key] = only_bytes(value)

    def remove(self, key: str) -> None:
        del self.inner[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.inner)


class Dumb(Adapter):
    """dbm.dumb, whose keys are bytes."""

    without: ClassVar[dict[str, str]] = {
        **TYPES,
        "threads": "promises nothing to threads",
        "shared": "documented: two who write at once may damage it",
        "survives": "the index is written on close",
    }

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.inner = dbm.dumb.open(str(directory / "dumb"))

    def __getitem__(self, key: str) -> bytes:
        return self.inner[key.encode("utf-8", "surrogatepass")]  # type: ignore[no-any-return]

    def __setitem__(self, key: str, value: bytes) -> None:
        self.inner[key.encode("utf-8", "surrogatepass")] = only_bytes(value)

    def remove(self, key: str) -> None:
        del self.inner[key.encode("utf-8", "surrogatepass")]

    def __iter__(self) -> Iterator[str]:
        return (key.decode("utf-8", "surrogatepass") for key in self.inner.keys())  # noqa: SIM118  # no iteration there

    def close(self) -> None:
        self.inner.close()


# simplekv and minimalkv: keys of a small alphabet, 250 characters at most; deleting what is not there does nothing


class _KeyValue(Adapter):
    claims: ClassVar[dict[str, object]] = {"max_key": 124}

    def __getitem__(self, key: str) -> bytes:
        return self.inner.get(hexed(key))  # type: ignore[no-any-return]

    def __setitem__(self, key: str, value: bytes) -> None:
        self.inner.put(hexed(key), only_bytes(value))

    def remove(self, key: str) -> None:
        self.inner.delete(hexed(key))

    def __iter__(self) -> Iterator[str]:
        return map(unhexed, self.inner.iter_keys())


def hexed(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no string")
    return "k" + key.encode("utf-8", "surrogatepass").hex()


def unhexed(name: str) -> str:
    return bytes.fromhex(name[1:]).decode("utf-8", "surrogatepass")


class SimplekvMemory(_KeyValue):
    def __init__(self) -> None:
        from simplekv.memory import DictStore

        super().__init__()
        self.inner = DictStore()


class SimplekvFiles(_KeyValue):
    def __init__(self, directory: Path) -> None:
        from simplekv.fs import FilesystemStore

        super().__init__()
        self.inner = FilesystemStore(str(directory))


class MinimalkvFiles(_KeyValue):
    def __init__(self, directory: Path) -> None:
        from minimalkv.fs import FilesystemStore

        super().__init__()
        self.inner = FilesystemStore(str(directory))
