"""Operation: what was done where, without the data (paper, section 3.2: RESTOperation). And what a filter is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..ref import Ref

Verb: TypeAlias = Literal["PUT", "MERGE", "DELETE"]


@dataclass(frozen=True)
class Operation:
    """A write that happened: verb and ref. Two are equal when both are.

    >>> print(Operation("PUT", Ref("tasks", "1")))
    PUT tasks/1
    """

    verb: Verb
    ref: Ref

    def __str__(self) -> str:
        return f"{self.verb} {self.ref}"


Filter: TypeAlias = Callable[[Operation], object]  # takes operations, one by one; its answer is not looked at
