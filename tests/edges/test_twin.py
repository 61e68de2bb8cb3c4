"""A tree's twin has its shape, its sharing and none of its data."""

from dataclasses import dataclass, field
from threading import RLock

from storage_combinators import (
    Bytes,
    Cache,
    Copier,
    Json,
    Locked,
    Logging,
    Memory,
    Notify,
    Operation,
    PassThrough,
    Queue,
    Ref,
    Relative,
    Sequential,
    Switch,
    WriteBack,
    walk,
)
from storage_combinators.edges.mapping import from_mapping
from storage_combinators.edges.twin import twin
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.env import Env
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.null import Null
from storage_combinators.leaves.sqlite import SQLite

A = Ref("a")
NOWHERE = "http://127.0.0.1:9"


def test_leaves_that_hold_their_data_outside_become_memory_of_bytes(tmp_path):
    tree = Switch({"d": Disk(tmp_path), "q": SQLite(tmp_path / "q.db"), "h": Http(NOWHERE)})
    assert twin(tree) == Switch({"d": Bytes(Memory()), "q": Bytes(Memory()), "h": Bytes(Memory())})
    assert twin(Disk(tmp_path)) == Bytes(Memory())
    assert list(tmp_path.iterdir()) == []


def test_leaves_of_other_things_become_memory():
    assert twin(PassThrough(Env())) == PassThrough(Memory())
    assert twin(from_mapping({"a": 5})) == Memory()
    assert twin(PassThrough(Null())) == PassThrough(Null())


def test_a_twin_starts_empty_and_neither_sees_the_others_writes():
    tree = Cache(Memory({A: 1}), Relative(Memory({Ref("x", "a"): 1}), Ref("x")))
    again = twin(tree)
    assert again == tree
    assert list(walk(again, Ref())) == []
    again.put(A, 2)
    assert tree.get(A) == 1
    tree.put(Ref("b"), 3)
    assert list(walk(again, Ref())) == [A]


def test_what_was_shared_is_shared(tmp_path):
    disk, lock = Disk(tmp_path), RLock()
    tree = Switch({"a": Locked(disk, lock), "b": Locked(Json(disk), lock), "c": Locked(Disk(tmp_path))})
    again = twin(tree).routes
    assert again["a"].source is again["b"].source.source
    assert again["c"].source is not again["a"].source
    assert again["a"].lock is again["b"].lock
    assert again["a"].lock is not lock
    assert again["c"].lock is not again["a"].lock


def test_filters_follow_to_the_twins_stores(tmp_path):
    fast, slow = Memory(), Json(Disk(tmp_path))
    queue = Queue(Copier(fast, slow))
    tree = Sequential((Logging(fast, queue), slow))
    tree.put(A, "waits")
    again = twin(tree)
    log = again.sources[0].log
    assert log.waiting == {}
    again.put(A, "new")
    assert list(queue.waiting.values()) == list(log.waiting.values()) == [Operation("PUT", A)]
    log.drain()
    assert again.sources[1].get(A) == "new"
    assert list(walk(slow, Ref())) == []
    assert log.target == Copier(again.sources[0].source, again.sources[1])
    assert log.target.source is again.sources[0].source
    assert log.target.target is again.sources[1]


def test_state_is_new(tmp_path):
    tree = WriteBack(Memory(), Disk(tmp_path))
    tree.put(A, b"1")
    again = twin(tree)
    again.flush()
    assert list(walk(again, Ref())) == []
    assert again.waiting is not tree.waiting
    assert list(tree.waiting) == [A]


def test_a_queue_next_to_a_write_back_with_its_state_stays_the_same_queue():
    tree = WriteBack(Memory(), Memory())
    outer = Logging(tree, Queue(print, tree.waiting, tree.draining))
    again = twin(outer)
    assert again.log.waiting is again.source.waiting
    assert again.log.waiting is not tree.waiting


def test_subscribers_are_kept_but_their_list_is_not():
    heard, more = [], []
    tree = Logging(Memory(), Notify([heard.append]))
    again = twin(tree)
    again.log.subscribers.append(more.append)
    again.put(A, 1)
    tree.put(A, 1)
    assert len(heard) == 2
    assert len(more) == 1


@dataclass(frozen=True)
class Marked(PassThrough[object]):
    mark: str = "plain"
    seen: dict[Ref, int] = field(default_factory=dict, repr=False, compare=False)
    words: list[str] = field(default_factory=list)


def test_plain_fields_are_kept():
    tree = Marked(Memory(), "x", {A: 1}, ["y"])
    again = twin(tree)
    assert (again.mark, again.seen, again.words) == ("x", {}, ["y"])
    assert again.words is not tree.words


class Opaque:
    """A store that is no dataclass."""

    def get(self, ref, /):
        raise AssertionError("a twin asks nothing")

    put = merge = delete = swap = refs = get


def test_a_store_that_is_no_dataclass_is_a_leaf():
    assert twin(PassThrough(Opaque())) == PassThrough(Bytes(Memory()))
