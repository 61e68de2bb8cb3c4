"""Could these calls of threads have come one after the other? Plain data in, plain data out.

The search is that of Wing and Gong (1993), with Lowe's table (2017) of what was tried already, one ref at a time
(Herlihy and Wing 1990: linearizability is local), as Porcupine does it. An event is a tuple (thread, call, answer,
start, end): the call (verb, key, ...), start and end moments of any one clock, end None where no answer ever came.
An answer that is an exception is its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage_combinators.store import MISSING, Conflict

__all__ = ["Event", "drawn", "explains", "order_of", "orders", "shortened", "step", "unordered"]

Event = tuple[int, tuple[Any, ...], Any, float, float | None]
READS = ("get", "[]", "in")


def step(cells: dict[Any, Any], call: tuple[Any, ...]) -> tuple[Any, dict[Any, Any]]:
    """What a dictionary answers to `call`, and the dictionary afterwards."""
    verb, key, *args = call
    there = cells.get(key, MISSING)
    if verb == "in":
        return there is not MISSING, cells
    if verb in ("get", "[]") or (verb == "del" and there is MISSING):
        return (KeyError if there is MISSING else there), cells
    if verb == "swap" and there != args[0]:
        return Conflict, cells
    rest = {other: value for other, value in cells.items() if other != key}
    new = MISSING if verb in ("delete", "del") else args[-1]
    return None, rest if new is MISSING else {**rest, key: new}


def order_of(events: Sequence[Any], cells: dict[Any, Any]) -> list[int] | None:
    """The places in `events` of an order that gives these answers, from `cells` on; None if there is none.

    An event may come next if no other that is left ended before it began. One without an end may come late, or never.
    """
    must = sum(1 << place for place, event in enumerate(events) if event[4] is not None)
    todo: list[Any] = [(0, cells, [])]
    tried = set()
    while todo:
        done, now, order = todo.pop()
        if done & must == must:
            return list(order)
        if (done, repr(sorted(now.items()))) in tried:
            continue
        tried.add((done, repr(sorted(now.items()))))
        left = [place for place in range(len(events)) if not done >> place & 1]
        first = min(events[place][4] for place in left if events[place][4] is not None)
        for place in reversed(left):
            _, call, answer, start, end = events[place]
            right, after = step(now, call)
            if start <= first and (end is None or answer == right):
                todo.append((done | 1 << place, after, [*order, place]))
    return None


def unordered(events: Sequence[Event], cells: dict[Any, Any]) -> list[Event]:
    """The events of the first ref of which no order gives the answers, as few as still show it; else an empty list."""
    for key in dict.fromkeys(call[1] for _, call, *_ in events):
        of_key = [event for event in events if event[1][1] == key]
        before = {key: cells[key]} if key in cells else {}
        if order_of(of_key, before) is None:
            return shortened(of_key, before)
    return []


def shortened(events: Sequence[Event], cells: dict[Any, Any]) -> list[Event]:
    """As few events as still have no order: cut off at the first answer that no order gives, then without what that
    answer does not need. What was unfinished then goes only where the other answers have an order without it too.
    """
    ended: list[Any] = sorted((event for event in events if event[4] is not None), key=lambda event: event[4] or 0.0)
    last = None
    for place, last in enumerate(ended):
        later = ended[place + 1 :]
        cut = [(*event[:4], None) if event in later else event for event in events if event[3] <= last[4]]
        if order_of(cut, cells) is None:
            events = cut
            break
    for event in [event for event in events if event is not last and (event[1][0] in READS or event[4] is None)]:
        fewer = [each for each in events if each is not event]
        before = [(*each[:4], None) if each is last else each for each in fewer]
        if order_of(fewer, cells) is None and order_of(before, cells) is not None and not explains(event, fewer):
            events = fewer
    return sorted(events, key=lambda event: event[3])


def explains(write: Event, events: Sequence[Event]) -> bool:
    """Did a read see what this wrote? Without it the story would be another one."""
    _, (verb, _, *values), *_ = write
    written = values[-1] if values and values[-1] is not MISSING else KeyError
    return verb not in READS and any(call[0] in READS and answer == written for _, call, answer, *_ in events)


def orders(events: Sequence[Event], cells: dict[Any, Any]) -> list[tuple[list[Any], dict[Any, Any]]]:
    """What every possible order answers, event for event, and leaves. Every end must be known. For a few events."""
    found: list[tuple[list[Any], dict[Any, Any]]] = []
    todo: list[tuple[dict[int, Any], dict[Any, Any]]] = [({}, cells)]
    while todo:
        answers, now = todo.pop()
        left = [place for place in range(len(events)) if place not in answers]
        result = ([answers[place] for place in range(len(events))] if not left else [], now)
        if not left and result not in found:
            found.append(result)
        for place in left:
            if all((events[other][4] or 0) >= events[place][3] for other in left):
                answer, after = step(now, events[place][1])
                todo.append(({**answers, place: answer}, after))
    return found


def drawn(events: Sequence[tuple[int, str, str, float, float | None]], width: int = 40) -> list[str]:
    """A line for each event, whose call and answer are text by now: a bar from start to end, then the call."""
    moments = sorted({moment for event in events for moment in event[3:5] if moment is not None})
    unit = max(2, width // max(1, len(moments)))
    lines = []
    for thread, call, answer, start, end in events:
        left, right = (unit * moments.index(start), unit * (len(moments) if end is None else moments.index(end)))
        bar = " " * left + "├" + "─" * (right - left - 1) + ("┄" if end is None else "┤")
        lines.append(f"thread {thread} {bar:<{unit * len(moments) + 1}}  {call} -> {answer}")
    return lines
