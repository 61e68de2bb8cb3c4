"""Outlaws among what watches: logging and filters; and among functions of a tree of stores."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing

from ..laws.combinators.sources import Operation
from .nearer import Copier, Logging, Queue, draw, parts, rewrap
from .outlaw import outlaw

logging = partial(outlaw, family="logging")
copier = partial(outlaw, family="copier")
queue = partial(outlaw, family="queue")
drawing = partial(outlaw, family="drawing")
rewrapping = partial(outlaw, family="rewrap")


@logging("a_logging_is_its_source", wrong="It logs the old value too, and so raises Missing where there is none.")
class ReadsBeforeItWrites(Logging):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.get(ref)
        super().put(ref, value)


@logging(
    "the_log_is_the_writes_in_order",
    wrong="It overrides remove, as delete was once called: deletes are forwarded and not logged.",
    seen="the logging store of the paper's own framework, in the week of the paper",
)
class OverridesAStaleName(Logging):
    def remove(self, ref: Ref) -> None:
        super().delete(ref)

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)


@logging("the_log_is_the_writes_in_order", wrong="A swap that removes is logged as a PUT.")
class LogsEverySwapAsPut(Logging):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)
        self.log(Operation("PUT", ref))


@logging("reading_is_not_logged", wrong="get is logged as well.")
class LogsReading(Logging):
    def get(self, ref: Ref, /) -> Any:
        self.log(Operation("GET", ref))
        return self.source.get(ref)


@logging("a_write_that_failed_is_not_logged", wrong="A write is logged in `finally`, whether it happened or not.")
class LogsFailures(Logging):
    def put(self, ref: Ref, value: Any, /) -> None:
        try:
            self.source.put(ref, value)
        finally:
            self.log(Operation("PUT", ref))


@logging(
    "a_write_is_logged_when_it_has_happened", wrong="A write is logged before it happens.", seen="a port to TypeScript"
)
class LogsBefore(Logging):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.log(Operation("PUT", ref))
        self.source.put(ref, value)


@logging(
    "a_log_that_fails_fails_the_write", wrong="A log that fails is ignored: writes go unrecorded.", seen="except: pass"
)
class IgnoresTheLog(Logging):
    def __init__(self, source: Any, log: Callable[[Any], object]) -> None:
        def quiet(operation: Any) -> None:
            with suppress(OSError):
                log(operation)

        super().__init__(source, quiet)


@copier(
    "a_copier_makes_the_target_agree",
    wrong="A MERGE is not copied, so that the target falls behind in silence.",
    seen="the copier of the paper",
)
class DropsMerges(Copier):
    def __call__(self, operation: Any) -> None:
        if operation.verb != "MERGE":
            super().__call__(operation)


@copier(
    "a_copier_deletes_what_is_gone",
    wrong="What is gone is put as None.",
    seen="the copier of the paper's own framework: a delete is a put of nil",
)
class PutsNoneForGone(Copier):
    def __call__(self, operation: Any) -> None:
        value = look(self.source, operation.ref)
        self.target.put(operation.ref, None if value is MISSING else value)


@copier("a_copier_takes_what_is_there_by_now", wrong="A DELETE that comes late deletes what was put again since.")
class BelievesTheVerb(Copier):
    def __call__(self, operation: Any) -> None:
        if operation.verb == "DELETE":
            self.target.delete(operation.ref)
        else:
            super().__call__(operation)


@copier(
    "a_copier_touches_no_other_ref_and_not_the_source",
    wrong="It copies everything there is, whatever was written.",
    seen="rsync after each change",
)
class CopiesEverything(Copier):
    def __call__(self, operation: Any) -> None:
        for ref in {*self.source.refs(Ref()), *self.target.refs(Ref()), operation.ref}:
            super().__call__(Operation(operation.verb, ref))


@copier("a_copier_deletes_nothing_when_the_source_fails", wrong="A source that fails counts as one that has nothing.")
class TakesFailureForGone(Copier):
    def __call__(self, operation: Any) -> None:
        try:
            self.target.put(operation.ref, self.source.get(operation.ref))
        except (Missing, OSError):
            self.target.delete(operation.ref)


@copier(
    "a_copier_lets_failures_of_the_target_through",
    wrong="A target that fails is passed over.",
    seen="best-effort replicas",
)
class PassesOverTheTarget(Copier):
    def __call__(self, operation: Any) -> None:
        value = look(self.source, operation.ref)
        with suppress(OSError):
            self.target.delete(operation.ref) if value is MISSING else self.target.put(operation.ref, value)


@queue("a_queue_hands_on_first_what_came_first", wrong="What came last is handed on first.", seen="dict.popitem")
class LastInFirstOut(Queue):
    def drain(self, *keys: Any) -> None:
        super().drain(*(keys or list(self.waiting)[::-1]))


@queue("operations_of_one_ref_become_one", wrong="Every operation is kept, so that a busy ref fills the queue.")
class KeepsEveryOperation(Queue):
    def key(self, operation: Any) -> Any:
        return len(self.waiting), operation.ref


@queue(
    "the_newest_operation_of_a_ref_counts",
    wrong="Operations are coalesced by verb and ref: put, delete, put becomes put, delete, and the value is lost.",
    seen="the queue of the paper's own framework",
)
class CoalescesVerbAndRef(Queue):
    def key(self, operation: Any) -> Any:
        return operation.verb, operation.ref


@queue("a_drained_queue_is_empty", wrong="What was handed on stays, and is handed on again.")
class NeverForgets(Queue):
    def drain(self, *keys: Any) -> None:
        for operation in list(self.waiting.values()):
            self.target(operation)


@queue(
    "an_operation_that_comes_during_a_drain_is_not_lost",
    wrong="An operation stays in the queue until it was handed on; one that comes meanwhile is dropped.",
    seen="the queue of the paper's own framework, by default",
)
class DropsInFlight(Queue):
    def __call__(self, operation: Any) -> None:
        self.waiting.setdefault(operation.ref, operation)

    def drain(self, *keys: Any) -> None:
        for key, operation in list(self.waiting.items()):
            self.target(operation)
            self.waiting.pop(key, None)


@queue(
    "what_the_target_failed_keeps_waiting", wrong="An operation that the target fails is lost.", seen="fire and forget"
)
class ForgetsFailures(Queue):
    def hand_on(self, key: Any, operation: Any) -> None:
        self.target(operation)


@queue("what_comes_while_the_target_fails_is_the_newest", wrong="What failed goes back over what came meanwhile.")
class PutsBackTheOld(Queue):
    def hand_on(self, key: Any, operation: Any) -> None:
        try:
            self.target(operation)
        except BaseException:
            self.waiting[key] = operation
            raise


@queue("a_copy_of_a_queue_shares_what_waits", wrong="What waits is no init field, so a copy has a queue of its own.")
@dataclass(frozen=True)
class QueuesInAPrivateField(Queue):
    waiting: dict[Any, Any] = field(default_factory=dict, init=False)


_ONE_FOR_ALL: dict[Any, Any] = {}


@queue(
    "two_queues_share_nothing", wrong="What waits is kept in one dictionary for all queues.", seen="mutable defaults"
)
class QueuesInOneForAll(Queue):
    def __init__(self, target: Callable[[Any], object], waiting: Any = _ONE_FOR_ALL) -> None:
        super().__init__(target, waiting)


@drawing(
    "two_stores_of_one_class_are_two_nodes",
    wrong="Nodes go by the name of their class: two stores of one class are drawn as one.",
    seen="the drawing function of the paper's own framework",
)
def draws_class_names(tree: Any) -> str:
    """A node for each class."""
    names = [type(tree).__name__, *(draws_class_names(part) for _, part in parts(tree))]
    return "\n".join(dict.fromkeys("\n".join(names).split("\n")))


@drawing("one_store_in_two_places_is_one_node", wrong="A store in two places is drawn twice.", seen="repr")
def draws_each_place(tree: Any) -> str:
    """A line for each place."""
    return "\n".join([type(tree).__name__, *(draws_each_place(part) for _, part in parts(tree))])


@drawing("drawing_asks_no_store", wrong="Each node is drawn with the number of refs that it has.", seen="dashboards")
def draws_sizes(tree: Any) -> str:
    """The tree, with its size."""
    return f"{draw(tree)}\n{len(list(tree.refs(Ref())))} refs"


@rewrapping("what_is_shared_stays_shared", wrong="A store in two places is made twice.", seen="eval(repr(tree))")
def rewraps_each_place(tree: Any, wrap: Callable[..., Any]) -> Any:
    """The tree, each place made again."""
    below = {name: rewraps_each_place(part, wrap) for name, part in parts(tree)}
    return wrap(replace(tree, **below) if below else tree)


@rewrapping("what_is_equal_does_not_become_one", wrong="Stores that are equal are taken for one.", seen="a table by ==")
def rewraps_equal_ones_once(tree: Any, wrap: Callable[..., Any], made: Any = None) -> Any:
    """The tree, equal nodes made once."""
    made = [] if made is None else made
    for node, again in made:
        if node == tree:
            return again
    below = {name: rewraps_equal_ones_once(part, wrap, made) for name, part in parts(tree)}
    made.append((tree, wrap(replace(tree, **below) if below else tree)))
    return made[-1][1]


@rewrapping(
    "a_tree_made_again_keeps_its_data", wrong="Stores at the ends are made anew, and are empty.", seen="deep copies"
)
def rewraps_with_empty_ends(tree: Any, wrap: Callable[..., Any]) -> Any:
    """The tree over empty stores."""
    return rewrap(tree, lambda node: wrap(node if parts(node) else type(node)()))
