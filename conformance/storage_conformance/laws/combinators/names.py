"""Names changed, there and back: extension, rename table, escaped, hashed, spread (ours)."""

from __future__ import annotations

from functools import partial
from string import ascii_letters, digits
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, settled, write

PLAIN = ascii_letters + digits + "-_.~"
TABLE = {"a": "b", "x": "y", "y": "z"}
LONGEST = 80

EXTENSION = Family("extension", ("source = Source()", "store = make(source, '.json')"))
RENAME_TABLE = Family("rename_table", ("source = Source()", f"store = make(source, {TABLE!r})"))
ESCAPED = Family(
    "escaped",
    ("source = Source()", f"store = make(source, {PLAIN!r})"),
    refs=lambda ref: Ref(*(f"{n} %é" for n in ref)),
)
HASHED = Family(
    "hashed",
    ("source, names = Source(), Source()", f"store = make(source, names, {LONGEST})"),
    refs=lambda ref: Ref(*(name * 100 if name == "a" else name for name in ref)),  # one long, one short
)
SPREAD = Family("spread", ("source = Source()", "store = make(source, 2)"))

extension = partial(law, kind="extension", group="extension")
rename_table = partial(law, kind="rename_table", group="rename table")
escaped = partial(law, kind="escaped", group="escaped")
spread = partial(law, kind="spread", group="spread")
hashed = partial(law, kind="hashed", group="hashed")


def with_extension(ref: Ref) -> Ref:
    """`ref` with the extension at its last name."""
    return Ref(*ref[:-1], f"{ref[-1]}.json")


def apart(t: Trial, refs: tuple[Any, ...]) -> None:
    """Two of `refs` are two cells, and both are listed."""
    r, q = t.choose(refs), t.choose(refs)
    if r != q:
        t.put(r, b"1")
        t.put(q, b"2")
        t.get(r)
        t.refs(Ref())


@extension(calls=1)
def an_extension_is_its_source_by_other_names(t: Trial) -> None:
    """Extension(s, x) ≈ s, where s has r / (n + x) for r / n: in every history, at every depth of listing"""
    behaves_like(t, "source", with_extension)


@extension()
def an_extension_is_added_to_the_last_name(t: Trial) -> None:
    """put(r / n, v): source.get(r / (n + x)) = v, for every verb that writes; and source has nothing else"""
    r, v, w = t.ref(), *t.scope.values[:2]
    given(t, "source", with_extension(r), v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", with_extension(r), on="source")
    t.expect([] if verb == "delete" else [with_extension(r)], "refs", Ref(), on="source")


@extension(calls=1)
def what_has_no_extension_is_invisible(t: Trial) -> None:
    """source has q, which ends in no x: no history shows it or changes it, and no listing names it or a folder of it"""
    names = ((), ("a",), ("b", "c"), ("a", "a.jsonx"), ("a.json", "c"), ("b", ".json"), ("..json",), ("a", "...json"))
    foreign = Ref(*t.choose(names))
    given(t, "source", foreign, b"foreign")
    t.history(judged=True)
    settled(t)
    t.refs(Ref("a.json"), 1)
    t.expect(b"foreign", "get", foreign, on="source")


@extension()
def an_extension_takes_no_two_refs_for_one(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and each is listed once; so "a", "a.json" and the root"""
    close = (Ref(), Ref("a"), Ref("a.json"), Ref("a", "b"), Ref("a.json", "b"), Ref(".json"), Ref("a.json.json"))
    apart(t, t.choose((close, t.family())))


@rename_table(calls=1)
def a_rename_table_is_its_source_by_other_names(t: Trial) -> None:
    """RenameTable(s, t) ≈ s, where s has t[n] for each name n of t: in every history, at every depth of listing"""
    behaves_like(t, "source", lambda ref: Ref(*({"a": "b", "b": "a"}.get(name, name) for name in ref)))


@rename_table()
def a_rename_table_renames_every_verb(t: Trial) -> None:
    """put(n, v): source.get(t[n]) = v, for every verb that writes, for every name of a ref; others stay"""
    (r, there), v, w = t.choose(RENAMED), *t.scope.values[:2]
    given(t, "source", there, v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", there, on="source")


RENAMED = (
    (Ref("a"), Ref("b")),
    (Ref("c", "a"), Ref("c", "b")),
    (Ref("a", "a", "c"), Ref("b", "b", "c")),
    (Ref("x", "y"), Ref("y", "z")),
    (Ref("c"), Ref("c")),
)


@rename_table()
def a_rename_table_takes_no_two_refs_for_one(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and both are listed; so "a" and "b" where t = {"a": "b"}"""
    close = (*map(Ref, "abcxyz"), Ref("a", "b"), Ref("b", "a"), Ref("x", "z"), Ref("z", "x"))
    apart(t, t.choose((close, t.family())))


@rename_table()
def a_rename_table_refuses_what_would_share_a_name(t: Trial) -> None:
    """t[n] = t[m], or t[n] is no name: RenameTable(s, t) raises ValueError, before anything is written"""
    table = t.choose(({"a": "c", "b": "c"}, {"a": "b", "b": "b"}, {"a": ""}, {"a": "b/c"}, {"": "a"}))
    t.expect(ValueError, "()", t.code("source"), table, on="make", because="two names would share one, or be none")


@escaped(calls=1)
def an_escaped_is_a_store_of_any_names(t: Trial) -> None:
    """No history tells Escaped(s) from a dictionary, whatever characters names have"""
    t.history(judged=True)
    settled(t)


@escaped()
def an_escaped_asks_for_plain_names(t: Trial) -> None:
    """put(r, v): every name in source has only plain characters and the mark, and as many names as r"""
    family = t.family()
    t.expect(None, t.choose(("put", "merge")), t.choose(family), b"x")
    t.program(only_plain, "source", repr(PLAIN + "%"), repr(len(t.steps[-1].args[0])))


def only_plain(source: Any, plain: str, count: int) -> None:
    for ref in source.cells:
        odd = [name for name in ref if not set(name) <= set(plain)]
        assert not odd, f"source was asked for {odd[0]!r}, which is more than the plain characters"
        assert len(ref) == count, f"{ref!r} has {len(ref)} names for {count}"


@escaped()
def an_escaped_takes_no_two_refs_for_one(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and both are listed; so "a b" and "a%20b", as names"""
    close = (Ref("a b"), Ref("a%20b"), Ref("a%2520b"), Ref("%"), Ref("%25"), Ref("é"), Ref("%c3%a9"), Ref("%C3%A9"))
    apart(t, t.choose((close, t.family())))


@escaped()
def an_escaped_says_so_of_a_name_that_stands_for_none(t: Trial) -> None:
    """source has q, and no r is written as q: a listing that meets q is Refused, not a ref that get does not find"""
    given(t, "source", Ref(t.choose(("%zz", "a b", "%", "a%4", "%2f", "%ff", "é"))), b"x")
    t.expect(Refused, "refs", Ref(), None, because="nobody can say by which ref that is reached")


@hashed(calls=1)
def a_hashed_is_a_store_of_names_of_any_length(t: Trial) -> None:
    """No history tells Hashed(s, n) from a dictionary, long names and short ones mixed; nor does a listing"""
    t.history(judged=True)
    settled(t)


@hashed()
def a_hashed_asks_for_short_names(t: Trial) -> None:
    """put(r, v): no name in source or in names is longer than said; a short name stays as it is"""
    r = t.choose((Ref("n" * 81), Ref("é" * 41), Ref("s", "n" * 300, "t"), Ref("n" * 80), Ref("é" * 40, "a")))
    t.expect(None, t.choose(("put", "merge")), r, b"x")
    t.program(only_short, "source", "names", str(LONGEST), repr(r))


def only_short(source: Any, names: Any, longest: int, ref: Any) -> None:
    for held in [*source.cells, *names.cells]:
        assert all(len(name.encode()) <= longest for name in held), f"{held!r} has a name that is too long"
    (there,) = source.cells
    kept = [(name, short) for name, short in zip(ref, there, strict=True) if len(name.encode()) <= longest]
    assert all(name == short for name, short in kept), f"{ref!r} became {there!r}, short names too"


@hashed()
def a_hashed_takes_no_two_refs_for_one(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and both are listed; so a long name and what it becomes"""
    t.put(Ref("n" * 81), b"long")
    t.program(own_digest_is_another, "store", "source")
    apart(t, t.choose(((Ref("n" * 81), Ref("n" * 82), Ref("n" * 80), Ref("n" * 81, "a")), t.family())))


def own_digest_is_another(store: Any, source: Any) -> None:
    (digest,) = source.cells
    store.put(digest, b"digest")
    held = [store.get(ref) for ref in store.refs(Ref())]
    store.delete(digest)
    assert sorted(held) == [b"digest", b"long"], f"a long name and its digest hold {held}, not a value each"


@hashed()
def a_hashed_knows_a_name_before_it_is_needed(t: Trial) -> None:
    """names fails: put(r, v) raises that, and source has nothing that no listing could name"""
    t.line("names.fail('put', 'swap', 'merge')")
    verb = t.choose(("put", "merge"))
    t.expect(OSError, verb, Ref("n" * 81), b"x", because="names failed, and what it would mean is not known")
    t.expect([], "refs", Ref(), on="source", because="the name was not noted, so that nothing may have it")


@hashed()
def a_hashed_says_so_of_a_digest_that_stands_for_nothing(t: Trial) -> None:
    """source has a digest that names has lost: listing is Refused, not a ref that get does not find"""
    t.put(Ref("n" * 81), b"x")
    t.line("names.cells.clear()")
    t.expect(Refused, "refs", Ref(), t.choose((None, 1)), because="nobody can say what it stands for")


@spread(calls=1)
def a_spread_is_a_store_of_its_names(t: Trial) -> None:
    """No history tells Spread(s) from a dictionary, root included; what s has in a wrong folder is not seen"""
    if t.choose((False, True)):
        given(t, "source", Ref(*t.choose((("zz", "a"), ("a",), ("zz", "a", "b")))), b"foreign")
    if t.choose((False, True)):
        t.put(Ref(), b"root")
    t.history(judged=True)
    settled(t)


@spread()
def a_spread_has_few_names_in_each_folder(t: Trial) -> None:
    """n names are in many folders of source, one name below each; names that begin alike too"""
    t.program(in_many_folders, "store", "source", repr(t.choose(("name", "", "2026-11-", "é"))))


def in_many_folders(store: Any, source: Any, head: str) -> None:
    for number in range(100, 140):
        store.put(Ref(f"{head}{number}"), b"x")
    kept = [ref[1:] == (f"{head}{number}",) for number, ref in zip(range(100, 140), source.cells, strict=True)]
    assert all(kept), f"a name is not below one folder: {next(iter(source.cells))!r}"
    folders = {ref[0] for ref in source.cells}
    assert len(folders) > 20, f"40 names are in {len(folders)} folders"
