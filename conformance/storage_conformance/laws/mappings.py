"""What a MutableMapping[str, bytes] promises: points 1 to 4 of the mapping contract, in their order (ours)."""

from __future__ import annotations

from array import array
from typing import Any

from ..law import law
from ..trial import Trial
from .get_and_put import come_back_reopened, share_nothing


def present(t: Trial) -> Any:
    return t.choose([key for key in t.scope.refs if key in t.model])


def absent(t: Trial) -> Any:
    return t.choose([key for key in t.scope.refs if key not in t.model])


@law(kind="mapping")
def fresh_mappings_share_nothing(t: Trial) -> None:
    """d, e fresh, both in use: d[k] = v and del d[k] leave e[k] as it was"""
    share_nothing(t, "lambda s, v: s.__setitem__('a', v)", "lambda s: s['a']", "lambda s: s.__delitem__('a')")


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
    for again in (0, len(keys)):  # a second time, since the first may have been in the order that does no harm
        for number, key in enumerate(keys, again):
            t.expect(None, "[]=", key, t.nth(number))
        for number, key in enumerate(keys, again):
            t.expect(t.nth(number), "[]", key)
    for _ in range(1 + t.reopens):
        if t.claims.lists:
            t.do("iter")
        if t.reopens:
            t.reopen()
    for number, key in enumerate(keys, len(keys)):
        t.expect(t.nth(number), "pop", key)
        t.expect(KeyError, "[]", key)


@law(kind="mapping")
def every_value_comes_back_from_its_key(t: Trial) -> None:
    """d[k] = v; d[k] = v, whatever v is and whatever was there"""
    k, tried = t.scope.refs[0], t.group().values
    for v in (*tried, *(reversed(tried) if t.rounds > FEW else ())):  # the shorter ones over the longer, too
        t.expect(None, "[]=", k, v)
        t.expect(v, "[]", k)
    come_back_reopened(t, "[]=", "[]", tried)


FEW = 3  # so many rounds at most has a slow store


@law(kind="mapping")
def a_value_of_max_value_bytes_fits_a_key(t: Trial) -> None:
    """d[k] = v; d[k] = v for v of max_value bytes"""
    k, v = t.scope.refs[0], b"v" * t.claims.max_value
    t.expect(None, "[]=", k, v)
    t.expect(v, "[]", k)


@law("types", kind="mapping")
def other_types_are_TypeErrors(t: Trial) -> None:  # noqa: N802  # the word as it is written
    """d[1] = v and d[k] = "x" raise TypeError and change nothing; so do setdefault and update with them"""
    t.history(reads=False)
    k, v = t.ref(), t.scope.values[0]
    key, value = bad = t.choose([(key, v) for key in NO_KEYS] + [(k, value) for value in NO_VALUES])
    ways: list[tuple[Any, ...]] = [("[]=", key, value), ("update", {key: value}), ("update", [bad])]
    if key not in t.model:  # else setdefault only reads
        ways += [("setdefault", key, value)] + ([("setdefault", key)] if value is None else [])
    t.expect(TypeError, *t.choose(ways))
    t.do("[]" if key == k and k in t.model else "len", *([k] if key == k and k in t.model else []))


NO_KEYS: tuple[Any, ...] = (1, 0, None, b"a", b"", ("a",), 1.5, True)
NO_VALUES: tuple[Any, ...] = ("x", "", 1, 0, None, False, ["x"], [1], [], (), {}, 1.5, array("B", b"x"))


@law(kind="mapping", needs=())
def a_key_that_is_no_string_is_not_there(t: Trial) -> None:
    """1 in d is False or raises TypeError; d[1] raises KeyError or TypeError"""
    t.history()
    key = t.choose((1, 0, None, b"a", ("a",), 1.5))
    answer = t.call("store", t.choose(("[]", "in")), (key,))
    if answer is not False and not isinstance(answer, KeyError | TypeError):
        t.expect(KeyError if t.steps.pop().verb == "[]" else False, "[]" if answer is not True else "in", key)


@law("copies", kind="mapping")
def a_buffer_is_copied_in(t: Trial) -> None:
    """d[k] = buffer, of any format and shape; the buffer is changed; whatever reads d[k] finds what it was, as bytes"""
    k, (made, held) = t.scope.refs[0], t.choose([each for each in BUFFERS if t.claims.takes(each[-1])])
    way = t.choose(("set", "setdefault", "update"))
    t.line(f"buffer = {made}")
    buffer = t.code("buffer")
    if way == "update":
        t.line(f"store.update({{{k!r}: buffer}})")
    else:
        t.ask("setdefault" if way == "setdefault" else "[]=", k, buffer)
    if held and "bytearray(b" in made:
        t.line("buffer[0] = 0")
    verb, *args = t.choose(reading(k))
    t.expect({"values": [held], "items": [(k, held)]}.get(verb, held), verb, *args)


def reading(k: Any) -> list[tuple[Any, ...]]:
    """Every way to read the value of the only key."""
    return [("[]", k), ("get", k), ("setdefault", k, b"y"), ("pop", k), ("values",), ("items",)]


BUFFERS = (
    ("bytearray(b'x')", b"x"),
    ("memoryview(bytearray(b'x'))", b"x"),
    ("bytearray(b'ab')", b"ab"),
    ("bytearray()", b""),
    ("memoryview(b'ab')", b"ab"),
    ("memoryview(b'')", b""),
    ("memoryview(b'abcdef')[1:3]", b"bc"),
    ("memoryview(b'abcdef')[::2]", b"ace"),
    ("memoryview(b'abcdef')[::-1]", b"fedcba"),
    ("memoryview(b'abcd').cast('H')", b"abcd"),
    ("memoryview(b'abcdef').cast('B', (2, 3))", b"abcdef"),
    ("memoryview(array.array('I', [1, 2]))", array("I", [1, 2]).tobytes()),
    ("bytearray(b'ab' * 40_000)", b"ab" * 40_000),
    ("bytearray(b'ab' * 2**20)", b"ab" * 2**20),
    ("memoryview(b'ab' * 40_000)", b"ab" * 40_000),
)


@law(kind="mapping")
def a_subclass_of_bytes_is_bytes(t: Trial) -> None:
    """d[k] = v, v of a subclass of bytes; d[k] = v, as bytes"""
    t.define("Own", bytes)
    t.line("value = Own(b'x')")
    t.expect(None, "[]=", t.scope.refs[0], t.code("value"))
    t.expect(b"x", "[]", t.scope.refs[0])


@law(kind="mapping", strength="should")
def a_subclass_of_str_finds_its_key(t: Trial) -> None:
    """d[k] = v; d[s] = v and s in d, for s of a subclass of str that is equal to k"""
    t.define("Own", str)
    t.line("key = Own('a')")
    t.expect(None, "[]=", "a", b"x")
    t.expect(b"x", "[]", t.code("key"))
    t.expect(True, "in", t.code("key"))


@law(kind="mapping", needs=(), calls=1)
def every_history_of_a_mapping_answers_as_a_dictionary_does(t: Trial) -> None:
    """Any steps: each answers as the same step on a dictionary; so do all reading ones at the end"""
    t.history(judged=True)
    for key in t.scope.refs:
        t.do("[]", key)
        t.do("in", key)
    for verb in ("iter", "len", "items") if t.claims.lists else ():
        t.do(verb)
