"""WriteBack: what happens near while a flush is under way, and what a flush asks."""

from threading import Thread
from typing import Any

import pytest

from storage_combinators import MISSING, Failing, Memory, Ref, WriteBack, look

A = Ref("a")


@pytest.mark.parametrize("done", ["newer", MISSING])
@pytest.mark.parametrize("near", ["before", "after"])
@pytest.mark.parametrize("far", ["before", "after"])
@pytest.mark.parametrize("waits", ["new", MISSING])
def test_what_fails_near_while_a_flush_is_at_its_ref_is_not_lost(done: Any, near: str, far: str, waits: Any) -> None:
    """A put whose reply was lost was thought to wait already: by then the flush had read an older value, or none."""
    down: list[bool] = []
    lost: list[ConnectionError] = []

    def write(value: Any) -> None:
        store.delete(A) if value is MISSING else store.put(A, value)

    def fail(verb: str, ref: Ref) -> None:
        if down:
            raise ConnectionError("the reply was lost")

    def write_and_lose() -> None:
        try:
            write(done)
        except ConnectionError as failure:
            lost.append(failure)

    def meanwhile(verb: str, ref: Ref) -> None:
        if not lost:
            down.append(True)
            writer = Thread(target=write_and_lose)
            writer.start()
            writer.join()
            down.clear()

    fast: Any = {near: fail}
    slow: Any = {far: meanwhile}
    store = WriteBack(Failing(Memory(), **fast), Failing(Memory({A: "old"}), **slow))
    write(waits)
    store.flush()
    assert lost
    left = waits if near == "before" else done
    assert look(store, A) == left
    store.flush()
    assert look(store, A) == left == look(store.slow, A)


def test_a_flush_reads_each_value_once() -> None:
    asked: list[str] = []
    store = WriteBack(Failing(Memory(), before=lambda verb, ref: asked.append(verb)), Memory())
    store.put(A, 1)
    store.flush()
    assert asked == ["put", "get"]
