"""Two verbs at once: while one is at its n-th call of a source, the other runs. Nothing here depends on time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from threading import Thread
from typing import Any

from routing.days import A, Day
from storage_combinators import MISSING, Conflict, look
from storage_combinators.routing.compare import Different

Call = Callable[[Any], Any]
FREE = 30.0  # seconds that the other may take; it ends long before
LOCKED = 0.02  # where it waits for a lock, it does so until the first has ended: waiting longer changes nothing


@dataclass
class Racing(Day):
    """A day without failures, on which something else happens in the middle of call number `at`."""

    at: int = 0
    meanwhile: Callable[[], object] = int

    def _before(self, number: int) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.meanwhile()

    def _after(self) -> None:
        pass


def answer(call: Call, store: Any) -> Any:
    try:
        return call(store)
    except (Conflict, Different) as error:
        return type(error)


def seen(store: Any) -> Any:
    return answer(lambda it: look(it, A), store)


def in_turn(store: Any, one: Call, other: Call) -> tuple[Any, ...]:
    """The answers of both, one after the other, and what is there then."""
    return answer(one, store), answer(other, store), seen(store)


def at_once(make: Callable[[Racing], Any], one: Call, other: Call, at: int, patience: float) -> tuple[Any, ...]:
    """The same when the other runs in the middle of one's call number `at`; () where there is no such call."""
    day, theirs = Racing(), list[Any]()
    store = make(day)
    thread = Thread(target=lambda: theirs.append(answer(other, store)), daemon=True)

    def meanwhile() -> None:
        thread.start()
        thread.join(patience)

    day.at, day.meanwhile = day.calls + at, meanwhile
    ours = answer(one, store)
    day.at = 0
    if not thread.ident:
        return ()
    thread.join(FREE)
    return ours, theirs[0], seen(store)


def swap(old: Any, new: Any) -> Call:
    return lambda store: store.swap(A, old, new)


def put(value: Any) -> Call:
    return lambda store: store.put(A, value)


def delete(store: Any) -> None:
    store.delete(A)


PAIRS: list[tuple[Call, Call]] = [
    (swap("old", "one"), swap("old", "two")),
    (swap("old", "one"), delete),
    (swap("old", MISSING), put("two")),
    (seen, put("two")),
    (seen, delete),
    (put("one"), put("two")),
]


def strange(make: Callable[[Racing], Any], patience: float) -> Iterator[tuple[Any, ...]]:
    """What came of two at once that comes of no order of the two."""
    for one, other in PAIRS:
        mine, yours, left = in_turn(make(Racing()), other, one)
        right = [in_turn(make(Racing()), one, other), (yours, mine, left)]
        every = (at_once(make, one, other, at, patience) for at in count(1))
        yield from (came for came in takewhile(bool, every) if came not in right)
