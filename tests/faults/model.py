"""What a store may hold after operations that failed, and whether what it answers can be true.

An operation that failed has happened or has not. So the model keeps, for each ref, every value that may be there; an
answer must be one of them, and narrows them down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from storage_combinators import MISSING, Conflict, Missing, Ref

__all__ = ["Lie", "Model"]


class Lie(AssertionError):
    """An answer that cannot be true, or a failure that is no failure of the connection."""


@dataclass
class Model:
    """Wraps `store`; `failures` are the classes that its failures may have, `secret` what they must not show.

    `late`: what failed may still happen after what was done next, as the process of a cut SSH session goes on.
    """

    store: Any
    failures: tuple[type[Exception], ...]
    late: bool = False
    secret: str = "\n"
    may: dict[Ref, set[Any]] = field(default_factory=dict)
    ghosts: dict[Ref, set[Any]] = field(default_factory=dict)
    failed: int = 0
    story: list[str] = field(default_factory=list)

    def values(self, ref: Ref) -> set[Any]:
        return self.may.setdefault(ref, {MISSING})

    def get(self, ref: Ref) -> None:
        self.story.append(f"get {ref!r}")
        with self.tried():
            try:
                found = self.store.get(ref)
            except Missing:
                found = MISSING
            self.seen(ref, {found} & self.values(ref), f"get({ref!r}) answered {shown(found)}")

    def put(self, ref: Ref, value: bytes) -> None:
        with self.written("put", ref, value):
            self.store.put(ref, value)

    def merge(self, ref: Ref, value: bytes) -> None:
        with self.written("merge", ref, value):
            self.store.merge(ref, value)

    def delete(self, ref: Ref) -> None:
        with self.written("delete", ref, MISSING):
            self.store.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any) -> None:
        try:
            with self.written(f"swap {shown(old)}", ref, new):
                self.store.swap(ref, old, new)
                self.seen(ref, {old} & self.values(ref), f"swap({ref!r}, {shown(old)}, ...) won")
        except Conflict:
            self.seen(ref, self.values(ref) - {old}, f"swap({ref!r}, {shown(old)}, ...) was a Conflict")

    def refs(self, base: Ref, depth: Any) -> None:
        self.story.append(f"refs {base!r} {depth}")
        with self.tried():
            found = list(self.store.refs(base, depth))
            if len(found) != len(set(found)):
                raise Lie(f"refs({base!r}, {depth}) named a ref twice: {found}")
            sure = {ref for ref, values in self.may.items() if MISSING not in values}
            perhaps = {ref for ref, values in self.may.items() if values != {MISSING}}
            if not listing(sure, base, depth) <= set(found) <= listing(perhaps, base, depth):
                raise Lie(f"refs({base!r}, {depth}) named {found}, but there are {sure}, and perhaps {perhaps - sure}")

    def seen(self, ref: Ref, left: set[Any], what: str) -> None:
        if not left:
            raise Lie(f"{what}, where there can be {' or '.join(map(shown, self.values(ref)))}")
        self.may[ref] = left | self.ghosts.get(ref, set())

    @contextmanager
    def written(self, verb: str, ref: Ref, new: Any) -> Iterator[None]:
        self.story.append(f"{verb} {ref!r} {shown(new)}")
        before = self.failed
        with self.tried():
            yield
            self.may[ref] = {new} | self.ghosts.get(ref, set())
        if self.failed > before:
            self.may[ref] = self.values(ref) | {new}
            if self.late:
                self.ghosts.setdefault(ref, set()).add(new)

    @contextmanager
    def tried(self) -> Iterator[None]:
        try:
            yield
        except self.failures as failure:
            if "\n" in str(failure) or self.secret in str(failure):
                raise Lie(f"not one line, or it shows a secret: {failure!r}") from failure
            self.failed += 1
            self.story[-1] += f": {type(failure).__name__} {failure}"


def listing(refs: set[Ref], base: Ref, depth: Any) -> set[Ref]:
    inside = {ref for ref in refs if ref.within(base)}
    return {
        None: inside,
        0: inside & {base},
        1: {ref.cut(len(base) + 1) for ref in inside - {base}},
    }[depth]


def shown(value: Any) -> str:
    return repr(value) if value is MISSING or len(value) < 40 else f"{len(value)} bytes, {value[:16]!r}..."
