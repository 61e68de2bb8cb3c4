"""Outlaws among guards that deal with failures, and a right one of each that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Depth, Missing

from .combinators import Over
from .outlaw import outlaw
from .pacing import Around

__all__ = ["Failing", "Retry", "Timeout"]


class Retry(Over):
    family: ClassVar[str] = "retry"
    answers: ClassVar[tuple[type[Exception], ...]] = ()  # that count as failures

    def __init__(self, source: Any, pauses: Any, failures: Any, sleep: Callable[[float], object]) -> None:
        super().__init__(source)
        self.pauses, self.failures, self.sleep = pauses, (*failures, *self.answers), sleep

    def tried(self, verb: Callable[[], Any]) -> Any:
        """What `verb` answers in the end."""
        for pause in self.pauses:
            try:
                return verb()
            except self.failures:
                self.sleep(pause)
        return verb()

    def get(self, ref: Ref, /) -> Any:
        return self.tried(lambda: self.source.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.tried(lambda: self.source.put(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self.tried(lambda: self.source.delete(ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.tried(lambda: list(self.source.refs(base, depth))))


class Failing(Around):
    family: ClassVar[str] = "failing"

    def __init__(self, source: Any, before: Callable[..., object], after: Callable[..., object]) -> None:
        super().__init__(source)
        self.before, self.after = before, after

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        self.before(verb, ref)
        yield
        self.after(verb, ref)


class Timeout(Over):
    family: ClassVar[str] = "timeout"

    def __init__(self, source: Any, seconds: float, executor: Any) -> None:
        super().__init__(source)
        self.seconds, self.executor = seconds, executor

    def within(self, work: Callable[[], Any]) -> Any:
        """What `work` answers, if it does so in time."""
        return self.executor.submit(work).result(self.seconds)

    def get(self, ref: Ref, /) -> Any:
        return self.within(lambda: self.source.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.within(lambda: self.source.put(ref, value))

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.within(lambda: self.source.merge(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self.within(lambda: self.source.delete(ref))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.within(lambda: self.source.swap(ref, old, new))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.within(lambda: list(self.source.refs(base, depth))))


@outlaw("a_retry_is_its_source", wrong="A listing is retried until something is there.", family="retry")
class RetriesEmptiness(Retry):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        found = list(super().refs(base, depth))
        return iter(found or list(self.source.refs(Ref(), depth)))


@outlaw("a_failure_that_passes_is_not_seen", wrong="It tries again at once, without a pause.", family="retry")
class RetriesAtOnce(Retry):
    def tried(self, verb: Callable[[], Any]) -> Any:
        for _ in self.pauses:
            try:
                return verb()
            except self.failures:
                pass
        return verb()


@outlaw(
    "the_last_failure_is_raised",
    wrong="When all tries are used up, None is the answer.",
    seen="a retry loop without an else",
    family="retry",
)
class GivesUpQuietly(Retry):
    def tried(self, verb: Callable[[], Any]) -> Any:
        for pause in (*self.pauses, 0):
            try:
                return verb()
            except self.failures:
                self.sleep(pause)
        return None

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.tried(lambda: list(self.source.refs(base, depth))) or ())


@outlaw(
    "no_swap_and_no_merge_is_resent",
    wrong="A swap is retried as well: one whose reply was lost conflicts with itself.",
    seen="clients with retries on by default",
    family="retry",
)
class ResendsSwaps(Retry):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.tried(lambda: self.source.swap(ref, old, new))


@outlaw("an_answer_is_no_failure", wrong="Missing is retried.", seen="except Exception in a retry", family="retry")
class RetriesAnswers(Retry):
    answers = (Missing, Conflict)


@outlaw("a_listing_that_broke_off_goes_on", wrong="It starts again from the first, and tells twice.", family="retry")
class TellsTwice(Retry):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        for pause in (*self.pauses, 0):
            try:
                yield from self.source.refs(base, depth)
                return
            except self.failures:
                self.sleep(pause)


@outlaw("a_failing_that_is_told_nothing_is_its_source", wrong="It loses every merge.", family="failing")
class LosesMerges(Failing):
    def merge(self, ref: Ref, value: Any, /) -> None:
        pass


@outlaw("what_fails_before_is_not_asked_of_the_source", wrong="The source is asked first.", family="failing")
class FailsTooLate(Failing):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        yield
        self.before(verb, ref)
        self.after(verb, ref)


@outlaw("what_fails_after_has_happened", wrong="Both hooks are called before.", family="failing")
class FailsTooEarly(Failing):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        self.before(verb, ref)
        self.after(verb, ref)
        yield


@outlaw("a_failing_is_told_verb_and_ref", wrong="A listing is announced as a get.", family="failing")
class CallsListingAGet(Failing):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        with super().held("get" if verb == "refs" else verb, ref):
            yield


@outlaw("a_timeout_is_its_source", wrong="A swap is not waited for.", family="timeout")
class DoesNotWaitForSwaps(Timeout):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.executor.submit(lambda: self.source.swap(ref, old, new))


@outlaw(
    "what_takes_too_long_is_a_failure",
    wrong="A get that takes too long is Missing.",
    seen="caches that take a time-out for a miss",
    family="timeout",
)
class MissesWhenLate(Timeout):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except TimeoutError:
            raise Missing(ref) from None


@outlaw("what_failed_in_time_is_told_as_it_is", wrong="Every failure is a TimeoutError.", family="timeout")
class CallsEverythingLate(Timeout):
    def within(self, work: Callable[[], Any]) -> Any:
        try:
            return super().within(work)
        except OSError:
            raise TimeoutError from None
