"""`python docker/runner/not_run.py JUNIT`: were the tests of not_run.txt skipped in this run, and no others?

Prints a line for each that was skipped and is not listed, or is listed and was not skipped; then exit status 1.
"""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

LIST = Path(__file__).with_name("not_run.txt")
ELSEWHERE = "has it"  # how the reason of a test ends that another profile runs: no machine lacks anything for it


def listed(text: str) -> set[str]:
    """The tests that the list names, FILE::TEST each; its other lines say what they would need."""
    return {line for line in text.splitlines() if "::" in line}


def skipped(junit: Path) -> set[str]:
    """The tests that were skipped for what is not here, in the same words; one for all of its parameters."""
    found = set()
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 # pytest has just written it
        reasons = [each.get("message", "") for each in case.findall("skipped[@type='pytest.skip']")]
        if any(not reason.endswith(ELSEWHERE) for reason in reasons):
            found.add(f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}")
    return found


def differences(there: set[str], seen: set[str]) -> Iterator[str]:
    """A line for each test that is in one of the two alone."""
    yield from (f"{name} was skipped, and {LIST.name} does not list it" for name in sorted(seen - there))
    yield from (f"{name} was not skipped, although {LIST.name} lists it" for name in sorted(there - seen))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docker/runner/not_run.py JUNIT")
    told = list(differences(listed(LIST.read_text()), skipped(Path(sys.argv[1]))))
    print(*told, sep="\n", end="\n" if told else "")
    sys.exit(bool(told))
