"""Outlaws that are servers: each keeps to docs/wire.md but for one sentence of it. A factory answers a URL."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from re import search
from threading import Lock, Thread
from typing import Any, ClassVar
from urllib.parse import quote, unquote_to_bytes

from .outlaw import outlaw

Names = tuple[str, ...]


class Server(BaseHTTPRequestHandler):
    """Keeps to the wire; what an outlaw changes is a method of its own."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    cells: ClassVar[dict[Names, bytes]]
    lock: ClassVar[Any]

    def tag(self, value: bytes) -> str:
        return f'"{sha256(value).hexdigest()}"'

    def names(self, path: str) -> Names:
        """The names of a path; ValueError where they are none."""
        if search("%(?![0-9A-Fa-f]{2})", path):
            raise ValueError(path)
        found = [unquote_to_bytes(part).decode() for part in path.removesuffix("/").split("/")[1:]]
        if any(name in ("", ".", "..") or "/" in name or "\0" in name for name in found):
            raise ValueError(path)
        return tuple(found)

    def spelt(self, name: str) -> str:
        return quote(name, safe="")

    def depth(self, query: str) -> int:
        """To how many names a listing goes; ValueError for another query."""
        return {"refs=1": 1, "refs=all": 999}[query]

    def body(self) -> bytes | None:
        """The body; None where it stops short."""
        length = int(self.headers.get("Content-Length", 0))
        value = self.rfile.read(length)
        return value if len(value) == length else None

    def holds(self, there: bytes | None) -> bool:
        """Does what is `there` meet the condition? ValueError for one that is none."""
        match, none = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if (match and none) or none not in (None, "*") or ((match or none) and self.command == "PATCH"):
            raise ValueError("no condition")
        return there is None if none else match is None or (there is not None and match == self.tag(there))

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    def answered(self) -> None:
        body = self.body()
        if body is None:
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        try:
            self.served(self.names(path), query, body)
        except (ValueError, KeyError):
            self.say(400)

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = answered  # noqa: N815  # http.server's names

    def served(self, names: Names, query: str, body: bytes) -> None:
        with self.lock:
            there = self.cells.get(names)
            if query:
                self.listed(names, self.depth(query))
            elif self.command in ("GET", "HEAD"):
                self.say(404) if there is None else self.say(200, there, ETag=self.tag(there))
            elif not self.holds(there):
                self.say(412)
            else:
                self.written(names, body)
                self.say(204)

    def written(self, names: Names, body: bytes) -> None:
        if self.command == "DELETE":
            self.cells.pop(names, None)
        else:
            self.cells[names] = body

    def listed(self, base: Names, depth: int) -> None:
        below = [names for names in self.cells if names[: len(base)] == base and (depth > 1 or names != base)]
        cut = sorted({names[: len(base) + depth] for names in below})
        lines = "".join("/" + "/".join(map(self.spelt, names)) + "\n" for names in cut)
        self.say(200, lines.encode(), Content_Type="text/x-refs")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the base gives it
        """Nothing is logged."""


def started(handler: type[Server]) -> Callable[[], str]:
    """A factory: the URL of a server with that handler, one for all, which ends with the program."""

    def made() -> str:
        whole = type(handler.__name__, (handler,), {"cells": {}, "lock": Lock()})
        server = ThreadingHTTPServer(("127.0.0.1", 0), whole)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"

    made.__module__, made.__doc__ = handler.__module__, handler.__doc__
    made.__name__ = made.__qualname__ = handler.__name__
    return cache(made)


@started
class KeepsToTheWire(Server):
    """A control."""


@outlaw(
    "a_request_whose_body_stops_short_changes_nothing",
    wrong="What has come of a body is stored, whether it is all or not.",
    seen="read(n) of a socket answers what there is",
)
@started
class StoresWhatHasCome(Server):
    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))


@outlaw("a_path_that_names_no_ref_is_refused", wrong="Empty names are dropped from paths, and bytes replaced.")
@started
class MendsPaths(Server):
    def names(self, path: str) -> Names:
        return tuple(unquote_to_bytes(part).decode(errors="replace") for part in path.split("/") if part)


@outlaw("a_query_that_is_none_is_refused", wrong="Any query but refs=1 lists all.")
@started
class ListsForAnyQuery(Server):
    def depth(self, query: str) -> int:
        return 1 if query == "refs=1" else 999


@outlaw("a_condition_that_cannot_hold_changes_nothing", wrong="If-Match: * matches all that is there, as in RFC 9110.")
@started
class MatchesAStar(Server):
    def holds(self, there: bytes | None) -> bool:
        return super().holds(there) or (there is not None and self.headers.get("If-Match") == "*")


@outlaw("a_condition_that_cannot_hold_changes_nothing", wrong="The names of headers are compared with their case.")
@started
class ReadsHeadersByCase(Server):
    def holds(self, there: bytes | None) -> bool:
        return super().holds(there) or not {"If-Match", "If-None-Match"} & set(self.headers.keys())


@outlaw("two_values_never_have_one_tag", wrong="The tag is made of the length.", seen="time and size, as nginx has it")
@started
class TagsTheLength(Server):
    def tag(self, value: bytes) -> str:
        return f'"{len(value)}"'


@outlaw("what_was_refused_leaves_the_connection_in_step", wrong="The body of a PUT that is refused is not read.")
@started
class LeavesBodiesUnread(Server):
    def body(self) -> bytes | None:
        refused = self.headers.get("If-None-Match") == "*" and tuple(self.path.split("/")[1:]) in self.cells
        return b"" if refused else super().body()


@outlaw("a_listing_is_spelled_as_urls_are", wrong="What RFC 3986 lets a path have is not encoded.")
@started
class EncodesTooLittle(Server):
    def spelt(self, name: str) -> str:
        return quote(name, safe="!$&'()*+,;=:@")
