"""The guide to safe writers does what it shows: `make crash` runs all of it, `make test` what comes before the logs."""

import os
import shutil
from pathlib import Path

import pytest

from house.blocks import run_page
from storage_conformance.crash.run_places import MEMORY, file_system

GUIDE = Path(__file__).parents[2] / "docs" / "safe-writers.md"


@pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, only on Linux")
def test_every_recipe_has_the_verdict_that_is_shown(tmp_path: Path) -> None:
    if file_system(tmp_path) in MEMORY:
        pytest.skip("the folder for tests lies in memory, where syncs mean nothing")
    page = GUIDE.read_text()
    quick = os.environ.get("STORAGE_PROFILE", "quick") == "quick"
    assert run_page(page.partition("## Many values")[0] if quick else page, tmp_path) == (2 if quick else 7)
