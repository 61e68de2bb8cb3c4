"""What a store takes, and whether it keeps a copy of it (claims types, copies, pickles; ours)."""

from __future__ import annotations

import pickle
from array import array
from typing import Any

from storage_combinators.store import MISSING, Missing

from ..law import law
from ..trial import Exempted, Trial

CHAPTER = "chapters/01-protocol.md"
NO_REFS = ("a", b"a", 1, None, ["a"], ("a",))
NO_VALUES: dict[str, tuple[Any, ...]] = {
    "bytes": ("x", "", 1, 0, None, False, ["x"], [], [1], {}, (), 1.5),
    "json": (b"x", {1, 2}, 1j),
    "text": (b"x", 1, None, ["x"]),
}


@law("types", chapter=CHAPTER)
def what_is_no_ref_is_a_TypeError(t: Trial) -> None:  # noqa: N802  # the words as they are written
    """put(x, v), merge(x, v), swap(x, MISSING, v) raise TypeError and store nothing, if x is no Ref"""
    if t.root:
        raise Exempted("in a place that others use, a ref of another type could end up outside the suite's prefix")
    wrong, v = t.choose(NO_REFS), t.scope.values[0]
    calls: list[tuple[str, tuple[Any, ...]]] = [("put", (wrong, v))] + (
        [("merge", (wrong, v))] if t.claims.merges else []
    )
    calls += [("swap", (wrong, MISSING, v))] if t.claims.keeps_to("swaps", "create") else []
    verb, args = t.choose(calls)
    t.expect(TypeError, verb, *args)
    if t.claims.lists:
        t.refs(t.root)


@law("types", chapter=CHAPTER)
def what_is_no_value_is_a_TypeError(t: Trial) -> None:  # noqa: N802  # the words as they are written
    """put(r, x), merge(r, x), swap(r, MISSING, x) raise TypeError and change nothing, if the store cannot hold x"""
    t.history()
    r, wrong = t.ref(), t.choose(NO_VALUES[t.claims.values])
    there = t.model.cells.get(r, MISSING)
    calls: list[tuple[str, tuple[Any, ...]]] = [("put", (r, wrong))] + (
        [("merge", (r, wrong))] if t.claims.merges else []
    )
    calls += [("swap", (r, MISSING, wrong))] if t.claims.keeps_to("swaps", "create") and there is MISSING else []
    verb, args = t.choose(calls)
    t.expect(TypeError, verb, *args)
    t.expect(Missing if there is MISSING else there, "get", r)


@law("copies", chapter=CHAPTER)
def what_was_put_is_copied_in(t: Trial) -> None:
    """put(r, v); then v is changed in place; get(r) = v as it was"""
    r = t.scope.refs[0]
    made, change, held = t.choose([each for each in BUFFERS.get(t.claims.values, ()) if t.claims.takes(each[-1])])
    t.line(f"value = {made}")
    t.expect(None, *t.choose(writes(t, r, t.code("value"))))
    t.line(change)
    t.expect(held, "get", r)


def writes(t: Trial, r: Any, value: Any) -> list[tuple[Any, ...]]:
    """Every way to write `value` where nothing is."""
    merge = [("merge", r, value)] if t.claims.merges else []
    return [("put", r, value), *merge, *([("swap", r, MISSING, value)] if t.claims.keeps_to("swaps", "create") else [])]


BUFFERS = {
    "bytes": (
        ("bytearray(b'x')", "value[0] = 0", b"x"),
        ("memoryview(bytearray(b'x'))", "value[0] = 0", b"x"),
        ("bytearray(b'x' * 70_000)", "value[0] = 0", b"x" * 70_000),
        ("memoryview(b'abcdef')[::2]", "", b"ace"),
        ("memoryview(b'abcd').cast('H')", "", b"abcd"),
        ("memoryview(b'abcdef').cast('B', (2, 3))", "", b"abcdef"),
        ("memoryview(array.array('I', [1, 2]))", "", array("I", [1, 2]).tobytes()),
        ("type('Own', (bytes,), {})(b'x')", "", b"x"),
    ),
    "json": (("['x']", "value.append('y')", ["x"]), ("{'a': ['x']}", "value['a'].clear()", {"a": ["x"]})),
}


@law("copies", chapter=CHAPTER)
def what_get_answers_is_a_copy(t: Trial) -> None:
    """v = get(r); then v is changed in place; get(r) answers as before"""
    if t.claims.values == "json":
        r = t.scope.refs[0]
        t.expect(None, "put", r, ["x"])
        t.line(f"value = store.get({t.text(r)})")
        t.line("value.append('y')")
        t.expect(["x"], "get", r)
    else:
        r, v = t.ref(), t.value()
        t.put(r, v)
        t.expect(v, "get", r, because="bytes, which nobody can change, are due")


@law("pickles", chapter=CHAPTER)
def pickling_keeps_the_content(t: Trial) -> None:
    """pickle.loads(pickle.dumps(s)) answers as s, where pickling works at all; what is put in it then is there"""
    r, v = t.ref(), t.value()
    t.put(r, v)
    t.program(keeps_content, "store", "root", t.text(r), t.text(v), t.text(t.nth(1)), t.text(t.nth(2)))


def keeps_content(store, root, ref, value, *turns):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for turn in turns:  # twice, since what was pickled first may be kept
        for name in ("pickled", "gone"):
            store.put(root / name, turn)
        store.delete(root / "gone")
        try:
            pickled = pickle.dumps(store)
        except Exception:  # noqa: BLE001  # not every store can be pickled; each says so in its own way
            return
        again = pickle.loads(pickled)  # noqa: S301  # what was pickled three lines above
        assert again.get(ref) == value, f"after pickling, {ref!r} does not hold {value!r}"
        assert again.get(root / "pickled") == turn, "after pickling for the second time, an older value is there"
        try:
            again.get(root / "gone")
        except KeyError:
            again.put(root / "more", value)
        else:
            raise AssertionError("after pickling, a value is there that was deleted")
        assert again.get(root / "more") == value, "what is put after pickling is another value"
