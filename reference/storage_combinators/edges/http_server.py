"""A store served over HTTP: the wire of docs/wire.md, server side (paper, section 4.2: SchemeHTTPServer)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from urllib.parse import quote

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..functions import as_bytes, exists, look
from ..leaves.wire import LISTING, digest_tag, path_of, ref_at
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused, Store

__all__ = ["application", "serve"]

DEPTHS: dict[str, Depth] = {"refs=1": 1, "refs=all": None}


def application(store: Store[bytes]) -> ASGIApp:
    """`store` as an ASGI application: ``Http(url of it) ≈ store``. For objects: Serialized(store, Inverse(codec)).

    Missing is 404, Conflict 412, Refused 405 with the reason, a path that is no ref 400 with the reason. A failure is
    500 without a word of it; it goes to the server's log. Verbs run in threads, several at once: as safe as the store.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with suppress(ClientDisconnect):  # half a value is never put, and nobody is there to be told
            response = await run_in_threadpool(_answered, store, request, await request.body())
            await response(scope, receive, send)

    answers = {
        Missing: lambda _, missing: PlainTextResponse("nothing there", 404),
        Conflict: lambda _, conflict: PlainTextResponse("something else is there", 412),
        Refused: lambda _, refused: PlainTextResponse(str(refused), 405),
    }
    return ServerErrorMiddleware(ExceptionMiddleware(answer, answers), _failed)


def _failed(_request: Request, _failure: Exception) -> Response:
    """500, and the end of the connection, which uvicorn drops after a failure: the client must know in time."""
    return PlainTextResponse("a failure, told in the server's log", 500, {"Connection": "close"})


@contextmanager
def serve(store: Store[bytes], host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """`store` served from a thread while the block runs; gives its URL. Port 0 is any free one; OSError if taken."""
    with socket.create_server((host, port)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited; else a body waits 40 ms for an ACK
        config = uvicorn.Config(application(store), lifespan="off", log_level="error", timeout_graceful_shutdown=5)
        config.timeout_keep_alive = 60  # longer than clients keep a connection: they must not ask on one just closed
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: None if server.should_exit else server.run([listener]), daemon=True)
        try:
            thread.start()
            while thread.is_alive() and not server.started:
                thread.join(0.005)
            if not server.started:
                raise RuntimeError("the server did not start; its log says why")
            yield f"http://{host}:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True  # which a thread sees whose start Ctrl-C cut short: it is not waited for
            while thread.is_alive():
                thread.join(0.005)


def _answered(store: Store[bytes], request: Request, body: bytes) -> Response:
    ref = _ref(request)
    if query := request.scope["query_string"].decode("latin-1"):
        return _listing(store, ref, request, query)
    match request.method:
        case "GET":
            value = as_bytes(store.get(ref))
            return Response(value, headers={"ETag": digest_tag(value)}, media_type="application/octet-stream")
        case "HEAD":
            response = Response(status_code=200 if exists(store, ref) else 404)
            del response.headers["content-length"]  # that of the value is not known without reading it
            return response
        case "PUT":
            _write(store, ref, request, body)
        case "DELETE":
            _write(store, ref, request, MISSING)
        case "PATCH" if not _conditions(request):
            store.merge(ref, body)
        case _:
            raise HTTPException(400, f"no {request.method} here, or none with a condition")
    return Response(status_code=204)


def _ref(request: Request) -> Ref:
    """The ref of the path as it was sent, for in the decoded one an encoded slash looks like a slash."""
    try:
        path = request.scope["raw_path"].decode("ascii")
        return ref_at(path.removeprefix(_root(request)) or "/")
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def _root(request: Request) -> str:
    """The path that this application is mounted at by another one; mostly empty."""
    return quote(request.scope.get("root_path", ""))


def _conditions(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("if-match", "if-none-match") if name in request.headers}


def _write(store: Store[bytes], ref: Ref, request: Request, new: bytes | Gone) -> None:
    match _conditions(request):
        case {"if-none-match": "*", **rest} if not rest:
            store.swap(ref, MISSING, new)
        case {"if-match": tag, **rest} if not rest:
            store.swap(ref, _tagged(store, ref, tag), new)
        case unclear if unclear:
            raise HTTPException(400, "a condition is If-None-Match: * or If-Match with a tag")
        case _ if new is MISSING:
            store.delete(ref)
        case _:
            store.put(ref, new)


def _tagged(store: Store[bytes], ref: Ref, tag: str) -> bytes:
    """The value that has this tag, if it is the one that is there now. The swap with it looks again."""
    value = look(store, ref)
    if value is MISSING or digest_tag(as_bytes(value)) != tag:
        raise Conflict(ref)
    return value


def _listing(store: Store[bytes], base: Ref, request: Request, query: str) -> Response:
    if request.method != "GET" or query not in DEPTHS:
        raise HTTPException(400, "a query is GET with ?refs=1 or ?refs=all")
    pages = _pages(store.refs(base, DEPTHS[query]), _root(request))
    first = next(pages, "")  # before any status is sent, so that Refused is one
    return StreamingResponse(chain([first], pages), media_type=LISTING)


def _pages(refs: Iterator[Ref], root: str) -> Iterator[str]:
    while page := "".join(root + path_of(ref) + "\n" for ref in islice(refs, 1000)):
        yield page
