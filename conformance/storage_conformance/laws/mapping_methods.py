"""What the methods of a mapping mean: point 6 of the mapping contract (ours; see collections.abc)."""

from __future__ import annotations

from ..law import law
from ..trial import Broken, Trial


@law(kind="mapping")
def pop_answers_and_removes(t: Trial) -> None:
    """d.pop(k) = d[k], and k is gone; of a missing key it is the default, or KeyError without one"""
    t.history()
    k = t.ref()
    t.do("pop", k, *t.choose(((), (None,), (b"default",), (b"",))))
    t.expect(False, "in", k)


@law("lists", kind="mapping")
def popitem_empties(t: Trial) -> None:
    """popitem removes some pair and answers it; once for each key, then KeyError"""
    t.history()
    for _ in range(len(t.model)):
        pair, there = t.call("store", "popitem", ()), list(t.model.items())
        if pair not in there:
            raise Broken(t.sentence("store", "popitem", (), pair, there[0], "a pair that is there was due"), there[0])
        del t.model[pair[0]]
        t.do("in", pair[0])
        t.do("len")
    t.expect(KeyError, "popitem")


@law(kind="mapping")
def setdefault_sets_only_what_is_not_there(t: Trial) -> None:
    """d.setdefault(k, v) = d[k], if k is there, and changes nothing; else it is d[k] = v"""
    t.history()
    k = t.ref()
    t.do("setdefault", k, *([] if k in t.model and t.choose((False, True)) else [t.value()]))
    t.do("[]", k)


@law(kind="mapping")
def update_sets_each(t: Trial) -> None:
    """d.update(more): d[k] = more[k] for k in more; the other keys as before"""
    t.history()
    more = {t.ref(): t.value() for _ in range(2)}
    t.do("update", t.choose((more, list(more.items()))))
    for key in t.scope.refs:
        t.do("[]", key)


@law(kind="mapping")
def update_takes_what_a_dictionary_takes(t: Trial) -> None:
    """d.update(more, k=v): a mapping, what has keys(), pairs, names, both, nothing, itself; the last counts"""
    given, more = t.choose(UPDATES)
    before = {"a": b"1", "c": b"", "e f": b"3"}
    for key, value in before.items():
        t.do("[]=", key, value)
    t.line(f"store.update({given})")
    for key in ("a", "b", "c", "d", "e f"):
        t.expect({**before, **more}.get(key, KeyError), "[]", key)


UPDATES: tuple[tuple[str, dict[str, bytes]], ...] = (
    ("a=b'x', b=b'y'", {"a": b"x", "b": b"y"}),
    ("{'a': b'x'}, b=b'y'", {"a": b"x", "b": b"y"}),
    ("{'a': b'x'}, a=b'y'", {"a": b"y"}),
    ("[('a', b'w'), ('a', b'x'), ['b', b'']]", {"a": b"x", "b": b""}),
    ("((key, b'x') for key in 'ab')", {"a": b"x", "b": b"x"}),
    ("collections.UserDict(a=b'x', d=b'y')", {"a": b"x", "d": b"y"}),
    (
        "type('Keyed', (), {'keys': lambda own: ['a', 'd'], '__getitem__': lambda own, key: key.encode()})()",
        {"a": b"a", "d": b"d"},
    ),
    ("{}", {}),
    ("", {}),
    ("[]", {}),
    ("store", {}),
)


@law("lists", kind="mapping", strength="should")
def an_empty_mapping_is_false(t: Trial) -> None:
    """bool(d) is len(d) > 0, as Python takes whatever has a length"""
    t.program(is_true_when_filled, "store")


def is_true_when_filled(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    assert not store, "an empty mapping is true"
    store["a"] = b""
    assert store, "a mapping that holds something is false"


@law("lists", kind="mapping", strength="should")
def a_mapping_is_united_as_a_dictionary_is(t: Trial) -> None:
    """Where d |= more works, it is d.update(more); where d | more works, it is what both have, and d is as before"""
    t.program(unites, "store")


def unites(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store["a"], store["b"] = b"1", b"2"
    verbs = {name for each in type(store).__mro__ for name in vars(each)}
    if "__or__" in verbs:
        assert dict(store | {"b": b"3"}) == {"a": b"1", "b": b"3"}, "d | more is not what both have"
        assert dict(store) == {"a": b"1", "b": b"2"}, "d | more changes d"
    if "__ior__" in verbs:
        same = store
        same |= {"b": b"3", "c": b"4"}
        assert same is store, "d |= more makes another one"
        assert dict(store) == {"a": b"1", "b": b"3", "c": b"4"}, "d |= more is not d.update(more)"


@law("lists", kind="mapping")
def clear_removes_everything(t: Trial) -> None:
    """d.clear(); list(d) = [] and len(d) = 0"""
    t.history()
    t.do("clear")
    t.do("iter")
    t.do("len")


@law(kind="mapping", needs=())
def get_and_in_agree_with_getitem(t: Trial) -> None:
    """k in d exactly if d[k] answers; d.get(k, default) = d[k] or default"""
    t.history()
    k = t.ref()
    t.do("in", k)
    t.do("get", k)
    t.do("get", k, b"default")
    t.do("[]", k)


@law("lists", kind="mapping", needs=())
def equality_is_that_of_dictionaries(t: Trial) -> None:
    """d == dict(d.items()), and no other dictionary"""
    t.history()
    t.expect(True, "==", dict(t.model))
    t.expect(False, "==", {**t.model, "another": b"x"})
    for key in list(t.model)[:1]:
        t.expect(False, "==", {**t.model, key: b"other"})
        t.expect(False, "==", {other: value for other, value in t.model.items() if other != key})


@law("lists", kind="mapping")
def equality_has_two_sides(t: Trial) -> None:
    """d == d; {...} == d and d != {...} are as of dictionaries; d equals nothing that is no mapping"""
    t.program(compares, "store", repr(t.choose((b"", b"x"))))


def compares(store, value):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    assert store == {}, "an empty mapping is not equal to {}"
    store["b"] = b"y"
    store["a"] = b"x"
    assert store == {"a": b"x", "b": b"y"} and store == {"a": b"x", "b": b"y"}, "== goes by the order of keys"
    assert store == {"b": b"y", "a": b"x"} and store == {"b": b"y", "a": b"x"}, "== goes by the order of keys"
    del store["b"]
    store["a"] = value
    for found, due, said in (
        (store == store, True, "d == d"),  # noqa: PLR0124  # that is the law
        ({"a": value} == store, True, "{...} == d, with what d holds,"),
        (store != {"a": value}, False, "d != {...}, with what d holds,"),
        (store != {"a": b"other"}, True, "d != {...}, with another value,"),
        (store == {"A": value}, False, "d == {...}, with another key,"),
        (store == {}, False, "d == {}, where d holds something,"),
        (store == [("a", value)], False, "d == [...]"),
        (store == "a", False, "d == 'a'"),
        (store == None, False, "d == None"),  # noqa: E711  # that is the law
    ):
        assert bool(found) is due, f"{said} is {bool(found)}"
