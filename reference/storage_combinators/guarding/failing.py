"""Failing: what a bad day looks like (ours; field: fault injection, chaos)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from .around import Around

V = TypeVar("V")


def never(verb: str, ref: Ref) -> None:
    """No failure."""


@dataclass(frozen=True)
class Failing(Around[V]):
    """A store that fails when you say so: `before` and `after` are called with each verb and ref, and may raise.

    ``Failing(s) ≈ s``. What raises before kept the source from being asked; what raises after lost the reply of
    what was done, which looks the same from above. Absence and failure of the source pass through, without `after`.

    >>> from storage_combinators import Memory
    >>> def lose(verb, ref):
    ...     if verb == "put": raise ConnectionError("the reply was lost")
    >>> store = Failing(Memory(), after=lose)
    >>> try: store.put(Ref("a"), 1)
    ... except ConnectionError as failure: print(failure, store.get(Ref("a")))
    the reply was lost 1
    """

    before: Callable[[str, Ref], object] = never
    after: Callable[[str, Ref], object] = never

    @contextmanager
    def around(self, verb: str, ref: Ref) -> Iterator[None]:
        self.before(verb, ref)
        yield
        self.after(verb, ref)
