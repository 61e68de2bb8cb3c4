"""Each composition that the paper draws, and its twin in memory, answer alike."""

from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compositions import COMPOSITIONS, asynchronous_writer, home, storage_stack, to_do, write_back
from edges.driving import agree, operations
from storage_combinators import Cache, Json, Memory, Ref, Relative, exists, look, walk
from storage_combinators.edges.compose import compose
from storage_combinators.edges.draw import as_text
from storage_combinators.edges.draw_dot import as_dot
from storage_combinators.edges.rewrap import nodes
from storage_combinators.edges.twin import twin
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.sqlite import SQLite

OUTSIDE = (Disk, Http, SQLite)
VALUES = {
    "bytes": st.sampled_from([b"", b"1", b"\xff\0"]),
    "json": st.sampled_from([None, "", [1], {"a": {"b": [None]}}]),
    "text": st.sampled_from(["", "1", "é\n"]),
}


def steps_for(composition):
    names = st.lists(st.sampled_from(["a", "b", "a b", "É"]), max_size=2).map(lambda names: Ref(*names))
    refs = names
    if composition.routes:
        routed = st.builds(lambda route, ref: Ref(route) / ref, st.sampled_from(composition.routes), names)
        refs = st.one_of(routed, routed, routed, names)
    return operations(refs, VALUES[composition.values])


@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_composition_and_its_twin_answer_alike(composition, tmp_path):
    fresh = count()
    with composition.open(tmp_path) as store:
        served = any(isinstance(node, Http) for node in nodes(store))  # a server takes a while to start

    @settings(deadline=None, max_examples=8 if served else 50, suppress_health_check=[HealthCheck.too_slow])
    @given(steps_for(composition))
    def compare(steps):
        directory = tmp_path / str(next(fresh))
        directory.mkdir()
        with composition.open(directory) as store:
            agree(store, twin(store), steps)

    compare()


@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_twin_has_the_same_drawing_but_for_the_leaves(composition, tmp_path):
    with composition.open(tmp_path) as store:
        again = twin(store)
        assert not any(isinstance(node, OUTSIDE) for node in nodes(again))
        expected = Counter(type(node).__name__ for node in nodes(store) if not isinstance(node, OUTSIDE))
        leaves = sum(isinstance(node, OUTSIDE) for node in nodes(store))
        assert Counter(type(node).__name__ for node in nodes(again)) == expected + Counter(Bytes=leaves, Memory=leaves)
        assert as_dot(store).count("->") == as_dot(again).count("->") - leaves
    assert list(tmp_path.iterdir()) == []  # neither drawn nor made again with a touch of the disk


def test_the_drawing_of_the_asynchronous_writer():
    assert as_text(asynchronous_writer(Path("tasks"))).splitlines() == [
        "Sequential",
        "├── sources[0]: Logging",
        "│   ├── source: Memory #1",
        "│   └── log ⇒ Queue",
        "│       └── target ⇒ Copier",
        "│           ├── source: Memory #1, above",
        "│           └── target: Json #2",
        "│               └── source: Disk(root='tasks')",
        "└── sources[1]: Json #2, above",
    ]


def test_figures_23_and_30_as_descriptions(tmp_path):
    assert compose([Relative, {"source": Disk(tmp_path), "base": Ref("home", "user")}]) == home(tmp_path)
    described = [Cache, {"fast": Memory, "slow": [Json, Disk(tmp_path)]}]
    assert compose(described) == storage_stack(tmp_path)


@pytest.mark.parametrize("build", [write_back, asynchronous_writer])
def test_both_asynchronous_writers_bring_to_disk_what_was_written(build, tmp_path):
    store = build(tmp_path)
    store.put(Ref("a"), 1)
    store.put(Ref("a"), 2)
    store.put(Ref("b"), 3)
    store.delete(Ref("b"))
    disk = Json(Disk(tmp_path))
    assert list(walk(disk, Ref())) == []
    (store.flush if build is write_back else store.sources[0].log.drain)()
    assert list(walk(disk, Ref())) == [Ref("a")]
    assert look(disk, Ref("a")) == 2


def test_to_do_tells_redirects_and_cascades(tmp_path):
    store = to_do(tmp_path)
    heard = []
    lists = store.routes["lists"]
    lists.source.source.log.subscribers.append(heard.append)
    store.put(Ref("lists", "new"), {"title": "x"})
    store.put(Ref("lists", "new", "1"), {"title": "y"})
    lists.bind(Ref("lists", "new"), Ref("lists", "4711"))
    assert store.get(Ref("lists", "new", "1")) == {"title": "y"}
    store.delete(Ref("lists", "new"))
    assert not exists(store, Ref("lists", "4711", "1"))
    assert [str(operation) for operation in heard][-2:] == ["DELETE lists/4711/1", "DELETE lists/4711"]
