"""Trees in TOML: what is described is what is made, the examples open, and an error points at its line."""

import dataclasses
import tomllib
from base64 import b64encode
from inspect import isabstract
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage_combinators
from storage_combinators import (
    Bytes,
    Cache,
    Copier,
    CreateOnly,
    Disk,
    Json,
    Logging,
    Memory,
    Merging,
    Mount,
    Queue,
    Ref,
    Relative,
    Retry,
    Sequential,
    Serialized,
    SQLite,
    Switch,
    TextCodec,
    as_text,
    merge_patch,
)
from storage_combinators.edges.toml_lines import lines_of
from storage_combinators.edges.toml_tree import tree_of


def test_what_is_described_is_what_is_made(made, tmp_path):
    tree = made("""
        database = "sqlite:records.db"
        tree = { class = "Mount", source = "records", points = { "tasks/1" = "database", x = "./folder" } }

        [records]
        class = "Json"
        [records.source]
        class = "Cache"
        fast = "memory:"
        slow = { class = "Retry", source = "database", pauses = [1, 0.5], failures = ["OSError", "TimeoutError"] }
    """)
    database = SQLite(tmp_path / "records.db")
    assert tree == Mount(
        Json(Cache(Bytes(Memory()), Retry(database, (1.0, 0.5), (OSError, TimeoutError)))),
        {Ref("tasks", "1"): database, Ref("x"): Disk(tmp_path / "folder")},
    )
    assert tree.source.source.slow.source is tree.points[Ref("tasks", "1")]
    assert isinstance(tree.source.source.slow.pauses[0], float)


def test_functions_codecs_filters_refs_and_choices(made, tmp_path):
    tree = made("""
        tree = { class = "Sequential", sources = ["first", { class = "CreateOnly", source = "text" }] }
        near = "Memory"
        text = { class = "Serialized", source = { class = "Disk", root = "x", safety = "kill" }, codec = "TextCodec" }
        first = { class = "Logging", source = "merged", log = { class = "Queue", target = "copier" } }
        merged = { class = "Merging", source = "near", combine = "merge_patch" }
        copier = { class = "Copier", source = "near", target = { class = "Relative", source = "near", base = "a/b" } }
    """)
    near = Memory()
    text = Serialized(Disk(tmp_path / "x", "kill"), TextCodec())
    log = Queue(Copier(near, Relative(near, Ref("a", "b"))))
    assert tree == Sequential((Logging(Merging(near, merge_patch), log), CreateOnly(text)))
    assert tree.sources[0].log.target.source is tree.sources[0].source.source


def test_lists_of_tables_and_keys_with_dots_and_quotes(made):
    tree = made("""
        [tree]
        class = "Sequential"
        [[tree.sources]]
        class = "Memory"
        [[tree.sources]]
        class = "Switch"
        [tree.sources.routes]
        "a.b" = "Memory"
        'c"d' = "Memory"
    """)
    assert tree == Sequential((Memory(), Switch({"a.b": Memory(), 'c"d': Memory()})))


def test_a_class_of_ones_own_and_a_tree_in_another_file(made, tmp_path, monkeypatch):
    (tmp_path / "mine_of_toml.py").write_text(
        "from __future__ import annotations\n"
        "from storage_combinators import Memory, PassThrough\n"
        "class Mine(PassThrough):\n    'No dataclass of its own.'\n"
        "def made(size: int, store: object = None, *, name: str = 'x'):\n    return Memory({(): (size, name)})\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "other.toml").write_text('tree = { class = "Relative", source = "./sub", base = "x" }')
    tree = made("""
        tree = { class = "Cache", fast = "quick", slow = "./other.toml" }
        quick = { class = "mine_of_toml:Mine", source = { class = "mine_of_toml:made", size = 3, name = "n" } }
    """)
    assert type(tree.fast).__name__ == "Mine"
    assert tree.fast.source == Memory({(): (3, "n")})
    assert tree.slow == Relative(Disk(tmp_path / "sub"), Ref("x"))


def test_variables_are_whole_or_encoded_parts_of_a_url(made, monkeypatch, tmp_path):
    monkeypatch.setenv("PASSWORD", "p@ss/w:rd")
    monkeypatch.setenv("WHOLE", "redis://:a%40b@127.0.0.1/0")
    monkeypatch.setenv("FOLDER", str(tmp_path / "möbius"))
    tree = made("""
        tree = { class = "Sequential", sources = ["one", "${WHOLE}", "file:${FOLDER}/x", "${FOLDER}"] }
        one = "redis://:${PASSWORD}@127.0.0.1/0"
    """)
    one, other, third, fourth = tree.sources
    assert one.url.credentials() == ("", "p@ss/w:rd")
    assert other.url.credentials() == ("", "a@b")
    assert third == Disk(tmp_path / "möbius" / "x")
    assert fourth == Disk(tmp_path / "möbius")
    assert "ss/w" not in as_text(tree)


def test_lines_are_those_of_keys_and_not_of_texts():
    text = 'a = """\nb = 1\n[c]\n"""\nd.e = 2 # x = 1\n[f."g.h"]\ni = [\n  1,\n]\n'
    text += "[[j]]\nk = 1\n[[j]]\nk = 2\n[j.l]\nm = '''x'''\nn = 1\n"
    assert lines_of(text) == {
        ("a",): 1,
        ("d", "e"): 5,
        ("f", "g.h"): 6,
        ("f", "g.h", "i"): 7,
        ("f", "g.h", "i", 0): 8,
        ("j", 0): 10,
        ("j", 0, "k"): 11,
        ("j", 1): 12,
        ("j", 1, "k"): 13,
        ("j", 1, "l"): 14,
        ("j", 1, "l", "m"): 15,
        ("j", 1, "l", "n"): 16,
    }


def test_what_is_in_a_list_has_its_line():
    text = 'a = [ # "b", [\n  "b", # , [\n\n  { c = [1,\n 2], d = "]" }, ["e"],\n'
    text += "  [\n'''f,\n[''',\n'g'],\n]\nb = []\nc = 1\n"
    assert tomllib.loads(text)["a"] == ["b", {"c": [1, 2], "d": "]"}, ["e"], ["f,\n[", "g"]]
    assert lines_of(text) == {
        ("a",): 1,
        ("a", 0): 2,
        ("a", 1): 4,
        ("a", 2): 5,
        ("a", 2, 0): 5,
        ("a", 3): 6,
        ("a", 3, 0): 7,
        ("a", 3, 1): 9,
        ("b",): 11,
        ("c",): 12,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = [\n  [1,\n  ]\n  ,\n  2\n]", {("x",): 1, ("x", 0): 2, ("x", 0, 0): 2, ("x", 1): 5}),
        ("x = [\n  []\n  ,\n  2]", {("x",): 1, ("x", 0): 2, ("x", 1): 4}),
        ("x = [{a = [\n[1]\n]}]\nz = 1", {("x",): 1, ("x", 0): 1, ("z",): 4}),
        ("x = {a = [\n[1]\n], b = {c = [\n[2]]}}\nz = 1", {("x",): 1, ("z",): 5}),
        ("x = [[\n]\n]\nz = 1", {("x",): 1, ("x", 0): 1, ("z",): 4}),
        ("x = [1, # [\n2] # [\n[z]", {("x",): 1, ("x", 0): 1, ("x", 1): 2, ("z",): 3}),
    ],
)
def test_a_value_ends_at_its_last_bracket(text, found):
    assert tomllib.loads(text)
    assert lines_of(text) == found


@pytest.mark.parametrize(
    "before",
    [
        '# it is """ here',
        "a = 1 # it is ''' here",
        "a = \"'''\"",
        'a = \'"""\'',
        "a = \"\\\"\" # '''",
        "\"'''\" = 1",
        "# \u2028 \x85",
        'a = "\u2028 \x85"',
        'a = """x\n""""',
        'a = """\\"""\n"""',
        "a = '''\n#''''",
        'a = """\n""" # """',
        'a = [\n"""\n""", \'"\',\n]',
    ],
)
def test_lines_are_counted_as_tomllib_counts_them(before):
    text = f"{before}\nlast = 1\n"
    with pytest.raises(tomllib.TOMLDecodeError, match=rf"line {text.count(chr(10))},"):
        tomllib.loads(text.replace("last = 1", "last 1"))
    assert lines_of(text)[("last",)] == text.count("\n")


def over_one_source(kind: Any) -> bool:
    """Is that all that it is made from?"""
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind) or isabstract(kind):
        return False
    given = (field for field in dataclasses.fields(kind) if field.init and field.default is field.default_factory)
    return [field.name for field in given] == ["source"]


PLAIN = [kind for name in storage_combinators.__all__ if over_one_source(kind := getattr(storage_combinators, name))]


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.__name__)
def test_any_exported_combinator_over_one_source_is_made_by_its_name(kind, made):
    assert made(f'tree = {{ class = "{kind.__name__}", source = "Memory" }}') == kind(Memory())


@given(st.lists(st.sampled_from(["Json", "PassThrough", "ReadOnly", "CascadingDelete"]), max_size=6), st.integers(0, 5))
def test_a_stack_is_the_same_by_tables_and_by_names(tmp_path_factory, kinds, blank):
    names = [f"n{number}" for number in range(len(kinds))] + ["Memory"]
    text = "\n" * blank + "".join(
        f'{name} = {{ class = "{kind}", source = "{below}" }}\n'
        for name, kind, below in zip(names, kinds, names[1:], strict=False)
    )
    nested = "'Memory'"
    for kind in reversed(kinds):
        nested = f"{{ class = '{kind}', source = {nested} }}"
    folder = tmp_path_factory.mktemp("trees")
    (folder / "names.toml").write_text(f'tree = "{names[0]}"\n{text}')
    (folder / "tables.toml").write_text(f"tree = {nested}")
    assert as_text(tree_of(folder / "names.toml")) == as_text(tree_of(folder / "tables.toml"))


def test_functions_may_stand_where_stores_do(made):
    tree = made("""
        json = "memory:"
        [tree]
        class = "TemplateRouter"
        routes = { "length/{obj}" = "json:dumps", "a/{id}" = "memory:", "b/{id}" = "file:x", "c/{id}" = "json" }
    """)
    assert tree.get(Ref("length", "x")) == '"x"'
    assert tree.routes["b/{id}"] == Disk(tree.routes["b/{id}"].root)
    tree.put(Ref("c", "1"), b"1")
    assert tree.get(Ref("c", "1")) == b"1"


def test_a_key_that_nothing_shows_can_be_given(made, monkeypatch):
    assert made('tree = { class = "Checked", source = "memory:", key = "secret" }').key == b"secret"
    monkeypatch.setenv("KEY", b64encode(bytes(range(224, 256))).decode())
    key = '{ class = "base64:b64decode", s = "${KEY}" }'
    tree = made(f'tree = {{ class = "Encrypted", source = "memory:", keys = [{key}] }}')
    assert tree.keys == (bytes(range(224, 256)),)
