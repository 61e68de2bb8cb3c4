"""What several tests of Disk share."""

import os
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from storage_combinators import Ref

A, AB = Ref("a"), Ref("a", "b")
FORK = get_context("fork")


def drafts(root: Path) -> list[str]:
    return sorted(set(os.listdir(root / ".desk")) - {"lock"})


def shape(root: Path) -> set[str]:
    """Files and folders of `root`, but for the desk."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if ".desk" not in path.parts}


def run(work: Callable[..., None], *arguments: tuple[Any, ...]) -> None:
    """`work` in one process for each tuple of arguments, all of which must end well within a minute."""
    workers = [FORK.Process(target=work, args=each) for each in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        if worker.exitcode is None:
            worker.kill()
    assert [worker.exitcode for worker in workers] == [0] * len(workers)
