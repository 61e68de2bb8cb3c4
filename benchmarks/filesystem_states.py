"""How many crash states a second of a real file system: the image built, attached, mounted, read, written, unmounted.

As root, with /dev/fuse and loop devices. The workload, three times: a new file, synced, renamed over the old one, and
the folder synced; of its states some, spread evenly over them all. Beside it the rates of the prototype from which the
tester was made, on a quiet machine of two cores; it only read one file, and had smaller images (4 MB for ext4, 16 MB
for the others). Rates are by the clock, since mounting waits more than it computes: on a busy machine they say little,
so the load is written beside them.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from storage_conformance.crash.filesystem.bench import Bench
from storage_conformance.crash.filesystem.image import BLOCK
from storage_conformance.crash.filesystem.isolation import Isolated, place
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.needs import missing
from storage_conformance.crash.filesystem.promises import PROMISES
from storage_conformance.crash.filesystem.states import states
from storage_conformance.crash.filesystem.workload import Calls

RESULT = Path(__file__).parent / "results" / "filesystem_states.json"
PROTOTYPE = {"ext4": "508", "xfs": "146 to 185", "btrfs": "361"}
TIMES = 3
AT_MOST = 100
"""States of each run: enough for a rate, and the whole takes two or three minutes on a quiet machine."""
ONE = ("create new", "append new 10000", "fsync new", "rename new old", "fsync .")


def rates(pipe: Connection, name: str, folder: Path, runs: int) -> None:
    """Sends: how many states, and states a second of each run, without and with the file system's checker."""
    bench = Bench(kind_of(name), folder)
    workload = Calls(ONE * TIMES, ("create old", "append old 10000"), PROMISES[name])
    every = list(states(bench.record(workload)))
    found = every[:: -(-len(every) // AT_MOST)]
    measured = []
    for thorough in (False, True):
        for _ in range(runs):
            start = time.perf_counter()
            for state in found:
                assert not bench.complaints(state, workload, thorough=thorough) or state.size < BLOCK
            measured.append(len(found) / (time.perf_counter() - start))
    pipe.send((len(found), measured[:runs], measured[runs:]))


def measured(name: str, at_once: int, runs: int) -> dict[str, object]:
    with place() as folder:
        benches = [Isolated(rates, name, folder / str(number), runs) for number in range(at_once)]
        answers = [bench.pipe.recv() for bench in benches]
        for bench in benches:
            bench.close()
    together = [sum(run) for run in zip(*(answer[1] for answer in answers), strict=True)]
    checked = [sum(run) for run in zip(*(answer[2] for answer in answers), strict=True)]
    return {
        "file system": name, "processes": at_once, "states": answers[0][0],
        "states per second": round(statistics.median(together)),
        "from": round(min(together)), "to": round(max(together)),
        "with its checker": round(statistics.median(checked)), "prototype": PROTOTYPE[name],
    }  # fmt: skip


def show(rows: list[dict[str, object]]) -> None:
    table = Table(*rows[0], title="crash states of real file systems")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=150).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(PROTOTYPE), help="file systems (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="of each row (default: 5)")
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: benchmarks/results)")
    options = parser.parse_args()
    lacking = sorted({line for name in options.names for line in missing(kind_of(name))})
    if lacking:
        sys.exit(f"not measured, since this is missing: {'; '.join(lacking)}")
    load = os.getloadavg()[0]
    rows = [measured(name, at_once, options.runs) for name in options.names for at_once in (1, 2)]
    result = {
        "command": f"python benchmarks/filesystem_states.py --runs {options.runs}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "system": platform.system(), "kernel": platform.release(), "processor": platform.machine(),
            "cores": os.cpu_count(), "python": platform.python_version(), "load average at the start": round(load, 1),
        },
        "runs": options.runs, "spread": "lowest and highest of the runs", "rows": rows,
    }  # fmt: skip
    options.result.parent.mkdir(exist_ok=True)
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    show(rows)


if __name__ == "__main__":
    main()
