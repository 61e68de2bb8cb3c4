"""What a tree looks like, and that it is made again as it was."""

from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from storage_combinators import (
    Cache,
    Compare,
    Copier,
    Json,
    Locked,
    Logging,
    Memory,
    Merging,
    Mount,
    Notify,
    PassThrough,
    Queue,
    Ref,
    Relative,
    Sequential,
    Switch,
    WriteBack,
    merge_patch,
)
from storage_combinators.edges.draw import as_text, print_tree
from storage_combinators.edges.draw_dot import as_dot, as_svg
from storage_combinators.edges.labels import label
from storage_combinators.edges.rewrap import is_store, nodes, ports, rewrap


def archive():
    """The asynchronous writer out of its parts: one Memory in three places, and a filter that points at the tree."""
    fast, slow = Memory(), Json(Memory())
    return Sequential((Logging(fast, Queue(Copier(fast, slow))), slow))


def test_ports_are_named_by_their_place():
    fast, slow, log = Memory(), Memory(), Queue(print)
    assert ports(Cache(fast, slow)) == {"fast": fast, "slow": slow}
    assert list(ports(Sequential((fast, slow)))) == ["sources[0]", "sources[1]"]
    assert list(ports(Switch({"a": fast, "b's": slow}))) == ["routes['a']", 'routes["b\'s"]']
    assert list(ports(Mount(fast, {Ref("x", "y"): slow}))) == ["source", "points['x/y']"]
    assert ports(Logging(fast, log)) == {"source": fast, "log": log}
    assert list(ports(Notify([print, log]))) == ["subscribers[1]"]


def test_what_is_no_port():
    memory = Memory({Ref("a"): Memory()})  # a value that is a store is data, and so is a ref, which is a tuple
    assert ports(memory) == ports(Queue(print)) == ports(object()) == {}
    assert list(ports(Relative(memory, Ref("a", "b")))) == ["source"]
    assert not is_store(Memory)
    assert not is_store(Memory.get)


def test_text_draws_a_shared_node_once_and_filters_with_another_edge():
    assert as_text(archive()).splitlines() == [
        "Sequential",
        "├── sources[0]: Logging",
        "│   ├── source: Memory #1",
        "│   └── log ⇒ Queue",
        "│       └── target ⇒ Copier",
        "│           ├── source: Memory #1, above",
        "│           └── target: Json #2",
        "│               └── source: Memory",
        "└── sources[1]: Json #2, above",
    ]


def test_equal_nodes_stay_two():
    one = Memory()
    assert Compare(one, Memory()) == Compare(one, one)
    assert "#" not in as_text(Compare(one, Memory()))
    assert "#1, above" in as_text(Compare(one, one))


def test_dot_has_one_box_for_each_node_and_dashes_for_filters():
    text = as_dot(archive())
    assert text.count('[label="Memory"]') == 2
    assert text.count('[label="Json"]') == 1
    assert text.count("style=dashed") == 2
    assert text.count("->") == 8


@pytest.mark.skipif(which("dot") is None, reason="the program dot of graphviz is not installed")
def test_svg_shows_labels_with_signs_of_dot_in_them():
    assert "&quot;c\\d" in as_svg(PassThrough(Relative(Memory(), Ref('a\nb"c\\d')))).replace("\\\\", "\\")


def test_print(capsys):
    print_tree(Json(Memory()))
    assert capsys.readouterr().out == "Json\n└── source: Memory\n"


@dataclass(frozen=True)
class Account(Memory[bytes]):
    url: str = ""
    password: str = "none"
    hidden: str = field(default="x", repr=False)


@dataclass(frozen=True)
class Box:
    inside: object
    name: str = "plain"

    def get(self, ref, /): ...

    put = merge = delete = swap = refs = get


def test_labels_are_short_and_leave_defaults_out():
    assert label(Memory()) == "Memory"
    assert label(Box(None)) == "Box(inside=None)"
    assert label(Box(1, "other")) == "Box(inside=1, name='other')"
    assert label(Box(Path("a/b"))) == "Box(inside='a/b')"
    assert label(Merging(Memory(), merge_patch)) == "Merging(combine=merge_patch)"
    assert len(label(Box("x" * 1000))) < 70
    assert "\n" not in label(Box("a\nb"))


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter2@host/path",
        "http://hunter2@host",
        "redis://:hunter2@host:1/0",
        "s3://bucket?secret_key=hunter2&endpoint=http://h",
        "x://h/?a=1&PASSWORD=hunter2",
        "x://h/?session_token=hunter2",
        "s3://bucket?endpoint=http://user:hunter2@host",
    ],
)
def test_no_label_shows_a_secret(url):
    assert "hunter2" not in label(Account(url=url)) + label(Box(Path(url))) + label(Box([url])) + label(Box((url,)))
    assert "hunter2" not in as_text(PassThrough(Account(password="hunter2", hidden="hunter2")))
    assert label(Box(url)).startswith("Box(inside='" + url[:3])


def test_labels_keep_what_only_looks_like_a_secret():
    assert label(Box("http://host/~user@home")) == "Box(inside='http://host/~user@home')"


def test_rewrap_goes_through_every_store_once_and_keeps_sharing():
    seen = []

    def wrap(store):
        seen.append(type(store).__name__)
        return PassThrough(store)

    again = rewrap(archive(), wrap)
    assert sorted(seen) == ["Json", "Logging", "Memory", "Memory", "Sequential"]
    logging, slow = again.source.sources[0].source, again.source.sources[1]
    assert logging.log.target.source is logging.source
    assert logging.log.target.target is slow
    logging.put(Ref("a"), 1)
    logging.log.drain()
    assert slow.get(Ref("a")) == 1


def test_rewrap_keeps_state_and_plain_fields():
    tree = Locked(WriteBack(Memory(), Relative(Memory(), Ref("x"))))
    tree.put(Ref("a"), 1)
    again = rewrap(tree, PassThrough)
    assert again.source.lock is tree.lock
    again.source.source.source.flush()
    assert tree.source.slow.get(Ref("a")) == 1
    assert rewrap(tree, lambda store: store) is tree


def test_rewrap_follows_into_lists_dicts_and_mounts():
    one = Memory()
    tree = Mount(Switch({"a": one}), {Ref("p"): Sequential((one, Memory()))})
    again = rewrap(tree, lambda store: Box(store) if store is one else store)
    assert again.points[Ref("p")].sources[0] is again.source.routes["a"]
    assert again.points[Ref("p")].sources[1] is tree.points[Ref("p")].sources[1]
    assert isinstance(rewrap(Box([one]), PassThrough).source.inside, list)


def test_rewrap_follows_into_any_mapping_and_into_named_tuples():
    class Pair(NamedTuple):
        left: Any
        right: Any

    @dataclass(frozen=True)
    class Holder(PassThrough[Any]):
        pair: Any
        routes: Any

    tree = Holder(Memory(), Pair(Memory(), 1), MappingProxyType({"a": Memory()}))
    assert list(ports(tree)) == ["source", "pair[0]", "routes['a']"]
    again = rewrap(tree, PassThrough).source
    assert isinstance(again.pair, Pair)
    assert (type(again.pair.left), again.pair.right, type(again.routes["a"])) == (PassThrough, 1, PassThrough)


@pytest.mark.parametrize("use", [as_text, as_dot, nodes, lambda store: rewrap(store, PassThrough)])
def test_a_store_that_contains_itself_is_an_error(use):
    routes = {}
    routes["a"] = PassThrough(Switch(routes))
    with pytest.raises(ValueError, match="contains itself: PassThrough / Switch / PassThrough"):
        use(routes["a"])


def test_a_deep_tree_with_much_sharing_is_walked_once():
    store = Memory()
    for _ in range(60):  # 2 ** 60 paths
        store = Compare(store, store)
    assert len(nodes(store)) == 61
    assert len(as_text(store).splitlines()) == 121
