"""What is asked of servers of files, by http.client. Right is what nginx says with autoindex_format json."""

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

from equivalence.probe import Probe, probe
from provision.kind import Server


class Site:
    """A folder that is served; a path is one below it, as it is sent."""

    def __init__(self, server: Server) -> None:
        self.folder, self.url = Path(server.folder), urlsplit(server.url.removeprefix("nginx+"))

    def ask(self, path: str, verb: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self.url.hostname or "", self.url.port or 80, timeout=60)
        try:
            connection.putrequest(verb, self.url.path + path)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def status(self, path: str, verb: str = "GET", **headers: str) -> str:
        return str(self.ask(path, verb, **headers)[0].status)

    def has(self, name: str, data: bytes = b"1234") -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)


@probe("GET of a file, and HEAD", "200, 200, of one length")
def file(site: Site) -> str:
    site.has("a")
    (get, _), (head, _) = site.ask("a"), site.ask("a", "HEAD")
    same = get.headers["Content-Length"] == head.headers["Content-Length"] == "4"
    return f"{get.status}, {head.status}, of {'one length' if same else 'two lengths'}"


@probe("GET of what is not there", "404")
def missing(site: Site) -> str:
    return site.status("a")


@probe("GET of a folder without its slash", "301, to the whole URL")
def folder(site: Site) -> str:
    site.has("d/a")
    answer, _ = site.ask("d")
    place = answer.headers.get("Location", "")
    return f"{answer.status}, to {'the whole URL' if place.startswith('http://') else 'the path'}"


@probe("GET of a file with a slash behind", "404")
def file_slash(site: Site) -> str:
    site.has("a")
    return site.status("a/")


@probe("GET of a file below a file", "404")
def below_file(site: Site) -> str:
    site.has("a")
    return site.status("a/b")


@probe("the media type of a listing", "application/json")
def media_type(site: Site) -> str:
    return site.ask("")[0].headers["Content-Type"].partition(";")[0]


@probe("what a listing says of a file", "mtime, name, size, type", autoindex="nothing reads size and time")
def entry(site: Site) -> str:
    site.has("a")
    return ", ".join(sorted(json.loads(site.ask("")[1])[0]))


@probe("the order of a listing", "folders first, by name", autoindex="a listing promises no order")
def order(site: Site) -> str:
    for name in ("b", "a", "D/x", "z/x"):
        site.has(name)
    found = [each["name"] for each in json.loads(site.ask("")[1])]
    return "folders first, by name" if found == ["D", "z", "a", "b"] else "another"


@probe("a file with a dot in front", "read, not listed")
def hidden(site: Site) -> str:
    site.has(".a")
    read, listed = site.status(".a") == "200", json.loads(site.ask("")[1])
    return f"{'read' if read else 'not read'}, {'listed' if listed else 'not listed'}"


@probe("a name that is no UTF-8", "its bytes are listed")
def latin(site: Site) -> str:
    (Path(str(site.folder)) / b"\xe9".decode(errors="surrogateescape")).write_bytes(b"1")
    return "its bytes are listed" if b'"\xe9"' in site.ask("")[1] else "it is spelled otherwise"


@probe("a link that leads nowhere", "listed")
def dangling(site: Site) -> str:
    (site.folder / "a").symlink_to("nowhere")
    return "listed" if json.loads(site.ask("")[1]) else "not listed"


@probe("a file called index.html", "listed with its folder")
def index(site: Site) -> str:
    site.has("index.html")
    return "listed with its folder" if site.ask("")[1].startswith(b"[") else "shown for its folder"


@probe("PUT, PATCH, DELETE", "405, 405, 405", autoindex="Python's server knows no such method")
def writes(site: Site) -> str:
    site.has("a")
    return ", ".join(site.status("a", verb, Content_Length="0") for verb in ("PUT", "PATCH", "DELETE"))


@probe("Range: bytes=1-2", "206, the two", autoindex="nothing asks for parts")
def part(site: Site) -> str:
    site.has("a")
    answer, body = site.ask("a", Range="bytes=1-2")
    return f"{answer.status}, {'the two' if body == b'23' else 'all'}"


@probe("If-None-Match with the ETag that came", "304", autoindex="nothing asks so")
def unchanged(site: Site) -> str:
    site.has("a")
    tag = site.ask("a")[0].headers.get("ETag")
    return site.status("a", If_None_Match=tag) if tag else "no ETag"


@probe("a path with a NUL, %00", "400", autoindex="it looks for a file of that name")
def nul(site: Site) -> str:
    return site.status("a%00b")


@probe("a path with a % and no hex digits", "400", autoindex="it takes the sign as it stands")
def bad_escape(site: Site) -> str:
    return site.status("%zz")


@probe("a path with two slashes", "200, as if there were one")
def slashes(site: Site) -> str:
    site.has("d/a")
    status = site.status("d//a")
    return f"{status}, as if there were one" if status == "200" else status


@probe("a path with an encoded slash", "200, as if it were one")
def encoded_slash(site: Site) -> str:
    site.has("d/a")
    status = site.status("d%2fa")
    return f"{status}, as if it were one" if status == "200" else status


@probe("a path that leads above the root", "400", autoindex="it leads nowhere")
def above(site: Site) -> str:
    return site.status("../" * 9 + "a")


@probe("a query behind a path", "200, passed over")
def query(site: Site) -> str:
    site.has("a")
    status = site.status("a?b=c")
    return f"{status}, passed over" if status == "200" else status


PROBES = [each for each in list(globals().values()) if isinstance(each, Probe)]
