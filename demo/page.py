"""The report page: one file, nothing fetched from anywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from stage import Stage

from storage_conformance.report.terminal import sentence_of

if TYPE_CHECKING:
    from run import Done


def page(stage: Stage, done: Sequence[Done]) -> str:
    """Its text. What a step that failed did not find out is left out."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"sentence": sentence_of, "json": lambda value: json.dumps(value, indent=1, ensure_ascii=False)}
    return pages.get_template("page.html").render(stage.facts, done=done, seconds=sum(each.seconds for each in done))
