"""What one layer costs, and tracing off and on, beside the wrappers of six libraries, in one interleaved run.

Each wrapper is measured against its own inner store, over values of 100 bytes in memory (obstore's prefix: over files,
for it has no other). Every round times batches of calls on the inner store and on the wrapped one, in an order drawn
anew. The figures are of CPU time: microseconds that one call through the layer costs beyond one without, and the ratio
of the two; the median over the rounds, and the spread from the quarter of rounds below to the quarter above.
Asynchronous stores are awaited inside one running loop, so that they do not pay for starting it.

The peers are installed into build/layers the first time, by benchmarks/layers.txt.
"""

import argparse
import asyncio
import json
import logging
import os
import platform
import random
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build" / "layers"
RESULT = ROOT / "benchmarks" / "results" / "layers.json"
VALUE = b"x" * 100
CALLS = 200  # in a batch
Batch = Callable[[], object]  # CALLS calls
PAGE = """# What a layer costs

Written by `{command}` on {date}: Python {python} on {cores} cores, {loaded}; {runs} rounds of
{calls} calls, from [layers.json](../benchmarks/results/layers.json), which has the versions. CPU microseconds that one
layer adds to a call on a value of 100 bytes in memory, the median; the spread is that of the middle half of the rounds.

| row | verb | layer | adds, µs | spread | times without |
|---|---|---|---|---|---|
{table}

A tree that is not traced has no node for it, so its cost is that of nothing: the row shows what is measured of nothing.
obstore joins its prefix natively inside the file store, which is no layer over another store: what it costs is lost in
the noise of the files, below zero as often as above. The others are layers over a store in memory, as ours are.
"""


class Contender(NamedTuple):
    """A layer of one library, with and without it: batches of get and put."""

    row: str  # what it is compared with
    name: str
    plain: dict[str, Batch]
    layered: dict[str, Batch]


def calls(get: Callable[[], object], put: Callable[[], object]) -> dict[str, Batch]:
    """Batches of synchronous calls; get finds what put has put."""

    def repeated(call: Callable[[], object]) -> Batch:
        def batch() -> None:
            for _ in range(CALLS):
                call()

        return batch

    put()
    return {"get": repeated(get), "put": repeated(put)}


def awaits(loop: asyncio.AbstractEventLoop, get: Callable[[], Any], put: Callable[[], Any]) -> dict[str, Batch]:
    """Batches of asynchronous calls, each inside one run of the loop."""

    def repeated(call: Callable[[], Any]) -> Batch:
        async def batch() -> None:
            for _ in range(CALLS):
                await call()

        return lambda: loop.run_until_complete(batch())

    loop.run_until_complete(put())
    return {"get": repeated(get), "put": repeated(put)}


def ours() -> Iterator[Contender]:
    from storage_combinators import Memory, PassThrough, Ref, Relative, traced

    ref = Ref("folder", "name")

    def of(store: Any) -> dict[str, Batch]:
        return calls(lambda: store.get(ref), lambda: store.put(ref, VALUE))

    def nothing(_: object) -> None:
        """Where the spans go: what is measured is that they are made."""

    yield Contender("pass-through", "storage-combinators PassThrough", of(Memory()), of(PassThrough(Memory())))
    yield Contender("prefix", "storage-combinators Relative", of(Memory()), of(Relative(Memory(), Ref("base"))))
    yield Contender("tracing off", "storage-combinators, not traced", of(Memory()), of(Memory()))
    yield Contender("tracing on", "storage-combinators traced", of(Memory()), of(traced(Memory(), nothing)))


def zarr(loop: asyncio.AbstractEventLoop) -> Iterator[Contender]:
    from zarr.core.buffer import default_buffer_prototype
    from zarr.core.buffer.cpu import Buffer
    from zarr.storage import LoggingStore, MemoryStore, StorePath, WrapperStore

    prototype, value = default_buffer_prototype(), Buffer.from_bytes(VALUE)

    def of(store: Any) -> dict[str, Batch]:
        return awaits(loop, lambda: store.get("folder/name", prototype), lambda: store.set("folder/name", value))

    def below(path: Any) -> dict[str, Batch]:
        return awaits(loop, lambda: (path / "folder/name").get(prototype), lambda: (path / "folder/name").set(value))

    handler = logging.NullHandler()
    off, on = (LoggingStore(MemoryStore(), log_level=level, log_handler=handler) for level in ("CRITICAL", "DEBUG"))
    yield Contender("pass-through", "zarr WrapperStore", of(MemoryStore()), of(WrapperStore(MemoryStore())))
    yield Contender("prefix", "zarr StorePath", of(MemoryStore()), below(StorePath(MemoryStore(), "base")))
    yield Contender("tracing off", "zarr LoggingStore, critical only", of(MemoryStore()), of(off))
    yield Contender("tracing on", "zarr LoggingStore, all", of(MemoryStore()), of(on))


def fsspec() -> Iterator[Contender]:
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.memory import MemoryFileSystem

    def of(system: Any) -> dict[str, Batch]:
        return calls(lambda: system.cat_file("/name"), lambda: system.pipe_file("/name", VALUE))

    yield Contender(
        "prefix", "fsspec DirFileSystem", of(MemoryFileSystem()), of(DirFileSystem("/base", MemoryFileSystem()))
    )


def obstore(folder: str) -> Iterator[Contender]:
    from obstore.store import LocalStore

    def of(store: Any, key: str) -> dict[str, Batch]:
        return calls(lambda: store.get(key).bytes(), lambda: store.put(key, VALUE))

    whole = f"{folder}/name".removeprefix("/")
    yield Contender("prefix", "obstore prefix, over files", of(LocalStore(), whole), of(LocalStore(folder), "name"))


def of_kv(name: str, memory: Any, decorator: Any, prefix: Any) -> Iterator[Contender]:
    def of(store: Any) -> dict[str, Batch]:
        return calls(lambda: store.get("name"), lambda: store.put("name", VALUE))

    yield Contender("pass-through", f"{name} StoreDecorator", of(memory()), of(decorator(memory())))
    yield Contender("prefix", f"{name} PrefixDecorator", of(memory()), of(prefix("base_", memory())))


def simplekv() -> Iterator[Contender]:
    from simplekv.decorator import PrefixDecorator, StoreDecorator
    from simplekv.memory import DictStore

    yield from of_kv("simplekv", DictStore, StoreDecorator, PrefixDecorator)


def minimalkv() -> Iterator[Contender]:
    from minimalkv.decorator import PrefixDecorator, StoreDecorator
    from minimalkv.memory import DictStore

    yield from of_kv("minimalkv", DictStore, StoreDecorator, PrefixDecorator)


def opendal() -> Iterator[Contender]:
    from opendal import Operator
    from opendal.layers import RetryLayer

    def of(store: Any) -> dict[str, Batch]:
        return calls(lambda: store.read("name"), lambda: store.write("name", VALUE))

    yield Contender(
        "pass-through", "opendal RetryLayer", of(Operator("memory")), of(Operator("memory").layer(RetryLayer()))
    )


def timed(batch: Batch) -> float:
    """CPU microseconds of one call."""
    start = time.process_time_ns()
    batch()
    return (time.process_time_ns() - start) / 1000 / CALLS


def measured(contenders: list[Contender], runs: int, dice: random.Random) -> list[dict[str, object]]:
    """A row for each contender and verb."""
    took: dict[tuple[int, str], list[tuple[float, float]]] = {}
    pairs = [(place, verb) for place in range(len(contenders)) for verb in ("get", "put")]
    for number in range(-1, runs):  # one round that is not counted
        for place, verb in dice.sample(pairs, len(pairs)):
            sides = {"plain": contenders[place].plain[verb], "layered": contenders[place].layered[verb]}
            found = {side: timed(sides[side]) for side in dice.sample(list(sides), 2)}
            if number >= 0:
                took.setdefault((place, verb), []).append((found["plain"], found["layered"]))
    rows = [row(contenders[place], verb, took[place, verb]) for place, verb in pairs]
    return sorted(rows, key=lambda each: (each["row"], each["verb"], each["microseconds"]))


def row(contender: Contender, verb: str, took: list[tuple[float, float]]) -> dict[str, object]:
    low, middle, high = statistics.quantiles([layered - plain for plain, layered in took], n=4)
    ratio = statistics.median(layered / plain for plain, layered in took)
    without = statistics.median(plain for plain, _ in took)
    return {
        "row": contender.row, "verb": verb, "layer": contender.name, "microseconds": round(middle, 3),
        "from": round(low, 3), "to": round(high, 3), "ratio": round(ratio, 2), "without": round(without, 3),
    }  # fmt: skip


def machine() -> dict[str, object]:
    return {
        "system": platform.system(), "kernel": platform.release(), "processor": platform.machine(),
        "cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1),
        "libraries": {line.partition("==")[0]: version(line.partition("==")[0])
                      for line in (ROOT / "benchmarks" / "layers.txt").read_text().split() if "==" in line},
    }  # fmt: skip


def show(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="CPU microseconds that a layer adds to a call")
    for column in ("row", "verb", "layer", "adds", "spread", "times without"):
        table.add_column(column)
    for each in result["rows"]:
        spread = f"{each['from']} to {each['to']}"
        table.add_row(
            *(each[name] for name in ("row", "verb", "layer")), str(each["microseconds"]), spread, str(each["ratio"])
        )
    Console(width=120).print(table)


def page(result: dict[str, Any]) -> str:
    """docs/layers.md."""
    machine = result["machine"]
    loaded = "loaded (others worked on it at the same time)" if machine["load"] > machine["cores"] else "quiet"
    rows = [
        f"| {each['row']} | {each['verb']} | {each['layer']} | {each['microseconds']} | {each['from']} to {each['to']} "
        f"| {each['ratio']} |"
        for each in result["rows"]
    ]
    return PAGE.format(**result, loaded=loaded, cores=machine["cores"], python=machine["python"], table="\n".join(rows))


def here() -> int:
    """Run this file where the peers are, which are installed first."""
    python = PLACE / "bin" / "python"
    pins = ROOT / "benchmarks" / "layers.txt"
    if not (PLACE / "installed").exists() or (PLACE / "installed").read_text() != pins.read_text():
        venv.create(PLACE, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--requirement", pins], check=True)
        (PLACE / "installed").write_text(pins.read_text())
    given = {**os.environ, "PYTHONPATH": str(ROOT / "reference")}
    return subprocess.run([python, __file__, *sys.argv[1:]], env=given, check=False).returncode


def main() -> int:
    if Path(sys.prefix) != PLACE:
        return here()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30, help="rounds (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the order within a round (default: 1)")
    parser.add_argument("--result", type=Path, default=RESULT, help="where to write (default: benchmarks/results)")
    options = parser.parse_args()
    with asyncio.Runner() as runner, TemporaryDirectory() as folder:
        makers = [ours(), zarr(runner.get_loop()), fsspec(), obstore(folder), simplekv(), minimalkv(), opendal()]
        contenders = [contender for each in makers for contender in each]
        rows = measured(contenders, options.runs, random.Random(options.seed))
    result = {
        "command": f"python benchmarks/layers.py --runs {options.runs} --seed {options.seed}",
        "date": datetime.now(UTC).date().isoformat(), "machine": machine(), "calls": CALLS, "runs": options.runs,
        "spread": "first to third quartile of the rounds", "rows": rows,
    }  # fmt: skip
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    (ROOT / "docs" / "layers.md").write_text(page(result), encoding="utf-8")
    show(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
