"""The spelling of names: apart on every file system, there and back, and safe in every folder."""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage_combinators import Ref
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.disk_names import parsed, spelled

ODD = ["A", "a", "ß", "SS", "é", "e\u0301", "İ", "i", "ſ", "s", "K", "k", "con", "nul", "com1", "lpt9", "-", "-rf", "~"]
ODD += [
    "+",
    "a+",
    "+a",
    "a.v",
    ".v",
    "...",
    ".desk",
    "lock",
    "%",
    "%41",
    "%61",
    " ",
    "a ",
    "a.",
    ":",
    "\\",
    "*",
    "\n",
    "\x7f",
    "😀",
]
names = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.builds(lambda part, times: part * times, st.sampled_from(["l", "-", "é", "A", "con", "+"]), st.integers(1, 400)),
).filter(lambda name: name not in (".", ".."))
refs = st.lists(names, max_size=4).map(lambda each: Ref(*each))


@given(refs)
@example(Ref("l" * 136 + "con"))
@example(Ref("l" * 135 + "é"))
def test_there_and_back(ref: Ref) -> None:
    assert parsed(spelled(ref)) == ref


@given(refs, refs)
@example(Ref("a" * 136, "b"), Ref("a" * 136 + "b"))
@example(Ref("a" * 272), Ref("a" * 136, "a" * 136))
@example(Ref("A"), Ref("a"))
@example(Ref("é"), Ref("e\u0301"))
def test_two_refs_never_meet_however_a_system_folds_names(one: Ref, other: Ref) -> None:
    def folded(ref: Ref) -> str:
        return unicodedata.normalize("NFKC", spelled(ref)).casefold()

    assert (folded(one) == folded(other)) == (one == other)


@given(refs)
@example(Ref("l" * 136 + "con"))
@example(Ref("l" * 136 + "-"))
def test_every_part_is_safe_on_every_system(ref: Ref) -> None:
    for part in spelled(ref).split("/") if ref else []:
        assert re.fullmatch("[a-z0-9_%+-]{1,138}", part)
        assert not part.startswith("-")
        assert not re.match("(con|prn|aux|nul|com[0-9]|lpt[0-9])$", part)


@given(st.text("ab%+/.-6c3A", max_size=12))
def test_what_spells_no_ref_is_nobodys(path: str) -> None:
    ref = parsed(path)
    assert ref is None or spelled(ref) == path


@pytest.mark.parametrize(
    "path", ["A", "%2E", "%zz", "%ff", "a//b", "/a", "a/", "a.v", "con", "-a", "l" * 137, "%61", "+a", "a+"]
)
def test_other_spellings_are_none(path: str) -> None:
    assert parsed(path) is None


def test_all_odd_names_beside_each_other(tmp_path: Path) -> None:
    store = Disk(tmp_path / "root", "kill")
    odd = [Ref(name) for name in [*ODD, "é" * 300, "x" * 1024, "😀" * 64]]
    for ref in odd:
        store.put(ref, repr(ref).encode())
        store.put(ref / "below", b"")
    assert {ref: store.get(ref) for ref in store.refs(Ref(), 1)} == {ref: repr(ref).encode() for ref in odd}
    assert sorted(store.refs(Ref())) == sorted([*odd, *(ref / "below" for ref in odd)])
    assert os.listdir(tmp_path) == ["root"]
    for ref in odd:
        store.delete(ref / "below")
        store.delete(ref)
    assert os.listdir(tmp_path / "root") == [".desk"]
