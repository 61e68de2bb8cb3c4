"""What a finished write outlives, and who sees it (claims keeps, shared, survives; ours)."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import islice
from typing import Any

from storage_combinators.store import Missing

from ..law import law
from ..trial import Exempted, Trial, Void

CHAPTER = "chapters/01-protocol.md"
MAKE_VALUE = {"bytes": "lambda number: b'%d' % number", "json": "int", "text": "str"}


@law("keeps", chapter=CHAPTER)
def what_was_put_first_is_still_there_at_the_end(t: Trial) -> None:
    """put(r, v); put(q, v) for many other q; get(r) = v"""
    t.program(keeps_the_first, "store", "root", str(100 * t.rounds), t.text(t.scope.values[0]))


def keeps_the_first(store, root, many, value):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    end = time.monotonic() + 20
    for number in range(many):
        store.put(root / "kept" / str(number), value)
        if number and time.monotonic() > end:  # slow is not broken: so many are enough
            many = number + 1
            break
    for number in (0, 1, many // 2, many - 1):
        try:
            assert store.get(root / "kept" / str(number)) == value
        except Missing:
            raise AssertionError(f"of {many} values, that of put number {number} is gone") from None


@law("shared", chapter=CHAPTER)
def another_handle_sees_what_is_written(t: Trial) -> None:
    """s, q on the same data: s.put(r, v); q.get(r) = v; q.delete(r); s.get(r) raises Missing"""
    t.history()
    r, v = t.ref(), t.value()
    t.reopen("other")
    t.ask("get", r, on="other")
    t.put(r, v)
    t.expect(v, "get", r, on="other")
    if t.claims.lists:
        t.expect([r], "refs", r, 0, on="other")
    t.expect(None, "delete", r, on="other")
    t.expect(Missing, "get", r)


@law("survives", level="reopen", chapter=CHAPTER)
def what_was_written_is_there_after_reopening(t: Trial) -> None:
    """any steps; then a new handle on the same data answers every get and every refs as the old one"""
    t.history()
    t.reopen()
    for ref in t.scope.refs:
        t.get(ref)
    if t.claims.lists:
        t.refs(t.root)


@law("survives", level="reopen", needs=("writes", "keeps"), chapter=CHAPTER)
def many_refs_are_there_after_reopening(t: Trial) -> None:
    """put(r, v) for a thousand r; then a new handle on the same data has and lists each of them"""
    many, value = str(1_030 if t.rounds > FEW else 130), MAKE_VALUE[t.claims.values]
    t.line("written = []")
    t.program(puts_many, "store", "root", value, many, "written")
    t.reopen()
    t.program(has_many, "store", "root", value, "len(written)", repr(t.claims.lists))


FEW = 3  # so many rounds at most has a slow store


def puts_many(store, root, value, many, written):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    end = time.monotonic() + 20
    for number in range(many):
        store.put(root / "many" / str(number), value(number))
        written.append(number)
        if time.monotonic() > end:  # slow is not broken: so many are enough
            break


def has_many(store, root, value, many, lists):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for number in range(many):
        try:
            found = store.get(root / "many" / str(number))
        except Missing:
            raise AssertionError(f"of {many} refs that of number {number} is gone after reopening") from None
        assert found == value(number), f"of {many} refs that of number {number} is another after reopening"
    listed = set(store.refs(root / "many")) if lists else range(many)
    assert len(listed) == many, f"of {many} refs {len(listed)} are listed after reopening"


@law("survives", level="kill", chapter=CHAPTER)
def what_was_written_is_there_after_a_kill(t: Trial) -> None:
    """a writer is killed: each write that it had finished is there, the one at work or not, and nothing else"""
    child = kill_lines(t) + "\nwhile True:\n    store.put(root / str(number % 4), value(number))"
    t.program(outlives_kills, repr(child + ACKNOWLEDGE), "directory", opens(t), "root", "lambda s, ref: s.get(ref)")


ACKNOWLEDGE = "\n    print(number, flush=True)\n    number += 1\n"


def opens(t: Trial) -> str:
    """What opens the place again, wrappers and all."""
    return f"lambda: {t.place.again_line('store').partition(' = ')[2]}"


def kill_lines(t: Trial) -> str:
    """The program of a writer up to its loop."""
    if t.place.directory is None:
        raise Exempted("only a store in a directory has a process that can be killed")
    if any("..." in line for line in t.place.child_lines()):
        raise Void("the factory cannot be imported by another process")
    head = ["import sys", "from pathlib import Path", "from runpy import run_path"]
    head += ["from storage_combinators.ref import Ref", *t.place.child_lines(), "root = Ref()"]
    held = MAKE_VALUE[t.claims.values]
    return "\n".join([*head, "number = int(sys.argv[2])", f"value = {held}"])


def outlives_kills(child, directory, make, root, read):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    written: dict[int, Any] = {}
    for kill in range(5):
        command = [sys.executable, "-c", child, str(directory), str(max(written.values(), default=-1) + 2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603  # our own interpreter
            told = [int(line) for line in islice(writer.stdout or (), 9 + 8 * kill)]
            time.sleep(kill * 0.002)  # so that not every kill comes before the next write has begun
            writer.kill()
            told += [int(line) for line in writer.stdout or () if line.endswith("\n")]
        assert writer.returncode != 0 and told, "the writer failed by itself before it was killed"
        written |= {number % 4: number for number in told}
        store = make()
        for slot, number in written.items():
            may = {number, max(told) + 1} if (max(told) + 1) % 4 == slot else {number}
            try:
                found = int(read(store, root / str(slot)))
            except KeyError:
                found = None
            assert found in may, f"after kill number {kill + 1}, {slot} holds {found}, but {sorted(may)} was written"
            written[slot] = found
