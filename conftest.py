"""What every test run shares: how long it tries (STORAGE_PROFILE), and the servers (tests/provision)."""

import os
import signal

import pytest
from hypothesis import settings

pytest_plugins = ["provision.fixtures"]

EXAMPLES = {"quick": 50, "full": 500, "deep": 5000}  # of each property, where the test itself names no number
PROFILE = os.environ.get("STORAGE_PROFILE", "quick")

for name, count in EXAMPLES.items():  # no deadline: the machine may be busy, and slow is not broken
    settings.register_profile(name, max_examples=count, deadline=None, print_blob=True)


def pytest_configure() -> None:
    if PROFILE not in EXAMPLES:
        pytest.exit(f"STORAGE_PROFILE is one of {', '.join(EXAMPLES)}, not {PROFILE!r}", returncode=2)
    settings.load_profile(PROFILE)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script; programs would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    return f"storage: profile {PROFILE} ({EXAMPLES[PROFILE]} examples of a property)"
