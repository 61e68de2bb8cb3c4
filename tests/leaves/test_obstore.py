"""What is special to Obstore: conditions that are probed, buckets that are missing, failures of one line."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import boto3
import obstore
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from obstore.store import MemoryStore, S3Store
from werkzeug.serving import WSGIRequestHandler, make_server

from storage_combinators.functions import update
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.obstore import Obstore
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")


class Silent(WSGIRequestHandler):
    def log(self, *args: object) -> None:
        pass


@contextmanager
def s3(deaf: bool = False) -> Iterator[str]:
    """An S3 server with the bucket `there`; a `deaf` one answers 200 to every condition."""
    moto = DomainDispatcherApplication(create_backend_app)

    def application(environ, start):
        for name in CONDITIONS if deaf else ():
            environ.pop(name, None)
        return moto(environ, start)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    keys = {"aws_access_key_id": "me", "aws_secret_access_key": "hunter2", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=f"there{server.server_port}")
    try:
        yield f"obstore+s3://me:hunter2@there{server.server_port}/pre?endpoint={address}&region=us-east-1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["memory", "local", "s3"])
def store(request, tmp_path: Path) -> Iterator[Obstore]:
    if request.param == "s3":
        with s3() as url:
            yield Obstore.from_url(url)
    else:
        yield Obstore.from_url({"memory": "obstore+memory:///", "local": f"obstore+file://{tmp_path}/x"}[request.param])


def test_any_names_are_listed_as_they_are(store: Obstore) -> None:
    refs = [
        Ref(),
        Ref("a"),
        Ref("a", "b"),
        Ref("A"),
        Ref("%41"),
        Ref("n" * 300, "é"),
        Ref("a.v"),
        Ref("#1"),
        Ref("a//"[0], " "),
    ]
    for ref in refs:
        store.put(ref, str(ref).encode())
    assert sorted(store.refs(Ref())) == sorted(refs)
    assert set(store.refs(Ref(), 1)) == {ref.cut(1) for ref in refs if ref}
    assert set(store.refs(Ref("a"), 1)) == {Ref("a", "b"), Ref("a", " ")}
    assert set(store.refs(Ref("a"))) == {Ref("a"), Ref("a", "b"), Ref("a", " ")}
    for ref in refs:
        assert store.get(ref) == str(ref).encode()
        store.delete(ref)
        store.delete(ref)
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == []


def test_a_swap_creates_and_where_it_can_replaces(store: Obstore) -> None:
    store.swap(Ref("a"), MISSING, b"")
    for old, new in ((MISSING, b"1"), (MISSING, MISSING)):
        with pytest.raises(Conflict):
            store.swap(Ref("a"), old, new)
    with pytest.raises(Refused):
        store.swap(Ref("a"), b"", MISSING)
    if store.claims["swaps"] == "create":
        with pytest.raises(Refused):
            store.swap(Ref("a"), b"", b"1")
    else:
        store.swap(Ref("a"), b"", b"1")
        for ref in (Ref("a"), Ref("none")):
            with pytest.raises(Conflict):
                store.swap(ref, b"", b"2")
        assert store.get(Ref("a")) == b"1"
    assert list(store.refs(Ref())) == [Ref("a")]


def test_increments_by_four_threads_are_all_there() -> None:
    store = Obstore(MemoryStore())

    def work(_: int) -> None:
        for _ in range(25):
            update(store, Ref("n"), lambda old: b"1" if old is MISSING else b"%d" % (int(old) + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert store.get(Ref("n")) == b"100"


def test_a_write_of_the_same_value_in_between_is_no_conflict(monkeypatch) -> None:
    store = Obstore(MemoryStore())
    store.put(Ref("a"), b"old")
    store.swap(Ref("a"), b"old", b"old")  # probed now
    put, others = obstore.put, iter([b"old"])

    def overtaken(*args, **options):
        for value in others:
            put(store.store, "a.v", value)
        return put(*args, **options)

    monkeypatch.setattr(obstore, "put", overtaken)
    store.swap(Ref("a"), b"old", b"new")
    assert store.get(Ref("a")) == b"new"


def test_a_server_that_answers_yes_to_every_condition_is_found_out() -> None:
    with s3(deaf=True) as url:
        store = Obstore.from_url(url)
        for old in (MISSING, b"1"):
            with pytest.raises(Refused, match="heed"):
                store.swap(Ref("a"), old, b"2")
        assert list(store.refs(Ref())) == []
        assert obstore.list(store.store).collect() == []


def test_a_store_that_resends_is_not_asked_to_swap() -> None:
    with s3() as url:
        again = S3Store(config=Obstore.from_url(url).store.config, client_options={"allow_http": True})
        with pytest.raises(Refused, match="resends"):
            Obstore(again).swap(Ref("a"), MISSING, b"1")


def test_a_missing_bucket_is_a_failure_not_absence() -> None:
    with s3() as url:
        store = Obstore.from_url(url.replace("@there", "@gone"))
        for ask in (
            lambda: store.get(Ref("a")),
            lambda: list(store.refs(Ref("a"), 0)),
            lambda: list(store.refs(Ref())),
            lambda: list(store.refs(Ref(), 1)),
            lambda: store.put(Ref("a"), b"1"),
            lambda: store.swap(Ref("a"), MISSING, b"1"),
            lambda: store.delete(Ref("a")),
        ):
            with pytest.raises(OSError, match=r"^[^\n]+$"):
                ask()
        with pytest.raises(Missing):
            Obstore.from_url(url).get(Ref("a"))


def test_no_server_is_told_in_one_line_and_nothing_shows_the_secret() -> None:
    with s3() as url:
        store = Obstore.from_url(url)
    for ask in (lambda: store.get(Ref("a")), lambda: store.put(Ref("a"), b"1"), lambda: list(store.refs(Ref()))):
        with pytest.raises(OSError, match=r"^[^\n]+$") as failure:
            ask()
        assert "hunter2" not in f"{failure.value} {store!r}"


def test_a_listing_asks_once_for_a_thousand(monkeypatch) -> None:
    store, asked = Obstore(MemoryStore()), []
    listing = obstore.list
    monkeypatch.setattr(obstore, "list", lambda *args, **options: asked.append(options) or listing(*args, **options))
    store.put(Ref("a"), b"")
    assert list(store.refs(Ref())) == [Ref("a")]
    assert asked == [{"chunk_size": 1000}]


def test_local_files_are_disks_files(tmp_path: Path) -> None:
    Obstore.from_url(f"obstore+file://{tmp_path}").put(Ref("a", "B"), b"1")
    assert Disk(tmp_path).get(Ref("a", "B")) == b"1"
    assert os.listdir(tmp_path / "a") == ["%42.v"]


@pytest.mark.parametrize(
    "url", ["obstore+nothing://x", "obstore+s3://b/x?password=hunter2", "obstore+memory:///?region=x"]
)
def test_a_malformed_url_is_told_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as failure:
        Obstore.from_url(url)
    assert "hunter2" not in str(failure.value)
