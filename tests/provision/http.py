"""Files over HTTP with lists as JSON: nginx in a container or as a program, or a small handler like it."""

import http.client
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

from provision import programs
from provision.kind import Failed, Server

CONTENT = Path(__file__).parents[2] / "docker" / "nginx" / "content"
SETTINGS = """daemon off;
{user}
pid {folder}/nginx.master;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/data; autoindex on; autoindex_format json; index .none; }}
}}
"""


@dataclass(frozen=True)
class Http:
    """Its `folder` is what it serves; one that an address leads to says it by STORAGE_HTTP_FOLDER."""

    name: str = "http"
    variable: str = "STORAGE_HTTP_URL"
    image: str = "nginx"
    program: str = "nginx"

    def asked(self, url: str, /) -> str:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=30)
        try:
            connection.request("GET", parts.path or "/")
            answer = connection.getresponse()
        except OSError as error:
            raise Failed(f"it does not answer: {error}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise Failed(f"it answers {answer.status} {answer.reason}")
        return answer.headers.get("Server", "a server without a name").replace("/", " ")

    def program_version(self, path: str, /) -> str:
        return "nginx " + re.findall(r"nginx/(\S+)", programs.said(path, "-v"))[0]

    def embedded_version(self) -> str:
        return "http.server with lists as JSON"

    def in_container(self, run: str, folder: Path, /) -> Server:
        from provision import containers

        data = content(folder)
        container, address = containers.start(self.image, 8080, run, {}, {str(data): "/srv/content"})
        what = containers.version(self.image)
        return Server(f"nginx+http://{address}/", "container", what, str(data), container)

    def as_program(self, path: str, folder: Path, /) -> Server:
        port, data = programs.free_port(), content(folder)
        # Its workers are nobody when root starts it, and could not read what only root may.
        user = "user root root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(SETTINGS.format(user=user, folder=folder, port=port))
        url = f"nginx+http://127.0.0.1:{port}/"
        command = [path, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        programs.start(self.name, command, folder, {}, lambda: self.asked(url))
        return Server(url, "program", self.program_version(path), str(data))

    @contextmanager
    def embedded(self) -> Iterator[Server]:
        from embedded import autoindex

        with TemporaryDirectory() as folder, autoindex(Path(folder)) as url:
            yield Server(url, "embedded", self.embedded_version(), str(Path(folder, "data")))

    @contextmanager
    def place(self, server: Server, /) -> Iterator[Server]:
        if not server.folder:
            raise Failed("tests of reading fill a folder first: say by STORAGE_HTTP_FOLDER which one the server serves")
        name = f"test-{uuid4().hex}"
        folder = Path(server.folder, name)
        folder.mkdir(mode=0o755)
        try:
            yield replace(server, url=f"{server.url.rstrip('/')}/{name}/", folder=str(folder))
        finally:
            shutil.rmtree(folder)


def content(folder: Path) -> Path:
    """A folder that anybody may read, with the content of the image in it."""
    data = folder / "data"
    shutil.copytree(CONTENT, data, dirs_exist_ok=True)
    data.chmod(0o755)
    return data
