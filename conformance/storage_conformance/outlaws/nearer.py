"""More of them: what keeps nearer, what watches, and functions of a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Missing, Refused

from ..laws.combinators.sources import Operation
from .combinators import Over

__all__ = ["Cache", "Copier", "Logging", "Queue", "WriteBack", "draw", "parts", "rewrap"]


@dataclass(frozen=True)
class Cache(Over):
    family: ClassVar[str] = "cache"

    fast: Any
    slow: Any

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.slow, ref

    def invalidate(self, ref: Ref) -> None:
        self.drop(ref)

    def drop(self, ref: Ref) -> None:
        self.fast.delete(ref)

    def get(self, ref: Ref, /) -> Any:
        value = look(self.fast, ref)
        return self.fill(ref) if value is MISSING else value

    def fill(self, ref: Ref) -> Any:
        value = self.slow.get(ref)
        with suppress(Refused):
            self.fast.put(ref, value)
        return value

    def bracketed(self, write: Callable[..., None], ref: Ref, *values: Any) -> None:
        self.drop(ref)
        try:
            write(ref, *values)
        finally:
            self.drop(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.bracketed(self.slow.put, ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.bracketed(self.slow.merge, ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.bracketed(self.slow.delete, ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.bracketed(self.slow.swap, ref, old, new)


class Logging(Over):
    family: ClassVar[str] = "logging"

    def __init__(self, source: Any, log: Callable[[Any], object]) -> None:
        super().__init__(source)
        self.log = log

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.log(Operation("PUT", ref))

    def merge(self, ref: Ref, value: Any, /) -> None:
        super().merge(ref, value)
        self.log(Operation("MERGE", ref))

    def delete(self, ref: Ref, /) -> None:
        super().delete(ref)
        self.log(Operation("DELETE", ref))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        self.log(Operation("DELETE" if new is MISSING else "PUT", ref))


@dataclass(frozen=True)
class Copier:
    family: ClassVar[str] = "copier"

    source: Any
    target: Any

    def __call__(self, operation: Any) -> None:
        value = look(self.source, operation.ref)
        if value is MISSING:
            self.target.delete(operation.ref)
        else:
            self.target.put(operation.ref, value)


@dataclass(frozen=True)
class Queue:
    family: ClassVar[str] = "queue"

    target: Callable[[Any], object]
    waiting: dict[Any, Any] = field(default_factory=dict)

    def key(self, operation: Any) -> Any:
        return operation.ref

    def __call__(self, operation: Any) -> None:
        self.waiting[self.key(operation)] = operation

    def drain(self, *keys: Any) -> None:
        for key in keys or list(self.waiting):
            operation = self.waiting.pop(key, None)
            if operation is not None:
                self.hand_on(key, operation)

    def hand_on(self, key: Any, operation: Any) -> None:
        try:
            self.target(operation)
        except BaseException:
            self.waiting.setdefault(key, operation)
            raise


@dataclass(frozen=True)
class WriteBack(Cache):
    family: ClassVar[str] = "write_back"

    waiting: dict[Ref, Any] = field(default_factory=dict)

    def queue(self) -> Queue:
        return Queue(Copier(self.fast, self.slow), self.waiting)

    def flush(self, *refs: Ref) -> None:
        self.queue().drain(*refs)

    def drop(self, ref: Ref) -> None:
        self.flush(ref)
        super().drop(ref)

    def get(self, ref: Ref, /) -> Any:
        if ref in self.waiting and look(self.fast, ref) is MISSING:
            raise Missing(ref)
        return super().get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.fast.put(ref, value)
        self.queue()(Operation("PUT", ref))

    def delete(self, ref: Ref, /) -> None:
        self.fast.delete(ref)
        self.queue()(Operation("DELETE", ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        self.flush()
        return super().refs(base, depth)


def parts(node: Any) -> list[tuple[str, Any]]:
    """The stores that `node` stands on, by field."""
    return [(each.name, getattr(node, each.name)) for each in fields(node)] if is_dataclass(node) else []


def draw(tree: Any) -> str:
    """One line a node: its number, its class, the numbers of its parts."""
    numbers: dict[int, int] = {}
    lines: list[str] = []

    def visit(node: Any) -> int:
        if id(node) not in numbers:
            below = [visit(part) for _, part in parts(node)]
            numbers[id(node)] = len(numbers)
            lines.append(f"{numbers[id(node)]} {type(node).__name__} {below}")
        return numbers[id(node)]

    visit(tree)
    return "\n".join(lines)


def rewrap(tree: Any, wrap: Callable[..., Any]) -> Any:
    """The tree made again from below, each node wrapped once."""
    made: dict[int, Any] = {}

    def visit(node: Any) -> Any:
        if id(node) not in made:
            below = {name: visit(part) for name, part in parts(node)}
            made[id(node)] = wrap(replace(node, **below) if below else node)
        return made[id(node)]

    return visit(tree)


draw.family = "drawing"  # type: ignore[attr-defined]  # as the classes say it
rewrap.family = "rewrap"  # type: ignore[attr-defined]  # as the classes say it
