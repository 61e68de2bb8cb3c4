"""Bad days: stores whose sources fail at calls that are chosen, and what may be read after each write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from storage_combinators import (
    MISSING,
    Condition,
    Conflict,
    Failing,
    Fanout,
    Levels,
    Memory,
    Migrate,
    Missing,
    Overlay,
    Ref,
    Replica,
    Shadow,
    Shard,
    Union,
    exists,
    look,
)

A = Ref("a")


class Down(Exception):
    """A source did not answer."""


@dataclass
class Day:
    """The calls of all sources are numbered; `fails` says which fail, before or after they were done; `away`: which
    source is gone, from which of its own calls on until it is back.
    """

    fails: Mapping[int, str] = field(default_factory=dict)
    away: Mapping[int, int] = field(default_factory=dict)
    calls: int = 0
    own: dict[int, int] = field(default_factory=dict)
    over: bool = False
    memories: list[Memory[Any]] = field(default_factory=list)

    def source(self, cells: dict[Ref, Any] | None = None) -> Any:
        """A source of this day."""
        memory, number = Memory(dict(cells or {})), len(self.memories)
        self.memories.append(memory)
        return Failing(memory, lambda verb, ref: self._before(number), lambda verb, ref: self._after())

    def _before(self, number: int) -> None:
        if self.over:
            return
        self.calls, self.own[number] = self.calls + 1, self.own.get(number, 0) + 1
        if self.fails.get(self.calls) == "before" or self.own[number] >= self.away.get(number, self.own[number] + 1):
            raise Down(f"call {self.calls}")
        self.last = self.calls

    def _after(self) -> None:
        if not self.over and self.fails.get(self.last) == "after":
            raise Down(f"call {self.last}, after it was done")


class Here:
    """An executor that does the work at once, in this thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any) -> Any:
        from concurrent.futures import Future

        future = Future[Any]()
        try:
            future.set_result(work(*args))
        except Down as failure:
            future.set_exception(failure)
        return future


def replica(day: Day, writes: int = 2) -> Any:
    ticks = count(1)
    return Replica(
        tuple(day.source() for _ in range(3)), writes, clock=lambda: next(ticks), ticket=lambda: str(next(ticks))
    )


OLD = {A: "old", Ref("b"): "other"}
EMPTY: dict[Ref, Any] = {}
KINDS: dict[str, tuple[Callable[[Day], Any], dict[Ref, Any]]] = {
    "Fanout": (lambda day: Fanout((day.source(), day.source()), Here()), EMPTY),  # type: ignore[arg-type]  # it submits
    "Overlay": (lambda day: Overlay(day.source(), day.source(OLD), day.source()), OLD),
    "Migrate": (lambda day: Migrate(day.source(), day.source(OLD)), OLD),
    "Union": (lambda day: Union((day.source(OLD), day.source({A: "hidden"})), 1), OLD),
    "Condition": (lambda day: Condition(lambda value: value > "new 3", day.source(OLD), day.source()), OLD),
    "Levels": (lambda day: Levels((day.source(), day.source(), day.source(OLD))), OLD),
    "Shard": (lambda day: Shard({"x": day.source(), "y": day.source()}), EMPTY),
    "Shadow": (lambda day: Shadow(day.source(), day.source(), lambda *told: None), EMPTY),
    "Replica of a majority": (replica, EMPTY),
    "Replica of all": (lambda day: replica(day, 3), EMPTY),
}


@dataclass
class Reader:
    """What a store may answer for each ref: the last that was acknowledged, and then what failed writes would leave.

    `settles`: what a read settles: "all", that it is what was read; "older", that it is nothing older; "nothing".
    """

    store: Any
    may: dict[Ref, list[Any]]
    settles: str = "all"

    def do(self, verb: str, ref: Ref, *args: Any) -> bool:
        """Do it and judge the answer; did it fail?"""
        may = self.may.setdefault(ref, [MISSING])
        try:
            answer = getattr(self, f"_{verb}")(ref, *args)
        except Down:
            if verb in ("put", "delete", "swap"):
                may.append(args[-1] if args else MISSING)
            return True
        if answer is not None:
            assert answer[0] in may, f"{verb} of {ref} answered {answer[0]!r}, where only {may} may be there"
            first = may.index(answer[0])
            self.may[ref] = {"all": [answer[0]], "older": may[first:], "nothing": may}[self.settles]
        return False

    def _get(self, ref: Ref) -> tuple[Any]:
        return (look(self.store, ref),)

    def _put(self, ref: Ref, value: Any) -> None:
        self.store.put(ref, value)
        self.may[ref] = [value]

    def _delete(self, ref: Ref) -> None:
        self.store.delete(ref)
        self.may[ref] = [MISSING]

    def _swap(self, ref: Ref, new: Any) -> None:
        """From what get answers, as everybody does."""
        old = look(self.store, ref)
        assert old in self.may[ref], f"get answered {old!r}, where only {self.may[ref]} may be there"
        try:
            self.store.swap(ref, old, new)
        except Conflict:
            assert self.settles == "nothing", f"get answered {old!r}, and a swap from it conflicts"
            return
        self.may[ref] = [new]

    def _refs(self, ref: Ref) -> None:
        listed = list(self.store.refs(Ref()))
        assert len(set(listed)) == len(listed)
        may = self.may[ref]
        assert (MISSING in may) if ref not in listed else (may != [MISSING]), f"{listed}, where {ref} may be {may}"


def at_last(day: Day, reader: Reader) -> None:
    """The day is over: every ref is what it may be, to get, to its depths, and again."""
    day.over = True
    if isinstance(reader.store, Replica):
        for ref in list(reader.may):
            reader.do("get", ref)
        reader.store.repair()
        assert all(memory.cells == day.memories[0].cells for memory in day.memories)
    for ref in list(reader.may):
        reader.do("get", ref)
        value = look(reader.store, ref)
        assert exists(reader.store, ref) == (value is not MISSING)
        reader.do("get", ref)
        try:
            assert reader.store.get(ref) is value
        except Missing:
            assert value is MISSING
