"""The report as JUnit XML, which build servers read: a suite per group, a case per law."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from .result import Report, Result

__all__ = ["junit", "legal"]

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def junit(report: Report) -> str:
    """The text of the file."""
    root = Element("testsuites", {"name": report.subject, "time": f"{report.seconds:.1f}", **_counts(report.laws)})
    for group, results in report.groups().items():
        suite = SubElement(root, "testsuite", {"name": group, **_counts(results)})
        for result in results:
            _case(suite, group, result)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + legal(tostring(root, encoding="unicode")) + "\n"


def _counts(results: list[Result]) -> dict[str, str]:
    failures = sum(map(_fails, results))
    skipped = sum(result.verdict != "holds" for result in results) - failures
    return {"tests": str(len(results)), "failures": str(failures), "skipped": str(skipped)}


def _fails(result: Result) -> bool:
    """A law that only should hold fails no build."""
    return result.verdict == "broken" and result.level == "must"


def _case(suite: Element, group: str, result: Result) -> None:
    case = SubElement(suite, "testcase", classname=group, name=result.law)
    if _fails(result):
        failure = SubElement(case, "failure", message=result.why)
        failure.text = "\n".join([result.why, "", *result.counterexample, "", result.script])
    elif result.verdict != "holds":
        SubElement(case, "skipped", message=f"{result.verdict}: {result.why}")


def legal(text: str) -> str:
    """Without the characters that XML forbids: control characters, lone surrogates, two noncharacters."""
    return FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
