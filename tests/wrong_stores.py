"""Small wrong stores, and right ones that say less or more than they are: subjects of the tests here, by path."""

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from time import sleep
from typing import Any, ClassVar

from storage_combinators.leaves.memory import Memory
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused
from storage_combinators.transforming.pass_through import PassThrough


class DeletesBelow(Memory[Any]):
    """Deletes what is below, too."""

    def delete(self, ref: Ref, /) -> None:
        for other in [each for each in self.cells if each.within(ref)]:
            del self.cells[other]


class Raises(Memory[Any]):
    """Fails in a way that no law foresees."""

    def get(self, ref: Ref, /) -> Any:
        return 1 / 0 if len(ref) > 1 else super().get(ref)


class ForgetsFalse(Memory[Any]):
    """Takes an empty value for none."""

    def get(self, ref: Ref, /) -> Any:
        return self.cells.get(ref) or super().get(Ref("no", "such"))


class ListsTwice(Memory[Any]):
    """Lists a ref with a value and with refs below it twice at depth 1."""

    def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
        if depth != 1:
            return super().refs(base, depth)
        inside = [ref for ref in self.cells if ref.within(base) and ref != base]
        return iter([ref.cut(len(base) + 1) for ref in inside])


class SwapsUnseen(Memory[Any]):
    """Ignores the condition, as some servers do; claims nothing else."""

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.cells.pop(ref, None) if new is MISSING else self.put(ref, new)


class OnlyCreates(Memory[Any]):
    """A store that can create in one step, and says so."""

    claims: ClassVar[dict[str, object]] = {"swaps": "create"}

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is not MISSING:
            raise Refused("no condition but absence")
        super().swap(ref, old, new)


class TooModest(Memory[Any]):
    """Can do more than it says."""

    claims: ClassVar[dict[str, object]] = {"swaps": "create"}


class ChecksThenWrites(Memory[Any]):
    """Its swap is two steps; threads see that."""

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        found = self.cells.get(ref, MISSING)
        sleep(0.001)
        if found != old:
            raise Conflict(ref)
        self.cells[ref] = new


class Hangs(Memory[Any]):
    """Never comes back from a merge over a value."""

    def merge(self, ref: Ref, value: Any, /) -> None:
        while ref in self.cells:
            sleep(0.01)
        self.put(ref, value)


SHARED: dict[Ref, Any] = {}


def shares_its_default() -> Memory[Any]:
    """Every store has the same dictionary."""
    return Memory(SHARED)


def filled() -> Memory[bytes]:
    """A store that holds something already."""
    return Memory({Ref("there"): b"1", Ref("there", "below"): b"2"})


def overlooks_what_is_there() -> Memory[bytes]:
    """Holds something already, which one of its listings leaves out."""

    class Overlooks(Memory[bytes]):
        def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
            return (ref for ref in super().refs(base, depth) if depth is None or ref != Ref("there"))

    return Overlooks({Ref("there"): b"1"})


class ReadOnly(PassThrough[Any]):
    """Refuses to write."""

    without: ClassVar[dict[str, str]] = {"writes": "it is for reading"}

    def put(self, ref: Ref, value: Any, /) -> None:
        raise Refused("read-only")

    def merge(self, ref: Ref, value: Any, /) -> None:
        raise Refused("read-only")

    def delete(self, ref: Ref, /) -> None:
        raise Refused("read-only")

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raise Refused("read-only")


def read_only() -> ReadOnly:
    """Something to read, and no way to write."""
    return ReadOnly(filled())


class Json(Memory[Any]):
    """Holds JSON, by value, and no bytes."""

    without: ClassVar[dict[str, str]] = {"copies": "hands out what it was given", "types": "only bytes are refused"}

    def put(self, ref: Ref, value: Any, /) -> None:
        if isinstance(value, bytes):
            raise TypeError("bytes are no JSON")
        super().put(ref, value)


class KeepsBytes(MutableMapping[str, bytes]):
    """A right mapping."""

    def __init__(self) -> None:
        self.cells: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> bytes:
        return self.cells[key]

    def __setitem__(self, key: str, value: bytes) -> None:
        if not isinstance(key, str) or not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError("strings to bytes")
        self.cells[key] = bytes(value)

    def __delitem__(self, key: str) -> None:
        del self.cells[key]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.cells))

    def __len__(self) -> int:
        return len(self.cells)


class Folder(KeepsBytes):
    """A mapping on disk, whose names are hexadecimal, so that long ones do not do."""

    without: ClassVar[dict[str, str]] = {"threads": "one temporary name for all"}
    claims: ClassVar[dict[str, object]] = {"max_key": 100}

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        return (
            self.folder / key.encode("utf-8", "surrogatepass").hex() if isinstance(key, str) else self.folder / "none"
        )

    def __getitem__(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: bytes) -> None:
        if not isinstance(key, str) or not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError("strings to bytes")
        (self.folder / "new").write_bytes(bytes(value))
        (self.folder / "new").rename(self.path(key))

    def __delitem__(self, key: str) -> None:
        try:
            self.path(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        names = [path.name for path in self.folder.iterdir() if path.name != "new"]
        return iter([bytes.fromhex(name).decode("utf-8", "surrogatepass") for name in names])

    def __len__(self) -> int:
        return len(list(iter(self)))


class WritesLate(Folder):
    """Writes each value when the next one comes: the last is lost when the process is killed."""

    def __setitem__(self, key: str, value: bytes) -> None:
        for late in self.__dict__.pop("late", ()):
            super().__setitem__(*late)
        self.late = [(key, value)]


def wrap(store: Any) -> PassThrough[Any]:
    """A wrapper that changes nothing."""
    return PassThrough(store)


class DropsBelow(PassThrough[Any]):
    """A wrapper that is wrong over what it did not put itself."""

    def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
        seen = self.__dict__.setdefault("seen", set())
        return (ref for ref in super().refs(base, depth) if depth == 1 or ref in seen)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.__dict__.setdefault("seen", set()).add(ref)
        super().put(ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.put(ref, value)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        self.__dict__.setdefault("seen", set()).add(ref)


def drop(store: Any) -> DropsBelow:
    """Wrap it so."""
    return DropsBelow(store)


not_callable = 1


def fails() -> None:
    """A factory that raises."""
    raise RuntimeError("no luck\nat all")


def makes_nothing() -> int:
    """A factory of something else."""
    return 1
