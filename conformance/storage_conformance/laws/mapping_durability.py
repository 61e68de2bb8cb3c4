"""What a mapping keeps, and for whom: claims keeps, pickles, threads, shared and survives (ours)."""

from __future__ import annotations

import pickle
import time
from threading import Thread
from typing import Any

from ..law import law
from ..trial import Trial
from .durability import ACKNOWLEDGE, kill_lines, opens, outlives_kills
from .mappings import FEW


@law("keeps", kind="mapping")
def the_first_key_is_still_there_at_the_end(t: Trial) -> None:
    """d[k] = v; d[j] = v for many other j; d[k] = v"""
    t.program(keeps_the_first_key, "store", str(100 * t.rounds))


def keeps_the_first_key(store, many):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    end = time.monotonic() + 20
    for number in range(many):
        store[f"kept{number}"] = b"%d" % number
        if number and time.monotonic() > end:  # slow is not broken: so many are enough
            many = number + 1
            break
    for number in (0, 1, many // 2, many - 1):
        assert store.get(f"kept{number}") == b"%d" % number, f"of {many} values, that of put number {number} is gone"


@law("pickles", kind="mapping")
def pickling_keeps_each_key(t: Trial) -> None:
    """pickle.loads(pickle.dumps(d)) == d, where pickling works at all; what is set in it then is there"""
    k, v = t.ref(), t.value()
    t.do("[]=", k, v)
    t.program(pickle_keeps_key, "store", repr(k), repr(v), repr(t.claims.lists))


def pickle_keeps_key(store, key, value, lists):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for turn in (b"1", b"2"):  # twice, since what was pickled first may be kept
        store["pickled"] = store["gone"] = turn
        del store["gone"]
        try:
            pickled = pickle.dumps(store)
        except Exception:  # noqa: BLE001  # not every store can be pickled; each says so in its own way
            return
        again = pickle.loads(pickled)  # noqa: S301  # what was pickled three lines above
        assert again.get(key) == value, f"after pickling, {key!r} does not hold {value!r}"
        assert again.get("pickled") == turn, "after pickling for the second time, an older value is there"
        assert again.get("gone") is None, "after pickling, a key is there that was deleted"
        if lists:
            assert sorted(again) == sorted(store), f"after pickling, the keys are {sorted(again)}"
        again["more"] = value
        assert again["more"] == value, "what is set after pickling is another value"


@law("threads", kind="mapping")
def threads_do_not_lose_each_others_keys(t: Trial) -> None:
    """n threads set keys of their own, and one in common: every key is there, the common one with one of its values"""
    t.program(keys_in_threads, "store", "6", str(4 * t.rounds), str(min(500, t.claims.max_value)))


def keys_in_threads(store, threads, times, size):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    torn = []

    def work(name):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
        for number in range(times):
            try:
                store[f"{name}-{number}"] = b"%d" % number
                store["common"] = name.encode() * size
                found = store["common"]
            except Exception as error:  # noqa: BLE001  # told below, in the thread that judges
                found = repr(error)
            if len(found) != size or len(set(found)) != 1:  # as long as it was written
                torn.append(found[:80])

    workers = [Thread(target=work, args=(name,)) for name in "abcdefgh"[:threads]]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not torn, f"while threads set keys, one that is set to {size} letters answered {torn[0]!r}"
    lost = [f"{n}-{i}" for n in "abcdefgh"[:threads] for i in range(times) if store.get(f"{n}-{i}") != b"%d" % i]
    assert not lost, f"of {threads * times} keys that threads set, {len(lost)} are lost, {lost[0]!r} first"


@law("shared", kind="mapping")
def another_handle_sees_each_key(t: Trial) -> None:
    """d, e on the same data: d[k] = v; e[k] = v; del e[k]; d[k] raises KeyError"""
    t.history()
    k, v = t.ref(), t.value()
    t.reopen("other")
    t.ask("get", k, on="other")
    t.do("[]=", k, v)
    t.expect(v, "[]", k, on="other")
    t.expect(None, "del", k, on="other")
    t.expect(KeyError, "[]", k)


@law("survives", level="reopen", kind="mapping")
def every_key_is_there_after_reopening(t: Trial) -> None:
    """any steps; then a new handle on the same data equals the same dictionary"""
    t.history()
    t.reopen()
    for key in t.scope.refs:
        t.do("[]", key)
    if t.claims.lists:
        t.do("items")


@law("survives", level="reopen", kind="mapping")
def the_last_write_is_there_after_reopening_whatever_made_it(t: Trial) -> None:
    """d[k] = v; then one write by any method; then a new handle on the same data equals the same dictionary"""
    _written_last(t)
    t.reopen()
    for key in ("a", "b"):
        t.do("get", key)
    if t.claims.lists:
        t.do("items")


@law("shared", kind="mapping")
def another_handle_sees_each_write_whatever_made_it(t: Trial) -> None:
    """d, e on the same data: d[k] = v; then one write of d by any method: e equals the same dictionary"""
    t.reopen("other")
    _written_last(t)
    for key in ("a", "b"):
        t.do("get", key, on="other")
    if t.claims.lists:
        t.do("items", on="other")


def _written_last(t: Trial) -> None:
    """One more write, by each method in turn that a mapping has."""
    t.do("[]=", "a", b"x")
    ways: list[tuple[Any, ...]] = [("[]=", "b", b"y"), ("[]=", "a", b"y"), ("del", "a"), ("setdefault", "b", b"y")]
    ways += [("pop", "a"), ("update", {"a": b"y"}), ("update", {"b": b"y"}), ("update", [("a", b"y"), ("b", b"z")])]
    if t.claims.lists:
        ways += [("clear",)] if t.initial else [("clear",), ("popitem",)]  # of what was there before, any pair is right
    t.do(*t.choose(ways))


@law("survives", level="reopen", needs=("writes", "keeps"), kind="mapping")
def many_keys_are_there_after_reopening(t: Trial) -> None:
    """d[k] = v for a thousand k; then a new handle on the same data has and lists each of them"""
    many = str(1_030 if t.rounds > FEW else 130)
    t.line("written = []")
    t.program(sets_many, "store", many, "written")
    t.reopen()
    t.program(has_many, "store", "len(written)")


def sets_many(store, many, written):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    end = time.monotonic() + 20
    for number in range(many):
        store[f"k{number}"] = b"%d" % number
        written.append(number)
        if time.monotonic() > end:  # slow is not broken: so many are enough
            break


def has_many(store, many):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    lost = [number for number in range(many) if store.get(f"k{number}") != b"%d" % number]
    assert not lost, f"of {many} keys {len(lost)} are lost after reopening, that of number {lost[0]} first"
    assert len(store) == len(set(store)) == many, f"of {many} keys {len(set(store))} are listed after reopening"


@law("survives", level="kill", kind="mapping")
def every_key_is_there_after_a_kill(t: Trial) -> None:
    """a writer is killed: each key that it had finished is there, the one at work is there or not, and nothing else"""
    child = kill_lines(t) + "\nwhile True:\n    store[str(number % 4)] = value(number)"
    t.program(outlives_kills, repr(child + ACKNOWLEDGE), "directory", opens(t), "Ref()", "lambda s, ref: s[str(ref)]")
