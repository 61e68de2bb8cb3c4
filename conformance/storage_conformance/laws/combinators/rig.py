"""A combinator as a subject: its constructor, and a fresh place with the suite's own sources below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from inspect import getsource
from types import CodeType
from typing import Any

from storage_combinators.ref import Ref

from ...subjects import Place, Subject
from .sources import HEAD, Source

__all__ = ["TRIALS", "Combinator", "Family", "Rig"]

TRIALS = {"quick": 2_500, "full": 50_000}  # of one law at most: fewer than of a leaf, for there are more laws


@dataclass(frozen=True)
class Family:
    """A kind of combinator: how its constructor is called, and on what.

    `lines` are Python that open a place: they call ``make``, the constructor that is judged. `classes` are what a law
    or a line may name. `refs` takes a ref of the suite to one that makes sense there. `values`: "bytes" or "json".
    """

    name: str
    lines: tuple[str, ...]
    classes: tuple[type, ...] = (Source,)
    refs: Callable[[Ref], Ref] = lambda ref: ref
    values: str = "bytes"

    @property
    def signature(self) -> str:
        """How the constructor is called."""
        return next(line for line in self.lines if "make(" in line).partition("= ")[2]

    @cached_property
    def code(self) -> CodeType:
        return compile("\n".join(self.lines), f"<{self.name}>", "exec")

    @cached_property
    def text(self) -> tuple[str, ...]:
        """What a script needs before the lines, in its own text."""
        return (*HEAD.splitlines(), *(f"\n\n{getsource(each)}\n" for each in self.classes))


@dataclass(frozen=True)
class Combinator(Subject):
    """The subject: `make` is the constructor, `kind` the name of its family."""

    family: Family = field(default=Family("", ()))

    def place(self) -> Rig:
        return Rig(self)


class Rig(Place):
    """Fresh sources and a fresh combinator over them."""

    def __init__(self, subject: Combinator) -> None:
        self.subject: Combinator = subject
        self.root, self.directory, self.requests = Ref(), None, None
        self.made: dict[str, Any] = {each.__name__: each for each in subject.family.classes} | {
            "Ref": Ref,
            "make": subject.make,
        }
        exec(subject.family.code, self.made)  # noqa: S102  # the lines are the family's own

    def names(self) -> dict[str, Any]:
        return {name: value for name, value in self.made.items() if not name.startswith("__")}

    def key(self, ref: Ref) -> Ref:
        return self.subject.family.refs(ref)

    def opening_lines(self) -> list[str]:
        return [*self.subject.family.text, *self.subject.lines, "", *self.subject.family.lines]

    def close(self, left: Iterable[Ref] | None = None) -> None:
        for each in self.made.values():
            if not isinstance(each, type):
                getattr(each, "close", int)()
