"""Judge the peers, into reports/*.json, matrix.html and run.txt. Not part of `make test`: it needs the network once.

    python docs/peers/run.py [--venv DIR] [NAME...]     all peers, or those of stores.py that are named

The peers are installed, as requirements.txt pins them, into an environment of their own. Each is judged by
store-conform, the script that is printed for each broken law is run, and so is every file of findings/: each must fail.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FINDINGS = HERE / "findings"
MAIN = "from storage_conformance.cli import main; main()"
PEERS = (
    "FsspecMemory", "FsspecLocal", "ObstoreMemory", "ObstoreLocal", "ZarrMemory", "ZarrLocal", "diskcache_index",
    "python_shelve", "Dumb", "sqlitedict_file", "SimplekvMemory", "SimplekvFiles", "MinimalkvFiles", "ZictFile",
    "klepto_folders",
)  # fmt: skip  # one list
PLACES = r"/dev/shm/conform-\w{8}"  # taken out of what is published
STEP = "3"  # for all, so that a loaded machine tries no less than another
LIMIT = 300.0  # seconds for one peer
SCRIPT = 120.0  # seconds for one script


def environment(venv: Path) -> Path:
    """The Python of an environment that has what requirements.txt says."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True
        )
    return python


def ran(python: Path, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT / "reference"), str(ROOT / "conformance"), str(HERE)])
    return subprocess.run(
        [str(python), *arguments], cwd=HERE, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True,
        timeout=seconds, check=False,
    )  # fmt: skip  # one command


def judged(python: Path, peer: str) -> dict[str, object]:
    """The report, which is kept without the place where this checkout is."""
    path = HERE / "reports" / f"{peer}.json"
    ran(
        python,
        "-c",
        MAIN,
        f"stores.py:{peer}",
        "--step",
        STEP,
        "--time-limit",
        str(LIMIT),
        "--json",
        str(path),
        seconds=2 * LIMIT,
    )
    report = json.loads(re.sub(PLACES, "DIRECTORY", path.read_text("utf-8").replace(str(HERE), ".")))
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return report  # type: ignore[no-any-return]  # JSON


def fails(python: Path, *program: str) -> bool:
    """Does the program end with an exception?"""
    try:
        done = ran(python, *program, seconds=SCRIPT)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 1 and "Traceback" in done.stderr


def line(python: Path, peer: str) -> str:
    """What is to be said of one peer."""
    report = judged(python, peer)
    laws: list[dict[str, str]] = report["laws"]  # type: ignore[assignment]  # JSON
    broken = [law for law in laws if law["verdict"] == "broken"]
    again = [law for law in broken if fails(python, "-c", law["script"])]
    holds = sum(law["verdict"] == "holds" for law in laws)
    told = f"{peer:16} {report['verdict']:10} {holds:3} hold, {len(broken):2} broken, {len(again):2} scripts fail alone"
    return said(f"{told}, step {report['step']}, {report['seconds']} s")


def said(text: str) -> str:
    print(text, flush=True)
    return text


def told(python: Path, finding: Path) -> str:
    return said(f"{finding.name:30} {'fails, as it should' if fails(python, str(finding)) else 'DOES NOT FAIL'}")


def head() -> list[str]:
    """What was run, where and when."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.0f}"
    return [
        f"date: {datetime.now(UTC):%Y-%m-%d}, commit {commit}",
        f"machine: {machine}, Python {platform.python_version()}",
        "command: python docs/peers/run.py, one run, on a machine that did other things too",
        "",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--venv", type=Path, default=ROOT / "build" / "peers", help="where the peers are installed")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PEERS)}")
    options = parser.parse_args()
    python = environment(options.venv)
    (HERE / "reports").mkdir(exist_ok=True)
    peers = [line(python, peer) for peer in options.names or PEERS]
    found = [] if options.names else [told(python, path) for path in sorted(FINDINGS.glob("*.py"))]
    files = [str(HERE / "reports" / f"{peer}.json") for peer in PEERS if (HERE / "reports" / f"{peer}.json").exists()]
    ran(python, "-c", MAIN, "--matrix", *files, "--html", str(HERE / "matrix.html"), seconds=SCRIPT)
    if not options.names:
        (HERE / "run.txt").write_text("\n".join([*head(), *peers, *found]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
