"""Outlaws among combinators that change one verb: merging, locked, cascading delete, redirect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from storage_combinators.functions import look, present
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Missing

from .combinators import Cascading, Locked, Merging, Redirect
from .outlaw import outlaw

merging = partial(outlaw, family="merging")
locked = partial(outlaw, family="locked")
cascading = partial(outlaw, family="cascading")
redirect = partial(outlaw, family="redirect")


@merging("a_merge_combines_what_is_there_with_what_is_given", wrong="It combines the wrong way round.")
class CombinesBackwards(Merging):
    def __init__(self, source: Any, combine: Any) -> None:
        super().__init__(source, lambda old, new: combine(new, old))


@merging("a_merge_onto_absence_is_a_put", wrong="Onto absence it merges twice, for the put is combined with itself.")
class MergesOntoItself(Merging):
    def merge(self, ref: Ref, value: Any, /) -> None:
        if look(self.source, ref) is MISSING:
            self.source.put(ref, present(value))
        super().merge(ref, value)


@merging("a_merging_changes_merge_alone", wrong="put merges too.")
class MergesOnPut(Merging):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().merge(ref, value)
        if look(self.source, ref / "log") is MISSING:
            self.source.put(ref / "log", value)


@merging(
    "a_merge_loses_no_write_in_between",
    wrong="merge is a get and a put: what is written in between is lost.",
    seen="the merging store of the paper's own framework",
)
class ReadsThenPuts(Merging):
    def merge(self, ref: Ref, value: Any, /) -> None:
        old = look(self.source, ref)
        self.source.put(ref, present(value) if old is MISSING else self.combine(old, present(value)))


@merging(
    "a_merge_that_failed_is_not_resent",
    wrong="A merge whose reply was lost is sent again, and is applied twice.",
    seen="clients with retries on by default",
)
class ResendsMerges(Merging):
    def merge(self, ref: Ref, value: Any, /) -> None:
        try:
            super().merge(ref, value)
        except OSError:
            self.source.fail()
            super().merge(ref, value)


@merging(
    "a_merging_lets_failures_of_reading_through", wrong="What cannot be read counts as absent, and is overwritten."
)
class OverwritesWhatItCannotRead(Merging):
    def merge(self, ref: Ref, value: Any, /) -> None:
        try:
            super().merge(ref, value)
        except OSError:
            self.source.put(ref, value)


@merging(
    "a_merging_stores_no_missing", wrong="merge(ref, MISSING) deletes.", seen="JSON Merge Patch, where null removes"
)
class MergesMissingAway(Merging):
    def merge(self, ref: Ref, value: Any, /) -> None:
        if value is MISSING:
            self.source.delete(ref)
        else:
            super().merge(ref, value)


@locked(
    "a_locked_is_its_source", wrong="A get under the lock creates what is not there.", seen="defaultdict below a lock"
)
class LocksAndCreates(Locked):
    def get(self, ref: Ref, /) -> Any:
        value = look(self.source, ref)
        if value is MISSING:
            self.source.put(ref, b"")
        return super().get(ref)


@locked("no_verb_of_a_locked_runs_beside_another", wrong="Reading takes no lock, so that it meets a write half done.")
class ReadsWithoutTheLock(Locked):
    def held(self, verb: str) -> Any:
        return nullcontext() if verb == "get" else self.lock


@locked(
    "a_locked_lists_under_its_lock",
    wrong="The lock is released before the listing, which is lazy, has begun.",
    seen="a first version of this library: a lock around a generator guards nothing",
)
class LocksAGenerator(Locked):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self.held("refs"):
            return iter(self.source.refs(base, depth))


@locked(
    "a_failure_leaves_a_locked_open",
    wrong="After a failure the lock is never released.",
    seen="acquire without finally",
)
class StaysLocked(Locked):
    @contextmanager
    def held(self, verb: str) -> Iterator[None]:
        self.lock.acquire()
        yield
        self.lock.release()


@cascading("a_delete_takes_what_depends_on_it_along", wrong="Only what is one name below goes along.")
class CascadesOneLevel(Cascading):
    def cascade(self, ref: Ref) -> None:
        for each in list(self.source.refs(ref, 1)):
            self.source.delete(each)


@cascading("a_cascade_touches_nothing_else", wrong="What has the same text in front goes along: deleting a deletes ab.")
class CascadesByPrefix(Cascading):
    def cascade(self, ref: Ref) -> None:
        for each in list(self.source.refs(Ref())):
            if str(each).startswith(str(ref)) and each != ref:
                self.source.delete(each)


@cascading(
    "a_cascade_that_failed_can_be_completed",
    wrong="The head goes first: a failure leaves dependents that nobody finds.",
)
class DeletesTheHeadFirst(Cascading):
    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)
        self.cascade(ref)


@cascading("a_swap_that_removes_cascades", wrong="A swap that is a Conflict has deleted the dependents already.")
class CascadesBeforeTheSwap(Cascading):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if new is MISSING:
            self.cascade(ref)
        self.source.swap(ref, old, new)


@cascading("a_cascading_changes_delete_alone", wrong="A put of the head deletes what depends on its old value.")
class CascadesOnPut(Cascading):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.cascade(ref)
        super().put(ref, value)


@redirect("a_redirect_without_bindings_is_its_source", wrong="A ref that is not bound is Missing.")
class KnowsOnlyBound(Redirect):
    def get(self, ref: Ref, /) -> Any:
        if self.at(ref)[1] == ref and not any(True for _ in self.table.refs(Ref())):
            raise Missing(ref)
        return super().get(ref)


@redirect("a_bound_ref_means_the_final_one", wrong="Only reading is redirected: writes go to the local ref.")
class RedirectsReading(Redirect):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, ref


@redirect(
    "what_was_put_by_the_local_ref_moves", wrong="bind moves nothing: what was put by the local ref is lost to both."
)
class BindsWithoutMoving(Redirect):
    def bind(self, local: Ref, final: Ref) -> None:
        self.table.put(local, final)


@redirect("to_bind_twice_is_to_bind_once", wrong="A second bind moves nothing over what is there.")
class MovesTwice(Redirect):
    def bind(self, local: Ref, final: Ref) -> None:
        if look(self.table, local) is not MISSING:
            self.source.delete(final)
        super().bind(local, final)


@redirect("a_redirect_lists_each_value_once", wrong="bind copies: the value is listed by both refs.")
class CopiesOnBind(Redirect):
    def bind(self, local: Ref, final: Ref) -> None:
        moved = list(self.source.refs(local))
        for ref in moved:
            self.source.put(final / ref.under(local), self.source.get(ref))
        self.table.put(local, final)


@redirect("a_bind_that_failed_loses_nothing", wrong="bind deletes before it puts.")
class DeletesBeforeItPuts(Redirect):
    def bind(self, local: Ref, final: Ref) -> None:
        for ref in list(self.source.refs(local)):
            value = self.source.get(ref)
            self.source.delete(ref)
            self.source.put(final / ref.under(local), value)
        self.table.put(local, final)


@redirect(
    "bindings_live_in_the_table", wrong="Bindings are kept in the object, so that another one does not know them."
)
class BindsInMemory(Redirect):
    def __init__(self, source: Any, table: Any) -> None:
        super().__init__(source, type(source)())
