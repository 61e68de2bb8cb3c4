"""Reports as files: looked at before the judging, written after it, read again as a baseline or for a matrix."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..laws import LAWS
from ..laws.combinators import COMBINATOR_LAWS
from .result import Called, Report, Result

__all__ = ["BadFile", "as_json", "known", "read", "touch", "write"]


class BadFile(ValueError):
    """A file that cannot be read or written; the text says why."""


def touch(paths: Iterable[Path]) -> None:
    """Find out before the judging, which takes long, that a file cannot be written; BadFile. Leaves no trace."""
    for path in paths:
        there = path.exists()
        try:
            path.open("a").close()
        except OSError as error:
            raise BadFile(f"{path} cannot be written: {error.strerror}") from None
        if not there:
            path.unlink()


def write(path: Path, text: str) -> None:
    """BadFile if it cannot be written, such as on a full disk."""
    try:
        path.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadFile(f"{path} cannot be written: {error.strerror}") from None


def as_json(report: Report) -> str:
    """The text of the JSON report, as docs/report.schema.json has it."""
    return json.dumps(report.as_dict(), indent=1, ensure_ascii=False, default=repr) + "\n"


def known(baseline: Path, subject: str) -> frozenset[str]:
    """The laws that were broken in the `baseline`, which must be whole, and of this subject; BadFile."""
    report = read(baseline)
    if report.verdict == "incomplete" or any(result.verdict == "not run" for result in report.laws):
        raise BadFile(f"{baseline} is no baseline: it is incomplete")
    if report.subject != subject:
        raise BadFile(f"{baseline} is no baseline: it is of {report.subject}")
    return frozenset(result.law for result in report.broken)


def read(path: Path) -> Report:
    """A report that was written as JSON; BadFile. What the file does not say of a law is the law's own."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        laws = [_result(each) for each in told["laws"]]
        report = Report(told["subject"], told["seed"], told["step"], told["claims"], laws, told["seconds"])
        report.groups()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise BadFile(f"{path} is no report of store-conform as JSON") from None
    return report


def _result(told: dict[str, Any]) -> Result:
    names = ("law", "claim", "verdict", "why", "script", "chapter")
    law = LAWS_BY_NAME.get(told["law"])
    return Result(
        **{name: told[name] for name in names},
        counterexample=tuple(told["counterexample"]),
        equation=law.equation if law else "",
        source=law.source if law else "",
        group=law.group if law else "claims",
        level=told.get("level", "must"),
        history=tuple(Called(**each) for each in told.get("history", ())),
        requests=tuple(told.get("requests", ())),
    )


LAWS_BY_NAME = {law.name: law for law in (*LAWS, *COMBINATOR_LAWS)}
