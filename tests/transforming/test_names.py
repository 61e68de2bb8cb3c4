"""Names there and back: any name, any table; and what a source holds that is nobody's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Escaped,
    Extension,
    Hashed,
    Memory,
    Redirected,
    Ref,
    Refused,
    RenameTable,
    TemplateRouter,
    children,
)

names = st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=120)
refs = st.lists(names.filter(lambda name: name not in (".", "..")), max_size=3).map(lambda each: Ref(*each))
few = st.sampled_from("abcde")


@given(st.lists(refs, min_size=1, max_size=4, unique=True))
def test_any_names_come_back_from_a_listing(some: list[Ref]) -> None:
    for store in (
        Extension(Memory(), ".json"),
        Escaped(Memory(), "abcdefghijklmnopqrstuvwxyz0123456789", "_"),
        Hashed(Memory(), Memory(), 71),
        RenameTable(Memory(), {"a": "b"}),
    ):
        for ref in some:
            store.put(ref, ref)
        assert sorted(store.refs(Ref())) == sorted(some)
        assert all(store.get(ref) == ref for ref in some)
        assert set(children(store, Ref())) == {ref.cut(1) for ref in some if ref}


@given(refs)
def test_an_escaped_name_has_what_the_source_takes_and_no_more(ref: Ref) -> None:
    below = Escaped(Memory(), "abcdef0123456789", "-").down(ref)
    assert all(set(name) <= set("abcdef0123456789-") for name in below)


@pytest.mark.parametrize("mark", [*"0123456789abcdef/\0x", "", "%%"])
def test_a_mark_that_cannot_be_told_from_what_follows_it_is_refused_at_once(mark: str) -> None:
    with pytest.raises(ValueError, match="cannot mark"):
        Escaped(Memory(), "xyz", mark)


@pytest.mark.parametrize("text", ["a", "", None, 3])
def test_a_text_is_no_ref_to_be_redirected(text: Any) -> None:
    store = Redirected(Memory(), Memory())
    for call in (store.get, store.delete, lambda ref: store.put(ref, 1), lambda ref: store.swap(ref, MISSING, 1)):
        with pytest.raises(TypeError, match="is no Ref"):
            call(text)
    assert not list(store.source.refs(Ref()))


@given(st.dictionaries(few, few), st.lists(few, max_size=4))
def test_a_table_is_one_to_one_or_refused(table: dict[str, str], some: list[str]) -> None:
    if len(set(table.values())) < len(table):
        with pytest.raises(ValueError, match="share one"):
            RenameTable(Memory(), table)
    else:
        store = RenameTable(Memory(), table)
        assert store.up(store.down(Ref(*some))) == Ref(*some)
        assert sorted(store.down(Ref(name))[0] for name in "abcde") == list("abcde")
        assert all(store.down(Ref(name)) == Ref(there) for name, there in table.items())


def test_a_value_and_a_folder_of_one_name_are_listed_once() -> None:
    source = Memory(
        {Ref("a.json"): 1, Ref("a", "b.json"): 2, Ref("c"): 3, Ref("d", "e"): 4, Ref("f.json", "g.json"): 5}
    )
    store = Extension(source, ".json")
    assert sorted(store.refs(Ref(), 1)) == [Ref("a"), Ref("f.json")]
    assert sorted(store.refs(Ref())) == [Ref("a"), Ref("a", "b"), Ref("f.json", "g")]
    assert list(store.refs(Ref("a"), 0)) == [Ref("a")]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Extension(Memory(), ""), "no name"),
        (lambda: Extension(Memory(), "a/b"), "no name"),
        (lambda: RenameTable(Memory(), {"a": "."}), "no name"),
        (lambda: Escaped(Memory(), "ab%", "%"), "cannot mark"),
        (lambda: Escaped(Memory(), "ab", "%%"), "cannot mark"),
        (lambda: Hashed(Memory(), Memory(), 70), "no room"),
        (lambda: TemplateRouter({"a/{x}/{x}": Memory()}), "no template"),
        (lambda: TemplateRouter({"a//b": Memory()}), "no name"),
    ],
    ids=range(8),
)
def test_what_cannot_work_is_refused_when_it_is_made(make: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        make()


def test_a_name_nobody_knows_is_refused_and_not_left_out() -> None:
    with pytest.raises(Refused, match="not in names"):
        list(Hashed(Memory({Ref("sha256-" + "0" * 64): 1}), Memory()).refs(Ref()))
    with pytest.raises(Refused, match="no ref is written so"):
        list(Escaped(Memory({Ref("a b"): 1})).refs(Ref()))


def test_characters_with_a_meaning_in_a_pattern_have_none_in_a_template() -> None:
    store: TemplateRouter[str] = TemplateRouter({"a.b/{x}": lambda x: x, "{rest...}": lambda rest: f"rest {rest}"})
    assert store.get(Ref("a.b", "c*")) == "c*"
    assert store.get(Ref("a+b", "c")) == "rest a+b/c"
