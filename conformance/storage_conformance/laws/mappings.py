"""What a MutableMapping[str, bytes] promises: points 1 to 6 of the mapping contract, in their order (ours)."""

from __future__ import annotations

from typing import Any

from ..law import law
from ..trial import Trial


def present(t: Trial) -> Any:
    return t.choose([key for key in t.scope.refs if key in t.model])


def absent(t: Trial) -> Any:
    return t.choose([key for key in t.scope.refs if key not in t.model])


@law(kind="mapping")
def a_key_holds_what_was_set(t: Trial) -> None:
    """d[k] = v; d[k] = v, whatever was there before"""
    t.history()
    k, v = t.ref(), t.value()
    t.do("[]=", k, v)
    t.expect(v, "[]", k)


@law(kind="mapping")
def setting_changes_no_other_key(t: Trial) -> None:
    """j ≠ k: d[j] before d[k] = v is d[j] after it"""
    t.history()
    k = t.ref()
    j = t.other(k)
    before = t.ask("[]", j)
    t.do("[]=", k, t.value())
    t.expect(before, "[]", j)


@law(kind="mapping", needs=())
def a_missing_key_is_a_KeyError(t: Trial) -> None:  # noqa: N802  # the word as it is written
    """k not in d: d[k] and del d[k] raise KeyError"""
    t.history()
    k = absent(t)
    t.expect(KeyError, t.choose(("[]", "del") if t.claims.writes else ("[]",)), k)


@law(kind="mapping")
def deleting_removes_that_key_alone(t: Trial) -> None:
    """del d[k]: d[k] raises KeyError; every other key is as before"""
    t.history()
    k = present(t)
    j = t.ref()
    before = KeyError if j == k else t.ask("[]", j)
    t.expect(None, "del", k)
    t.expect(before, "[]", j)


@law(kind="mapping")
def keys_that_look_alike_stay_apart(t: Trial) -> None:
    """j ≠ k, code point by code point: d[j] = v; d[k] = w; d[j] = v, and del d[k] leaves j"""
    keys = [key for key in t.family() if t.claims.keys == "any" or key]
    for number, key in enumerate(keys):
        t.expect(None, "[]=", key, b"%d" % number)
    for number, key in enumerate(keys):
        t.expect(b"%d" % number, "[]", key)
    if t.claims.lists:
        t.do("iter")
    for key in keys[1:]:
        t.expect(None, "del", key)
        t.expect(KeyError, "[]", key)
    t.expect(b"0", "[]", keys[0])


@law(kind="mapping")
def every_value_comes_back_from_its_key(t: Trial) -> None:
    """d[k] = v; d[k] = v, whatever v is"""
    k, v = t.scope.refs[0], t.hostile_value()
    t.expect(None, "[]=", k, v)
    t.expect(v, "[]", k)


@law("types", kind="mapping")
def other_types_are_TypeErrors(t: Trial) -> None:  # noqa: N802  # the word as it is written
    """d[1] = v and d[k] = "x" raise TypeError and change nothing"""
    t.history(reads=False)
    k, v = t.ref(), t.scope.values[0]
    bad = t.choose([(key, v) for key in (1, None, b"a", ("a",))] + [(k, value) for value in ("x", 1, None, ["x"], [1])])
    t.expect(TypeError, "[]=", *bad)
    t.do("[]" if bad[0] == k and k in t.model else "len", *([k] if bad[0] == k and k in t.model else []))


@law(kind="mapping", needs=())
def a_key_that_is_no_string_is_not_there(t: Trial) -> None:
    """1 in d is False or raises TypeError; d[1] raises KeyError or TypeError"""
    t.history()
    key = t.choose((1, None, b"a", ("a",), 1.5))
    answer = t.call("store", t.choose(("[]", "in")), (key,))
    if answer is not False and not isinstance(answer, KeyError | TypeError):
        t.expect(KeyError if t.steps.pop().verb == "[]" else False, "[]" if answer is not True else "in", key)


@law("copies", kind="mapping")
def a_buffer_is_copied_in(t: Trial) -> None:
    """d[k] = buffer; then the buffer is changed; d[k] = what it was, as bytes"""
    k, made = t.scope.refs[0], t.choose(("bytearray(b'x')", "memoryview(bytearray(b'x'))"))
    way = t.choose(("set", "setdefault", "update"))
    t.line(f"buffer = {made}")
    buffer = t.code("buffer")
    if way == "update":
        t.line(f"store.update({{{k!r}: buffer}})")
    else:
        t.ask("setdefault" if way == "setdefault" else "[]=", k, buffer)
    t.line("buffer[0] = 0")
    t.expect(b"x", "[]", k)


@law(kind="mapping")
def a_subclass_of_bytes_is_bytes(t: Trial) -> None:
    """d[k] = v, v of a subclass of bytes; d[k] = v"""
    t.line("class Own(bytes): pass")
    t.line("value = Own(b'x')")
    t.expect(None, "[]=", t.scope.refs[0], t.code("value"))
    t.expect(b"x", "[]", t.scope.refs[0])


@law("lists", kind="mapping", needs=())
def iteration_yields_each_key_once(t: Trial) -> None:
    """sorted(d) = the keys that were set and not deleted, each once; len(d) is their number"""
    t.history()
    t.expect(sorted(t.model), "iter")
    t.expect(len(t.model), "len")


@law("lists", kind="mapping", needs=())
def the_views_agree(t: Trial) -> None:
    """zip(d.keys(), d.values()) = d.items() in order; keys, values and items are those of the dictionary"""
    t.history()
    for view in ("keys", "values", "items"):
        t.do(view)
    t.program(views_agree, "store")


def views_agree(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    pairs = list(zip(store.keys(), store.values(), strict=True))
    assert pairs == list(store.items()), "keys() and values() of an unchanged mapping are not in one order"
    assert list(store) == [key for key, _ in pairs], "iter() and keys() of an unchanged mapping are not in one order"
    for key, value in pairs:
        assert (key, value) in store.items(), f"the pair of {key!r} is not in items()"
        assert key in store.keys() and value in store.values(), f"{key!r} or its value is not in its view"  # noqa: SIM118  # the view is meant


@law("lists", kind="mapping")
def iteration_bears_changes(t: Trial) -> None:
    """keys come and go meanwhile: RuntimeError, or each key that was there throughout, exactly once"""
    t.program(
        bears_changes, "store", str(t.choose((2, 3, 5, 10, 21, 40))), repr(t.choose(("add", "remove", "replace")))
    )


def bears_changes(store, many, change):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    keys = {f"k{number}" for number in range(many)}
    store.update(dict.fromkeys(keys, b"x"))
    seen: list[str] = []
    gone: set[str] = set()
    try:
        for key in store:
            seen.append(key)
            assert len(seen) <= 4 * many, "an iteration with changes meanwhile does not end"
            if not gone and change in ("remove", "replace") and key in keys:
                gone.add(key)
                del store[key]
            if len(seen) == 1 and change in ("add", "replace"):
                store["new"] = b"x"
    except RuntimeError:
        return
    for key in sorted(keys - gone):
        found = seen.count(key)
        assert found == 1, f"{key!r} was there throughout, but iteration with changes meanwhile yields it {found} times"


@law(kind="mapping")
def pop_answers_and_removes(t: Trial) -> None:
    """d.pop(k) = d[k], and k is gone; of a missing key it is the default, or KeyError without one"""
    t.history()
    k = t.ref()
    t.do("pop", k, *t.choose(((), (None,), (b"default",))))
    t.expect(False, "in", k)


@law("lists", kind="mapping")
def popitem_empties(t: Trial) -> None:
    """popitem removes some pair and answers it; once for each key, then KeyError"""
    t.history()
    for _ in range(len(t.model)):
        pair = t.ask("popitem")
        if pair not in list(t.model.items()):
            t.steps.pop()
            t.expect(next(iter(t.model.items())), "popitem", because="a pair that is there was due")
        del t.model[pair[0]]
        t.do("len")
    t.expect(KeyError, "popitem")


@law(kind="mapping")
def setdefault_sets_only_what_is_not_there(t: Trial) -> None:
    """d.setdefault(k, v) = d[k], if k is there, and changes nothing; else it is d[k] = v"""
    t.history()
    k = t.ref()
    t.do("setdefault", k, t.value())
    t.do("[]", k)


@law(kind="mapping")
def update_sets_each(t: Trial) -> None:
    """d.update(more): d[k] = more[k] for k in more; the other keys as before"""
    t.history()
    more = {t.ref(): t.value() for _ in range(2)}
    t.do("update", t.choose((more, list(more.items()))))
    for key in t.scope.refs:
        t.do("[]", key)


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


@law(kind="mapping", needs=(), calls=1)
def every_history_of_a_mapping_answers_as_a_dictionary_does(t: Trial) -> None:
    """Any steps: each answers as the same step on a dictionary; so do all reading ones at the end"""
    t.history(judged=True)
    for key in t.scope.refs:
        t.do("[]", key)
        t.do("in", key)
    for verb in ("iter", "len", "items") if t.claims.lists else ():
        t.do(verb)
