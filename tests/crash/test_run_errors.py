"""Error mode: what a program says after a sync that failed, on a full disk, and when a file can grow no more."""

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from storage_conformance.crash.run import Options, run
from storage_conformance.crash.run_command import parsed
from storage_conformance.crash.run_places import MEMORY, file_system
from storage_conformance.crash.run_result import ModelResult
from storage_conformance.crash.timeline import rows

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, only on Linux")

PROGRAM = """
import os, sys
verb, folder, *file = sys.argv[1:]
path = folder + "/value"
if verb == "read":
    sys.exit(3) if not os.path.exists(path) else sys.stdout.buffer.write(open(path, "rb").read())
    sys.exit()
data = open(file[0], "rb").read()
new = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
WRITE
SYNC
os.rename(path + ".new", path)
os.fsync(os.open(folder, os.O_RDONLY))
"""
WHOLE = "while data: data = data[os.write(new, data):]"
MAPPED = "import mmap; os.close(new); new = os.open(path + '.new', os.O_RDWR); os.ftruncate(new, len(data))"
MAPPED += "; m = mmap.mmap(new, len(data)); m[:] = data"
AGAIN, ALL = (f"try: os.fsync(new)\nexcept OSError: {later}" for later in ("os.fsync(new)", "os.sync()"))


def judged(place: Path, write: str, sync: str, *, errors: bool) -> ModelResult:
    where = Path.cwd() if file_system(place) in MEMORY else place
    (place / "own.py").write_text(PROGRAM.replace("WRITE", write).replace("SYNC", sync))
    program = f"{shlex.quote(sys.executable)} {shlex.quote(str(place / 'own.py'))}"
    commands = parsed(f"{program} write {{dir}} {{file}}", f"{program} read {{dir}}", "")
    return run(commands, Options(where, budget=20, errors=errors, deeper=False)).models["posix-worst"]


@pytest.mark.parametrize(
    ("write", "sync", "lie"),
    [
        (WHOLE, "os.fsync(new)", ""),
        (WHOLE, AGAIN, 'fsync("data/value.new") fails with EIO'),
        (MAPPED, "try: m.flush()\nexcept OSError: os.sync()", "msync fails with EIO"),
        (WHOLE, ALL, 'fsync("data/value.new") fails with EIO'),
        ("os.write(new, data)", "os.fsync(new)", "files grow to 6000 bytes and no further"),
        (
            "try: os.write(new, data)\nexcept OSError: pass",
            "os.fsync(new)",
            'write("data/value.new") fails with ENOSPC',
        ),
    ],
    ids=[
        "right",
        "asks again",
        "syncs all, mapped",
        "syncs all",
        "takes a short write for a whole one",
        "goes on without the data",
    ],
)
def test_a_program_may_fail_but_must_not_lie(tmp_path, write, sync, lie) -> None:
    result = judged(tmp_path, write, sync, errors=True)
    assert {found.scenario for found in result.found} == ({lie} if lie else set())
    assert result.verdict == ("unsafe" if lie else "safe")
    failed = {row.call for found in result.found for row in rows(found.state) if row.look == "failed"}
    assert failed == ({f'{re.match("[a-z]+", lie)[0]}("data/value.new") failed'} if "EIO" in lie else set())


def test_errors_are_only_injected_where_that_is_asked_for(tmp_path) -> None:
    assert judged(tmp_path, "os.write(new, data)", "os.fsync(new)", errors=False).verdict == "safe"
