"""get, put, delete: what is there is what was put there last (paper 2.2; PUT and DELETE as in HTTP)."""

from __future__ import annotations

from storage_combinators.ref import Ref
from storage_combinators.store import Missing, Refused

from ..law import law
from ..trial import Exempted, Trial

CHAPTER = "chapters/01-protocol.md"


@law(source="paper 2.2", chapter=CHAPTER)
def get_answers_what_was_put(t: Trial) -> None:
    """put(r, v); get(r) = v"""
    t.history()
    r, v = t.ref(), t.value()
    t.put(r, v)
    t.expect(v, "get", r)


@law(needs=(), chapter=CHAPTER)
def get_of_what_is_not_there_is_missing(t: Trial) -> None:
    """get(r) raises Missing, where nothing was put, or the last of all was a delete"""
    t.history()
    r = t.choose([ref for ref in t.scope.refs if ref not in t.model.cells])
    t.expect(Missing, "get", r)


@law(chapter=CHAPTER)
def delete_removes(t: Trial) -> None:
    """delete(r); get(r) raises Missing"""
    t.history()
    r = t.ref()
    t.delete(r)
    t.expect(Missing, "get", r)


@law(chapter=CHAPTER)
def delete_of_what_is_not_there_does_nothing(t: Trial) -> None:
    """delete(r); delete(r) = delete(r), and raises nothing"""
    t.history()
    r = t.ref()
    t.delete(r)
    t.expect(None, "delete", r)


@law(chapter=CHAPTER)
def put_changes_nothing_else(t: Trial) -> None:
    """q ≠ r: get(q) before put(r, v) = get(q) after it"""
    t.history()
    r = t.ref()
    q = t.other(r)
    before = t.ask("get", q)
    t.put(r, t.value())
    t.expect(before, "get", q)


@law(chapter=CHAPTER)
def delete_changes_nothing_else(t: Trial) -> None:
    """q ≠ r: get(q) before delete(r) = get(q) after it"""
    t.history()
    r = t.ref()
    q = t.other(r)
    before = t.ask("get", q)
    t.delete(r)
    t.expect(before, "get", q)


@law(needs=(), chapter=CHAPTER)
def get_changes_nothing(t: Trial) -> None:
    """get(r) = get(r), and so is every other get and refs"""
    t.history()
    r, q = t.ref(), t.ref()
    before = t.ask("get", q)
    t.ask("get", r)
    t.expect(before, "get", q)


@law(chapter=CHAPTER)
def every_value_comes_back(t: Trial) -> None:
    """put(r, v); get(r) = v, whatever v is"""
    r, v = t.scope.refs[0], t.hostile_value()
    t.expect(None, "put", r, v)
    t.expect(v, "get", r)


@law(chapter=CHAPTER)
def refs_that_look_alike_stay_apart(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and delete(q) leaves r"""
    refs = t.family()
    for number, ref in enumerate(refs):
        t.expect(None, "put", ref, numbered(t, number))
    for number, ref in enumerate(refs):
        t.expect(numbered(t, number), "get", ref)
    for ref in refs[1:]:
        t.expect(None, "delete", ref)
        t.expect(Missing, "get", ref)
    t.expect(numbered(t, 0), "get", refs[0])


def numbered(t: Trial, number: int) -> object:
    """A value of its own for each number, of the type that the store holds."""
    return {"json": [number], "text": str(number)}.get(t.claims.values, str(number).encode())


@law(chapter=CHAPTER)
def a_ref_of_max_key_bytes_is_a_ref(t: Trial) -> None:
    """put(r, v); get(r) = v for r of max_key bytes, written with slashes, in names of up to 200 bytes"""
    size = t.claims.max_key - (len(str(t.root).encode()) + 1 if t.root else 0)  # a shared place has a prefix of ours
    names = ["n" * min(200, size - at) for at in range(0, size, 201) if size > at]
    r, v = t.root / Ref(*names), t.scope.values[0]
    t.expect(None, "put", r, v)
    t.expect(v, "get", r)


@law(chapter=CHAPTER)
def a_value_of_max_value_bytes_is_a_value(t: Trial) -> None:
    """put(r, v); get(r) = v for v of max_value bytes"""
    size = t.claims.max_value - (2 if t.claims.values == "json" else 0)  # the quotes
    v = b"v" * size if t.claims.values == "bytes" else "v" * size
    t.expect(None, "put", t.scope.refs[0], v)
    t.expect(v, "get", t.scope.refs[0])


@law(chapter=CHAPTER)
def fresh_stores_share_nothing(t: Trial) -> None:
    """s, q fresh: s.put(r, v) leaves q.get(r) as it was"""
    if t.place.opens_again:
        raise Exempted("the suite makes the places itself")
    r = t.choose([ref for ref in t.scope.refs if ref not in t.model.cells])
    t.line("fresh = make()")
    t.put(r, t.value())
    t.expect(Missing, "get", r, on="fresh")


@law(needs=(), unless=("writes", ""), chapter=CHAPTER)
def what_takes_no_writes_refuses_them(t: Trial) -> None:
    """put(r, v), merge(r, v) and delete(r) raise Refused, and get(r) answers as before"""
    r, v = t.ref(), t.scope.values[0]
    before = t.ask("get", r)
    verb, args = t.choose((("put", (r, v)), ("merge", (r, v)), ("delete", (r,))))
    t.expect(Refused, verb, *args)
    t.expect(before, "get", r)
