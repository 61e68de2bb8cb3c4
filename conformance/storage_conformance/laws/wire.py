"""The wire as strangers speak it: what docs/wire.md demands of a server, and our own client never asks of it (ours)."""

from __future__ import annotations

import re
import socket
import time
from base64 import b64encode
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from ..law import law
from ..trial import Exempted, Trial

CHAPTER = "chapters/01-protocol.md"


def spoken(subject: Any) -> bool:
    """Is what is judged one server, at an address that all of its places share?"""
    address = str(getattr(subject.handle(), "url", "")) if subject.url and not subject.wraps else ""
    return address.startswith(("http://", "https://"))


def speak(t: Trial, function: Callable[..., None], *args: str) -> None:
    """Run `function` of the store, the root and `args`, where a plain request comes through as the client's do."""
    server: Any = t.place.below
    status, _, _ = sent(server, "GET", at(server, t.root / "a"))  # type: ignore[no-untyped-call]  # plain
    if status != 404:
        raise Exempted(
            f"a plain GET of what is not there is answered with {status}, so it is not the server that speaks"
        )
    helpers = (at, connected, told, sent, cut)
    try:
        t.program(function, "store", "root", *args, helpers=helpers)
    finally:
        for name in () if t.claims.lists else ("a", "b"):
            server.delete(t.root / name)


def at(store, ref):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    names = [unquote_to_bytes(name) for name in urlsplit(store.url).path.strip("/").split("/") if name]
    return "".join("/" + quote(name, safe="") for name in [*names, *ref])


def connected(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    parts = urlsplit(store.url)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return made(parts.hostname or "", parts.port or made.default_port, timeout=30)


def told(line, store, method, target, body=None, headers=(), length=None):  # type: ignore[no-untyped-def]  # plain
    line.putrequest(method, target, skip_accept_encoding=True)
    parts = urlsplit(store.url)
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        line.putheader("Authorization", "Basic " + b64encode(pair.encode()).decode())
    if body is not None:
        line.putheader("Content-Length", str(length or len(body)))
    for name, value in headers:
        line.putheader(name, value)
    line.endheaders(body)
    if length:
        return None
    answer = line.getresponse()
    return answer.status, answer.read(), answer


def sent(store, method, target, body=None, headers=()):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    line = connected(store)  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
    try:
        return told(line, store, method, target, body, headers)  # type: ignore[no-untyped-call]  # plain, too
    except (OSError, HTTPException):
        return 0, b"", None  # it hung up, which is no success either
    finally:
        line.close()


def cut(store, method, target, waits):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    line = connected(store)  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
    try:
        told(line, store, method, target, b"half", (), 100)  # type: ignore[no-untyped-call]  # 4 bytes of 100
        if waits:  # with half of the connection closed
            line.sock.shutdown(socket.SHUT_WR)
            line.sock.settimeout(2)
            while line.sock.recv(65536):
                pass
    except OSError:
        pass  # no answer is as good as one
    finally:
        line.close()


@law(kind="wire", chapter=CHAPTER)
def a_request_whose_body_stops_short_changes_nothing(t: Trial) -> None:
    """PUT or PATCH with fewer bytes than its Content-Length: get(r) as before"""
    speak(t, ignores_what_is_cut, repr(("PUT", "PATCH")[: 1 + t.claims.merges]))


def ignores_what_is_cut(store, root, methods):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for method in methods:
        for waits in (True, False):
            for was in (b"old", None):
                if was:
                    store.put(root / "a", was)
                else:
                    store.delete(root / "a")
                cut(store, method, at(store, root / "a"), waits)  # type: ignore[no-untyped-call]  # plain
                try:
                    found = store.get(root / "a")
                except KeyError:
                    found = None
                assert found == was, f"after a {method} of 4 bytes out of 100 there is {found!r}, where {was!r} was"


@law(kind="wire", chapter=CHAPTER)
def a_path_that_names_no_ref_is_refused(t: Trial) -> None:
    """PUT of a path with an empty name, a dot, an encoded slash or NUL, no UTF-8, half an escape: no success"""
    speak(t, refuses_paths, repr(NO_PATHS))


NO_PATHS = ("/a//b", "/./a", "/a/.", "/a/../b", "/a/%2e%2e/b", "/%2E/a", "/a%2Fb", "/a%00", "/%ff", "/%zz", "/a%2")


def refuses_paths(store, root, paths):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store.put(root / "a", b"old")
    for path in paths:
        status, _, _ = sent(store, "PUT", at(store, root) + path, b"new")  # type: ignore[no-untyped-call]  # plain
        assert not 200 <= status < 300, f"PUT of {path}, which names no ref, is answered with {status}, not 400"
        assert store.get(root / "a") == b"old", f"PUT of {path}, which names no ref, changes what is at /a"


@law("lists", kind="wire", chapter=CHAPTER)
def a_query_that_is_none_is_refused(t: Trial) -> None:
    """GET of a value with another query than refs=1, refs=all or none: no success"""
    speak(t, refuses_queries, repr(("refs=2", "refs=", "refs=1&refs=all", "x=1")))


def refuses_queries(store, root, queries):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store.put(root / "a", b"old")
    for query in queries:
        status, _, _ = sent(store, "GET", f"{at(store, root / 'a')}?{query}")  # type: ignore[no-untyped-call]  # plain
        assert not 200 <= status < 300, f"GET of /a?{query} is answered with {status}, not 400"


@law("swaps", level="create", kind="wire", chapter=CHAPTER)
def a_condition_that_cannot_hold_changes_nothing(t: Trial) -> None:
    """If-Match of *, of a list, of a weak tag; two conditions; one on PATCH: no success, get(r) as before"""
    speak(t, heeds_conditions, repr(t.claims.merges))


def heeds_conditions(store, root, merges):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    target = at(store, root / "a")  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
    store.put(root / "a", b"old")
    _, _, answer = sent(store, "GET", target)  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
    tag = (answer and answer.headers.get("ETag")) or '"none"'
    none = ("If-None-Match", "*")
    cases = [[none], [("if-none-match", "*")], [("If-Match", "*")], [("IF-MATCH", '"other"')]]
    cases += [[("If-Match", f'"other", {tag}')], [("If-Match", f"W/{tag}")], [none, ("If-Match", tag)]]
    tried = [("PUT", case) for case in [*cases, [("If-None-Match", '"other"')]]] + [("DELETE", case) for case in cases]
    for method, headers in tried + [("PATCH", case) for case in ([none], [("If-Match", tag)]) if merges]:
        body = None if method == "DELETE" else b"new"
        status, _, _ = sent(store, method, target, body, headers)  # type: ignore[no-untyped-call]  # plain
        given = " and ".join(f"{name}: {value}" for name, value in headers)
        assert not 200 <= status < 300, f"{method} with {given} is answered with {status}, where {tag} is there"
        assert store.get(root / "a") == b"old", f"{method} with {given}, answered with {status}, changes what is there"


@law("swaps", level="write", kind="wire", chapter=CHAPTER)
def two_values_never_have_one_tag(t: Trial) -> None:
    """GET after each of PUT, PATCH, DELETE and PUT: a strong tag, and never one that was another value's"""
    speak(
        t,
        tells_values_apart,
        repr([n for n in (5000, 100_000, 1_100_000) if n <= t.claims.max_value]),
        repr(t.claims.merges),
    )


def tells_values_apart(store, root, sizes, merges):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    pairs = [(b"x", b"y"), (b"\xff", b"\xfe"), (b"ab", b"ba")]
    pairs += [(b"x" * size, b"x" * (size - size // 4) + b"y" + b"x" * (size // 4 - 1)) for size in sizes]
    target, had = at(store, root / "a"), {}  # type: ignore[no-untyped-call, var-annotated]  # plain, too
    end = time.monotonic() + 20  # slow is not broken: what comes later is left out
    for pair in pairs:
        for way in ("put", "delete", "merge")[: 2 + merges]:
            for number, value in enumerate(pair):
                if time.monotonic() > end:
                    return
                if way == "delete":
                    store.delete(root / "a")
                (store.merge if way == "merge" and number else store.put)(root / "a", value)
                _, body, answer = sent(store, "GET", target)  # type: ignore[no-untyped-call]  # plain
                tag = (answer and answer.headers.get("ETag")) or ""
                if body != value:
                    return  # which other laws tell
                assert tag.startswith('"'), (
                    f"a value of {len(value)} bytes has no strong tag, but {tag!r}: no swap of it"
                )
                other = had.setdefault(tag, value)
                said = f"{other[:9]!r} of {len(other)} bytes and {value[:9]!r} of {len(value)} have one tag, {tag}"
                assert other == value, said


@law("swaps", level="create", kind="wire", chapter=CHAPTER)
def what_was_refused_leaves_the_connection_in_step(t: Trial) -> None:
    """HEAD, or a PUT that is refused, of whatever length; then GET on the same connection: 200 and the value"""
    speak(t, stays_in_step, repr([size for size in (10, 70_000, 300_000, 2_000_000) if size <= t.claims.max_value]))


def stays_in_step(store, root, sizes):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    target = at(store, root / "a")  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
    store.put(root / "a", b"old")
    for size in (0, *sizes):
        line = connected(store)  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
        first = ("PUT", target, b"G" * size, [("If-None-Match", "*")]) if size else ("HEAD", target)
        try:
            _, _, answer = told(line, store, *first)  # type: ignore[no-untyped-call]  # plain
            if answer.will_close:
                continue
            status, body, _ = told(line, store, "GET", target)  # type: ignore[no-untyped-call]  # plain
        except OSError:
            continue  # it hung up, which it may at any time
        except HTTPException as error:
            status, body = type(error).__name__, b""
        finally:
            line.close()
        said = f"after a {first[0]} with {size} bytes, GET on that connection answers {status} {body[:30]!r}"
        assert (status, body) == (200, b"old"), said


@law("lists", kind="wire", chapter=CHAPTER)
def a_listing_is_spelled_as_urls_are(t: Trial) -> None:
    """GET ?refs=1, ?refs=all: text/x-refs, a line for each ref: its path, all but A-Z a-z 0-9 - . _ ~ as %XX"""
    speak(t, spells_listings, repr(SPELT))


SPELT = ("a b", "é", "a:b@c", "(x)", "~", "\u2028", "\x85", "%41", "a'b", "A", "a+b", "日", "a&b=c", "-._")


def spells_listings(store, root, names):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for name in names:
        store.put(root / "l" / name, b"v")
    for query in ("refs=1", "refs=all"):
        asked = f"{at(store, root / 'l')}?{query}"  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
        _, body, answer = sent(store, "GET", asked)  # type: ignore[no-untyped-call]  # plain
        if answer is None:
            return  # which other laws tell
        kind = answer.headers.get("Content-Type") or ""
        assert kind.partition(";")[0] == "text/x-refs", f"?{query} is answered as {kind!r}, not as text/x-refs"
        assert not body or body.endswith(b"\n"), f"the last line of ?{query} is not ended by a line feed"
        found = re.sub(  # more than is due may be encoded, and with small letters
            rb"%[0-9A-Fa-f]{2}", lambda code: quote(unquote_to_bytes(code[0]), safe="").encode(), body
        ).split(b"\n")[:-1]
        due = [at(store, root / "l" / name).encode() for name in names]  # type: ignore[no-untyped-call]  # plain
        odd = sorted(set(found) ^ set(due))[:2]
        assert sorted(found) == sorted(due), (
            f"?{query} is not spelled as URLs of refs are: {odd} are or should be there"
        )
