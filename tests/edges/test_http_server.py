"""The statuses of docs/wire.md, asked for without our client; and what a failure does."""

import socket
import threading
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount as Path

from storage_combinators import Bytes, Memory, Merging, PassThrough, Ref, Refused, Serialized
from storage_combinators.edges.http_server import application, serve
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.wire import digest_tag
from storage_combinators.transforming.serialized import Inverse, JsonCodec

NO_PATHS = ["//", "/a//b", "/%2e%2e/a", "/a%2Fb", "/a%00", "/%ff", "/%ED%A0%80", "/%zz", "/a?refs=2", "/a?x"]
HELLO = digest_tag(b"hello")


@dataclass(frozen=True)
class Watched(PassThrough[bytes]):
    """Says which verbs came through, and fails or refuses at some refs."""

    verbs: list[str] = field(default_factory=list)

    def get(self, ref, /):
        self.verbs.append("get")
        if ref == Ref("broken"):
            raise OSError("hunter2 is the password")
        if ref == Ref("text"):
            return "text"
        value = self.source.get(ref)
        if ref == Ref("raced"):
            self.source.put(ref, b"by somebody else")
        return value

    def put(self, ref, value, /):
        if ref == Ref("read-only"):
            raise Refused("only for reading: é")
        self.source.put(ref, value)

    def refs(self, base, depth=None, /):
        self.verbs.append("refs")
        if base == Ref("unlisted"):
            raise Refused("no listing")
        yield from self.source.refs(base, depth)
        if base == Ref("endless"):
            yield from (Ref("endless", str(n)) for n in range(1500))
            raise OSError("hunter2 is gone")


@pytest.fixture(scope="module")
def running():
    store = Watched(Merging(Bytes(Memory()), lambda old, new: old + new))
    with serve(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield store, client


@pytest.fixture
def served(running):
    store, client = running
    store.source.source.source.cells.clear()
    store.source.put(Ref("a"), b"hello")
    store.source.put(Ref("a", "b"), b"")
    store.verbs.clear()
    return store, client


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "left"),
    [
        ("GET", "/a", {}, 200, b"hello"),
        ("GET", "/a/", {}, 200, b"hello"),
        ("GET", "/%61", {}, 200, b"hello"),
        ("GET", "/x", {}, 404, b"hello"),
        ("GET", "/", {}, 404, b"hello"),
        ("HEAD", "/a", {}, 200, b"hello"),
        ("HEAD", "/x", {}, 404, b"hello"),
        ("PUT", "/a", {}, 204, b"new"),
        ("PATCH", "/a", {}, 204, b"hellonew"),
        ("PUT", "/", {}, 204, b"hello"),
        ("DELETE", "/a", {}, 204, None),
        ("DELETE", "/x", {}, 204, b"hello"),
        ("PUT", "/a", {"If-None-Match": "*"}, 412, b"hello"),
        ("PUT", "/x", {"If-None-Match": "*"}, 204, b"hello"),
        ("DELETE", "/a", {"If-None-Match": "*"}, 412, b"hello"),
        ("DELETE", "/x", {"If-None-Match": "*"}, 204, b"hello"),
        ("PUT", "/a", {"If-Match": HELLO}, 204, b"new"),
        ("PUT", "/a", {"If-Match": digest_tag(b"hallo")}, 412, b"hello"),
        ("PUT", "/x", {"If-Match": HELLO}, 412, b"hello"),
        ("DELETE", "/a", {"If-Match": HELLO}, 204, None),
        ("DELETE", "/a", {"If-Match": digest_tag(b"")}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": "W/" + HELLO}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": "*"}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": f'"x", {HELLO}'}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": HELLO, "If-None-Match": "*"}, 400, b"hello"),
        ("PUT", "/a", {"If-None-Match": HELLO}, 400, b"hello"),
        ("PATCH", "/a", {"If-Match": HELLO}, 400, b"hello"),
        ("POST", "/a", {}, 400, b"hello"),
        ("PUT", "/read-only", {}, 405, b"hello"),
        ("GET", "/unlisted?refs=all", {}, 405, b"hello"),
        ("GET", "/text", {}, 500, b"hello"),
        ("GET", "/broken", {}, 500, b"hello"),
        *[(method, path, {}, 400, b"hello") for method in ("GET", "PUT", "DELETE") for path in NO_PATHS],
        ("PUT", "/a?refs=1", {}, 400, b"hello"),
    ],
)
def test_statuses(served, method, path, headers, status, left):
    store, client = served
    body = b"new" if method in ("PUT", "PATCH", "POST") else None
    url = str(client.base_url).removesuffix("/") + path  # whole, for httpx joins a path of slashes away
    assert client.request(method, url, headers=headers, content=body).status_code == status
    assert store.source.source.source.cells.get(Ref("a")) == left


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_between_the_look_and_the_swap_is_not_lost(served, method):
    store, client = served
    store.source.put(Ref("raced"), b"hello")
    assert client.request(method, "/raced", headers={"If-Match": HELLO}, content=b"mine").status_code == 412
    assert store.source.get(Ref("raced")) == b"by somebody else"


def test_values_have_their_digest_as_a_strong_tag_and_are_bytes(served):
    response = served[1].get("/a")
    assert response.headers["etag"] == HELLO
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-length"] == "5"


def test_head_reads_no_value_and_claims_no_length(served):
    store, client = served
    assert "content-length" not in client.head("/a").headers
    assert store.verbs == ["refs"]


def test_listings_are_paths_one_a_line(served):
    store, client = served
    store.source.put(Ref(), b"root")
    store.source.put(Ref("a b", "%2F?"), b"")
    answer = client.get("/?refs=all")
    assert answer.headers["content-type"].startswith("text/x-refs")
    assert sorted(answer.text.splitlines()) == ["/", "/a", "/a%20b/%252F%3F", "/a/b"]
    assert sorted(client.get("/?refs=1").text.splitlines()) == ["/a", "/a%20b"]
    assert client.get("/a?refs=1").text == "/a/b\n"
    assert client.get("/x?refs=all").text == ""


def test_refused_says_why(served):
    client = served[1]
    assert client.put("/read-only", content=b"").text == "only for reading: é"
    with pytest.raises(Refused, match="only for reading: é"):
        Http(str(client.base_url)).put(Ref("read-only"), b"")
    with pytest.raises(Refused, match="no listing"):
        list(Http(str(client.base_url)).refs(Ref("unlisted")))


def test_a_failure_tells_no_secret(served):
    answer = served[1].get("/broken")
    assert "hunter2" not in answer.text + str(answer.headers)
    assert answer.headers["connection"] == "close"


def test_a_listing_that_fails_midway_is_cut_and_the_client_notices(served):
    refs = Http(str(served[1].base_url)).refs(Ref("endless"))
    assert next(refs) == Ref("endless", "0")
    with pytest.raises(httpx.RemoteProtocolError):
        list(refs)


def test_a_put_that_is_cut_stores_nothing(served):
    store, client = served
    with socket.create_connection((client.base_url.host, client.base_url.port)) as wire:
        wire.sendall(b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    assert client.get("/a").content == b"hello"
    assert store.source.get(Ref("a")) == b"hello"


def test_objects_are_served_behind_a_codec():
    objects = Memory()
    with serve(Serialized(objects, Inverse(JsonCodec()))) as url:
        store = Http(url)
        store.put(Ref("a"), b'{ "n": 1 }')
        assert objects.get(Ref("a")) == {"n": 1}
        assert store.get(Ref("a")) == b'{"n":1}'
        store.swap(Ref("a"), b'{"n":1}', b"2")
        assert objects.get(Ref("a")) == 2


def test_an_application_may_be_mounted_in_another_one():
    store = Bytes(Memory())
    outer = Starlette(routes=[Path("/tasks here", application(store))])
    with httpx.Client(transport=Inside(outer), base_url="http://inside") as client:
        assert client.put("/tasks%20here/a", content=b"1").status_code == 204
        assert client.put("/tasks%20here/", content=b"2").status_code == 204
        assert sorted(store.source.cells) == [Ref(), Ref("a")]
        lines = client.get("/tasks%20here/?refs=all").text.splitlines()
        assert sorted(lines) == ["/tasks%20here/", "/tasks%20here/a"]


class Inside(httpx.BaseTransport):
    """An ASGI application for a client that is not asynchronous."""

    def __init__(self, app):
        self.app = app

    def handle_request(self, request):
        import anyio

        async def ask():
            body = httpx.ByteStream(request.read())
            inner = httpx.Request(request.method, request.url, headers=request.headers, stream=body)
            response = await httpx.ASGITransport(self.app).handle_async_request(inner)
            return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

        return anyio.run(ask)


def test_serve_stops_and_frees_its_port():
    with serve(Bytes(Memory())) as url:
        port = httpx.URL(url).port
        assert httpx.get(url).status_code == 404
        with pytest.raises(OSError, match="in use"), serve(Bytes(Memory()), port=port):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with serve(Bytes(Memory()), port=port) as again:
        assert again == url


def test_ctrl_c_within_its_start_leaves_no_server(monkeypatch):
    class Interrupted(threading.Thread):
        def start(self):
            super().start()
            raise KeyboardInterrupt

    before = set(threading.enumerate())
    monkeypatch.setattr(threading, "Thread", Interrupted)
    with pytest.raises(KeyboardInterrupt), serve(Bytes(Memory())):
        raise AssertionError("it is not entered")
    assert set(threading.enumerate()) <= before


def test_ctrl_c_before_its_start_leaves_no_server_and_waits_for_none(monkeypatch):
    made = []

    class Interrupted(threading.Thread):
        def start(self):
            threading._limbo[self] = self  # as the start of a thread leaves it, for ever
            made.append(self)
            raise KeyboardInterrupt

    def enter():
        with pytest.raises(KeyboardInterrupt), serve(Bytes(Memory())):
            raise AssertionError("it is not entered")

    entering = threading.Thread(target=enter, daemon=True)
    monkeypatch.setattr(threading, "Thread", Interrupted)
    entering.start()
    entering.join(60)
    late = made[0]
    del threading._limbo[late]
    assert not entering.is_alive()
    super(Interrupted, late).start()
    late.join()  # it would have failed, for its socket is closed


def test_a_block_that_fails_stops_the_server_too():
    with pytest.raises(ZeroDivisionError), serve(Bytes(Memory())) as url:
        raise ZeroDivisionError
    with pytest.raises(httpx.ConnectError):
        Http(url).get(Ref("a"))
