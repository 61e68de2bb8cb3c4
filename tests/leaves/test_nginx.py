"""What is special to Nginx: names, folders and dots, and answers that are neither a value nor absence."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import embedded
import real
from storage_combinators.leaves.nginx import Nginx
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing, Refused

NAMES = ["a", "b c/é%41/x?y#", "b c/q+&", 'Z/\\back"q', "Z/\u2028\t", "Z/~"]


@pytest.fixture(params=["embedded", "program"])
def served(request, tmp_path: Path) -> Iterator[tuple[Nginx, Path]]:
    if request.param == "program" and not real.found("nginx"):
        pytest.skip("nginx is not installed")
    with embedded.autoindex(tmp_path) if request.param == "embedded" else real.nginx(tmp_path) as url:
        for name in NAMES:
            write(tmp_path / "data" / name, name.encode())
        yield Nginx(url), tmp_path / "data"


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_any_name_is_found_and_listed(served) -> None:
    store, _ = served
    refs = {Ref.parse(name) for name in NAMES}
    assert {store.get(ref) for ref in refs} == {name.encode() for name in NAMES}
    assert sorted(store.refs(Ref())) == sorted(refs)
    assert set(store.refs(Ref("b c"), 1)) == {Ref("b c", "é%41"), Ref("b c", "q+&")}
    assert list(store.refs(Ref("a"), 0)) == [Ref("a")]
    assert list(store.refs(Ref("b c"), 0)) == []
    assert list(store.refs(Ref("none"))) == []


def test_a_folder_is_absent_and_an_empty_one_does_not_show(served) -> None:
    store, folder = served
    (folder / "empty" / "inside").mkdir(parents=True)
    for ref in (Ref(), Ref("b c"), Ref("a", "below a file"), Ref("x" * 300)):
        with pytest.raises(Missing):
            store.get(ref)
    assert {str(ref) for ref in store.refs(Ref(), 1)} == {"a", "b c", "Z"}


def test_what_is_not_listed_is_not_there(served) -> None:
    store, folder = served
    write(folder / ".hidden" / "a", b"1")
    write(folder / ".dot", b"1")
    for ref in (Ref(".dot"), Ref(".hidden", "a")):
        with pytest.raises(Missing):
            store.get(ref)
        assert list(store.refs(ref, 0)) == []
    assert list(store.refs(Ref(".hidden"))) == []


def test_a_file_that_no_ref_can_name_is_passed_over(served) -> None:
    store, folder = served
    Path(str(folder) + "/Z/\udcff").write_bytes(b"1")
    assert len(list(store.refs(Ref("Z")))) == 3


def test_writes_are_refused(served) -> None:
    store, _ = served
    for write_ in (
        lambda: store.put(Ref("a"), b"1"),
        lambda: store.merge(Ref("a"), b"1"),
        lambda: store.delete(Ref("a")),
        lambda: store.swap(Ref("a"), MISSING, b"1"),
    ):
        with pytest.raises(Refused):
            write_()


def answering(status: int, body: bytes, headers: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (500, {"Content-Length": "3"}),
        (401, {"Content-Length": "3"}),
        (301, {"Location": "/elsewhere", "Content-Length": "3"}),
        (200, {"Content-Length": "9"}),  # cut
        (200, {}),  # perhaps cut
    ],
)
def test_any_other_answer_is_a_failure_of_one_line(status: int, headers: dict[str, str]) -> None:
    with embedded.serving(answering(status, b"abc", headers)) as port:
        store = Nginx(f"nginx+http://me:hunter2@127.0.0.1:{port}/data")
        for ask in (lambda: store.get(Ref("a")), lambda: list(store.refs(Ref(), 1))):
            with pytest.raises(OSError) as failure:
                ask()
            assert "\n" not in str(failure.value)
            assert "hunter2" not in f"{failure.value!r} {store!r}"


def test_a_page_for_people_is_no_listing() -> None:
    page = answering(200, b"[]", {"Content-Length": "2", "Content-Type": "text/html"})
    with embedded.serving(page) as port, pytest.raises(OSError, match="autoindex_format json"):
        list(Nginx(f"nginx+http://127.0.0.1:{port}/").refs(Ref()))


def test_no_server_is_a_failure_of_one_line() -> None:
    with embedded.serving(answering(404, b"", {"Content-Length": "0"})) as port:
        pass
    with pytest.raises(ConnectionError, match=r"^[^\n]+$"):
        Nginx(f"nginx+http://127.0.0.1:{port}/").get(Ref("a"))


@pytest.mark.parametrize("url", ["http://h/", "nginx+http:///x", "nginx+http://h/?a=b"])
def test_a_malformed_url_is_told_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Nginx(url)
