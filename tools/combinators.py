"""combinators: docs/combinators.md, the table of combinators and libraries, from docs/combinators.toml and our sources.

    python tools/combinators.py             write the page
    python tools/combinators.py --check     change nothing; exit 1 if the page is stale

Code lines are those of the whole module: no blanks, comments and docstrings, but imports and helpers.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "reference" / "storage_combinators"
DATA, PAGE = ROOT / "docs" / "combinators.toml", ROOT / "docs" / "combinators.md"
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
NO_BASE = {"Generic", "ABC", "Protocol"}
HEAD = """\
# Combinators of the field, and ours

Written by `python tools/combinators.py` out of [combinators.toml](combinators.toml) and the sources, not by hand.

A dot: the library has such a thing, under whatever name. **lines** are ours, counted by that script: the whole module
with its imports, without blanks, comments and docstrings; after the + the bases that it stands on. **least** is the
fewest code lines of any of the others, counted in their sources of November 2026, the class alone, after the + its
base; - where nobody counted. Theirs have other protocols: some list nothing and swap nothing, some carry batches
and contexts. So the figures tell what a protocol costs, not who writes better.

"""


@cache
def sources() -> dict[str, tuple[Path, ast.stmt]]:
    """Every public class and function of the reference: where it is defined."""
    trees = [(path, ast.parse(path.read_text())) for path in sorted(REFERENCE.rglob("*.py"))]
    kinds = (ast.ClassDef, ast.FunctionDef)
    return {node.name: (path, node) for path, tree in trees for node in tree.body if isinstance(node, kinds)}


@cache
def code_lines(path: Path) -> int:
    """Lines of the module at `path` with code."""
    text = path.read_text()
    tokens = [each for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type not in LAYOUT]
    code = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    return len(code - {line for node in ast.walk(ast.parse(text)) for line in docstring(node)})


def docstring(node: ast.AST) -> range:
    """The lines of the docstring of `node`."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if not isinstance(node, kinds) or ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def bases(name: str) -> Iterator[str]:
    """The classes of ours that `name` stands on, the nearest first."""
    node = sources()[name][1]
    for base in node.bases if isinstance(node, ast.ClassDef) else []:
        above = ast.unparse(base).partition("[")[0]
        if above in sources() and above not in NO_BASE:
            yield above
            yield from bases(above)


def ours(names: list[str]) -> tuple[str, str]:
    """The cells of ours: a link for each symbol, and its lines."""
    links, lines = [], []
    for name in names:
        path, _ = sources()[name]
        links.append(f"[`{name}`](../{path.relative_to(ROOT).as_posix()})")
        below = sum(code_lines(sources()[base][0]) for base in bases(name))
        lines.append(f"{code_lines(path)}{f' + {below}' if below else ''}")
    return ", ".join(links) or "-", ", ".join(lines) or "-"


def row(entry: dict[str, Any], letters: str) -> str:
    """One line of a table."""
    links, lines = ours(entry.get("ours", []))
    marks = ["●" if letter in entry.get("has", "") else "" for letter in letters]
    return f"| {' | '.join([entry['name'], *marks, links, lines, entry.get('least', '-'), entry.get('note', '')])} |"


def page() -> str:
    """The whole page; KeyError for a symbol that the reference does not have."""
    data = tomllib.loads(DATA.read_text())
    libraries = data.pop("libraries")
    key = ", ".join(f"**{letter}** {name}" for letter, name in libraries.items())
    parts = [f"{HEAD}The fourteen: {key}.\n"]
    for heading, entries in data.items():
        letters = "" if heading == "new" else "".join(libraries)
        title = "In none of the fourteen, as far as was seen" if heading == "new" else heading.capitalize()
        columns = [title, *letters, "ours", "lines", "least", "note"]
        table = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *(row(entry, letters) for entry in entries)]
        parts.append("\n".join([f"## {title}\n", *table, ""]))
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or with --check tell whether it is stale."""
    if arguments == ["--check"]:
        stale = not PAGE.exists() or PAGE.read_text() != page()
        if stale:
            print(f"{PAGE.name} is stale: run python tools/combinators.py", file=sys.stderr)
        return int(stale)
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
