"""A trace laid over a tree: what each node was asked, and how that ended (paper, section 9). Plain functions. Ours."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..observing.spans import Outcome, Span, answered_by, inside
from ..store import Store
from .tracing import places

__all__ = ["Mark", "lasting", "marks", "ways"]

COLOURS: dict[Outcome, str] = dict.fromkeys(("missing", "stopped", "running"), "orange3")  # all else is red
COLOURS |= {"done": "green", "found": "green"}
WORST: tuple[Outcome, ...] = ("failed", "conflict", "refused", "running", "stopped", "missing", "found", "done")


@dataclass(frozen=True)
class Mark:
    """What is drawn at a node: how often it was asked what and how that ended, and the time spent there and below."""

    text: str
    outcome: Outcome  # the worst of them
    answered: bool  # did an operation get its answer, or its failure, from here?

    @property
    def colour(self) -> str:
        """Of it, by a name that terminals, DOT and pages know."""
        return COLOURS.get(self.outcome, "red")


def marks(tree: Store[Any], trace: Iterable[Span]) -> dict[int, Mark]:
    """The marks of `trace`, by the identity of the nodes of `tree`; of a node that was not asked there is none."""
    roots = list(trace)
    answering = {answered_by(root).place for root in roots}
    asked: dict[str, list[Span]] = {}
    for span in (span for root in roots for span in inside(root)):
        asked.setdefault(span.place, []).append(span)
    found = places(tree).items()
    return {node: _mark(asked[place], place in answering) for node, place in found if place in asked}


def ways(tree: Store[Any], trace: Iterable[Span]) -> set[tuple[int, int]]:
    """The edges that `trace` went along: who asked, and who was asked, by identity."""
    node = {place: which for which, place in reversed(places(tree).items())}
    spans = (span for root in trace for span in inside(root))
    taken = ((span.parent.place, span.place) for span in spans if span.parent is not None)
    return {(node[asking], node[asked]) for asking, asked in taken if asking in node and asked in node}


def lasting(seconds: float) -> str:
    """A time as it is drawn: ``12.3 µs``, ``4.5 ms``, ``2.0 s``."""
    if seconds < 1:
        return f"{seconds * 1e6:.1f} µs" if seconds < 0.001 else f"{seconds * 1000:.1f} ms"
    return f"{seconds:.1f} s"


def _mark(spans: list[Span], answered: bool) -> Mark:
    counted = Counter(f"{span.verb} {span.outcome}" for span in spans)
    said = [f"{count}× {what}" if count > 1 else what for what, count in counted.items()]
    worst = min(spans, key=lambda span: WORST.index(span.outcome)).outcome
    told = [", ".join(said), lasting(sum(span.seconds for span in spans)), *["answered"] * answered]
    return Mark("; ".join(told), worst, answered)
