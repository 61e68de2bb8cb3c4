"""sync and move: one store brought to where another is, ref by ref (field: mirror, rsync). Functions. Ours."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from ..functions import exists, look, same
from ..ref import Ref
from ..store import MISSING, Conflict, Refused, Store
from .open_store import UsageError

__all__ = ["Step", "move", "sync"]

V = TypeVar("V")
What: TypeAlias = Literal["copied", "same", "gone", "deleted", "moved", "failed"]
PATIENCE = 10  # failures in a row, after which the store is taken for lost


@dataclass(frozen=True)
class Step:
    """What became of one ref. Copied: and read back; same: already; gone: there is nothing in the source any more."""

    ref: Ref
    what: What
    why: str = ""


def sync(
    source: Store[V],
    target: Store[V],
    refs: Iterable[Ref],
    *,
    delete: bool = False,
    dry_run: bool = False,
    settle: Callable[[Store[V]], object] = id,
) -> Iterator[Step]:
    """Make `target` agree with `source` at each of `refs`: what differs is put, then read back and compared.

    Lazy: each step is done when it is asked for, so it can be stopped at any point, and what was done is found the
    same when it is begun again. A ref that fails is told and left; after ten in a row the failure is raised. With
    `delete` what `source` has not is deleted from `target`. A `dry_run` reads, and tells what would be done. `settle`
    has the target write out what waits in it, before it is told that a step is done.
    """

    def step(ref: Ref) -> Step:
        value, old = look(source, ref), look(target, ref)
        if same(value, old):
            return Step(ref, "gone" if value is MISSING else "same")
        if value is not MISSING:
            return Step(ref, "copied") if dry_run else _put(target, ref, value, settle)
        if delete and not dry_run:
            target.delete(ref)
            settle(target)
        return Step(ref, "deleted" if delete else "gone")

    return _each(refs, step)


def move(
    source: Store[V],
    target: Store[V],
    refs: Iterable[Ref],
    *,
    alone: bool = False,
    settle: Callable[[Store[V]], object] = id,
) -> Iterator[Step]:
    """Move each of `refs` from `source` to `target`: copied, read back, and only then taken out of `source`.

    It is taken out by swap, so that what another changed meanwhile stays and is told as failed: begin again. A source
    that has no such swap fails, unless `alone` says that nobody else writes to it. `settle` has a store write out what
    waits in it: the target before, the source after. Stopped midway, a value is in both or in one. If the target loses
    it too, they are one place: it is put back, and UsageError raised. Steps are as those of sync.
    """

    def step(ref: Ref) -> Step:
        value = look(source, ref)
        if value is MISSING:
            return Step(ref, "gone")
        if same(value, look(target, ref)):
            settle(target)
        elif (copied := _put(target, ref, value, settle)).what == "failed":
            return copied
        taken = _taken(source, ref, value, alone)
        settle(source)
        if taken.what == "moved" and not _has(target, ref):
            source.put(ref, value) if alone else source.swap(ref, MISSING, value)
            settle(source)
            raise UsageError(f"FROM and TO are one place: {ref} was put back")
        return taken

    return _each(refs, step)


def _put(target: Store[V], ref: Ref, value: V, settle: Callable[[Store[V]], object]) -> Step:
    target.put(ref, value)
    settle(target)
    if same(look(target, ref), value):
        return Step(ref, "copied")
    return Step(ref, "failed", "read back, the target answers something else")


def _taken(source: Store[V], ref: Ref, value: V, alone: bool) -> Step:
    try:
        source.delete(ref) if alone else source.swap(ref, value, MISSING)
    except Conflict:
        return Step(ref, "failed", "it was changed meanwhile, and stays")
    except Refused as refused:
        return Step(ref, "failed", f"copied, but it stays, for the source cannot remove it safely: {refused}")
    return Step(ref, "moved")


def _has(target: Store[V], ref: Ref) -> bool:
    try:
        return exists(target, ref)  # a listing is answered by no cache
    except Refused:
        return look(target, ref) is not MISSING


def _each(refs: Iterable[Ref], step: Callable[[Ref], Step]) -> Iterator[Step]:
    failures = 0
    for ref in refs:
        try:
            done = step(ref)
            failures = 0
        except UsageError:
            raise
        except Exception as error:  # of any store: it is told, and the next ref is tried
            failures += 1
            if failures == PATIENCE:
                raise
            done = Step(ref, "failed", " ".join(f"{type(error).__name__}: {error}".split()))
        yield done
