"""What threads of one handle may rely on (claim threads; ours). Free-running: not the same in every run."""

from __future__ import annotations

import sys
from threading import Barrier, Thread

from storage_combinators.functions import update
from storage_combinators.store import MISSING, Conflict

from ..law import law
from ..trial import Trial
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
