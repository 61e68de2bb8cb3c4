"""What the suite puts under a combinator: stores that are right, note what they are asked, and fail when told to.

Each class stands alone, for scripts take over its text; what it needs is in HEAD.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import dumps, loads
from threading import RLock
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

__all__ = ["HEAD", "Codec", "Hands", "Operation", "Pair", "Sink", "Source"]

HEAD = """\
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import dumps, loads
from threading import RLock
from typing import Any
"""


class Source:
    """A dictionary as a store. `notes`: what it was asked. `meanwhile`: verb -> what happens just before, once."""

    def __init__(self) -> None:
        self.cells: dict[Ref, Any] = {}
        self.notes: list[tuple[Any, ...]] = []
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.failing: tuple[str, ...] = ()
        self.when, self.only = "before", Ref()
        self.appends = self.refusing = False
        self.lock = RLock()

    def fail(self, *verbs: str, when: str = "before", only: Ref = Ref()) -> None:
        """From now on these verbs raise OSError, before or after what they do, if `only` is given at that ref alone."""
        self.failing, self.when, self.only = verbs, when, only

    def asked(self) -> list[tuple[Any, ...]]:
        """What it was asked since the last time."""
        notes, self.notes = self.notes, []
        return notes

    def wrote(self) -> list[tuple[Any, ...]]:
        """What it was asked to write since the last time."""
        return [note for note in self.asked() if note[0] not in ("get", "refs")]

    def listed(self) -> list[tuple[Any, ...]]:
        """What it was asked to list since the last time."""
        return [note for note in self.asked() if note[0] == "refs"]

    @contextmanager
    def told(self, *note: Any) -> Iterator[None]:
        """Note it, let happen what happens meanwhile, fail if told to."""
        self.notes.append(note)
        self.meanwhile.pop(note[0], int)()
        fails = note[0] in self.failing and self.only in (Ref(), note[1])
        if fails and self.when == "before":
            raise OSError("told to fail")
        with self.lock:
            yield
        if fails:
            raise OSError("told to fail, after it was done")

    def get(self, ref: Ref, /) -> Any:
        with self.told("get", ref):
            if ref not in self.cells:
                raise Missing(ref)
            return self.cells[ref]

    def put(self, ref: Ref, value: Any, /) -> None:
        with self.told("put", ref):
            if self.refusing:
                raise Refused("told to refuse")
            if value is MISSING:
                raise TypeError("MISSING is no value")
            self.cells[ref] = value

    def merge(self, ref: Ref, value: Any, /) -> None:
        with self.told("merge", ref):
            if value is MISSING:
                raise TypeError("MISSING is no value")
            self.cells[ref] = self.cells[ref] + value if self.appends and ref in self.cells else value

    def delete(self, ref: Ref, /) -> None:
        with self.told("delete", ref):
            self.cells.pop(ref, None)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        with self.told("swap", ref):
            held = self.cells.get(ref, MISSING)
            if held is not old and held != old:
                raise Conflict(ref)
            self.cells.pop(ref, None)
            self.cells.update({} if new is MISSING else {ref: new})

    def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
        with self.told("refs", base, depth):
            below = [ref for ref in self.cells if ref[: len(base)] == base]
        if depth == 1:
            below = list({Ref(*ref[: len(base) + 1]) for ref in below if ref != base})
        yield from below if depth != 0 else [ref for ref in below if ref == base]


class Codec:
    """JSON with a mark before it. `decoded`: what it was given to decode. ValueError for what is no such thing."""

    def __init__(self) -> None:
        self.decoded: list[Any] = []

    def encode(self, value: Any, /) -> bytes:
        return b"J" + dumps(value).encode()

    def decode(self, raw: bytes, /) -> Any:
        self.decoded.append(raw)
        if not isinstance(raw, bytes) or raw[:1] != b"J":
            raise ValueError("malformed")
        return loads(raw[1:])


@dataclass(frozen=True)
class Operation:
    """A write that happened: PUT, MERGE or DELETE, and where."""

    verb: str
    ref: Ref


class Sink:
    """A filter that keeps what it is handed. `meanwhile`: what happens just before it takes the next one, once."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.failing = False
        self.meanwhile: Callable[[], object] = int

    def __call__(self, operation: Any, /) -> None:
        meanwhile, self.meanwhile = self.meanwhile, int
        meanwhile()
        if self.failing:
            raise OSError("told to fail")
        self.taken.append((operation.verb, operation.ref))

    def took(self) -> list[Any]:
        """What it was handed since the last time: (verb, ref) each."""
        taken, self.taken = self.taken, []
        return taken


@dataclass(frozen=True)
class Pair:
    """A tree: what it is asked, it asks `first`."""

    first: Any
    second: Any

    def get(self, ref: Ref, /) -> Any:
        return self.first.get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.first.put(ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.first.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.first.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.first.swap(ref, old, new)

    def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
        return iter(self.first.refs(base, depth))


class Hands:
    """An executor that works at once, or never. `waited`: for how long its results were waited for."""

    def __init__(self) -> None:
        self.stuck = False
        self.waited: list[Any] = []
        self.work: Callable[[], Any] = int

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        self.work = lambda: work(*args, **named)
        return self

    def result(self, timeout: Any = None) -> Any:
        self.waited.append(timeout)
        if self.stuck:
            raise TimeoutError
        return self.work()

    def done(self) -> bool:
        return not self.stuck

    def cancel(self) -> bool:
        return False
