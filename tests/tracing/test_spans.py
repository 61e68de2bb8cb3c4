"""What a trace tells of each operation, and that the tree is not changed by it."""

import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Bytes,
    Cache,
    Conflict,
    Copier,
    Default,
    Failing,
    Fanout,
    Json,
    Logging,
    Memory,
    Missing,
    PassThrough,
    Queue,
    ReadOnly,
    Ref,
    Refused,
    Relative,
    Sequential,
    Timeout,
    Trace,
    Traced,
    WriteBack,
    look,
    traced,
)
from storage_combinators.edges.rewrap import nodes
from storage_combinators.observing.spans import Span, answered_by, inside
from storage_conformance.laws.combinators.judging import judge_combinator

A, B = Ref("a"), Ref("b")


def watched(tree: Any, **options: Any) -> tuple[Any, list[Span]]:
    spans: list[Span] = []
    return traced(tree, spans.append, **options), spans


def shape(span: Span) -> Any:
    """Verb, place and outcome of a span and of those inside it."""
    return (span.verb, span.place, span.outcome, [shape(part) for part in span.spans])


def test_each_node_sees_the_ref_in_its_own_way_and_the_leaf_answers():
    tree, spans = watched(Relative(Bytes(Memory()), Ref("x", "y")))
    tree.put(A, b"12345")
    assert [(span.kind, span.ref, span.size) for span in inside(spans[0])] == [
        ("Relative", A, 5),
        ("Bytes", Ref("x", "y", "a"), 5),
        ("Memory", Ref("x", "y", "a"), 5),
    ]
    assert answered_by(spans[0]).place == "source.source"


def test_a_miss_then_a_hit():
    tree, spans = watched(Cache(Memory(), Memory({A: 1})))
    assert (tree.get(A), tree.get(A)) == (1, 1)
    miss = [("get", "fast", "missing", []), ("get", "slow", "found", []), ("put", "fast", "done", [])]
    assert shape(spans[0]) == ("get", "", "found", miss)
    assert shape(spans[1]) == ("get", "", "found", [("get", "fast", "found", [])])
    assert [answered_by(span).place for span in spans] == ["slow", "fast"]


def test_who_makes_an_answer_of_its_own_is_the_one_who_answered():
    tree, spans = watched(Default(Memory(), 7))
    assert tree.get(A) == 7
    assert answered_by(spans[0]).place == ""


@pytest.mark.parametrize(
    ("tree", "ask", "raised", "outcome"),
    [
        (Memory(), lambda store: store.get(A), Missing, "missing"),
        (Memory(), lambda store: store.swap(A, 1, 2), Conflict, "conflict"),
        (ReadOnly(Memory()), lambda store: store.put(A, 1), Refused, "refused"),
        (Memory(), lambda store: store.put(A, MISSING), TypeError, "failed"),
    ],
)
def test_an_answer_is_told_as_what_it_is_and_still_raised(tree, ask, raised, outcome):
    store, spans = watched(tree)
    with pytest.raises(raised):
        ask(store)
    assert spans[0].outcome == outcome
    assert bool(spans[0].error) == (outcome in ("refused", "failed"))


def test_a_write_of_which_nobody_knows_is_failed():
    def lost(verb: str, ref: Ref) -> None:
        raise OSError("the reply was lost")

    store, spans = watched(Cache(Memory(), Failing(Memory(), after=lost)))
    with pytest.raises(OSError, match="lost"):
        store.put(A, 1)
    assert [(span.place, span.outcome, span.error) for span in inside(spans[0])] == [
        ("", "failed", "OSError: the reply was lost"),
        ("fast", "done", ""),
        ("slow", "failed", "OSError: the reply was lost"),
        ("slow.source", "done", ""),
        ("fast", "done", ""),
    ]


def test_a_listing_is_one_span_from_the_first_ref_to_the_last():
    tree, spans = watched(Json(Memory({A: b"1", B: b"2"})))
    listing = tree.refs(Ref())
    assert spans == []
    next(listing)
    tree.get(A)  # meanwhile, and not inside it
    assert [span.verb for span in spans] == ["get"]
    assert list(listing)
    assert shape(spans[1]) == ("refs", "", "done", [("refs", "source", "done", [])])
    assert [span.refs for span in inside(spans[1])] == [2, 2]


def test_a_listing_that_is_given_up_is_stopped_and_told_once():
    tree, spans = watched(Relative(Json(Memory({A / "x": b"1", A / "y": b"2"})), A))
    for _ in tree.refs(Ref()):
        break
    assert len(spans) == 1
    assert [(span.outcome, span.refs) for span in inside(spans[0])] == [("stopped", 1)] * 3


def test_the_time_of_a_listing_is_not_that_of_its_reader():
    ticks = iter(range(1000))
    tree, spans = watched(Memory({A: 1, B: 2}), clock=lambda: float(next(ticks)))
    for _ in tree.refs(Ref()):
        for _ in range(100):
            next(ticks)
    assert spans[0].seconds < 10 < 200 < spans[0].ended - spans[0].begun


def test_what_is_shared_is_shared_and_the_tree_is_as_it_was():
    fast, slow = Memory(), Json(Memory())
    plain = Sequential((Logging(fast, Queue(Copier(fast, slow))), slow))
    before = nodes(plain)
    tree, spans = watched(plain)
    tree.put(A, 1)
    plain.sources[0].log.drain()  # the same queue, but its copier asks stores that are not watched
    assert look(slow, A) == 1
    assert [id(node) for node in nodes(plain)] == [id(node) for node in before]
    assert not any(isinstance(node, Traced) for node in before)
    assert len([node for node in nodes(tree) if isinstance(node, Traced)]) == 5
    assert shape(spans[0]) == (
        "put",
        "",
        "done",
        [("put", "sources[0]", "done", [("put", "sources[0].source", "done", [])])],
    )


def test_a_flush_in_another_thread_is_told_by_itself():
    tree, spans = watched(WriteBack(Memory(), Memory()))
    tree.put(A, 1)
    thread = threading.Thread(target=tree.source.flush, name="writer")
    thread.start()
    thread.join()
    assert [(span.thread, span.verb, span.place, span.parent) for span in spans[1:]] == [
        ("writer", "get", "fast", None),
        ("writer", "put", "slow", None),
    ]


def test_what_ends_after_its_operation_is_told_again_with_its_cause():
    tree, spans = watched(Memory())
    go_on = threading.Event()

    def later() -> None:
        go_on.wait(30)
        tree.get(A)

    class Starts(Memory):
        def put(self, ref, value, /):
            context = contextvars.copy_context()
            self.__dict__["thread"] = threading.Thread(target=context.run, args=(later,))
            self.thread.start()
            super().put(ref, value)

    outer = Starts({A: 1})
    tree = traced(outer, spans.append)
    tree.put(A, 2)
    go_on.set()
    outer.thread.join(30)
    assert [(span.verb, span.outcome) for span in spans] == [("put", "done"), ("get", "found")]
    assert spans[1].parent is None
    assert spans[1].cause is spans[0]


def test_what_is_begun_inside_and_ends_later_is_told_once_more():
    kept = []

    class Peeks(PassThrough[Any]):
        def get(self, ref, /):
            listing = self.source.refs(Ref())
            next(listing)
            kept.append(listing)
            return self.source.get(ref)

    tree, spans = watched(Peeks(Memory({A: 1, B: 2})))
    assert tree.get(A) == 1
    listing = spans[0].spans[0]
    assert (listing.verb, listing.outcome, listing.ended) == ("refs", "running", None)
    list(kept[0])
    assert spans[1:] == [listing]
    assert (listing.outcome, listing.refs, listing.parent) == ("done", 2, spans[0])


def test_work_in_an_executor_is_inside_the_operation():
    with ThreadPoolExecutor(2) as threads:
        tree, spans = watched(Timeout(Memory({A: 1}), 30, threads))
        tree.get(A)
    assert shape(spans[0]) == ("get", "", "found", [("get", "source", "found", [])])
    assert spans[0].thread != spans[0].spans[0].thread


def test_writes_to_many_at_once_are_inside_the_one_write():
    with ThreadPoolExecutor(3) as threads:
        tree, spans = watched(Fanout((Memory(), Memory(), Memory()), threads))
        tree.put(A, 1)
    assert len(spans) == 1
    assert sorted(span.place for span in spans[0].spans) == ["sources[0]", "sources[1]", "sources[2]"]


def test_threads_are_kept_apart():
    tree, spans = watched(Cache(Memory(), Json(Memory())))

    def work(name: str) -> None:
        for number in range(50):
            tree.put(Ref(name, str(number % 3)), number)
            look(tree, Ref(name, str(number % 5)))

    threads = [threading.Thread(target=work, args=(f"t{n}",), name=f"t{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spans) == 4 * 50 * 2
    for root in spans:
        assert {span.thread for span in inside(root)} == {root.thread}
        assert {span.ref[0] for span in inside(root)} == {root.thread}
        assert all(span.parent is not None for span in inside(root) if span is not root)


@pytest.mark.parametrize("law", ["pass_through"])
def test_a_traced_store_is_its_source(law):
    report = judge_combinator(law, lambda source: Traced(source, Trace(lambda span: None)), step=3)
    assert report.verdict == "conforms", [result.why for result in report.broken]


REFS = st.sampled_from([A, B, A / "b", Ref("c")])
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), REFS, st.integers()),
        st.tuples(st.just("merge"), REFS, st.integers()),
        st.tuples(st.just("delete"), REFS),
        st.tuples(st.just("get"), REFS),
        st.tuples(st.just("swap"), REFS, st.just(MISSING), st.integers()),
        st.tuples(st.just("refs"), REFS),
    ),
    max_size=12,
)


def answer(store: Any, verb: str, *arguments: Any) -> Any:
    try:
        given = getattr(store, verb)(*arguments)
        return sorted(given) if verb == "refs" else given
    except (Missing, Conflict) as raised:
        return type(raised)


@given(OPERATIONS)
def test_a_traced_tree_answers_as_the_tree_and_tells_each_operation_once(operations):
    make = lambda: Cache(Memory(), Sequential((Json(Relative(Memory(), A)), Memory({B: 1}))))  # noqa: E731  # twice
    plain, (tree, spans) = make(), watched(make())
    for operation in operations:
        assert answer(tree, *operation) == answer(plain, *operation)
    assert [(span.verb, span.ref) for span in spans] == [(operation[0], operation[1]) for operation in operations]
    assert all(span.ended is not None for root in spans for span in inside(root))
    assert len({span.number for root in spans for span in inside(root)}) == sum(
        1 for root in spans for _ in inside(root)
    )
