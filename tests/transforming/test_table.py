"""docs/combinators.md is fresh, complete, and counts lines as the house does."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from typing import Any

from house.reading import COMBINATORS, REFERENCE, ROOT, Module, code_lines, modules
from house.test_sizes import is_a_store

TOOL = ROOT / "tools" / "combinators.py"
DATA = tomllib.loads((ROOT / "docs" / "combinators.toml").read_text())
ROWS = [row for rows in DATA.values() if isinstance(rows, list) for row in rows]
BASES = {"Around", "Gathered", "AsOf", "Bytes", "Json"}  # a base, a part or a special case of what has a row


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("combinators_tool", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh() -> None:
    done = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_lines_are_counted_as_the_house_does() -> None:
    counted = tool().code_lines
    for path in sorted(REFERENCE.rglob("*.py")):
        assert counted(path) == len(code_lines(Module("m", path.read_text()))), path


def test_every_combinator_has_a_row() -> None:
    shown = {name for row in ROWS for name in row.get("ours", [])}
    ours = {
        node.name
        for module in modules(REFERENCE)
        if "." in module.name and module.name.split(".")[1] in COMBINATORS
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and is_a_store(node) and not node.name.startswith("_")
    }
    assert ours - shown - BASES == set()


def test_every_row_names_libraries_that_there_are_and_says_what_is_not_here() -> None:
    assert not [row["name"] for row in ROWS if set(row.get("has", "")) - set(DATA["libraries"])]
    assert not [row["name"] for row in ROWS if not row.get("ours") and not row.get("note")]
