"""The compositions that section 4 and 5 of the paper draw, built from the reference over real leaves.

`COMPOSITIONS` has one entry for each. ``open(directory)`` is a context manager that gives the store, over an empty
directory of its own; servers run while the block does. The suite's tests, the demo and tests/edges use them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage_combinators import (
    Bytes,
    Cache,
    CascadingDelete,
    Copier,
    Json,
    JsonCodec,
    Logging,
    Memory,
    Notify,
    Queue,
    Redirected,
    Ref,
    Relative,
    Sequential,
    Serialized,
    Store,
    Switch,
    TextCodec,
    WriteBack,
)
from storage_combinators.edges.http_server import serve
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.sqlite import SQLite

HOME = Ref("home", "user")


@dataclass(frozen=True)
class Composition:
    """One drawing: the figures that show it, what its values are, and the first names it has room for (all: none)."""

    name: str
    figures: str
    values: str  # bytes, json, text
    open: Callable[[Path], AbstractContextManager[Store[Any]]]
    routes: tuple[str, ...] = ()


def home(directory: Path) -> Store[bytes]:
    return Relative(Disk(directory), HOME)


def storage_stack(directory: Path) -> Store[Any]:
    return Cache(Memory(), Json(Disk(directory)))


def write_back(directory: Path) -> WriteBack[Any]:
    return WriteBack(Memory(), Json(Disk(directory)))


def asynchronous_writer(directory: Path) -> Sequential[Any]:
    """As drawn: reads from memory, then disk; writes to memory, and from there by way of the log to disk."""
    fast, slow = Memory[Any](), Json(Disk(directory))
    return Sequential((Logging(fast, Queue(Copier(fast, slow))), slow))


def wunderlist(directory: Path) -> Store[Any]:
    """A database of its own stands for the keychain, which only one system has."""
    keychain = Json(SQLite(directory / "keychain.db"))
    return Cache(Memory(), Switch({"login": keychain, "lists": Json(Disk(directory / "disk"))}))


def wunderlist_in_tests(_: Path) -> Store[Any]:
    return Memory()


def to_do(directory: Path) -> Store[Any]:
    """What can be recovered of the drawing: the way to the data, with the names of two of the stores beside it."""
    data = Logging(Cache(Memory(), Json(Disk(directory))), Notify())
    return Switch({"lists": Redirected(CascadingDelete(data), Memory()), "search": Memory(), "user": Memory()})


def files(directory: Path) -> Store[bytes]:
    return Disk(directory)


def cached_files(directory: Path) -> Store[bytes]:
    return Cache(Memory(), Disk(directory))


@contextmanager
def file_server(directory: Path) -> Iterator[Store[bytes]]:
    with serve(home(directory)) as url:
        yield Http(url)


@contextmanager
def cached_server(directory: Path) -> Iterator[Store[bytes]]:
    with serve(Cache(Memory(), home(directory))) as url:
        yield Http(url)


@contextmanager
def client(_: Path) -> Iterator[Store[bytes]]:
    with serve(Bytes(Memory())) as url:
        yield Cache(Memory(), Http(url))


@contextmanager
def two_level_client(directory: Path) -> Iterator[Store[bytes]]:
    near = Relative(Disk(directory), Ref("tmp", "cache"))
    with serve(Bytes(Memory())) as url:
        yield Cache(Memory(), Cache(near, Http(url)))


@contextmanager
def by_type(_: Path) -> Iterator[Store[Any]]:
    """The type is the first name of the ref, for the paper does not say where else a ref would carry it."""
    with serve(Bytes(Memory())) as url:
        web = Http(url)
        text, data = Serialized(web, TextCodec()), Serialized(web, JsonCodec())
        yield Cache(Memory(), Switch({"text": text, "json": data}))


def _open(build: Callable[[Path], Store[Any]]) -> Callable[[Path], AbstractContextManager[Store[Any]]]:
    @contextmanager
    def opened(directory: Path) -> Iterator[Store[Any]]:
        yield build(directory)

    return opened


COMPOSITIONS = [
    Composition("home directory", "16, 23, 24", "bytes", _open(home)),
    Composition("file server", "25", "bytes", file_server),
    Composition("cached server", "26, 27", "bytes", cached_server),
    Composition("client", "28", "bytes", client),
    Composition("two-level client", "29", "bytes", two_level_client),
    Composition("client by type", "section 4.4", "text", by_type, ("text", "json")),
    Composition("storage stack", "30", "json", _open(storage_stack)),
    Composition("write-back", "31", "json", _open(write_back)),
    Composition("asynchronous writer", "31", "json", _open(asynchronous_writer)),
    Composition("Wunderlist", "32", "json", _open(wunderlist), ("login", "lists")),
    Composition("Wunderlist in tests", "33", "json", _open(wunderlist_in_tests)),
    Composition("To-Do", "34", "json", _open(to_do), ("lists", "search", "user")),
    Composition("file browser", "35, 36", "bytes", _open(files)),
    Composition("cached file browser", "37", "bytes", _open(cached_files)),
]
