"""Outlaws among stores that answer for another: fail-over, by verb, shadow, compare."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from storage_combinators.functions import same
from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing

from .many import ByVerb, Compare, FailOver, Shadow, ask
from .outlaw import outlaw

fail_over = partial(outlaw, family="fail_over")
by_verb = partial(outlaw, family="by_verb")
shadow = partial(outlaw, family="shadow")
compare = partial(outlaw, family="compare")


@fail_over("a_fail_over_is_its_first_source", wrong="Reads are spread over the stores, failure or not.")
class ReadsTheLast(FailOver):
    def get(self, ref: Ref, /) -> Any:
        return self.sources[-1].get(ref)


@fail_over("when_the_first_fails_the_next_is_read", wrong="A listing does not fail over, only get does.")
class ListsTheFirstAlone(FailOver):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        return ask(self.sources[0], verb, ref, *args) if verb == "refs" else super().call(verb, ref, *args)


@fail_over("absence_is_no_failure", wrong="Missing is taken for a failure, and the next is asked.", seen="except: pass")
class FailsOverFromAbsence(FailOver):
    def get(self, ref: Ref, /) -> Any:
        for source in self.sources:
            with suppress(Missing, OSError):
                return source.get(ref)
        raise Missing(ref)


@fail_over("no_write_fails_over", wrong="A write that the first fails is made in the next, and lost when it is back.")
class WritesElsewhere(FailOver):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        try:
            return super().call(verb, ref, *args)
        except OSError:
            return ask(self.sources[1], verb, ref, *args)


@fail_over("when_all_fail_so_does_the_read", wrong="When every store fails, a get answers Missing.")
class FailsAsMissing(FailOver):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        try:
            return super().call(verb, ref, *args)
        except OSError:
            if verb != "get":
                raise
            raise Missing(ref) from None


@by_verb("a_by_verb_of_no_verbs_is_its_source", wrong="A verb without a store of its own does nothing.")
class DropsTheRest(ByVerb):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        if verb in self.verbs or verb in ("get", "refs"):
            return super().call(verb, ref, *args)
        return None


@by_verb("each_verb_is_asked_of_the_store_it_has", wrong="swap goes to where put goes.")
class SwapsWherePutGoes(ByVerb):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.verbs.get("put", self.source).swap(ref, old, new)


@by_verb("a_name_that_is_no_verb_is_told_at_once", wrong="A name that is no verb is never asked, and nobody says so.")
class TakesAnyName(ByVerb):
    def __init__(self, source: Any, verbs: dict[str, Any]) -> None:
        super().__init__(source, {})
        self.verbs = verbs


@shadow("a_shadow_is_its_source", wrong="What the shadow fails, fails.", seen="mirrors that are waited for")
class ShowsItsShadow(Shadow):
    def also(self, verb: str, ref: Ref, *args: Any) -> None:
        ask(self.second, verb, ref, *args)


@shadow("what_was_done_is_asked_of_the_shadow_too", wrong="Only writes are copied.")
class ShadowsWrites(Shadow):
    def also(self, verb: str, ref: Ref, *args: Any) -> None:
        if verb not in ("get", "refs"):
            super().also(verb, ref, *args)


@shadow("a_failure_of_the_shadow_is_told_and_does_not_show", wrong="What the shadow fails is told to nobody.")
class KeepsItToItself(Shadow):
    def also(self, verb: str, ref: Ref, *args: Any) -> None:
        with suppress(OSError, Missing, Conflict):
            ask(self.second, verb, ref, *args)


@shadow("what_the_source_failed_is_not_asked_of_the_shadow", wrong="The shadow is written first.")
class ShadowsFirst(Shadow):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        self.also(verb, ref, *args)
        return ask(self.source, verb, ref, *args)


@compare("a_compare_of_equals_is_either", wrong="Listings are compared in their order, which no store promises.")
class ComparesTheOrder(Compare):
    def answer(self, store: Any, verb: str, *args: Any) -> Any:
        answer = super().answer(store, verb, *args)
        return (None, answer[1][::-1]) if store is self.other and verb == "refs" else answer


@compare("a_difference_is_raised", wrong="Only values are compared, so that Missing beside a value is none.")
class ComparesValuesAlone(Compare):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        one, other = (self.answer(store, verb, ref, *args) for store in (self.one, self.other))
        if not one[0] and not other[0] and not same(one[1], other[1]):
            raise AssertionError(f"{one} and {other}")
        if one[0]:
            raise one[0]
        return one[1]


@compare("a_failure_of_one_alone_is_a_difference", wrong="When the first fails, the other is not asked: out of step.")
class StopsAtTheFirst(Compare):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        failed, _ = self.answer(self.one, verb, ref, *args)
        if isinstance(failed, OSError):
            raise failed
        return super().call(verb, ref, *args)


@compare("what_both_raise_is_raised", wrong="Two exceptions are two objects, and so a difference.")
class ComparesExceptionsByIdentity(Compare):
    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        try:
            return super().call(verb, ref, *args)
        except (Missing, OSError) as error:
            raise AssertionError("not the same exception") from error
