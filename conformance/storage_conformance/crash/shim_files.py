"""File objects whose writes are recorded: io.FileIO with what the built-in open puts round it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .shim import Shim

__all__ = ["RecordedFile", "opened_file"]


class RecordedFile(io.FileIO):
    """An unbuffered file that was opened for writing below the recorded folder."""

    def __init__(self, shim: Shim, file: Any, mode: str, closefd: bool = True, opener: Any = None) -> None:
        """As io.FileIO; the system call is made by the shim."""
        self.shim = shim
        super().__init__(file, mode, closefd, opener or shim.open_by_mode)

    def write(self, data: Any, /) -> int:
        """Write as much as the system takes."""
        return self.shim.write(self.fileno(), data)

    def truncate(self, size: int | None = None, /) -> int:
        """Make the file this long; as long as it was read or written to if nothing is said."""
        length = self.tell() if size is None else size
        self.shim.truncate(self.fileno(), length)
        return length

    def close(self) -> None:
        """Close the file, once."""
        if not self.closed and self.closefd:
            self.shim.forget(self.fileno())
        super().close()


def opened_file(
    make: Callable[..., RecordedFile],
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """The built-in open, over such a file. Source: the documentation of io.open."""
    raw = make(
        os.fspath(file) if not isinstance(file, int) else file, mode.replace("b", "").replace("t", ""), closefd, opener
    )
    if buffering == 0:
        return raw
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    buffer = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw, size)
    if "b" in mode:
        return buffer
    text = io.TextIOWrapper(buffer, io.text_encoding(encoding), errors, newline, line_buffering=buffering == 1)
    text.mode = mode  # type: ignore[misc]  # as the built-in open does
    return text
