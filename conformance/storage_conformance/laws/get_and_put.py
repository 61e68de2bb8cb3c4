"""get, put, delete: what is there is what was put there last (paper 2.2; PUT and DELETE as in HTTP)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Missing, Refused

from ..content import size_of
from ..law import law
from ..trial import Exempted, Trial

CHAPTER = "chapters/01-protocol.md"


@law(chapter=CHAPTER)
def fresh_stores_share_nothing(t: Trial) -> None:
    """s, q fresh, both in use: s.put(r, v) and s.delete(r) leave q.get(r) as it was"""
    r = t.text(t.choose([ref for ref in t.scope.refs if ref not in t.initial]))
    share_nothing(t, f"lambda s, v: s.put({r}, v)", f"lambda s: s.get({r})", f"lambda s: s.delete({r})")


def share_nothing(t: Trial, put: str, get: str, delete: str) -> None:
    if t.root or t.place.subject.wraps:
        raise Exempted("the suite makes the places itself")
    given = (put, get, delete, t.text(t.nth(1)), t.text(t.nth(2)))
    if t.place.directory is None:
        t.program(are_apart, "store", "make", *given)
        return
    with TemporaryDirectory(dir=t.place.directory.parent) as beside:
        more: dict[str, Any] = {"opened": t.place.subject.make, "Path": Path, "mkdtemp": lambda: beside}
        t.names.update(more)
        t.program(are_apart, "store", "lambda: opened(Path(mkdtemp()))", *given)


def are_apart(store, fresh, put, get, delete, value, other):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    def tried(call: Any, *args: Any) -> Any:
        try:
            return call(*args)
        except Exception:  # noqa: BLE001  # what each store answers for itself is for other laws to tell
            return None

    again = fresh()
    tried(put, store, value)
    assert tried(get, again) != value, "what is put into one store shows in another one, which is fresh"
    tried(put, again, other)
    assert tried(get, store) != other, "two fresh stores hold one value for both"
    held = tried(get, again)
    tried(delete, store)
    assert tried(get, again) == held, "what is deleted in one store is gone from another one"
    tried(put, store, value)
    held = tried(get, store)
    tried(delete, again)
    assert tried(get, store) == held, "what is deleted in a store is gone from an older one"


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
    """put(r, v); get(r) = v, whatever v is and whatever was there"""
    r, tried = t.scope.refs[0], t.group().values
    for v in (*tried, *(reversed(tried) if t.rounds > FEW else ())):  # the shorter ones over the longer, too
        t.expect(None, "put", r, v)
        t.expect(v, "get", r)
    come_back_reopened(t, "put", "get", tried)


FEW = 3  # so many rounds at most has a slow store
SHORT = 10_000  # bytes


def come_back_reopened(t: Trial, put: str, get: str, tried: tuple[Any, ...]) -> None:
    """Each value at a ref of its own, in a new handle: some stores decode what they hold only when they are opened."""
    if not t.reopens or t.rounds <= FEW or not t.claims.keeps:
        return
    held = [(t.place.key(Ref(f"v{at}")), v) for at, v in enumerate(tried) if size_of(v) <= SHORT]
    for r, v in held:
        t.expect(None, put, r, v)
    t.reopen()
    for r, v in held:
        t.expect(v, get, r)


@law(chapter=CHAPTER)
def refs_that_look_alike_stay_apart(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v, and delete(q) leaves r"""
    refs = t.family()
    for again in (0, len(refs)):  # a second time, since the first may have been in the order that does no harm
        for number, ref in enumerate(refs, again):
            t.expect(None, "put", ref, t.nth(number))
        for number, ref in enumerate(refs, again):
            t.expect(t.nth(number), "get", ref)
    if t.reopens:  # some stores spell a name another way in what they read only when they are opened
        t.reopen()
    for number, ref in enumerate(refs, len(refs)):
        t.expect(t.nth(number), "get", ref)
        t.expect(None, "delete", ref)
        t.expect(Missing, "get", ref)


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


@law(needs=(), unless=("writes", ""), chapter=CHAPTER)
def what_takes_no_writes_refuses_them(t: Trial) -> None:
    """put(r, v), merge(r, v) and delete(r) raise Refused, and get(r) answers as before"""
    r, v = t.ref(), t.scope.values[0]
    before = t.ask("get", r)
    verb, args = t.choose((("put", (r, v)), ("merge", (r, v)), ("delete", (r,))))
    t.expect(Refused, verb, *args)
    t.expect(before, "get", r)
