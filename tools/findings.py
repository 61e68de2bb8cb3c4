"""findings: is every violation in a report of `store-crash filesystem --json` one that is known?

    python tools/findings.py [--known docs/findings/known.json] build/crash/xfs.json...

Exits 0 if so, 1 with each that is new, or if a run was not finished. A finding is known by the words of its
explanation: known.json has, for each file system, the page that tells of it and a regular expression. This file needs
nothing but Python, so a CI can have a copy of both.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KNOWN = Path(__file__).parent.parent / "docs" / "findings" / "known.json"


def judged(report: dict[str, Any], known: dict[str, dict[str, str]]) -> tuple[set[str], list[dict[str, Any]]]:
    """The pages of the findings that are seen again, and the violations that are on none."""
    patterns = known.get(report["filesystem"], {})
    pages, new = set(), []
    for violation in report["violations"]:
        found = [page for page, pattern in patterns.items() if re.search(pattern, violation["explanation"])]
        pages |= set(found)
        new += [violation] if not found else []
    return pages, new


def told(report: dict[str, Any], pages: set[str], new: list[dict[str, Any]]) -> Iterator[str]:
    """One line of figures, then why the run was not finished, and each violation that is new."""
    known = f", known: {', '.join(sorted(pages))}" if pages else ""
    figures = f"{report['workloads']} workloads, {report['states']} states, {report['seconds']:.0f} seconds"
    yield f"{report['filesystem']}: {figures}, {len(report['violations'])} violations, {len(new)} of them new{known}"
    yield from (f"  not finished: {why}" for why in report.get("why", []))
    for violation in new:
        yield f"  {'; '.join(violation['workload'])}: {violation['explanation']}"


def main(arguments: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Is every violation in these reports known?")
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT")
    parser.add_argument("--known", type=Path, default=KNOWN, metavar="F", help="what is known, as JSON")
    asked = parser.parse_args(arguments)
    known = json.loads(asked.known.read_text("utf-8"))
    status = 0
    for path in asked.reports:
        report = json.loads(path.read_text("utf-8"))
        pages, new = judged(report, known)
        print(*told(report, pages, new), sep="\n")
        status |= bool(new) or bool(report.get("why")) or report["verdict"] == "incomplete"
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
