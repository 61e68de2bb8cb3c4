"""The one result that no trial decides: what is judged as a mapping has every method of one."""

from __future__ import annotations

from ..places import Subject
from .result import Result

__all__ = ["lacking"]

IMPORTS = ("import sys", "from pathlib import Path", "from runpy import run_path", "from tempfile import mkdtemp")


def lacking(subject: Subject) -> Result:
    """Of a subject that `lacks` some: broken, and what to do about it."""
    names = ", ".join(subject.lacks)
    why = f"There is no {names}: derive the class from collections.abc.MutableMapping, which makes them of what it has."
    place = "Path(mkdtemp())" if subject.directory else ""
    own = subject.lines[: subject.lines.index("from collections.abc import MutableMapping")]
    lines = [*IMPORTS, "", *own, f"store = make({place})"]
    lines += [f"lacks = [name for name in {subject.lacks!r} if not hasattr(store, name)]", f"assert not lacks, {why!r}"]
    equation = "d has every method of MutableMapping; below it is judged as if it had"
    return Result(
        "a_mapping_has_every_method", "", "broken", why, (), "\n".join(lines) + "\n", equation=equation,
        source="ours", group="mappings",
    )  # fmt: skip  # one call
