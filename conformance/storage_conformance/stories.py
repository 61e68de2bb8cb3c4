"""Stories: short histories in which stores go wrong, written down one by one, since chance seldom meets them.

A story is text: ``a=v`` sets a, ``-a`` deletes it, ``a?`` reads it, ``a!`` is a write that must fail, since nothing is
there; ``v`` and ``w`` are two values that are alike in some way. Every step must answer as a dictionary does, and so
must every ref at the end, and when it is opened again, twice: opening may write something itself.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .content import noise, twins
from .scope import Scope, Step, alphabet, swaps

if TYPE_CHECKING:
    from .trial import Trial

__all__ = ["COMING_AND_GOING", "EMPTY", "OVERWRITING", "SHARING", "TREES", "long_history", "many_times", "tell"]

OVERWRITING = (
    "a=v a=w",
    "a=w a=v",
    "a=v a=v a=w a=v",
    "a=v a? a=w a? a=v a?",
    "a=v b=w a=w b=v a=v",
)
SHARING = (
    "a=v b=w",
    "a=v b=v -a",
    "a=v b=v -b a=w",
    "a=v b=v a=w -a",
    "a=v b=v c=v -a -b",
    "a=v b=v -a a=v -a",
    "a=v b=v a=v -a b=w",
    "a=v b=v -a -b b=v",
)
COMING_AND_GOING = (
    "a? a=v a?",
    "a=v -a a?",
    "a=v -a a=w a?",
    "a=v -a a? a=v",
    "a? -a a? a=v a? -a a? a=w",
    "a=v -a -a a=w a=v -a",
    "a=v b=w -a -b a=w b=v",
)
TREES = (
    "a=v a/b=w",
    "a/b=v a=w",
    "a/b!",
    "b=v a/b! a/c=w -a/c",
    "a=v a/b=w -a",
    "a/b=v a=w -a/b",
    "a/b=v -a/b a=w",
    "a=v -a a/b=w",
    "a/b/c=v -a/b/c a/b=w a=v",
    "a/b/c=v a/d=w -a/b/c",
    "a=v a/b=w a/b/c=v -a/b",
    "a/b=v ab=w a-b=v -a/b a=w",
    "a/b=v a/c=w -a/b a/b=w -a/c -a/b a=v",
)
VERBS = {"mapping": ("[]=", "del", "[]"), "store": ("put", "delete", "get")}


def tell(t: Trial, stories: tuple[str, ...], pairs: tuple[tuple[Any, Any], ...] = ()) -> None:
    """One of the stories, with two values that some store takes for one another; the first one with `pairs`, too."""
    alike = twins(t.claims.values, t.claims.max_value)[: t.rounds]
    story, (v, w) = t.choose([*product(stories, alike), *product(stories[:1], pairs)])
    keys = [t.place.key(Ref.parse(step.strip("-?!").partition("=")[0])) for step in story.split()]
    for step, key in zip(story.split(), keys, strict=True):
        _take(t, step, key, v, w)
    seen_whole(t, keys)


def _take(t: Trial, step: str, key: Any, v: Any, w: Any) -> None:
    put, delete, get = VERBS[t.place.subject.kind]
    if "=" in step:
        t.do(put, key, v if step.endswith("=v") else w)
    elif not step.endswith("!"):
        t.do(delete if step.startswith("-") else get, key)
    elif delete == "del":
        t.do(delete, key)
    elif t.claims.keeps_to("swaps", "write"):
        t.do("swap", key, v, w)


def seen_whole(t: Trial, keys: list[Any]) -> None:
    """Every key and every listing must answer as the model does, and in two new handles, if there can be any."""
    seen(t, keys)
    for _ in range(2 * t.reopens):
        t.reopen()
        seen(t, keys)


def seen(t: Trial, keys: list[Any]) -> None:
    """Every key and every listing must answer as the model does."""
    for key in dict.fromkeys(keys):
        t.do(VERBS[t.place.subject.kind][2], key)
    for verb, *args in _listings(t):
        t.do(verb, *args)


def _listings(t: Trial) -> list[tuple[Any, ...]]:
    if not t.claims.lists:
        return []
    return (
        [("items",), ("len",)] if t.place.subject.kind == "mapping" else [("refs", t.root, None), ("refs", t.root, 1)]
    )


def many_times(t: Trial, times: int) -> None:
    """Two refs are written over, deleted and written anew so often that what counts to 8 bits overflows.

    What is overwritten is 300 KB in all, so that a log is compacted; beside it are an empty value and a deleted one.
    """
    put, delete, get = VERBS[t.place.subject.kind]
    a, b, c, d = (t.place.key(Ref(name)) for name in "abcd")
    t.do(put, c, EMPTY[t.claims.values])
    t.do(put, d, t.nth(0))
    t.do(delete, d)
    for number in range(times):
        t.do(put, a, _large(t, number))
        if number % 2:
            t.do(delete, b)
        else:
            t.do(put, b, t.nth(number))
        t.do(get, a)
    seen_whole(t, [a, b, c, d])


EMPTY = {"bytes": b"", "json": None, "text": ""}


def _large(t: Trial, number: int) -> Any:
    """A value of its own for each number; the fewer there will be, the longer they are."""
    value = noise(20_000 // t.rounds + number)
    return value if t.claims.values == "bytes" and t.claims.takes(value) else t.nth(number)


NAMES = ("a", "a/b", "b", "ab", "a/b/c", "A", "c/d", "c/e", "d e", "\u00e9")
VALUES = {  # few, so that they come back, and none that says when it was written
    "bytes": (b"x", b"", b"y", b"0", *(noise(size) for size in (15, 16, 17, 32, 33, 64, 65, 256, 300, 4096, 5000))),
    "json": (["x"], None, "x", {"a": [1]}, 0, []),
    "text": ("x", "", "y", "x" * 300, "0", "None"),
}


def long_history(t: Trial, length: int, handles: tuple[str, ...] = ("store",)) -> None:
    """Steps by chance among few refs and values, so that states come back; opened again on its way, and at its end."""
    random, kind = Random(t.choose(range(max(1, t.rounds // 4)))), t.place.subject.kind  # noqa: S311  # nothing secret
    keys = tuple(t.place.key(Ref.parse(name)) for name in NAMES)
    held = tuple(value for value in VALUES[t.claims.values] if t.claims.takes(value))
    if len(handles) > 1:  # fewer of all, so that what one handle wrote is what the other one reads and removes
        keys, held = keys[:5], held[:2] + held[-2:]
    scope = Scope(kind, keys, held, (t.root, *keys[:2]) if kind == "store" else ())
    menu: dict[str, list[Step]] = {}
    for verb, args in [*alphabet(scope, t.claims, reads=True), *_more(t, scope)]:
        menu.setdefault(verb, []).append((verb, args))
    menu.pop("clear" if len(handles) > 1 else "", None)
    verbs, forms = sorted(menu), swaps(scope.values, t.claims.swaps)
    for number in range(length):
        verb, args = random.choice(menu[random.choice(verbs)])
        if verb == "swap" and random.random() < 0.7:  # most forms would be Conflicts
            right = (t.model.cells.get(args[0], MISSING), args[2])
            args = (args[0], *right) if right in forms else args
        t.do(verb, *args, on=random.choice(handles))
        if t.reopens and number % OFTEN == OFTEN - 1 and len(handles) == 1:
            t.reopen()
            seen(t, list(keys))
    seen_whole(t, list(keys))


OFTEN = 40  # steps


def _more(t: Trial, scope: Scope) -> list[Step]:
    """Steps for long histories alone: in every short one they would be too many."""
    if scope.kind != "mapping":
        return [("refs", (base, depth)) for base in scope.bases for depth in (0, 1) if t.claims.lists]
    pairs = zip(scope.refs, scope.refs[1:], scope.values * 2, strict=False)
    more: list[Step] = [("update", ({one: value, other: scope.values[0]},)) for one, other, value in pairs]
    more += [("get", (key, b"none")) for key in scope.refs] + [("pop", (key,)) for key in scope.refs]
    return [*more, ("clear", ()), ("items", ()), ("iter", ())] if t.claims.lists else more
