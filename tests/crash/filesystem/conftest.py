"""Where file systems cannot be mounted, the tests that mount are skipped, and say why; in the whole check they fail."""

import os

import pytest

from storage_conformance.crash.filesystem.kinds import KINDS
from storage_conformance.crash.filesystem.needs import missing

collect_ignore = ["toy_file_system.py"]  # a program, no test module; and to import it takes libfuse


@pytest.fixture(scope="session")
def can_mount() -> None:
    lacking = sorted({line for kind in KINDS.values() for line in missing(kind)})
    if lacking and os.environ.get("STORAGE_REQUIRE_CONTAINERS", "") not in ("", "0"):
        pytest.fail(f"STORAGE_REQUIRE_CONTAINERS is set, and file systems cannot be tested: {'; '.join(lacking)}")
    if lacking:
        pytest.skip(f"no file system can be mounted: {'; '.join(lacking)}")
