"""A writer is killed at each of its steps of output, and what it wrote is opened again (claim survives; ours).

It takes processes that fork, which this one cannot do, for it has threads: what is run is the script that is printed.
"""

from __future__ import annotations

import subprocess
import sys
from inspect import getsource
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from storage_combinators.store import MISSING

from ..law import law
from ..places import scratch
from ..report.script import script
from ..trial import Broken, Exempted, Recorded, Trial, Void

CHAPTER = "chapters/01-protocol.md"
LONGEST = 300  # seconds, for all of it; in there each time that a store is opened again has 30
LONG = 20_000  # bytes, more than the buffer of a file
HUGE = 2**21 + 1  # bytes
VALUES = {"bytes": "b{!r} * {}", "text": "{!r} * {}", "json": "[{!r} * {}]"}


@law("survives", level="kill", chapter=CHAPTER)
def a_write_killed_at_any_step_shows_before_or_after(t: Trial) -> None:
    """a write at r, killed after any step of output: get(r) is as before it or as after it, and all else as before"""
    writes = [f"({before}, {verb!r}, (new,), new)" for verb in ("put", "merge") for before in ("MISSING", "old")]
    writes = [*(writes if t.claims.merges else writes[:2]), "(old, 'delete', (), MISSING)"]
    swaps = {"create": "MISSING, new", "write": "old, new", "all": "old, MISSING"}
    for level, args in swaps.items():
        if t.claims.keeps_to("swaps", level):
            writes.append(f"({args.split(',')[0]}, 'swap', ({args}), {args.split()[-1]})")
    listing = "lambda store: sorted(store.refs(Ref()))" if t.claims.lists else "None"
    _killed(t, "Ref('r'), Ref('r', 'near')", writes, f"'get', 'put', {listing}")


@law("survives", level="kill", kind="mapping", chapter=CHAPTER)
def a_key_killed_at_any_step_shows_before_or_after(t: Trial) -> None:
    """a write at k, killed after any step of output: d[k] is as before it or as after it, and all else as before"""
    writes = [f"({before}, '__setitem__', (new,), new)" for before in ("MISSING", "old")]
    listing = "sorted" if t.claims.lists else "None"
    _killed(
        t, "'r', 'r.near'", [*writes, "(old, '__delitem__', (), MISSING)"], f"'__getitem__', '__setitem__', {listing}"
    )


def _killed(t: Trial, keys: str, writes: list[str], how: str) -> None:
    if t.place.directory is None:
        raise Exempted("only a store in a directory has a process that can be killed")
    if any("..." in line for line in t.place.opening_lines()):
        raise Void("the factory cannot be imported by another process")
    again = t.place.again_line("store").partition(" = ")[2].replace("make()", "opened(place)")
    value, long = VALUES[t.claims.values], min(LONG, t.claims.max_value)
    t.steps += [Recorded("def", getsource(each), ()) for each in HELPERS]
    t.steps += [
        Recorded("", f"r, near = {keys}", ()),
        Recorded("", f"old, new = {value.format('o', long)}, {value.format('n', long)}", ()),
        Recorded("", f"writes = [{', '.join(writes)}]", ()),
        Recorded(
            "", f"killed_at_each_step(lambda place: {again}, r, near, old, writes, {max(4, t.rounds)}, {how})", ()
        ),
    ]
    if t.claims.max_value >= 2 * HUGE:  # some stores write what is large another way, over what is there
        huge = f"old, new = {value.format('o', HUGE)}, {value.format('n', HUGE)}"
        over = next(each for each in writes if each.startswith("(old"))
        t.steps.append(Recorded("", huge, ()))
        again = f"killed_at_each_step(lambda place: {again}, r, near, old, [{over}], 4, {how})"
        t.steps.append(Recorded("", again, ()))
    _run(t)


def _run(t: Trial) -> None:
    """Run the trial as the script that it will be; its AssertionError breaks the law."""
    place = mkdtemp(prefix="conform-", dir=scratch())
    t.pulse.since, t.pulse.patience = monotonic(), 4 + 2 * LONGEST / 30
    try:
        status, said = _ended(t, f"import tempfile\ntempfile.tempdir = {place!r}\n{script(t, Broken(''))}")
    finally:
        rmtree(place, ignore_errors=True)
        t.pulse.since, t.pulse.patience = monotonic(), 1.0
    if said.startswith("AssertionError: "):
        raise Broken(f"{said.removeprefix('AssertionError: ')}.")
    if status:
        raise Void(f"the script of the writer failed: {said}")


def _ended(t: Trial, program: str) -> tuple[int, str]:
    """The exit status of a program of Python, and the last line that it complained in."""
    end = monotonic() + LONGEST
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  # ours
        while True:
            try:
                complaint = process.communicate(timeout=0.2)[1]
                return process.returncode, (complaint.strip().splitlines() or [""])[-1]
            except subprocess.TimeoutExpired:
                if t.pulse.stop or monotonic() > end:
                    process.kill()
                    raise Void(f"all the kills took more than {LONGEST} s") from None


def killed_at_each_step(
    opened: Any, r: Any, near: Any, old: Any, writes: Any, most: int, read: str, write: str, listing: Any
) -> None:
    import shutil

    for before, method, args, after in writes:
        kills, total = [(10**9, -1)], 0  # at first not before the end, which tells how many steps there are
        while kills:
            (kill, size), place = kills.pop(), Path(mkdtemp())
            store = opened(place)
            for key, value in [(near, old), *([] if before is MISSING else [(r, before)])]:
                getattr(store, write)(key, value)
            getattr(store, "close", int)()
            del store
            sizes = {0, *(path.stat().st_size for path in place.rglob("*") if path.is_file())}
            done, end = killed_after(kill, size, opened, place, method, (r, *args))
            if not total:
                total = done
                kills = [(10**9, each + more) for each in sizes for more in (9_999, 1)][-most:]
                kills += [(each, -1) for each in range(1, done + 1, -(-done // most) or 1)][::-1]
            what = f"{method} {'where nothing was' if before is MISSING else 'over what was there'}"
            how = f"after {done} of its {total} steps of output" if size < 0 else f"when a file grew over {size} bytes"
            what += f", killed {how}" if end else " returned, then a kill"
            assert end in ("", "killed"), f"{method} raised {end}"
            may = {"what was there": before, "what was written": after} if end else {"what was written": after}
            if end or size < 0:
                checked(what, opened, place, r, near, old, may, read, write, listing)
            shutil.rmtree(place)


def killed_after(steps: int, size: int, opened: Any, place: Any, method: str, args: Any) -> tuple[int, str]:
    import os

    reading, telling = os.pipe()
    writer = os.fork()
    if writer == 0:
        dying(steps, size, telling, opened, place, method, args)
    os.close(telling)
    with open(reading, "rb") as pipe:
        done, _, end = pipe.read().decode(errors="replace").partition(" ")
    os.waitpid(writer, 0)
    return int(done or 0), end if done else "killed"


def limited(size: int) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which ends the process in the middle of what it writes
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def dying(steps: int, size: int, telling: int, opened: Any, place: Any, method: str, args: Any) -> None:
    import os
    import signal
    import threading

    heard, changes = [0], ("os.rename", "os.remove", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.truncate")
    io = os.open("/proc/self/io", os.O_RDONLY) if os.path.exists("/proc/self/io") else -1

    def done() -> int:  # what was changed in a folder, and the calls of write
        return heard[0] + (int(os.pread(io, 999, 0).split(b"syscw: ")[1].split()[0]) if io >= 0 else 0)

    def hook(event: str, what: Any) -> None:
        writes = event == "open" and what[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        heard[0] += bool(event in changes or writes)

    def look(*_: Any) -> None:  # after each call that any function makes
        if done() - start >= steps or (
            size >= 0 and any(size == each.stat().st_size for each in Path(place).rglob("*"))
        ):
            die("killed")  # when a file grew over the size, too: after the first part of what was to be written

    def die(end: str) -> None:
        os.write(telling, f"{done() - start} {end}".encode())
        os.kill(os.getpid(), signal.SIGKILL)

    if size >= 0:
        limited(size)
    start = done()
    sys.addaudithook(hook)
    threading.setprofile(look)
    sys.setprofile(look)
    try:
        store = opened(place)
        getattr(store, method)(*args)
        end = ""
    except BaseException as error:  # noqa: BLE001  # told in the other process, whatever it is
        end = repr(error)
    sys.setprofile(None)
    die(end)


def checked(
    what: str, opened: Any, place: Any, r: Any, near: Any, old: Any, may: Any, read: str, write: str, listing: Any
) -> None:
    import signal

    def late(*_: Any) -> None:
        raise AssertionError(f"{what}; opened again, it did not come back within 30 s")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(30)
    try:
        store = opened(place)
        found = is_at(store, read, r)
        fits = any(found is each or found == each for each in may.values())
        shows = "nothing" if found is MISSING else repr(found)[:40]
        assert fits, f"{what}; opened again, it holds {shows}, not {' or '.join(may)}"
        assert is_at(store, read, near) == old, f"{what}; opened again, {near!r}, which it did not touch, has changed"
        there = sorted([near, *([] if found is MISSING else [r])])
        seen = listing(store) if listing else there
        assert seen == there, f"{what}; opened again, it lists {seen}, but {there} can be read"
        counted = len(store) if listing is sorted else len(there)
        assert counted == len(there), f"{what}; opened again, its len is {counted}, but it lists {there}"
        getattr(store, write)(r, old)
        getattr(store, "close", int)()
        assert is_at(opened(place), read, r) == old, f"{what}; what was written after that is not there"
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"{what}; after that it raised {error!r}") from error
    finally:
        signal.alarm(0)


def is_at(store: Any, read: str, key: Any) -> Any:
    try:
        return getattr(store, read)(key)
    except KeyError:
        return MISSING


HELPERS = (limited, dying, killed_after, is_at, checked, killed_at_each_step)
