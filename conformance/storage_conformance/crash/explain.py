"""explain: a bad state told as a person would: what is lost, which two calls have no order, which call to add."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from .plan import Data, Entry, Grown, Unit, bits
from .search import State
from .split import plan
from .trace import Call, Failed, Mark, Msync, Op, Seen, Step, Sync, SyncAll, Trace

__all__ = ["MEANING", "Counterexample", "explain", "told"]

MEANING = {
    "torn": "the reader finds a value that nobody wrote",
    "zero-length": "the reader finds an empty file",
    "lost after return": "the writer had returned, and what it wrote is gone",
    "resurrected": "what was gone for good is back",
    "neighbour damaged": "a key that was not being written is damaged",
    "unreadable": "the reader fails",
    "stuck": "the writer cannot write any more",
}
"""Kinds of violation, and what they mean."""
IN_PLACE = (
    "No sync can help: readers see the change before it is whole. Write to a new file beside it, fsync that, rename it "
    "over the old one, fsync the folder."
)
AGAIN = (
    "The next write has to work from here: see what a writer that was cut short leaves behind, such as a temporary "
    "file, a lock or a torn end, and let the next one remove it or go on from it."
)
REUSED = "No sync can help: the blocks of the old bytes are used again too early. Use a mode that waits: data=ordered."
PARTLY = "Of the mapped file, every other sector that changed is as the writer left it."
MAPPED = "A mapped file was never synced: add msync with MS_SYNC after the last change, before the writer returns."
LATE = (
    "The writer had returned before this was done, perhaps by a process that it left behind: it has to wait until the "
    "value is durable."
)
FAILED = (
    "No later sync can help: one has failed, and the system has dropped what it was to write. The writer has to fail "
    "too, or to write it all to a new file."
)
SPLIT = "No sync can help: names that change in one call may reach the disk one by one under this model."
GARBAGE = {
    "garbage": "Where a file had grown and its bytes are lost, garbage is read.",
    "reused": "Garbage is read in new bytes that are lost, and in blocks others use before they are free on disk.",
}
ROOM = 2  # events of a call that is added


@dataclass(frozen=True)
class Counterexample:
    """One violation, all in words. `first` and `second` are the calls whose order is missing, "" where that is not it.

    `add`: calls that make this state impossible, each with where it belongs. `place`: of `first` in a source, or "".
    """

    kind: str
    when: str
    persisted: tuple[str, ...]
    lost: tuple[str, ...]
    explanation: str
    first: str = ""
    second: str = ""
    add: tuple[str, ...] = ()
    place: str = ""

    def as_json(self) -> dict[str, object]:
        """As `store-crash run` writes it."""
        what = {"kind": self.kind, "when": self.when, "persisted": [*self.persisted], "lost": [*self.lost]}
        order = {"first": self.first, "second": self.second, "add": [*self.add], "place": self.place}
        return {**what, "explanation": self.explanation, **order}


def explain(state: State, kind: str) -> Counterexample:
    """Tell a bad state, best one that `smallest` has been through; `kind` is a key of MEANING or anything."""
    when, (first, second) = _when(state), _order(state)
    add = _add(state, second) if second else {}
    lost, there = _calls(state, state.choice.lost), _calls(state, state.choice.persisted)
    sentences = [f"{kind}: {MEANING.get(kind, 'what was promised does not hold')}.", f"The power goes {when}."]
    sentences += [_why(state, lost, second), _cure(kind, state, second, add), *_guesses(state)]
    found = Counterexample(kind, when, there, lost, " ".join(sentences))
    if first is None or second is None or not add:
        return found
    calls = tuple(f"{sync}, {where}" for sync, where in add.values())
    return replace(found, first=first.text, second=second.text, place=first.place, add=calls)


def told(units: list[Unit]) -> str:
    """Micro-operations in words, bytes that lie side by side as one range."""
    parts: list[str] = []
    for kind, group in groupby(units, key=lambda unit: type(unit.effects[0])):
        several = list(group)
        sizes = dict.fromkeys(f"the size of {_path(unit)}" for unit in several)
        parts += _ranges(several) if kind is Data else sizes if kind is Grown else [unit.what for unit in several]
    return ", ".join(parts)


def _ranges(units: list[Unit]) -> list[str]:
    found: list[tuple[int, int, str]] = []
    for unit in units:
        effect = unit.effects[0]
        assert isinstance(effect, Data)
        start, end = effect.offset, effect.offset + len(effect.data)
        if found and found[-1][1:] == (start, _path(unit)):
            start = found.pop()[0]
        found.append((start, end, _path(unit)))
    return [f"bytes {start} to {end} of {path}" for start, end, path in found]


def _path(unit: Unit) -> str:
    """The file that a unit of bytes or size is of."""
    return next(iter(unit.homes.values()))


def _named(call: Call) -> str:
    return f"{call.text} at {call.place}" if call.place else call.text


def _call(state: State, i: int) -> Call:
    return state.plan.trace.steps[state.plan.units[i].step].call


def _calls(state: State, mask: int) -> tuple[str, ...]:
    """Each call of which something is in the mask; and what, unless it is all of it."""
    found = []
    for call, group in groupby(bits(mask), key=lambda i: _call(state, i)):
        units = [state.plan.units[i] for i in group]
        whole = sum(_call(state, i) == call for i in range(len(state.plan.units)))
        found.append(_named(call) if len(units) == whole else f"{_named(call)}: {told(units)}")
    return tuple(found)


def _when(state: State) -> str:
    """Between which calls, or during which."""
    made = {step.call for step in state.plan.trace.steps if not isinstance(step.op, Seen)}  # which nobody called
    calls = sorted(made, key=lambda call: call.start)
    before = [call for call in calls if call.start < state.point.time]
    running = [call for call in before if call.end >= state.point.time]
    if running:
        return f"during {_named(running[-1])}"
    after = f"after {_named(before[-1])}" if before else "before anything is done"
    following = [call for call in calls if call.start >= state.point.time]
    return f"{after} and before {_named(following[0])}" if following and before else after


def _order(state: State) -> tuple[Call | None, Call | None]:
    """The first call that is lost, and the last thing that came after it all the same: on disk, or told to the user."""
    lost, there = list(bits(state.choice.lost)), list(bits(state.choice.persisted & ~state.point.forced))
    if not lost:
        return None, None
    past = [step for step in state.plan.trace.steps if step.call.start < state.point.time]
    returned = [step.call for step in past if isinstance(step.op, Mark) and step.op.what == "returned"]
    first, candidates = _call(state, lost[0]), [*returned[-1:], *(_call(state, i) for i in there[-1:])]
    later = [call for call in candidates if call.start > first.start]
    return first, max(later, key=lambda call: call.start, default=None)


def _why(state: State, lost: tuple[str, ...], second: Call | None) -> str:
    if not lost:
        return "Nothing that was done before is lost: this moment itself is what the reader sees."
    what = f"Not on disk: {'; '.join(lost)}."
    if second is None:
        return f"{what} One call is not all or nothing."
    later = second.text if _is_mark(state, second) else f"{_named(second)} is, which came later"
    return f"{what} Yet {later}."


def _cure(kind: str, state: State, second: Call | None, add: dict[int, tuple[str, str]]) -> str:
    if second is not None and add:
        before = "the writer returns" if _is_mark(state, second) else _named(second)
        return f"Add {' and '.join(sync for sync, _ in add.values())}, just before {before}."
    if kind == "stuck":
        return AGAIN
    failed = {step.op.node for step in state.plan.trace.steps if isinstance(step.op, Failed)}
    if any(failed & state.plan.units[i].homes.keys() for i in bits(state.choice.lost)):
        return FAILED
    idle = [mark.what for mark in state.marks[-1:]] == ["returned"]  # else it is the run under way that destroys
    if kind == "lost after return" and not state.choice.lost and idle:
        return LATE
    if state.guess and not state.doubtful and not _of_others(state) and not _synced_later(state):
        return MAPPED
    if state.choice.fill == "reused":
        return REUSED
    names = all(isinstance(state.plan.units[i].effects[0], Entry) for i in bits(state.choice.lost))
    return SPLIT if state.choice.lost and names else IN_PLACE


def _of_others(state: State) -> bool:
    """Whether it is no guess that breaks this state: what is lost is of other files than the mapped ones."""
    lost = {effect.node for i in bits(state.choice.lost) for effect in state.plan.units[i].effects}
    return state.guess == "as before" and bool(lost - state.choice.mapped)


def _synced_later(state: State) -> bool:
    """Whether the run goes on to sync what it mapped: it has only not done so yet."""
    steps = [step for step in state.plan.trace.steps if step.call.end >= state.point.time]
    rest = takewhile(lambda step: not isinstance(step.op, Mark), steps)
    return any(isinstance(step.op, SyncAll) or _syncs(step.op, state.choice.mapped) for step in rest)


def _syncs(op: Op, nodes: frozenset[int]) -> bool:
    return isinstance(op, Sync | Msync) and op.node in nodes


def _is_mark(state: State, call: Call) -> bool:
    return any(step.call == call and isinstance(step.op, Mark) for step in state.plan.trace.steps)


def _guesses(state: State) -> list[str]:
    """What the state rests on that nobody has seen."""
    said = [GARBAGE[state.choice.fill]] if state.choice.fill in GARBAGE and state.choice.lost else []
    if state.guess == "in part":
        return [*said, PARTLY]
    return [*said, f"What the mapped file holds is a guess: {state.guess}."] if state.guess else said


def _add(state: State, second: Call) -> dict[int, tuple[str, str]]:
    """The syncs before `second` that make the state impossible, by node: one if one is enough; none if none help."""
    homes: dict[int, tuple[str, str]] = {}
    for i in bits(state.choice.lost):
        unit, call = state.plan.units[i], _call(state, i)
        for home, where in unit.homes.items() if call.start < second.start else ():
            homes[home] = f"fsync of {where}", f"after {_named(call)} and before {_named(second)}"
    for some in (*({home} for home in homes), set(homes)):
        if not _possible(state, second, some):
            return {home: homes[home] for home in homes if home in some}
    return {}


def _possible(state: State, second: Call, synced: set[int]) -> bool:
    """Whether the disk may still hold this where these nodes are synced just before that call."""
    old, at = state.plan.trace, second.start
    here = next(i for i, step in enumerate(old.steps) if step.call == second)
    steps = [replace(step, call=_later(step.call, at)) for step in old.steps]
    added = [Step(Sync(node), Call("added", at, at + 1)) for node in sorted(synced)]
    then = plan(Trace(old.initial, [*steps[:here], *added, *steps[here:]]), state.plan.model)
    time = state.point.time + (ROOM if state.point.time > at else 0)
    return then.legal(then.point(time), state.choice.persisted)


def _later(call: Call, at: int) -> Call:
    """Room for a call just before event `at`."""
    return replace(call, start=call.start + ROOM * (call.start >= at), end=call.end + ROOM * (call.end >= at))
