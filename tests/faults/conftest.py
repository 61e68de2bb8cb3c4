"""The servers behind the proxies: those of the run."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from faults.wires import Leaf, Wire, Wires
from provision.run import Run


@pytest.fixture(scope="session")
def wires(storage_run: Run) -> Iterator[Wires]:
    with ExitStack() as until:
        yield Wires(storage_run, until, {})


@pytest.fixture
def wire(wires: Wires, leaf: Leaf) -> Iterator[Wire]:
    """An empty place on the server of `leaf`, which the test is parametrized with, behind a proxy."""
    with wires.to(leaf) as wire:
        yield wire


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 waits up to a few seconds before it sends something again; here it does not."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
