"""The requests in what a client sends: each piece with the name of the request that begins with it, or none."""

import re
from collections.abc import Iterator

__all__ = ["Http1", "Messages", "Resp"]

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


class Messages:
    """Of a protocol that nobody looks into: no names."""

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        yield "", data


class Http1(Messages):
    """Requests of HTTP/1.1 with a Content-Length or no body, by their first line."""

    def __init__(self) -> None:
        self.head, self.left = b"", 0

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        while data:
            if self.left:
                piece, data = data[: self.left], data[self.left :]
                self.left -= len(piece)
                yield "", piece
                continue
            head, end, data = (self.head + data).partition(b"\r\n\r\n")
            self.head = b"" if end else head
            if end:
                assert b"\r\ntransfer-encoding:" not in head.lower(), "this proxy counts bodies that say their length"
                length = LENGTH.search(head)
                self.left = int(length[1]) if length else 0
                yield head.partition(b" HTTP/1.1")[0].decode(), head + end


class Resp(Messages):
    """Commands of Redis: arrays of strings, by their first word."""

    def __init__(self) -> None:
        self.left = b""

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        self.left += data
        while (end := whole(self.left)) is not None:
            command, self.left = self.left[:end], self.left[end:]
            yield command.split(b"\r\n")[2].decode().upper(), command


def whole(data: bytes) -> int | None:
    """Where the first command of `data` ends, if all of it is there."""
    line = data.find(b"\r\n")
    if line < 0:
        return None
    position = line + 2
    for _ in range(int(data[1:line])):
        line = data.find(b"\r\n", position)
        if line < 0:
            return None
        position = line + 2 + int(data[position + 1 : line]) + 2
    return position if position <= len(data) else None
