"""timeline: the calls in order, what of each is on disk, and where the power goes; for a terminal and for a page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from rich.table import Table
from rich.text import Text

from .explain import told
from .plan import bits, union
from .search import State
from .trace import Call, Failed, Mark, Msync, Sync, SyncAll

__all__ = ["Row", "rows", "svg", "terminal"]

LOOKS = {  # of a row: its sign, the colour in a terminal, the colour on a page
    "on disk": ("●", "green", "#2e7d32"),
    "in part": ("◐", "yellow", "#b26a00"),
    "lost": ("○", "red", "#c62828"),
    "sync": ("│", "cyan", "#00838f"),
    "failed": ("✗", "bold red", "#c62828"),
    "mark": ("▶", "bold", "#37474f"),
    "nothing": (" ", "dim", "#90a4ae"),
    "never made": (" ", "dim", "#90a4ae"),
    "power cut": ("⚡", "bold red", "#c62828"),
}
KINDS = {Sync | SyncAll | Msync: "sync", Failed: "failed", Mark: "mark"}
NEAR = 4  # calls that are shown around those that matter
HEIGHT, LEFT, WIDTH, LETTERS = 26, 36, 960, 110  # pixels of a row, before the text, of the page; letters of a text


@dataclass(frozen=True)
class Row:
    """One call: a key of LOOKS, the call, what of it is lost."""

    look: str
    call: str
    lost: str = ""


def rows(state: State) -> list[Row]:
    """The calls, and the power cut among them; of those long before the first that is lost, and long after, a count."""
    calls = list(dict.fromkeys(step.call for step in state.plan.trace.steps))
    past = [_row(state, call) for call in calls if call.start < state.point.time]
    future = [Row("never made", _text(call)) for call in calls if call.start >= state.point.time]
    first = next((n for n, row in enumerate(past) if row.look in ("lost", "in part")), len(past))
    skipped = max(0, first - NEAR)
    before = [Row("nothing", f"… {skipped} calls, all of them on disk")] if skipped else []
    rest = len(future) - NEAR
    more = [Row("never made", f"… {rest} call{'s' * (rest > 1)} more")] if rest > 0 else []
    return [*before, *past[skipped:], Row("power cut", "the power goes"), *future[:NEAR], *more]


def _row(state: State, call: Call) -> Row:
    ops = [step.op for step in state.plan.trace.steps if step.call == call]
    mask = union(1 << i for i, unit in enumerate(state.plan.units) if state.plan.trace.steps[unit.step].call == call)
    lost = mask & state.choice.lost
    if lost:
        return Row("lost" if lost == mask else "in part", _text(call), told([state.plan.units[i] for i in bits(lost)]))
    if mask:
        return Row("on disk", _text(call))
    look = next((look for kinds, look in KINDS.items() if any(isinstance(op, kinds) for op in ops)), "nothing")
    return Row(look, _text(call))


def _text(call: Call) -> str:
    return f"{call.text}  ({call.place})" if call.place else call.text


def terminal(state: State) -> Table:
    """For rich to print."""
    table = Table("", "call", "", "not on disk", box=None, pad_edge=False)
    for row in rows(state):
        sign, colour, _ = LOOKS[row.look]
        look = "" if row.look in ("mark", "nothing", "power cut") else row.look
        table.add_row(*(Text(text, style=colour) for text in (sign, row.call, look, row.lost)))
    return table


def svg(state: State) -> str:
    """An image to be put into a page as it is: no script, no outside file, colours beside signs."""
    found = rows(state)
    lines = [line for number, row in enumerate(found) for line in _lines(row, HEIGHT * (number + 1))]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT * (len(found) + 1)}" width="100%"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="monospace" font-size="13" role="img">'
    return "\n".join([head, "<title>What is on disk when the power goes</title>", *lines, "</svg>"])


def _lines(row: Row, y: int) -> list[str]:
    sign, _, colour = LOOKS[row.look]
    text = row.call + (f"  [{row.look}: {row.lost}]" if row.lost else "")
    short = text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
    made = [f'<text x="{LEFT}" y="{y}" fill="{colour}">{escape(short)}<title>{escape(text)}</title></text>']
    made.append(f'<text x="12" y="{y}" fill="{colour}">{sign}</text>')
    if row.look == "power cut":
        ends = f'x1="{LEFT + 130}" x2="{WIDTH}" y1="{y - 5}" y2="{y - 5}"'
        made.append(f'<line {ends} stroke="{colour}" stroke-width="2"/>')
    return made
