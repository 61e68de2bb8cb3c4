"""Whole histories against the model, every law of it at each step; and stories in which stores go wrong (ours)."""

from __future__ import annotations

from storage_combinators.store import MISSING, Missing

from ..content import large
from ..law import law
from ..stories import COMING_AND_GOING, EMPTY, OVERWRITING, SHARING, TREES, long_history, many_times, tell
from ..trial import Trial
from ..verbs import answer_of

CHAPTER = "chapters/01-protocol.md"


@law(needs=(), calls=1, chapter=CHAPTER)
def every_history_answers_as_a_dictionary_does(t: Trial) -> None:
    """Any steps: each answers as the same step on a dictionary; so do every get and every listing at the end"""
    t.history(judged=True)
    for ref in t.scope.refs:
        t.get(ref)
    for base in t.scope.bases if t.claims.lists else ():
        for depth in (None, 0, 1):
            t.refs(base, depth)


@law(chapter=CHAPTER)
def a_put_leaves_nothing_of_what_was_there(t: Trial) -> None:
    """put(r, v); put(r, w); get(r) = w, be it longer, shorter or alike but for one byte; and back again"""
    tell(t, OVERWRITING)


@law(chapter=CHAPTER)
def refs_that_hold_the_same_are_still_two(t: Trial) -> None:
    """put(q, v); put(r, v); whatever then becomes of r, get(q) = v"""
    tell(t, SHARING, large(t.claims.values, t.claims.max_value)[: t.rounds])


@law(chapter=CHAPTER)
def what_was_deleted_can_be_put_again(t: Trial) -> None:
    """get(r) is Missing; put(r, v); get(r) = v; delete(r); get(r) is Missing; put(r, w); get(r) = w"""
    tell(t, COMING_AND_GOING)


@law(chapter=CHAPTER)
def a_ref_and_what_is_below_it_come_and_go_alone(t: Trial) -> None:
    """put and delete of a, a/b, a/b/c in any order: each is there exactly if it was put last"""
    tell(t, TREES)


@law(chapter=CHAPTER)
def the_root_holds_what_it_takes(t: Trial) -> None:
    """put(root, v) fails, or the root is a ref as any other: read, listed, swapped and deleted alone"""
    below, v, w = t.root / "a", t.nth(1), t.nth(2)
    if isinstance(t.call("store", "put", (t.root, v)), Exception):
        return  # a value is there only where the store can hold one
    answer_of(t.model, "put", (t.root, v))
    t.put(below, w)
    for depth in (0, 1, None) if t.claims.lists else ():
        t.refs(t.root, depth)
    if t.claims.keeps_to("swaps", "write"):
        t.swap(t.root, w, v)
        t.swap(t.root, v, w)
    t.get(t.root)
    t.delete(t.root)
    t.expect(Missing, "get", t.root)
    if t.claims.keeps_to("swaps", "create"):
        t.swap(t.root, MISSING, v)
        t.get(t.root)
    t.get(below)
    t.put(t.root, EMPTY[t.claims.values])  # of all that there is the least to write down
    if t.reopens:
        t.reopen()
    t.get(t.root)
    if t.claims.lists:
        t.refs(t.root)


@law(chapter=CHAPTER)
def the_300th_put_is_as_good_as_the_first(t: Trial) -> None:
    """put(r, v1); ... put(r, v300): get(r) is the last of them each time"""
    many_times(t, 15 * t.rounds)


@law(chapter=CHAPTER)
def a_long_history_answers_as_a_dictionary_does(t: Trial) -> None:
    """A thousand steps among few refs and values: each answers as the same step on a dictionary"""
    long_history(t, 60 * t.rounds)


@law("shared", chapter=CHAPTER)
def a_long_history_of_two_handles_answers_as_a_dictionary_does(t: Trial) -> None:
    """s, q on the same data: hundreds of steps, each by either: each answers as the same step on a dictionary"""
    t.reopen("other")
    long_history(t, 60 * t.rounds, ("store", "other"))


@law(kind="mapping", group="histories")
def setting_leaves_nothing_of_what_was_there(t: Trial) -> None:
    """d[k] = v; d[k] = w; d[k] = w, be it longer, shorter or alike but for one byte; and back again"""
    tell(t, OVERWRITING)


@law(kind="mapping", group="histories")
def keys_that_hold_the_same_are_still_two(t: Trial) -> None:
    """d[j] = v; d[k] = v; whatever then becomes of k, d[j] = v"""
    tell(t, SHARING, large(t.claims.values, t.claims.max_value)[: t.rounds])


@law(kind="mapping", group="histories")
def a_key_that_was_deleted_can_be_set_again(t: Trial) -> None:
    """d[k] raises KeyError; d[k] = v; del d[k]; d[k] raises KeyError; d[k] = w; d[k] = w"""
    tell(t, COMING_AND_GOING)


@law(kind="mapping", group="histories")
def a_slash_in_a_key_makes_no_folder(t: Trial) -> None:
    """setting and deleting a, a/b, a/b/c in any order: each is there exactly if it was set last"""
    tell(t, TREES)


@law(kind="mapping", group="histories")
def the_300th_setting_is_as_good_as_the_first(t: Trial) -> None:
    """d[k] = v1; ... d[k] = v300: d[k] is the last of them each time"""
    many_times(t, 15 * t.rounds)


@law(kind="mapping", group="histories")
def a_long_history_of_a_mapping_answers_as_a_dictionary_does(t: Trial) -> None:
    """A thousand steps among few keys and values: each answers as the same step on a dictionary"""
    long_history(t, 60 * t.rounds)


@law("shared", kind="mapping", group="histories")
def a_long_history_of_two_handles_of_a_mapping_answers_as_a_dictionary_does(t: Trial) -> None:
    """d, e on the same data: hundreds of steps, each by either: each answers as the same step on a dictionary"""
    t.reopen("other")
    long_history(t, 60 * t.rounds, ("store", "other"))
