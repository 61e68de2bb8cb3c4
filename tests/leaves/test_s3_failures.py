"""S3: a failure stays one, in one line, and what must not be sent twice is not."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from leaves.s3_helpers import AB, A, warm
from storage_combinators import MISSING, Missing, Ref, exists, update
from storage_combinators.leaves.s3 import S3


def actions(store: S3) -> list[Any]:
    return [
        lambda: store.get(A),
        lambda: store.put(A, b"1"),
        lambda: store.delete(A),
        lambda: store.swap(A, MISSING, b"1"),
        lambda: list(store.refs(Ref())),
        lambda: list(store.refs(Ref(), 1)),
        lambda: list(store.refs(A)),
        lambda: exists(store, A),
    ]


def test_a_bucket_that_is_not_there_is_a_failure_with_one_line(s3_store: S3) -> None:
    tried = {"create": True}  # a bucket that went later is no Conflict either
    for act in [
        act for known in ({}, tried) for act in actions(replace(s3_store, bucket="no-such-bucket", known=known))
    ]:
        with pytest.raises(ClientError) as error:
            act()
        assert "\n" not in str(error.value)


def test_a_server_that_is_not_there_is_a_failure_with_one_line() -> None:
    store = S3("bucket", "", "http://127.0.0.1:9", "us-east-1", "key", "sesame")
    for act in actions(store)[3:5]:  # the rest waits and tries again
        with pytest.raises(EndpointConnectionError) as error:
            act()
        assert "\n" not in str(error.value)
        assert "sesame" not in str(error.value)


def test_credentials_are_not_shown(s3_store: S3) -> None:
    store = S3("bucket", key="key", secret="sesame")
    assert "sesame" not in repr(store)
    assert "key" not in repr(store)
    assert eval(repr(S3("bucket", "a"))) == S3("bucket", "a")
    with pytest.raises(ValueError, match="together"):
        S3("bucket", key="key")
    for endpoint in ("127.0.0.1:9000", "http://me:sesame@host"):
        with pytest.raises(ValueError, match="http://host:port") as error:
            S3("bucket", endpoint=endpoint)
        assert "sesame" not in str(error.value)


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers what `script` says to each verb, and counts."""

    protocol_version = "HTTP/1.1"
    counts: dict[str, int]
    cut = False

    def _answer(self) -> None:
        self.counts[self.command] = self.counts.get(self.command, 0) + 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = 200 if self.command == "GET" else 503
        self.send_response(status)
        self.send_header("Content-Length", "10")
        self.send_header("ETag", '"x"')
        self.end_headers()
        self.wfile.write(b"12345" if self.command == "GET" else b"0123456789")
        self.close_connection = True

    do_GET = do_PUT = do_DELETE = _answer  # as the base class wants them

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def scripted() -> Iterator[tuple[S3, dict[str, int]]]:
    handler = type("Handler", (Scripted,), {"counts": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield S3("bucket", "", f"http://127.0.0.1:{server.server_port}", "us-east-1", "key", "secret"), handler.counts
        server.shutdown()
        thread.join()


def test_a_body_that_is_cut_after_a_good_status_is_a_failure(scripted: tuple[S3, dict[str, int]]) -> None:
    with pytest.raises(BotoCoreError):
        scripted[0].get(A)


@pytest.mark.parametrize("form", ["create", "replace", "merge"])
def test_what_must_not_be_sent_twice_is_sent_once(scripted: tuple[S3, dict[str, int]], form: str) -> None:
    store, counts = scripted
    store.known.update(create=True, replace=True)
    with pytest.raises(ClientError):
        store.merge(A, b"1") if form == "merge" else store.swap(A, MISSING if form == "create" else b"0", b"1")
    assert counts == {"PUT": 1}


def test_a_failing_put_is_sent_again(scripted: tuple[S3, dict[str, int]]) -> None:
    store, counts = scripted
    with pytest.raises(ClientError):
        store.put(A, b"1")
    assert counts == {"PUT": 3}


def test_missing_carries_the_ref(s3_store: S3) -> None:
    with pytest.raises(Missing, match="nothing at Ref"):
        s3_store.get(AB)


def count_up(store: S3) -> None:
    for _ in range(5):
        update(store, A, lambda old: b"1" if old is MISSING else str(int(old) + 1).encode())


def test_no_increment_of_four_threads_is_lost(s3_store: S3) -> None:
    warm(s3_store)
    threads = [threading.Thread(target=count_up, args=(s3_store,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert s3_store.get(A) == b"20"
