"""Writers who meet between the check and the write of a server in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError
from typing import Any
from unittest.mock import patch

__all__ = ["WRITERS", "writers_meet"]

WRITERS = 4


@contextmanager
def writers_meet() -> Iterator[None]:
    """A fixed schedule for moto, which is in this process: all that passed the check wait for one another to write."""
    from moto.s3.models import S3Backend

    meeting, write = Barrier(WRITERS, timeout=5), S3Backend.put_object

    def later(*args: Any, **named: Any) -> Any:
        try:
            meeting.wait()
        except BrokenBarrierError:  # the others are still before the check, as they should be
            pass
        return write(*args, **named)

    with patch.object(S3Backend, "put_object", later):
        yield
