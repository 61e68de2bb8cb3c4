"""How several sources are asked: in turn, or all at once. What Replica and Fanout have in common. Ours."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from contextvars import copy_context
from typing import Protocol, TypeVar

__all__ = ["Ask", "at_once", "in_turn"]

S = TypeVar("S")
T = TypeVar("T")


class Ask(Protocol):
    """Do `work` with the sources, and give back what it returned: at least `least` answers, or the first failure is
    raised once no more can come. With `most` answers no further source is asked.
    """

    def __call__(self, sources: Sequence[S], work: Callable[[S], T], least: int, most: int, /) -> list[T]:
        """The answers, in the order in which they came."""
        ...


def in_turn(sources: Sequence[S], work: Callable[[S], T], least: int, most: int, /) -> list[T]:
    """One after another, the first first (field: first-available). A failure is passed over while enough are left.

    >>> in_turn([1, 0, 4], lambda n: 8 // n, 2, 2)
    [8, 2]
    """
    return _enough((lambda source=source: work(source) for source in sources), least, most)  # type: ignore[misc]  # a default has no type


def at_once(executor: Executor) -> Ask:
    """All at once on `executor`; as soon as there are enough answers they are it (field: fastest-of, hedged requests).

    The others go on by themselves. Each use needs threads of its own: work that waits for work would wait for ever.
    """

    def ask(sources: Sequence[S], work: Callable[[S], T], least: int, _: int, /) -> list[T]:
        waiting = [executor.submit(copy_context().run, work, source) for source in sources]  # a trace knows whose
        return _enough((done.result for done in as_completed(waiting)), least, least)

    return ask


def _enough(tries: Iterable[Callable[[], T]], least: int, most: int) -> list[T]:
    answers: list[T] = []
    failures: list[Exception] = []
    for each in tries:
        try:
            answers.append(each())
        except Exception as failure:  # noqa: BLE001  # of one source, whatever it is; raised below if it matters
            failures.append(failure)
        if len(answers) == most:
            break
    if len(answers) < least:
        raise failures[0]
    return answers
