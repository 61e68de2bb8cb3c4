"""Store: the one protocol. REST scaled down to one process (paper, section 2.2, figure 3).

get, put, merge and delete are the paper's; swap (HTTP's conditional PUT) and refs (listing) are ours.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from .ref import Ref

__all__ = ["MISSING", "Absent", "Conflict", "Depth", "Gets", "Gone", "Missing", "Refused", "Store"]

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


class Absent(Enum):
    """The type of MISSING: an enum, so that it is one object in every process and types narrow by ``is``."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return self.name


MISSING: Final = Absent.MISSING  # what is there when nothing is: no value, so put and merge of it are TypeErrors
Gone: TypeAlias = Literal[Absent.MISSING]
Depth: TypeAlias = Literal[0, 1, None]


class Missing(KeyError):
    """The answer of get where nothing is; HTTP's 404. Carries the ref."""

    def __str__(self) -> str:
        return f"nothing at {self.args[0]!r}" if self.args else "nothing there"


class Conflict(Exception):
    """The answer of swap when something else is there than was said; HTTP's 412. Carries the ref."""

    def __str__(self) -> str:
        return f"{self.args[0]!r} holds something else" if self.args else "something else is there"


class Refused(Exception):
    """The answer to what is not allowed or not possible here; HTTP's 405. Carries the reason."""


class Store(Protocol[V]):
    """Values at refs. Implementations inherit nothing: six methods are a store.

    Answers are the exceptions Missing, Conflict and Refused; any other exception is a failure and says nothing
    about what is stored. A combinator moves on only on Missing.
    """

    def get(self, ref: Ref, /) -> V:
        """GET. The value at `ref`; raises Missing."""
        ...

    def put(self, ref: Ref, value: V, /) -> None:
        """PUT. From now on `value` is at `ref`, as a whole."""
        ...

    def merge(self, ref: Ref, value: V, /) -> None:
        """PATCH. Work `value` into what is at `ref`: in a leaf it replaces, Merging gives it a meaning."""
        ...

    def delete(self, ref: Ref, /) -> None:
        """DELETE. Nothing is at `ref` from now on; if nothing was, nothing happens."""
        ...

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        """Conditional PUT. If get would answer `old` now, make it `new` in one step, else raise Conflict.

        MISSING as `old` creates, as `new` removes. The same is: one object, or equal, or encoded alike by this
        store. After a Conflict, get is at least as new as what caused it. Any other failure leaves open whether
        it happened, so nobody resends a swap. A form that cannot be done in one step is Refused.
        """
        ...

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        """Listing, lazy and in no order. Changes meanwhile: each ref that was there throughout, exactly once.

        None: every ref at or under `base` that has a value. 0: `base` itself, if it has a value (HEAD).
        1: the refs one name below `base` that have a value or have refs below.
        There is no other depth: type checkers refuse it, and a store may take it for any of the three.
        """
        ...


class Gets(Protocol[V_co]):
    """The reading half, for functions that only read: covariant, which Store cannot be."""

    def get(self, ref: Ref, /) -> V_co:
        """As Store.get."""
        ...
