"""Logging and the filters."""

import pytest

from storage_combinators import MISSING, Conflict, Copier, Logging, Memory, Missing, Notify, Operation, Queue, Ref

A, B = Ref("a"), Ref("b")


def test_the_log_is_the_successful_writes_in_order() -> None:
    log: list[Operation] = []
    store = Logging(Memory(), log.append)
    store.put(A, 1)
    store.merge(A, 2)
    store.get(A)
    list(store.refs(Ref()))
    store.swap(A, 2, 3)
    with pytest.raises(Conflict):
        store.swap(A, 2, 4)
    store.swap(A, 3, MISSING)
    store.delete(A)
    assert list(map(str, log)) == ["PUT a", "MERGE a", "PUT a", "DELETE a", "DELETE a"]


def test_a_write_that_fails_is_not_logged() -> None:
    log: list[Operation] = []
    store: Logging[object] = Logging(Memory(), log.append)
    with pytest.raises(TypeError):
        store.put(A, MISSING)
    assert log == []


def test_every_subscriber_is_told_once_in_order() -> None:
    seen: list[tuple[str, Operation]] = []
    changed = Notify([lambda op: seen.append(("first", op)), lambda op: seen.append(("second", op))])
    changed(Operation("PUT", A))
    assert seen == [("first", Operation("PUT", A)), ("second", Operation("PUT", A))]


def test_a_copier_replays_any_verb_and_may_repeat() -> None:
    source, target = Memory({A: 1}), Memory({B: 2})
    copy = Copier(source, target)
    for _ in range(2):
        copy(Operation("MERGE", A))
        copy(Operation("PUT", B))  # what the verb says is old news: b is gone by now
    assert target.cells == {A: 1}


def test_a_queue_keeps_one_operation_a_ref_in_first_place() -> None:
    out: list[Operation] = []
    queue = Queue(out.append)
    for verb, ref in (("PUT", A), ("PUT", B), ("DELETE", A), ("PUT", A)):
        queue(Operation(verb, ref))  # type: ignore[arg-type]  # each is a Verb
    assert out == []
    queue.drain()
    queue.drain()
    assert out == [Operation("PUT", A), Operation("PUT", B)]


def test_a_put_after_a_delete_after_a_put_is_a_put() -> None:
    """The order that coalescing on (verb, ref) loses."""
    source: Memory[int] = Memory()
    target: Memory[int] = Memory()
    queue = Queue(Copier(source, target))
    source.put(A, 1)
    for verb in ("PUT", "DELETE", "PUT"):
        queue(Operation(verb, A))  # type: ignore[arg-type]  # each is a Verb
    queue.drain()
    assert target.cells == {A: 1}


def test_an_operation_that_arrives_while_its_ref_is_handed_on_is_not_lost() -> None:
    out: list[Operation] = []

    def target(operation: Operation) -> None:
        out.append(operation)
        if len(out) == 1:
            queue(Operation("DELETE", A))

    queue = Queue(target)
    queue(Operation("PUT", A))
    queue.drain()
    queue.drain()
    assert out == [Operation("PUT", A), Operation("DELETE", A)]


def test_what_the_target_fails_waits_on_but_not_over_a_newer_one() -> None:
    failing, out = [True], []

    def target(operation: Operation) -> None:
        if failing:
            queue(Operation("DELETE", A))  # newer than the one in hand
            raise OSError("down")
        out.append(operation)

    queue = Queue(target)
    queue(Operation("PUT", A))
    with pytest.raises(OSError, match="down"):
        queue.drain()
    failing.clear()
    queue.drain()
    assert out == [Operation("DELETE", A)]


def test_missing_at_the_source_deletes_at_the_target() -> None:
    target = Memory({A: 1})
    Copier(Memory(), target)(Operation("PUT", A))
    with pytest.raises(Missing):
        target.get(A)
