"""What is below a store fails: it may fail too, but must not lie (ours; ShardStore, SOSP 2021).

Every store that is an attribute of the subject, or of one inside it, fails at its n-th call, before or after doing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import getsource
from typing import Any

from storage_combinators.store import MISSING, Conflict

from ..law import law
from ..subjects import is_store
from ..trial import Broken, Exempted, Recorded, Trial
from ..verbs import alike, answer_of
from .durability import MAKE_VALUE

CHAPTER = "chapters/03-caching.md"
CALLS = (1, 2, 3, 4)  # at which one fails: few combinators call one source more often for one verb
DEPTH = 3


class Faulty:
    """A store over `inner` of which one call fails: the one that `fail` says, before or after it is done."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.left, self.when = inner, 0, "before"

    def fail(self, at: int, when: str) -> None:
        self.left, self.when = at, when

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def called(self) -> Iterator[None]:
        self.left -= 1
        fails = self.left == 0
        if fails and self.when == "before":
            raise OSError("told to fail")
        yield
        if fails:
            raise OSError("told to fail, after it was done")

    def get(self, ref: Any, /) -> Any:
        with self.called():
            return self.inner.get(ref)

    def put(self, ref: Any, value: Any, /) -> None:
        with self.called():
            self.inner.put(ref, value)

    def merge(self, ref: Any, value: Any, /) -> None:
        with self.called():
            self.inner.merge(ref, value)

    def delete(self, ref: Any, /) -> None:
        with self.called():
            self.inner.delete(ref)

    def swap(self, ref: Any, old: Any, new: Any, /) -> None:
        with self.called():
            self.inner.swap(ref, old, new)

    def refs(self, base: Any, depth: Any = None, /) -> Any:
        with self.called():
            return iter(list(self.inner.refs(base, depth)))


TEXT = f"from collections.abc import Iterator\nfrom contextlib import contextmanager\n\n\n{getsource(Faulty)}"


@law(chapter=CHAPTER, bound="schedules")
def what_fails_below_leaves_before_or_after(t: Trial) -> None:
    """A source fails at its n-th call: the verb fails or answers right; then get(r) is as before it or after it"""
    verbs = ("get", "put", "delete", *["merge"] * t.claims.merges, *["swap"] * t.claims.keeps_to("swaps", "write"))
    _faulty(t, "get", "put", verbs)


@law(kind="mapping", chapter=CHAPTER, bound="schedules")
def what_fails_below_a_mapping_leaves_before_or_after(t: Trial) -> None:
    """A store below fails at its n-th call: the call fails or answers right; then d[k] is as before it or after it"""
    _faulty(t, "[]", "[]=", ("[]", "[]=", "del", "in"))


def _faulty(t: Trial, read: str, write: str, verbs: tuple[str, ...]) -> None:
    paths = list(_below(t.handle("store"), "store", 0))
    if not paths:
        raise Exempted("it stands over no store, so that none below it can fail")
    at, when, warm, path = t.choose(CALLS), t.choose(("before", "after")), t.choose((False, True)), t.choose(paths)
    old, new, last, other = map(eval(MAKE_VALUE[t.claims.values]), (1, 2, 3, 4))  # noqa: S307  # our own text
    (r, near), before, verb = (t.scope.refs[0], t.scope.refs[-1]), t.choose((old, MISSING)), t.choose(verbs)
    for key, value in ((near, other), (r, before)):
        if value is not MISSING:
            t.expect(None, write, key, value)
    for key in (near, r) if warm else ():
        t.ask(read, key)
    args = {"put": (new,), "merge": (new,), "[]=": (new,), "swap": (before, new)}.get(verb, ())
    with _failing(t, path, f"faulty.fail({at}, {when!r})"):
        if _judged(t, read, (verb, r, *args)):
            t.expect(answer_of(t.model, read, (near,)), read, near)
            t.expect(None, write, r, last)
            t.expect(last, read, r, because="a failure that is over is no reason to fail")


def _below(store: Any, path: str, depth: int) -> Iterator[str]:
    """The stores that are attributes, as Python that names them."""
    for name, each in sorted(getattr(store, "__dict__", {}).items()):
        if is_store(each) and depth < DEPTH and not isinstance(each, type):
            yield f"{path}.{name}"
            yield from _below(each, f"{path}.{name}", depth + 1)


@contextmanager
def _failing(t: Trial, path: str, line: str) -> Iterator[None]:
    """Something that fails, as `line` says, stands where `path` was; a handle that trials share is left as it was."""
    (owner, _, name), inner = path.rpartition("."), t.handle(path)
    t.names["Faulty"] = Faulty
    t.steps.append(Recorded("def", TEXT, ()))
    t.line(f"faulty = Faulty({path})")
    t.line(f"object.__setattr__({owner}, {name!r}, faulty)")
    t.line(line)
    try:
        yield
    finally:
        object.__setattr__(t.handle(owner), name, inner)


def _judged(t: Trial, read: str, call: tuple[Any, ...]) -> bool:
    """The answer, if it is one, is right; what is there afterwards is what was before, or what should be.

    False where there was no call that could fail.
    """
    verb, r, *args = call
    was, right, then = (answer_of(t.model, *each) for each in ((read, (r,)), (verb, (r, *args)), (read, (r,))))
    answer = t.call("store", verb, (r, *args))
    if t.names["faulty"].left > 0:
        return False  # what is below was not called so often
    failed = isinstance(answer, Exception) and not isinstance(answer, KeyError | Conflict)
    if not failed and not alike(answer, right):
        raise Broken(
            t.sentence("store", verb, (r, *args), answer, right, "what is below failed, which is no answer"), right
        )
    t.line("faulty.fail(0, 'before')")
    found = t.call("store", read, (r,))
    if not any(alike(found, each) for each in ((was, then) if failed else (then,))):
        one, other = ("nothing" if isinstance(each, Exception) else t.text(each) for each in (was, then))
        because = f"it was {one} before the call that failed, and would be {other} after it" if failed else ""
        raise Broken(t.sentence("store", read, (r,), found, then, because), then)
    t.expect(type(found) if isinstance(found, Exception) else found, read, r, because="that was read a moment ago")
    return True
