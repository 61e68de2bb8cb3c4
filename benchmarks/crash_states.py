"""How many crash states a second the models give in pure Python, each read in memory and held to "old or new".

Four ways to replace a value of 10 kB, under each model. A state is a legal choice that was looked at; distinct states
read differently, and are what a reader process is asked about. Beside it, what a tool pays for each state that sees one
state in one run of the program: a writer process and a reader process. Seconds are of the processor, so that a busy
neighbour disturbs less; waiting for the disk does not count.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.search import State, states
from storage_conformance.crash.trace import Create, Mark, Rename, Sync, Trace, Truncate, Write
from storage_conformance.crash.tree import ROOT, File, Folder, Tree

RESULT = Path(__file__).parent / "results" / "crash_states.json"
OLD, NEW = (b"o" * 10_000, b"n" * 10_000)
WRITER = "import os; f = open('t', 'wb'); f.write(b'n' * 10000); f.flush(); os.fsync(f.fileno()); os.rename('t', 'f')"
READER = "import sys; sys.stdout.buffer.write(open('f', 'rb').read())"


def in_place(trace: Trace) -> None:
    trace.add("open(f, O_TRUNC)", Truncate(1, 0))
    trace.add("write(f)", Write(1, 0, NEW))


def by_rename(trace: Trace, *, file: bool, folder: bool) -> None:
    trace.add("open(t, O_CREAT)", Create(2, ROOT, "t"))
    trace.add("write(t)", Write(2, 0, NEW))
    if file:
        trace.add("fsync(t)", Sync(2))
    trace.add("rename(t, f)", Rename(ROOT, "t", ROOT, "f"))
    if folder:
        trace.add("fsync(.)", Sync(ROOT))


WAYS: dict[str, Callable[[Trace], None]] = {
    "write in place": in_place,
    "rename": lambda trace: by_rename(trace, file=False, folder=False),
    "fsync, rename": lambda trace: by_rename(trace, file=True, folder=False),
    "fsync, rename, fsync of the folder": lambda trace: by_rename(trace, file=True, folder=True),
}


def recorded(way: Callable[[Trace], None]) -> Trace:
    trace = Trace(Tree({ROOT: Folder({"f": 1}), 1: File(OLD)}))
    trace.add("the writer starts", Mark("began", 1))
    way(trace)
    trace.add("the writer returned", Mark("returned", 1))
    return trace


def bad(state: State) -> bool:
    """What a reader and a judge do: neither old nor new, or old after the writer has returned."""
    nodes = state.tree.nodes
    root = nodes[ROOT]
    node = nodes.get(root.entries.get("f", -1)) if isinstance(root, Folder) else None
    content = node.content if isinstance(node, File) else None
    return content not in ((NEW,) if len(state.marks) > 1 else (OLD, NEW))


def measured(name: str, model: Model, runs: int, seed: int) -> dict[str, object]:
    rates, trace = [], recorded(WAYS[name])
    for _ in range(runs):
        start, search = time.process_time(), states(trace, model, seed=seed)
        violations = sum(map(bad, search))
        rates.append(search.states / (time.process_time() - start))
    low, middle, high = (round(rate) for rate in statistics.quantiles(rates, n=4))
    return {
        "way": name, "model": model.name, "states": search.states, "distinct": search.distinct,
        "bounded": search.bounded, "bad": violations, "states per second": middle, "from": low, "to": high,
    }  # fmt: skip


def children() -> float:
    """Seconds that the processor has spent on processes that were started here."""
    return os.times().children_user + os.times().children_system


def one_a_run(runs: int) -> dict[str, object]:
    """A writer process and a reader process, as often."""
    rates = []
    with TemporaryDirectory() as folder:
        for _ in range(runs):
            start = children()
            for program in (WRITER, READER):
                subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            rates.append(1 / (children() - start))
    low, middle, high = (round(rate, 1) for rate in statistics.quantiles(rates, n=4))
    return {"way": "one state in one run: two processes", "states per second": middle, "from": low, "to": high}


def show(rows: list[dict[str, object]]) -> None:
    columns = ("way", "model", "states", "distinct", "bad", "states per second", "from", "to")
    table = Table(*columns, title="crash states of replacing 10 kB")
    for row in rows:
        table.add_row(*(str(row.get(column, "")) for column in columns))
    Console(width=150).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="of each row (default: 7)")
    parser.add_argument("--seed", type=int, default=0, help="of the choices that are drawn (default: 0)")
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: benchmarks/results)")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = [measured(name, model, options.runs, options.seed) for name in WAYS for model in MODELS.values()]
    rows.append(one_a_run(options.runs))
    result = {
        "command": f"python benchmarks/crash_states.py --runs {options.runs} --seed {options.seed}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "system": platform.system(), "kernel": platform.release(), "processor": platform.machine(),
            "cores": os.cpu_count(), "python": platform.python_version(), "load average at the start": round(load, 1),
        },
        "runs": options.runs, "spread": "first to third quartile of the runs", "rows": rows,
    }  # fmt: skip
    options.result.parent.mkdir(exist_ok=True)
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    show(rows)


if __name__ == "__main__":
    main()
