"""maps: what is known at a moment of files that were mapped into memory, shared and writable.

A change through a map makes no call, so what the file holds is unknown from its last sync on, until the run that
mapped it has ended; a file that was never synced since is unknown for good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .disk import GUESSES, Choice
from .plan import Point
from .trace import Map, Mark, Msync, Sync, SyncAll, Trace

__all__ = ["Maps", "maps"]


@dataclass(frozen=True)
class Maps:
    """Files by number: those mapped, of these the ones synced since, of these the ones whose run has ended."""

    mapped: frozenset[int]
    synced: frozenset[int]
    ended: frozenset[int]

    def guesses(self, there: Collection[int]) -> Iterator[Choice]:
        """What the mapped files may hold that are `there`: first the ones that nobody synced, whatever the others hold.

        What a file holds whose sync was the last thing that is known of it may be worse, or better, than a guess.
        """
        here = self.mapped.intersection(there)
        unknown, doubtful = here - self.synced, here & self.synced - self.ended
        for guess in GUESSES if unknown else ("",):
            yield Choice(0, 0, guess=guess, mapped=unknown, settled=here - unknown)
        for guess in GUESSES if doubtful else ():
            yield Choice(0, 0, guess=guess, mapped=unknown | doubtful, settled=here & self.ended)


def maps(trace: Trace, point: Point) -> Maps:
    """Those of a trace when the power goes at `point`."""
    mapped, synced, ended = set[int](), set[int](), set[int]()
    for step in trace.steps:
        if step.call.end >= point.time and not (isinstance(step.op, Map) and step.call.start < point.time):
            continue
        match step.op:
            case Map(node):
                mapped.add(node)
                synced.discard(node)
                ended.discard(node)
            case Sync(node) | Msync(node):
                synced |= mapped & {node}
            case SyncAll():
                synced |= mapped
            case Mark(what="returned"):
                ended |= synced
    return Maps(frozenset(mapped), frozenset(synced), frozenset(ended))
