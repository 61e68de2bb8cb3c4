"""What threads of one handle may rely on (claim threads; ours). Free-running: not the same in every run."""

from __future__ import annotations

import sys
from inspect import getsource
from threading import Barrier, Thread
from typing import Any

from storage_combinators.functions import update
from storage_combinators.store import MISSING, Conflict

from ..law import law
from ..linearizable import drawn, explains, order_of, shortened, step, unordered
from ..trial import Broken, Recorded, Trial
from .durability import MAKE_VALUE

CHAPTER = "chapters/03-caching.md"


@law("threads", needs=("writes", "swaps"), chapter=CHAPTER)
def no_increment_is_lost_among_threads(t: Trial) -> None:
    """n threads, each m times update(s, r, +1): get(r) = n·m"""
    if t.claims.keeps_to("swaps", "write"):
        t.program(counts, "store", "root / 'count'", MAKE_VALUE[t.claims.values], "8", str(5 * t.rounds))


def counts(store, ref, value, threads, times):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    failures = []

    def work():  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
        try:
            for _ in range(times):
                update(store, ref, lambda old: value(1 if old is MISSING else int(old) + 1), 100_000)
        except Exception as error:  # noqa: BLE001  # told below, in the thread that judges
            failures.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads change places often
    try:
        workers = [Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failures, f"one of {threads} threads that count raised {failures[0]!r}"
    found = int(store.get(ref))
    assert found == threads * times, f"{threads} threads counted to {found}, not to {threads * times}"


@law("threads", needs=("writes", "swaps"), chapter=CHAPTER)
def no_put_is_overwritten_by_a_swap_that_saw_less(t: Trial) -> None:
    """get(r) = u: put(r, v) and swap(r, u, w) at once: get(r) = v, whoever came first"""
    if t.claims.keeps_to("swaps", "write"):
        t.program(races, "store", "root / 'race'", MAKE_VALUE[t.claims.values], str(10 * t.rounds))


def races(store, ref, value, rounds):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    failures = []

    def swap(barrier):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
        barrier.wait()
        try:
            store.swap(ref, value(1), value(3))
        except Exception as error:  # noqa: BLE001  # told below, in the thread that judges
            failures.extend([] if isinstance(error, Conflict) else [error])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads change places often
    try:
        for number in range(rounds):
            store.put(ref, value(1))
            barrier = Barrier(2)
            thread = Thread(target=swap, args=(barrier,))
            thread.start()
            barrier.wait()
            thread.join(number % 3 * 3e-4)  # so that the put comes before, between and after the steps of the swap
            store.put(ref, value(2))
            thread.join()
            assert not failures, f"a swap at the same time as a put raised {failures[0]!r}"
            assert store.get(ref) == value(2), "a swap that compared with an older value overwrote a finished put"
    finally:
        sys.setswitchinterval(interval)


READS = ("get", "[]", "in")  # as in linearizable, whose functions name it
HEAD = f"from collections.abc import Sequence\nfrom typing import Any\n\nREADS, Event = {READS}, tuple[Any, ...]"


@law("threads", chapter=CHAPTER)
def calls_of_threads_come_in_some_order(t: Trial) -> None:
    """Of whatever n threads call at once there is an order, ref by ref, in which a dictionary would answer the same"""
    swaps = [level for level in ("create", "write", "all") if t.claims.keeps_to("swaps", level)]
    _at_once(t, ("put", "get", "delete", *swaps), "[root / 'one', root / 'two']", MAKE_VALUE[t.claims.values])


@law("threads", kind="mapping", chapter=CHAPTER)
def calls_of_threads_on_a_mapping_come_in_some_order(t: Trial) -> None:
    """Of whatever n threads set, get, delete and look up at once there is an order, key by key"""
    _at_once(t, ("[]=", "[]", "del", "in"), "['one', 'two']", MAKE_VALUE["bytes"])


def _at_once(t: Trial, verbs: tuple[str, ...], keys: str, value: str) -> None:
    helpers = (step, order_of, explains, shortened, unordered, one_call, plays)
    t.names |= {"READS": READS, **{each.__name__: each for each in helpers}}
    t.steps += [Recorded("def", HEAD, ()), *(Recorded("def", getsource(each), ()) for each in helpers)]
    t.line("told = []")
    try:
        t.program(calls_at_once, "store", keys, value, repr(verbs), str(6 * t.rounds), "told")
    except Broken as broken:
        t.steps += [Recorded("", f"# {line}", ()) for line in drawn(t.names["told"])]
        raise Broken(broken.sentence, history=t.names["told"]) from None


def calls_at_once(store: Any, keys: Any, value: Any, verbs: tuple[str, ...], rounds: int, told: list[Any]) -> None:
    from itertools import count
    from random import Random

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads change places often
    try:
        for seed in range(rounds):
            for key in keys:
                one_call(store, "del" if "del" in verbs else "delete", key, None, None)
            events: list[Any] = []
            clock, barrier = count(), Barrier(3)
            shared = (store, keys, value, verbs, clock, barrier, events)
            threads = [Thread(target=plays, args=(me, Random(f"{seed} {me}"), *shared)) for me in range(3)]  # noqa: S311  # no secret
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            events += [(3, *one_call(store, verbs[1], key, None, None), next(clock), next(clock)) for key in keys]
            found = unordered(events, {})
            told += [(me + 1, repr(call), getattr(said, "__name__", repr(said)), *at) for me, call, said, *at in found]
            said = "; ".join(f"thread {me}: {call} -> {answer}" for me, call, answer, *_ in told)
            assert not told, f"no order of what threads called at once gives their answers: {said}"
    finally:
        sys.setswitchinterval(interval)


def plays(
    me: int, random: Any, store: Any, keys: Any, value: Any, verbs: Any, clock: Any, barrier: Any, events: Any
) -> None:
    seen: dict[Any, Any] = {}  # what is probably there, so that some swaps succeed
    barrier.wait()
    for number in range(5):
        verb, key = random.choice(verbs), random.choice(keys)
        start = next(clock)
        call, answer = one_call(store, verb, key, seen.get(key, value(99)), value(5 * me + number))
        events.append((me, call, answer, start, next(clock)))
        if not isinstance(answer, type):
            seen[key] = answer if answer is not None else call[-1] if len(call) > 2 else MISSING


def one_call(store: Any, verb: str, key: Any, old: Any, new: Any) -> tuple[Any, Any]:
    methods = {"[]": "__getitem__", "[]=": "__setitem__", "del": "__delitem__", "in": "__contains__"}
    swaps = {"create": (MISSING, new), "write": (old, new), "all": (old, MISSING)}
    call = ("swap", key, *swaps[verb]) if verb in swaps else (verb, key, new) if verb in ("put", "[]=") else (verb, key)
    try:
        return call, getattr(store, methods.get(call[0], call[0]))(*call[1:])
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer, to be judged
        return call, next((kind for kind in (KeyError, Conflict) if isinstance(error, kind)), type(error))
