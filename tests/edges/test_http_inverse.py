"""Http over a server answers what the store behind it answers, whoever wrote the server."""

import os
import pickle
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edges.driving import agree, operations
from edges.servers_of_others import running, stranger
from storage_combinators import MISSING, Bytes, Conflict, Json, Memory, Ref, update
from storage_combinators.edges.http_server import serve
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.wire import path_of, ref_at

TRICKY = [
    "a",
    "b",
    "%2F",
    "%",
    "a b",
    "é",
    "e\u0301",
    "+",
    "?",
    "#",
    "&=;",
    "\n",
    "\u2028",
    "...",
    "~",
    "\\",
    "*",
    "refs=1",
    "A",
]
NAMES = st.one_of(
    st.sampled_from(TRICKY), st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=3)
).filter(lambda name: name not in (".", ".."))
REFS = st.one_of(st.sampled_from([Ref(), Ref("a"), Ref("a", "b")]), st.lists(NAMES, max_size=3).map(lambda n: Ref(*n)))
STEPS = operations(REFS, st.sampled_from([b"", b"1", b"\0\r\n\xff"]))
SLOW = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def ours():
    behind = Bytes(Memory())
    with serve(behind) as url:
        yield behind.source.cells, url


@pytest.fixture(scope="module")
def theirs():
    handler = stranger()
    with running(handler) as url:
        yield handler.cells, url


@pytest.fixture(params=["ours", "theirs"])
def served(request):
    cells, url = request.getfixturevalue(request.param)
    cells.clear()
    return cells, url


@given(REFS)
def test_paths_are_refs(ref):
    assert ref_at(path_of(ref)) == ref
    assert path_of(ref).isascii()


@SLOW
@given(steps=STEPS)
def test_they_are_inverse(served, steps):
    cells, url = served
    cells.clear()
    agree(Http(url), Bytes(Memory()), steps)


@SLOW
@given(steps=STEPS)
def test_they_are_inverse_at_a_path_with_one_more_codec_between(ours, steps):
    cells, url = ours
    cells.clear()
    beside = Http(url + "other%20tree")
    beside.put(Ref("kept"), b"1")
    agree(Json(Http(url + "a%2520b/")), Json(Bytes(Memory())), [tuple(map(as_text, step)) for step in steps])
    assert beside.get(Ref("kept")) == b"1"
    assert all(names[0] in ("a%20b", "other tree") for names in cells)


def as_text(part):
    return part.decode("latin-1") if isinstance(part, bytes) else part


def test_increments_by_threads_are_all_counted(served):
    store = Http(served[1])

    def count():
        for _ in range(10):
            update(store, Ref("n"), lambda old: b"1" if old is MISSING else str(int(old) + 1).encode())

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(Ref("n")) == b"40"


def test_every_form_of_swap(served):
    store, ref = Http(served[1]), Ref("a")
    store.swap(ref, MISSING, MISSING)
    store.swap(ref, MISSING, b"1")
    store.swap(ref, b"1", b"1")
    for old, new in [(MISSING, b"2"), (MISSING, MISSING), (b"0", b"2"), (b"0", MISSING), (b"0", b"0")]:
        with pytest.raises(Conflict):
            store.swap(ref, old, new)
    assert store.get(ref) == b"1"
    store.swap(ref, b"1", MISSING)
    for new in (b"2", MISSING):
        with pytest.raises(Conflict):
            store.swap(ref, b"1", new)
    assert list(store.refs(Ref())) == []


@pytest.mark.parametrize("value", [5, "text", None, MISSING, [b"1"]])
def test_other_values_than_bytes_are_type_errors_and_change_nothing(ours, value):
    store = Http(ours[1])
    store.put(Ref("a"), b"1")
    for write in (store.put, store.merge):
        with pytest.raises(TypeError):
            write(Ref("a"), value)
    if value is not MISSING:
        with pytest.raises(TypeError):
            store.swap(Ref("a"), b"1", value)
    assert store.get(Ref("a")) == b"1"


@pytest.mark.parametrize("ref", ["a", ("a",), None, b"b"])
def test_what_is_no_ref_is_a_type_error(ours, ref):
    store = Http(ours[1])
    for ask in (store.get, store.delete, lambda ref: store.put(ref, b"1"), lambda ref: list(store.refs(ref))):
        with pytest.raises(TypeError):
            ask(ref)


def test_many_refs_and_a_big_value(ours):
    store, big = Http(ours[1]), os.urandom(3 << 20)
    names = [Ref("many", str(n)) for n in range(2500)]
    ours[0].clear()
    ours[0].update(dict.fromkeys(names, b""))
    store.put(Ref("big"), big)
    assert store.get(Ref("big")) == big
    assert sorted(store.refs(Ref("many"))) == sorted(names)
    assert sorted(store.refs(Ref("many"), 1)) == sorted(names)
    assert set(store.refs(Ref(), 1)) == {Ref("many"), Ref("big")}


def test_a_pickled_store_and_a_forked_child_have_connections_of_their_own(ours):
    store = Http(ours[1])
    store.put(Ref("a"), b"1")
    again = pickle.loads(pickle.dumps(store))
    assert again == store
    assert again.get(Ref("a")) == b"1"
    before = store.session.client
    assert store.session.client is before
    store.session.pools[os.getpid() + 1] = store.session.pools.pop(os.getpid())  # as a child finds it
    assert store.session.client is not before
    assert store.get(Ref("a")) == b"1"
