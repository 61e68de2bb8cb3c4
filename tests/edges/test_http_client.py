"""The client against servers that are plain, strange or broken: an answer is never made of a failure."""

from functools import partial
from http.server import SimpleHTTPRequestHandler

import httpx
import pytest

from edges.servers_of_others import canned, running, stranger
from storage_combinators import MISSING, Bytes, Conflict, Memory, Missing, Ref, Refused, exists, look
from storage_combinators.edges.http_server import serve
from storage_combinators.leaves.http import Http

A = Ref("a")
VERBS = {
    "get": lambda store: store.get(A),
    "put": lambda store: store.put(A, b"1"),
    "merge": lambda store: store.merge(A, b"1"),
    "delete": lambda store: store.delete(A),
    "create": lambda store: store.swap(A, MISSING, b"1"),
    "test for absence": lambda store: store.swap(A, MISSING, MISSING),
    "replace": lambda store: store.swap(A, b"1", b"2"),
    "refs": lambda store: list(store.refs(A)),
    "exists": lambda store: exists(store, A),
}


def status(code, headers="", body=""):
    return lambda *_: f"HTTP/1.1 {code} Said\r\nContent-Length: {len(body)}\r\n{headers}\r\n{body}".encode()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("code", [202, 206, 301, 400, 401, 410, 503])
def test_no_other_status_is_an_answer(verb, code):
    handler = canned(status(code, "Location: /b\r\n"))
    with running(handler) as url, pytest.raises(httpx.HTTPStatusError, match=str(code)):
        VERBS[verb](Http(url))
    assert len(handler.asked) == 1  # neither followed nor sent again


@pytest.mark.parametrize("verb", VERBS)
def test_a_lost_connection_is_a_failure_and_nothing_is_sent_twice(verb):
    handler = canned(lambda *_: b"")
    with running(handler) as url, pytest.raises(httpx.RemoteProtocolError):
        VERBS[verb](Http(url))
    assert len(handler.asked) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_405_is_refused_with_the_reason(verb):
    with running(canned(status(405))) as url, pytest.raises(Refused, match=r"^Said$"):
        VERBS[verb](Http(url))
    if verb != "exists":  # HEAD has no body
        plain = canned(status(405, "Content-Type: text/plain; charset=utf-8\r\n", "because"))
        with running(plain) as url, pytest.raises(Refused, match=r"^because$"):
            VERBS[verb](Http(url))


@pytest.mark.parametrize("code", [404, 412])
@pytest.mark.parametrize("verb", ["create", "test for absence", "replace"])
def test_404_and_412_to_a_condition_are_conflict(verb, code):
    with running(canned(status(code))) as url:
        store = Http(url)
        store.session.digests = True
        with pytest.raises(Conflict):
            VERBS[verb](store)


@pytest.mark.parametrize("verb", ["put", "merge"])
def test_404_to_a_plain_write_is_a_failure(verb):
    with running(canned(status(404))) as url, pytest.raises(httpx.HTTPStatusError):
        VERBS[verb](Http(url))


def test_404_to_a_delete_says_that_nothing_is_there_which_is_what_was_wanted():
    with running(canned(status(404))) as url:
        Http(url).delete(A)


@pytest.mark.parametrize("code", [200, 201, 204])
def test_what_a_done_write_may_be_answered_with(code):
    with running(canned(status(code))) as url:
        for verb in ("put", "merge", "delete", "create", "test for absence"):
            VERBS[verb](Http(url))


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.0 200 OK\r\n\r\nhalf, or all?",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: br\r\n\r\nhalf",
    ],
)
@pytest.mark.parametrize("kind", ["value", "listing"])
def test_a_body_of_which_nobody_knows_that_it_is_whole_is_a_failure(reply, kind):
    if kind == "listing":
        reply = reply.replace(b"\r\n\r\n", b"\r\nContent-Type: text/x-refs\r\n\r\n", 1).replace(b"half", b"/a/b")
    with running(canned(lambda *_: reply)) as url, pytest.raises((httpx.RemoteProtocolError, httpx.DecodingError)):
        Http(url).get(A) if kind == "value" else list(Http(url).refs(A))


def test_a_chunked_value_is_a_value():
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    with running(canned(lambda *_: whole)) as url:
        assert Http(url).get(A) == b"abc"


@pytest.mark.parametrize("line", ["b", "", "/%zz", "//", "/other", "http://host/a"])
def test_a_line_that_is_no_path_below_the_base_is_a_failure(line):
    listing = status(200, "Content-Type: text/x-refs\r\n", line + "\n")
    with running(canned(listing)) as url, pytest.raises(ValueError, match=r"no path|no name|not within"):
        list(Http(url + "/base").refs(Ref()))


@pytest.mark.parametrize("tag", ["", 'ETag: W/"1"\r\n'])
def test_without_a_strong_tag_swap_is_refused_and_create_is_not(tag):
    handler = canned(lambda verb, *_: status(200, tag, "1")() if verb == "GET" else status(204)())
    with running(handler) as url:
        with pytest.raises(Refused, match="strong ETag"):
            Http(url).swap(A, b"1", b"2")
        Http(url).swap(A, MISSING, b"2")
    assert [asked[0] for asked in handler.asked] == ["GET", "PUT"]


def test_a_swap_is_one_request_once_tags_were_seen_to_be_digests():
    requests = []
    with serve(Bytes(Memory())) as url:
        store = Http(url)
        store.session.client.event_hooks["request"] = [lambda request: requests.append(request.method)]
        store.put(A, b"1")
        store.swap(A, b"1", b"2")
        assert requests == ["PUT", "GET", "PUT"]
        requests.clear()
        store.swap(A, b"2", b"3")
        store.swap(A, b"3", MISSING)
        with pytest.raises(Conflict):
            store.swap(A, b"3", b"4")
        assert requests == ["PUT", "DELETE", "PUT"]


def test_the_tags_of_others_are_asked_for_each_time():
    handler = stranger()
    with running(handler) as url:
        store = Http(url)
        store.put(A, b"1")
        store.swap(A, b"1", b"2")
        store.swap(A, b"2", b"1")
        assert store.get(A) == b"1"
    assert handler.asked == {"PUT": 3, "GET": 3}
    assert not store.session.digests


def test_a_server_that_changes_its_tags_costs_a_conflict_and_no_more():
    with serve(Bytes(Memory())) as url:
        store = Http(url)
        store.put(A, b"1")
        store.get(A)
    handler = stranger()
    with running(handler) as url:
        moved = Http(url, session=store.session)
        moved.put(A, b"1")
        with pytest.raises(Conflict):
            moved.swap(A, b"1", b"2")
        assert moved.get(A) == b"1"
        moved.swap(A, b"1", b"2")


def test_a_static_file_server_is_read_and_not_listed(tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "é%2F+.txt").write_bytes(b"text\r\n")
    (tmp_path / "listing.txt").write_bytes(b"/x\n")
    with running(partial(Quiet, directory=tmp_path)) as url:
        store = Http(url)
        assert store.get(Ref("a b", "é%2F+.txt")) == b"text\r\n"
        assert exists(store, Ref("a b", "é%2F+.txt"))
        assert look(store, Ref("a")) is MISSING
        assert not exists(store, Ref("a"))
        for base in (Ref(), Ref("listing.txt"), Ref("nothing")):
            for depth in (1, None):
                with pytest.raises(Refused):
                    list(store.refs(base, depth))
        with pytest.raises(httpx.HTTPStatusError, match="301"):
            store.get(Ref("a b"))
        for verb in ("put", "merge", "delete", "create"):
            with pytest.raises(httpx.HTTPStatusError, match="501"):
                VERBS[verb](store)
        with pytest.raises(Refused):
            store.swap(Ref("listing.txt"), b"/x\n", b"")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_credentials_are_sent_and_never_shown():
    handler = canned(status(500))
    with running(handler) as url:
        store = Http(url.replace("://", "://user:hunt%65r2@"))
        with pytest.raises(httpx.HTTPStatusError) as raised:
            store.get(A)
    assert handler.asked[0][2]["Authorization"] == httpx.BasicAuth("user", "hunter2")._auth_header
    assert "hunt" not in repr(store) + str(raised.value) + repr(raised.value.request.url)
    assert eval(repr(store)) == Http(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host/a",
        "http://",
        "ftp://user:hunter2@host",
        "http://user:hunter2@host/?a=1",
        "http://user:hunter2@host/#a",
        "http://user:hun/ter2@host:x",
        "http://user:hunter2@host/a//b",
        "http://user:hunter2@host/a%2Fb",
    ],
)
def test_what_is_no_url_of_a_store(url):
    with pytest.raises(ValueError, match=r"http://host:port/path|no name") as raised:
        Http(url)
    assert "hun" not in str(raised.value)


def test_a_path_in_the_url_is_a_base():
    with serve(Bytes(Memory())) as url:
        whole, part = Http(url), Http(url + "a b/c/")
        part.put(Ref("x"), b"1")
        part.put(Ref(), b"2")
        assert set(whole.refs(Ref())) == {Ref("a b", "c"), Ref("a b", "c", "x")}
        assert set(part.refs(Ref())) == {Ref(), Ref("x")}
        assert set(Http(url + "a%20b").refs(Ref(), 1)) == {Ref("c")}
        with pytest.raises(Missing):
            whole.get(Ref("x"))


def test_a_listing_left_in_the_middle_lets_the_store_go_on():
    behind = Memory({Ref(str(n)): b"" for n in range(5000)})
    with serve(Bytes(behind)) as url:
        store = Http(url)
        for _ in range(3):
            refs = store.refs(Ref())
            next(refs)
            refs.close()
        assert store.get(Ref("1")) == b""
