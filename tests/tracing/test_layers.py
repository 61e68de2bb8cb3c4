"""docs/layers.md is what the benchmark wrote, and ours is the least in each row, obstore's native prefix apart."""

import json
from itertools import groupby
from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).parents[2]
RESULT = json.loads((ROOT / "benchmarks" / "results" / "layers.json").read_text())


def test_the_page_is_that_of_the_result():
    assert (ROOT / "docs" / "layers.md").read_text() == run_path(str(ROOT / "benchmarks" / "layers.py"))["page"](RESULT)


def test_ours_is_the_least_in_each_row_of_layers_over_memory():
    rows = [row for row in RESULT["rows"] if "over files" not in row["layer"]]
    for _, group in groupby(rows, lambda row: (row["row"], row["verb"])):
        least = min(group, key=lambda row: row["microseconds"])
        assert least["layer"].startswith("storage-combinators")
