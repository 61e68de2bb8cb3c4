"""refs: the three depths, and nothing but what is there (ours; the paper has no listing)."""

from __future__ import annotations

import time
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ..law import law
from ..trial import Trial
from ..verbs import answer_of

CHAPTER = "chapters/01-protocol.md"


def below(t: Trial, base: Ref) -> list[Ref]:
    """What is at or below `base`, as the model has it."""
    return sorted(ref for ref in t.model.cells if ref.within(base))


@law("lists", needs=(), chapter=CHAPTER)
def refs_lists_each_ref_with_a_value_once(t: Trial) -> None:
    """refs(b) = every ref at or below b that has a value, once, and no other"""
    t.history()
    base = t.base()
    t.expect(below(t, base), "refs", base)


@law("lists", needs=(), chapter=CHAPTER)
def refs_to_depth_0_is_the_base_itself(t: Trial) -> None:
    """refs(b, 0) = {b} if b has a value, else nothing"""
    t.history()
    base = t.base()
    t.expect([base] if base in t.model.cells else [], "refs", base, 0)


@law("lists", needs=(), chapter=CHAPTER)
def refs_to_depth_1_is_one_name_further(t: Trial) -> None:
    """refs(b, 1) = { r cut to one name below b : r in refs(b), r ≠ b }"""
    t.history()
    base = t.base()
    t.expect(sorted({ref.cut(len(base) + 1) for ref in below(t, base) if ref != base}), "refs", base, 1)


@law("lists", needs=(), chapter=CHAPTER)
def refs_agrees_with_get(t: Trial) -> None:
    """r in refs(b) exactly if get(r) finds a value, for each r at or below b"""
    t.history()
    r = t.ref()
    there = not isinstance(t.ask("get", r), Missing)
    t.expect([r] if there else [], "refs", r, 0)


@law("lists", chapter=CHAPTER)
def refs_of_one_base_shows_nothing_of_another(t: Trial) -> None:
    """r not within b: put(r, v) leaves refs(b) as it was"""
    t.history()
    base = t.base()
    r = t.choose([ref for ref in t.scope.refs if not ref.within(base)])
    before = t.ask("refs", base)
    t.put(r, t.value())
    t.expect(before, "refs", base)


@law("lists", needs=(), chapter=CHAPTER)
def refs_changes_nothing(t: Trial) -> None:
    """refs(b, d) = refs(b, d), and every get answers as before it"""
    t.history()
    r, base, depth = t.ref(), t.base(), t.depth()
    before = t.ask("get", r)
    t.ask("refs", base, depth)
    t.expect(before, "get", r)


@law("lists", chapter=CHAPTER)
def refs_that_look_alike_are_listed_apart(t: Trial) -> None:
    """refs(root) = what was put, whatever the names are"""
    refs = t.family()
    for ref in refs:
        t.expect(None, "put", ref, t.scope.values[0])
    for base in (t.root, *refs[:MANY]):
        for depth in (None, 0, 1):
            t.refs(base, depth)
    for ref in refs[1::2]:
        t.delete(ref)
    for depth in (None, 1):
        t.refs(t.root, depth)


MANY = 12  # refs of a family that are bases, too


@law("lists", chapter=CHAPTER)
def refs_lists_a_level_of_many(t: Trial) -> None:
    """refs(b), refs(b, 1) of 1, 9 ... 2,001 refs, or of two thirds as many folders: each, once, as they come and go"""
    folders = t.choose((False, True))
    pages = PAGES[: 3 * t.rounds]
    if pages[-1] < PAGE and not folders:
        pages += (PAGE,) if seconds_of_a_write(t) * PAGE < PATIENT else ()
    if pages[-1] < PAGE and not folders:
        t.pulse.notes.append(f"no listing of {PAGE:,} refs was tried: to write them would take over {PATIENT} s")
    t.program(lists_many, "store", "root", repr(pages), t.text(t.scope.values[0]), repr(folders))


PAGES = (1, 9, 11, 20, 50, 100, 101, 129, 250, 257, 500, 513, 999, 1000, 1001, 1025, 2001)  # and one more than a page


PAGE, PATIENT = 1001, 4  # refs, one more than most servers list at once; seconds


def seconds_of_a_write(t: Trial) -> float:
    """To put a ref and to delete it, when nothing else is at work."""
    t.aside, spent = True, list[float]()
    while len(spent) < 20 and sum(spent) < 1:
        ref, begin = t.root / "timed" / f"{len(spent)}", time.monotonic()
        for verb, more in (("put", t.scope.values[:1]), ("delete", ())):
            answer_of(t.place.store, verb, (ref, *more))
        spent.append(time.monotonic() - begin)
    return min(spent)


def lists_many(store, root, pages, value, folders):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    held: list[Any] = []
    end = time.monotonic() + 20  # slow is not broken: what comes later is left out
    for page in (*pages, *(many - 1 for many in reversed(pages) if many > 100 or many == 1)):
        while len(held) > page and time.monotonic() < end:
            store.delete(held.pop())
        while len(held) < page and time.monotonic() < end:
            ref = root / "many" / f"{len(held)}"
            held.append(ref.cut(len(root) + 1) / f"{len(held) * 2 // 3}" / f"{len(held)}" if folders else ref)
            store.put(held[-1], value)
        many, level = len(held), sorted({ref[: len(root) + 2] for ref in held})
        for depth, due in ((None, sorted(held)), (1, level)):
            listed = sorted(store.refs(root / "many", depth))
            lost, twice = len(set(due) - set(listed)), len(listed) - len(set(listed))
            said = f"of {many} refs {lost} are missing from depth {depth}, {twice} come twice, {len(listed)} are listed"
            assert listed == due, said
        if time.monotonic() > end:
            return


@law("lists", chapter=CHAPTER)
def a_listing_bears_changes(t: Trial) -> None:
    """refs come, go and are read while refs(b, d) is: each ref that was there throughout comes exactly once"""
    many = t.choose((2, 5, 21, 130, 1030)[: 3 if t.rounds <= SLOW else 5])
    change = t.choose(("add", "remove", "remove another", "read", "overwrite", "remove all"))
    depth, value = t.choose((None, 1) if many <= SHORT else (None,)), t.text(t.scope.values[0])
    t.program(bears_changes, "store", "root", str(many), repr(change), repr(depth), value)


SLOW, SHORT = 3, 21  # rounds of a slow store; a listing of so many refs is short


def bears_changes(store, root, many, change, depth, value):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    refs = [root / "many" / f"{number:04}" for number in range(many)]
    for ref in refs:
        store.put(ref, value)
    seen: list[Any] = []
    gone: set[Any] = set()
    for ref in store.refs(root / "many", depth):
        seen.append(ref)
        assert len(seen) <= 4 * many, "a listing with changes meanwhile does not end"
        going = {"remove all": [ref], "remove": [ref][len(seen) - 1 :], "remove another": refs[-1:]}.get(change, [])
        for one in [one for one in going if one in refs and one not in gone]:
            gone.add(one)
            store.delete(one)
        if change == "add" and len(seen) <= 3:
            store.put(root / "many" / f"{len(seen)}-new", value)
        other = refs[-len(seen) % many]  # from the other end: not listed yet, at first
        if change == "read":
            store.get(other)
        for one in (ref, other) if change == "overwrite" else ():
            store.put(one, value)
    for ref in refs:
        times = seen.count(ref)
        said = f"{ref!r} was there throughout, but a listing with changes meanwhile has it {times} times"
        assert times == 1 or ref in gone, said
