"""The power goes at any moment of some writes, and what may be on disk then is opened again (claim survives; ours).

What the store does to its files is recorded in this process, and every state that the worst file system of POSIX may
leave is read: see `storage_conformance.crash`.
"""

from __future__ import annotations

from typing import Any

from ..law import law
from ..trial import Broken, Exempted, Trial, Void

CHAPTER = "chapters/01-protocol.md"
LONG = 10_000  # bytes: several blocks of a disk, more than the buffer of a file
VALUES = {
    "bytes": "[b'o' * {0}, b'n' * {0}, b'm']",
    "text": "['o' * {0}, 'n' * {0}, 'm']",
    "json": "['o' * {0}, ['n'], 3]",
}


@law("survives", level="power", chapter=CHAPTER)
def a_finished_write_outlives_a_power_cut(t: Trial) -> None:
    """puts at r; the power goes; reopened: get(r) is the last value put or that of the put at work, nothing else"""
    _judged(t, "lambda word: Ref(word)", "'get', 'put'")


@law("survives", level="power", kind="mapping", chapter=CHAPTER)
def a_key_that_was_set_outlives_a_power_cut(t: Trial) -> None:
    """d[k] = v some times; the power goes; reopened: d[k] is the last value set or the one at work, nothing else"""
    _judged(t, "str", "'__getitem__', '__setitem__'")


def _judged(t: Trial, key: str, how: str) -> None:
    if t.place.directory is None:
        raise Exempted("only a store in a directory has files that a power cut may take")
    again = t.place.again_line("store").partition(" = ")[2].replace("make()", "opened(place)")
    t.names["opened"] = t.place.subject.make
    values = VALUES[t.claims.values].format(min(LONG, t.claims.max_value))
    try:
        t.program(outlives_power_cuts, f"lambda place: {again}", key, how, values, patience=60.0)
    except Broken as broken:
        if type(broken.__cause__).__name__ == "Unseen":
            raise Exempted(f"not judged here, store-crash run can: {broken.__cause__}") from None
        if type(broken.__cause__).__name__ == "Unfit":
            raise Void(str(broken.__cause__)) from None
        raise


def outlives_power_cuts(opened: Any, key: Any, read: str, write: str, values: Any) -> None:
    from storage_conformance.crash.in_process import broken_by_a_power_cut

    told = broken_by_a_power_cut(opened, key, read, write, values, KeyError)
    assert not told, told
