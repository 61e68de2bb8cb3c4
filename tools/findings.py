"""findings: is every violation in a report of `store-crash filesystem --json` one that docs/findings tells of?

    python tools/findings.py build/crash/xfs.json

Exits 0 if so, 1 with each that is new. A finding is known by the words of its explanation, in docs/findings/known.json.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FINDINGS = Path(__file__).parents[1] / "docs" / "findings"


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
    """One line of figures, then each violation that is new."""
    shown = ", ".join(f"docs/findings/{page}" for page in sorted(pages))
    known = f", known: {shown}" if pages else ""
    figures = f"{report['workloads']} workloads, {report['states']} states, {report['seconds']:.0f} seconds"
    yield f"{report['filesystem']}: {figures}, {len(report['violations'])} violations, {len(new)} of them new{known}"
    for violation in new:
        yield f"  {'; '.join(violation['workload'])}: {violation['explanation']}"


def main(arguments: list[str]) -> int:
    """The exit status."""
    known = json.loads((FINDINGS / "known.json").read_text("utf-8"))
    status = 0
    for name in arguments:
        report = json.loads(Path(name).read_text("utf-8"))
        pages, new = judged(report, known)
        print(*told(report, pages, new), sep="\n")
        status |= bool(new) or report["verdict"] == "incomplete"
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
