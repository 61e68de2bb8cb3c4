"""refs: the three depths, and nothing but what is there (ours; the paper has no listing)."""

from __future__ import annotations

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ..law import law
from ..trial import Trial

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
    for base in (t.root, *refs):
        for depth in (None, 0, 1):
            t.refs(base, depth)


@law("lists", chapter=CHAPTER)
def refs_lists_a_level_of_many(t: Trial) -> None:
    """refs(b) and refs(b, 1) list 1,100 refs, each once: more than a page of any server"""
    many = 1100 if t.rounds > PAGES else 20
    t.program(lists_many, "store", "root", str(many), repr(t.scope.values[0]))


PAGES = 3  # from so many rounds on, the store is fast enough for more than a page


def lists_many(store, root, many, value):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    refs = [root / "many" / str(number) for number in range(many)]
    for ref in refs:
        store.put(ref, value)
    for depth in (None, 1):
        listed = sorted(store.refs(root / "many", depth))
        missing, surplus = len(set(refs) - set(listed)), len(listed) - len(set(listed))
        assert listed == sorted(refs), f"of {many} refs {missing} are missing from depth {depth}, {surplus} come twice"
