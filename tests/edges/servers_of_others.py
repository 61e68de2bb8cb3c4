"""Servers that are not ours: one that speaks the wire with tags of its own, and one that says what it is told to."""

from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import unquote_to_bytes


@contextmanager
def running(handler):
    """The URL of a server with this handler, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def canned(reply):
    """A handler that answers every request with the bytes reply(method, path, headers), then hangs up."""

    class Canned(BaseHTTPRequestHandler):
        asked = []

        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.asked.append((self.command, self.path, dict(self.headers)))
            self.wfile.write(reply(self.command, self.path, self.headers))
            self.close_connection = True

        do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_):
            pass

    return Canned


def stranger():
    """A handler that follows docs/wire.md with the standard library alone; its tags count versions."""

    class Stranger(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        cells, tags, asked, lock, versions = {}, {}, Counter(), Lock(), iter(range(10**9))

        def setup(self):
            super().setup()
            self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: headers and body are two small writes

        def say(self, status, body=b"", **headers):
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.asked["GET"] += 1
            path, _, query = self.path.partition("?")
            if query:
                return self.say(200, self.listing(path, query), Content_Type="text/x-refs")
            with self.lock:
                found, tag = self.cells.get(self.names(path)), self.tags.get(self.names(path))
            return self.say(404) if found is None else self.say(200, found, ETag=tag)

        def do_HEAD(self):
            self.send_response(200 if self.names(self.path) in self.cells else 404)
            self.end_headers()

        def do_PUT(self):
            self.write(self.rfile.read(int(self.headers["Content-Length"])))

        do_PATCH = do_PUT

        def do_DELETE(self):
            self.write(None)

        def write(self, new):
            self.asked[self.command] += 1
            names = self.names(self.path)
            with self.lock:
                tag = self.tags.get(names) if names in self.cells else None
                if self.headers.get("If-None-Match") == "*" and tag is not None:
                    return self.say(412)
                if self.headers.get("If-Match") not in (None, tag):
                    return self.say(412 if tag else 404)  # as servers do that look the thing up first
                if new is None:
                    self.cells.pop(names, None)
                else:
                    self.cells[names], self.tags[names] = new, f'"v{next(self.versions)}"'
            return self.say(204)

        def names(self, path):
            return tuple(unquote_to_bytes(name) for name in path[1:].split("/")) if path != "/" else ()

        def listing(self, path, query):
            base, inside = self.names(path), [*self.cells]
            inside = {names for names in inside if names[: len(base)] == base}
            if query == "refs=1":
                inside = {names[: len(base) + 1] for names in inside if names != base}
            return "".join("/" + "/".join(map(self.spelt, names)) + "\n" for names in inside).encode()

        def spelt(self, name):
            return "".join(f"%{byte:02X}" for byte in name)

        def log_message(self, *_):
            pass

    return Stranger
