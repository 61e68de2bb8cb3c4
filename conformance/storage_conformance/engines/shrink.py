"""What a break is about: whether its law is the one that is broken, and which steps it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Refused

from ..model import model_of
from ..trial import Broken, Recorded, Trial
from ..verbs import alike, answer_of, failure_of, is_failure
from ..wording import UNFORESEEN

__all__ = ["shrunk", "was_wrong_before"]


def shrunk(
    trial: Trial, broken: Broken, fresh: Callable[[], Trial], close: Callable[[Trial], None]
) -> tuple[Trial, Broken]:
    """A trial with as few of the steps of `trial` as still break as it did, by the answer of its last call.

    `fresh` gives a trial on a fresh place, `close` ends it. Only where all steps are calls of the subject, or open it
    again: other lines of Python and other handles depend on one another.
    """
    if not trial.steps or trial.coded or any(not _repeatable(step, trial) for step in trial.steps):
        return trial, broken
    best, size = trial, len(trial.steps)
    while size := size // 2:  # large pieces first: of a thousand steps most have no part in it
        at = 0
        while at < len(best.steps) - 1:
            tried = _without(best, at, size, broken, fresh, close)
            if tried:
                best, broken = tried, Broken(broken.sentence, _moved(broken.expected, best, tried))
            else:
                at += size
    return best, broken


def _repeatable(step: Recorded, trial: Trial) -> bool:
    again = (trial.place.again_line("store"), "store.close()", "del store")
    return step.handle == "store" or (not step.handle and step.verb in again)


def _without(
    old: Trial, at: int, size: int, broken: Broken, fresh: Callable[[], Trial], close: Callable[[Trial], None]
) -> Trial | None:
    """A trial as `old` without the calls among the `size` steps from `at`, if it breaks likewise."""
    lines = [step for step in old.steps[at : at + size] if not step.handle]
    kept = [*old.steps[:at], *lines, *old.steps[min(at + size, len(old.steps) - 1) :]]
    if len(kept) == len(old.steps):
        return None
    tried = fresh()
    try:
        return tried if _breaks(tried, kept, old, broken) else None
    except Broken:  # it does not open again without them
        return None
    finally:
        close(tried)


def was_wrong_before(trial: Trial, tried: Trial) -> bool:
    """Did the history of `trial` alone leave something else than it should have? Then another law is broken, not its.

    The history is repeated by `tried`, and its every ref looked at.
    """
    read = "[]" if trial.place.subject.kind == "mapping" else "get"
    for step in trial.steps[: trial.before]:
        args = tuple(_moved(arg, trial, tried) for arg in step.args)
        if step.handle:
            answer_of(tried.model, step.verb, args)
            tried.call(step.handle, step.verb, args)
        else:
            tried.line(step.verb)
    refs = [_moved(ref, trial, tried) for ref in trial.scope.refs]
    return any(not _same(tried.call("store", read, (ref,)), answer_of(tried.model, read, (ref,))) for ref in refs)


def _breaks(trial: Trial, steps: list[Recorded], old: Trial, broken: Broken) -> bool:
    """Do these steps of an `old` trial, on a fresh place, end in the same wrong answer, and is the same still right?"""
    model: Any = model_of(trial.place.subject.kind, trial.initial)
    right = found = None
    for step in steps:
        if not step.handle:
            trial.line(step.verb)
            continue
        args = tuple(_moved(arg, old, trial) for arg in step.args)
        right = answer_of(model, step.verb, args)
        found = trial.call("store", step.verb, args)
    expected = _moved(broken.expected, old, trial)
    foreseen = is_failure(expected) and issubclass(failure_of(expected), (TypeError, Refused))  # models know neither
    return _same(found, _moved(old.steps[-1].answer, old, trial)) and (
        expected is UNFORESEEN or foreseen or _same(right, expected)
    )


def _moved(value: Any, old: Trial, new: Trial) -> Any:
    """`value` with the refs of one shared place as those of another."""
    if isinstance(value, Ref) and old.root and value.within(old.root):
        return new.root / value.under(old.root)
    return [_moved(each, old, new) for each in value] if isinstance(value, list) and old.root else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, BaseException) and isinstance(other, BaseException):
        return type(one) is type(other)
    return alike(one, other)
