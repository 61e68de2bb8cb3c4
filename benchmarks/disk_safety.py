"""What each level of Disk's safety costs, beside a plain open().write(), in one interleaved run.

Every round does the same write once in each way, in an order drawn anew, so that a busy neighbour disturbs all alike.
The figure is the median over the rounds of the time divided by the plain one of the same round; the spread is from
the quarter of rounds below to the quarter above.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from storage_combinators import Ref
from storage_combinators.leaves.disk import Disk

RESULT = Path(__file__).parent / "results" / "disk_safety.json"
CASES = {"replace 4 KiB": (4096, False), "create 4 KiB": (4096, True), "replace 1 MiB": (2**20, False)}
Write = Callable[[str, bytes], None]


def ways(root: Path) -> dict[str, Write]:
    """The plain way and the three levels, each in a folder of its own, into which the name of a value is given."""
    (root / "plain").mkdir()

    def plain(name: str, data: bytes) -> None:
        with open(root / "plain" / name, "wb") as file:
            file.write(data)

    stores = {safety: Disk(root / safety, safety) for safety in ("kill", "order", "power")}
    puts = {safety: lambda name, data, put=store.put: put(Ref(name), data) for safety, store in stores.items()}
    return {"plain": plain, **puts}


def rounds(root: Path, size: int, create: bool, runs: int, dice: random.Random) -> Iterator[dict[str, float]]:
    """The seconds of each way in each of `runs` rounds, after one that is not counted."""
    writes, data = ways(root), dice.randbytes(size)
    for number in range(-1, runs):
        took = {}
        for way in dice.sample(list(writes), len(writes)):
            start = time.perf_counter()
            writes[way](f"n{number if create else 0}", data)
            took[way] = time.perf_counter() - start
        if number >= 0:
            yield took


def row(case: str, way: str, took: list[dict[str, float]]) -> dict[str, object]:
    ratios = [each[way] / each["plain"] for each in took]
    low, middle, high = statistics.quantiles(ratios, n=4)
    micro = statistics.median(each[way] for each in took) * 1e6
    return {"case": case, "safety": way, "ratio": round(middle, 2), "from": round(low, 2), "to": round(high, 2),
            "microseconds": round(micro, 1)}  # fmt: skip


def machine(folder: str) -> dict[str, object]:
    """What the figures depend on; no name of a host or folder."""
    asked = ["stat", "-f", "-c", "%T", folder] if platform.system() == "Linux" else ["stat", "-f", "%T", folder]
    filesystem = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    return {
        "system": platform.system(), "kernel": platform.release(), "processor": platform.machine(),
        "cores": os.cpu_count(), "python": platform.python_version(), "filesystem": filesystem,
    }  # fmt: skip


def show(rows: list[dict[str, object]], console: Console) -> None:
    table = Table(title="one write, as a multiple of open().write()")
    for column in ("case", "safety", "times plain", "spread", "microseconds"):
        table.add_column(column, justify="left" if column in ("case", "safety") else "right")
    for each in rows:
        spread = f"{each['from']} to {each['to']}"
        table.add_row(str(each["case"]), str(each["safety"]), str(each["ratio"]), spread, str(each["microseconds"]))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="rounds of each case (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the order within a round (default: 1)")
    parser.add_argument("--directory", default=".", help="on the disk to be measured (default: the current one)")
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: benchmarks/results)")
    options = parser.parse_args()
    rows = []
    for case, (size, create) in CASES.items():
        with TemporaryDirectory(dir=options.directory) as folder:
            took = list(rounds(Path(folder), size, create, options.runs, random.Random(options.seed)))
        rows += [row(case, way, took) for way in ("plain", "kill", "order", "power")]
    command = f"python benchmarks/disk_safety.py --runs {options.runs} --seed {options.seed}"
    result = {
        "command": command, "date": datetime.now(UTC).date().isoformat(), "machine": machine(options.directory),
        "runs": options.runs, "spread": "first to third quartile of the rounds", "rows": rows,
    }  # fmt: skip
    options.result.parent.mkdir(exist_ok=True)
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    show(rows, Console())


if __name__ == "__main__":
    main()
