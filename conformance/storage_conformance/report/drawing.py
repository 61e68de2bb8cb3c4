"""A history of threads as a picture: a lane for each thread, a bar for each call from its start to its end."""

from __future__ import annotations

from markupsafe import Markup, escape

from .junit import legal
from .result import Called

__all__ = ["drawn"]

LANE, BAR = 34, 22  # units of height
LEAST = 3.0  # percent of the width that a bar has at least, so that its number can be read


def drawn(history: tuple[Called, ...]) -> Markup:
    """The picture; the numbers in it are those of a list of the calls, in the order in which they are given."""
    first = min(each.start for each in history)
    whole = (max(each.end for each in history) - first) or 1.0
    lanes = {thread: lane for lane, thread in enumerate(sorted({each.thread for each in history}))}
    bars = [_bar(number, each, lanes[each.thread], first, whole) for number, each in enumerate(history, 1)]
    lines = [_lane(thread, lane) for thread, lane in lanes.items()]
    height = LANE * len(lanes)
    head = f'<svg class="history" width="100%" height="{height}" role="img" aria-label="calls of {len(lanes)} threads">'
    return Markup(head + "".join([*lines, *bars]) + "</svg>")  # noqa: S704  # _bar escapes what is not ours


def _lane(thread: int, lane: int) -> str:
    y = LANE * lane + LANE // 2
    return f'<line x1="0" x2="100%" y1="{y}" y2="{y}"/><text class="lane" x="0" y="{LANE * lane + 9}">{thread}</text>'


def _bar(number: int, called: Called, lane: int, first: float, whole: float) -> str:
    wide = max(LEAST, 90 * (called.end - called.start) / whole)
    left, top = 5 + (95 - LEAST) * (called.start - first) / whole, LANE * lane + (LANE - BAR) // 2
    wide = min(wide, 100 - left)
    told = escape(legal(f"{number}. {called.call} -> {called.answer}"))
    return (
        f'<g><title>{told}</title><rect x="{left:.2f}%" y="{top}" width="{wide:.2f}%" height="{BAR}" rx="4"/>'
        f'<text x="{left + wide / 2:.2f}%" y="{top + 15}" text-anchor="middle">{number}</text></g>'
    )
