"""What a trial consists of, and how it may end: calls recorded, the pulse for the watchdog, the exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from .scope import Step
from .wording import SENTENCE, clipped

if TYPE_CHECKING:
    from .trial import Trial

__all__ = ["Broken", "Chooser", "Exempted", "OwnBytes", "OwnText", "Pulse", "Recorded", "Stopped", "Void"]

T = TypeVar("T")


class OwnText(str):
    """Somebody's own kind of text."""

    __slots__ = ()


class OwnBytes(bytes):
    """Somebody's own kind of bytes."""

    __slots__ = ()


class Broken(Exception):
    """The law does not hold: the sentence that says how, and what the last call should have answered.

    `history`: the calls of threads that say so, if it was threads: thread, call, answer, start and end of each.
    """

    def __init__(
        self, sentence: str, expected: Any = None, history: Sequence[tuple[int, str, str, float, float]] = ()
    ) -> None:
        super().__init__(sentence)
        sentence = clipped(sentence, SENTENCE)
        self.sentence, self.expected, self.history = sentence, expected, history


class Void(Exception):
    """This trial says nothing about its law: what it needs did not come about."""


class Exempted(Exception):
    """The law cannot be held against this subject; carries the reason."""


class Stopped(BaseException):
    """The time is up. No Exception, so that nothing on the way takes it for an answer of the store."""


class Chooser(Protocol):
    """How an engine resolves choices."""

    again: bool  # after the history, the place is opened again
    only: str  # the verb that histories are made of; "" for all

    def choose(self, options: Sequence[T]) -> T: ...

    def history(self, steps: Callable[[], list[Step]]) -> Iterable[Step]: ...

    def interruptions(self, most: int) -> Callable[[int], bool]: ...


@dataclass
class Pulse:
    """What the watchdog looks at: since when the present call runs. `stop` ends the trial at its next call."""

    since: float = field(default_factory=monotonic)
    stop: bool = False
    trial: Trial | None = None
    calling: tuple[str, str, tuple[Any, ...]] | None = None  # handle, verb, arguments
    patience: float = 1.0  # how many times the usual patience the present call has
    notes: list[str] = field(default_factory=list)  # for the report


class Recorded(NamedTuple):
    """One line of what was done: a call and its answer, or a line of Python."""

    handle: str
    verb: str
    args: tuple[Any, ...]
    answer: Any = None
