"""Around: the base of what happens round every verb, whatever the verb (ours; field: around advice, interceptor)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from ..ref import Ref
from ..store import Depth, Gone
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class Around(PassThrough[V], ABC):
    """A store that does each verb of its source inside `around`. Extend it and say what that is.

    ``Around(s) ≈ s``, but for what `around` raises on its way in (the source is not asked) or out (it was).
    Absence and failure pass through `around`, which may look at them; a listing is inside until it has ended.

    >>> from contextlib import contextmanager
    >>> from storage_combinators import Memory
    >>> class Shouting(Around):
    ...     @contextmanager
    ...     def around(self, verb, ref): print(verb.upper(), ref); yield
    >>> Shouting(Memory()).put(Ref("a"), 1)
    PUT a
    """

    @abstractmethod
    def around(self, verb: str, ref: Ref) -> AbstractContextManager[Any]:
        """What is entered before `verb` ("get", "put" ... "refs") is asked of the source, and left after it."""

    def get(self, ref: Ref, /) -> V:
        with self.around("get", ref):
            return self.source.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        with self.around("put", ref):
            self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with self.around("merge", ref):
            self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with self.around("delete", ref):
            self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with self.around("swap", ref):
            self.source.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self.around("refs", base):
            yield from self.source.refs(base, depth)
