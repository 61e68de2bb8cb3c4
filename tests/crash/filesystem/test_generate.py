"""Workloads are all there are within the bound, or a fair part of them, and all of them can be made."""

from collections import Counter
from itertools import islice

import pytest

from storage_conformance.crash.filesystem.generate import BEFORE, OPERATIONS, sequences
from storage_conformance.crash.filesystem.promises import PROMISES

SYNCS = ("fsync", "fdatasync", "sync")


def test_of_one_call_there_are_all_with_each_sync_that_fits() -> None:
    found = [workload.lines for workload in sequences(1)]
    assert len(found) == len(set(found)) == 200
    assert all(lines[-1].split()[0] in SYNCS for lines in found)
    assert {line for lines in found for line in lines if line in OPERATIONS} == set(OPERATIONS)
    assert ("create bar", "append bar 6000", "rename bar A/foo", "fsync A") in found
    assert ("mkdir B", "fsync B") in found


def test_of_two_calls_all_come_in_order() -> None:
    found = [workload.lines for workload in islice(sequences(2), 1500)]
    assert len(set(found)) == 1500
    assert {lines[:2] for lines in found[:4]} == {("create bar", "create A/bar")}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_part_is_different_workloads_of_that_many_calls_chosen_by_the_seed(count: int) -> None:
    found = [workload.lines for workload in sequences(count, seed=1, limit=90)]
    assert found == [workload.lines for workload in sequences(count, seed=1, limit=90)]
    assert found != [workload.lines for workload in sequences(count, seed=2, limit=90)]
    assert len(set(found)) == 90


def test_a_part_is_fair() -> None:
    verbs = Counter(line.split()[0] for workload in sequences(2, limit=400) for line in workload.lines)
    assert all(verbs[verb] > 3 for verb in ("mkdir", "link", "unlink", "truncate", "overwrite", "write", *SYNCS))


def test_a_part_of_all_is_no_more_than_all() -> None:
    assert len(list(sequences(1, limit=10_000))) == 200


def test_what_lies_before_is_the_same_for_all_and_holds_bytes_of_a_file_that_was_removed() -> None:
    (workload,) = sequences(2, limit=1, promises=PROMISES["xfs"])
    assert workload.before == BEFORE
    assert "unlink old" in BEFORE
    assert workload.promises.name == "xfs"
