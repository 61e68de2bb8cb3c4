"""How long store-crash run takes to a verdict, for programs of the tests that are typical, each judged as a user would.

Seconds on the clock are of two or more processors and of this moment's load, which is noted; seconds of the processor,
of this process and of all that it started, a busy neighbour disturbs less.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.table import Table

from storage_conformance.crash.run import Options, run
from storage_conformance.crash.run_command import parsed

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "tests" / "crash" / "programs"
RESULT = HERE / "results" / "crash_verdicts.json"
TYPICAL = ("naive", "rename_and_fsync", "replace", "log", "coreutils", "sqlite_extra")


def processor() -> float:
    """Seconds of the processor until now, of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def judged(name: str) -> tuple[str, int, float, float]:
    """The verdict, the states that were read, seconds on the clock, seconds of the processor."""
    program = f"{quote(sys.executable)} {quote(str(PROGRAMS / name))}.py"
    commands = parsed(f"{program} write {{dir}} {{key}} {{file}}", f"{program} read {{dir}} {{key}}", "")
    start = time.monotonic(), processor()
    result = run(commands, Options(Path())).models["posix-worst"]
    return result.verdict, result.distinct, time.monotonic() - start[0], processor() - start[1]


def measured(name: str, runs: int) -> dict[str, object]:
    verdicts, distinct, clock, used = zip(*(judged(name) for _ in range(runs)), strict=True)
    return {
        "program": name, "verdict": verdicts[0], "distinct": distinct[0],
        "seconds": round(statistics.median(clock), 1), "from": round(min(clock), 1), "to": round(max(clock), 1),
        "processor seconds": round(statistics.median(used), 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="of each program (default: 3)")
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: benchmarks/results)")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = [measured(name, options.runs) for name in TYPICAL]
    result = {
        "command": f"python benchmarks/crash_verdicts.py --runs {options.runs}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "system": platform.system(), "kernel": platform.release(), "processor": platform.machine(),
            "cores": os.cpu_count(), "python": platform.python_version(), "load average at the start": round(load, 1),
        },
        "runs": options.runs, "spread": "least and most of the runs", "model": "posix-worst", "rows": rows,
    }  # fmt: skip
    options.result.parent.mkdir(exist_ok=True)
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    table = Table(*rows[0], title="store-crash run, to a verdict")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
