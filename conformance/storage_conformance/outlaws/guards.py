"""Outlaws among guards that allow and refuse, and a right one of each that they stand on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from storage_combinators.functions import look, present, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["CreateOnly", "Default", "DryRun", "ReadOnly", "Required", "Small"]


class ReadOnly(Over):
    family: ClassVar[str] = "read_only"

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        raise Refused("read only")


class CreateOnly(Over):
    family: ClassVar[str] = "create_only"

    def put(self, ref: Ref, value: Any, /) -> None:
        try:
            self.source.swap(ref, MISSING, present(value))
        except Conflict:
            raise Refused("kept") from None

    merge = put

    def delete(self, ref: Ref, /) -> None:
        raise Refused("kept")

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is not MISSING:
            raise Refused("kept")
        self.source.swap(ref, MISSING, new)


class Required(Over):
    family: ClassVar[str] = "required"

    def get(self, ref: Ref, /) -> Any:
        value = look(self.source, ref)
        if value is MISSING:
            raise LookupError(f"{ref!r} is not there")
        return value


class Default(Over):
    family: ClassVar[str] = "default"

    def __init__(self, source: Any, value: Any) -> None:
        super().__init__(source)
        self.value = value

    def get(self, ref: Ref, /) -> Any:
        value = look(self.source, ref)
        return self.value if value is MISSING else value

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING:
            raise Conflict(ref)
        held = look(self.source, ref)
        if not same(old, self.value if held is MISSING else held):
            raise Conflict(ref)
        self.source.swap(ref, held, new)


class Small(Over):
    family: ClassVar[str] = "small"

    def __init__(self, source: Any, limit: int) -> None:
        super().__init__(source)
        self.limit = limit

    def fits(self, value: Any) -> Any:
        """`value`, if it is small enough."""
        if value is not MISSING and len(value) > self.limit:
            raise Refused("too big")
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, self.fits(value))

    def merge(self, ref: Ref, value: Any, /) -> None:
        super().merge(ref, self.fits(value))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, self.fits(new))


class DryRun(Over):
    family: ClassVar[str] = "dry_run"

    def put(self, ref: Ref, value: Any, /) -> None:
        present(value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        pass

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, old)


@outlaw("a_read_only_reads_its_source", wrong="Listing counts as a write.", family="read_only")
class ListsNothing(ReadOnly):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(())


@outlaw(
    "a_read_only_refuses_every_write_and_asks_nothing",
    wrong="swap, which was added to the protocol later, still writes.",
    seen="wrappers that overrode what there was to override when they were written",
    family="read_only",
)
class SwapsAllTheSame(ReadOnly):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)


@outlaw("a_create_only_takes_a_first_value", wrong="merge is always Refused, onto nothing too.", family="create_only")
class RefusesToMerge(CreateOnly):
    def merge(self, ref: Ref, value: Any, /) -> None:
        raise Refused("kept")


@outlaw(
    "what_a_create_only_holds_stays",
    wrong="A put over what is there is dropped without a word.",
    seen="set-if-absent that answers nothing",
    family="create_only",
)
class DropsTheSecond(CreateOnly):
    def put(self, ref: Ref, value: Any, /) -> None:
        if look(self.source, ref) is MISSING:
            super().put(ref, value)


@outlaw(
    "of_two_who_create_one_wins",
    wrong="It looks whether something is there, and then puts.",
    seen="exists() before write()",
    family="create_only",
)
class LooksThenCreates(CreateOnly):
    def put(self, ref: Ref, value: Any, /) -> None:
        if look(self.source, ref) is not MISSING:
            raise Refused("kept")
        self.source.put(ref, value)

    merge = put


@outlaw(
    "absence_is_a_failure_where_presence_is_required",
    wrong="What it raises is Missing again, by another message.",
    family="required",
)
class RaisesMissingAgain(Required):
    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref)


@outlaw(
    "a_required_changes_get_of_what_is_absent_alone",
    wrong="A delete of what is not there fails too.",
    family="required",
)
class RequiresBeforeDeleting(Required):
    def delete(self, ref: Ref, /) -> None:
        self.get(ref)
        super().delete(ref)


@outlaw(
    "a_default_answers_where_nothing_is",
    wrong="The default is stored when it is first read.",
    seen="collections.defaultdict",
    family="default",
)
class StoresTheDefault(Default):
    def get(self, ref: Ref, /) -> Any:
        if look(self.source, ref) is MISSING:
            self.source.put(ref, self.value)
        return self.source.get(ref)


@outlaw(
    "a_default_does_not_step_in_for_a_failure",
    wrong="What cannot be read is answered by the default.",
    seen="except Exception: return default",
    family="default",
)
class DefaultsOnFailure(Default):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except OSError:
            return self.value


@outlaw(
    "a_default_swaps_from_what_get_answers",
    wrong="swap is the source's: the value that get answered is a Conflict.",
    family="default",
)
class SwapsBelowTheDefault(Default):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)


@outlaw("a_default_creates_in_one_step", wrong="From the default it puts.", family="default")
class PutsFromTheDefault(Default):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING:
            raise Conflict(ref)
        try:
            self.source.swap(ref, old, new)
        except Conflict:
            if not same(old, self.value):
                raise
            self.source.put(ref, new)


@outlaw("a_small_is_its_source_for_what_is_small", wrong="Every swap that removes is Refused.", family="small")
class RefusesToRemove(Small):
    def fits(self, value: Any) -> Any:
        if value is MISSING:
            raise Refused("no size")
        return super().fits(value)


@outlaw(
    "a_small_refuses_what_is_too_big_and_keeps_what_is_there",
    wrong="The limit itself is too big.",
    seen="< for <=",
    family="small",
)
class IsOneTooStrict(Small):
    def fits(self, value: Any) -> Any:
        if value is not MISSING and len(value) >= self.limit:
            raise Refused("too big")
        return value


@outlaw("a_dry_run_changes_nothing", wrong="swap is not dry.", family="dry_run")
class SwapsForReal(DryRun):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)


@outlaw("a_dry_run_tells_conflicts", wrong="swap does nothing, and so every one succeeds.", family="dry_run")
class NeverConflicts(DryRun):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        pass


@outlaw("a_dry_run_stores_no_missing", wrong="put does not look at the value.", family="dry_run")
class TakesAnything(DryRun):
    def put(self, ref: Ref, value: Any, /) -> None:
        pass

    merge = put
