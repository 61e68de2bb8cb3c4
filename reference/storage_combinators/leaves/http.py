"""Http: a store over a server (paper, sections 2.3 and 4.4: http store)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from ..functions import as_bytes
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused
from .http_session import Session
from .wire import LISTING, digest_tag, path_of, ref_at

DONE = {200, 201, 204}  # what a write may be answered with
FRAMED = {"content-length", "transfer-encoding"}


@dataclass(frozen=True)
class Http:
    """A store over any server that speaks docs/wire.md; a static file server can be read, not listed.

    ``Http(url of serve(s)) ≈ s``; ``get(r)`` is GET of the URL and r. `timeout` is in seconds of silence.
    404 is absence, 405 Refused, 412 and a 404 to a condition Conflict. Every other status, a cut body and a lost
    connection are an httpx.HTTPError; nothing is sent twice, so a write that failed may have happened.
    A swap is one request after a get has shown that tags are digests, else two; without strong tags it is Refused.

    >>> Http("http://user:secret@127.0.0.1:8080/tasks/")
    Http(url='http://127.0.0.1:8080/tasks/', timeout=30.0)
    """

    url: str
    timeout: float = 30.0
    session: Session = field(default_factory=Session, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"shared": True}
    without: ClassVar[dict[str, str]] = {"survives": "what outlives a crash is the server's to say"}

    def __post_init__(self) -> None:
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
            raise ValueError("not a URL of the form http://host:port/path")  # not shown, for it may hold a password
        ref_at(url.raw_path.decode())  # as the rest of what is asked for, this must be a ref

    def __repr__(self) -> str:
        return f"Http(url={_bare(self.url)!r}, timeout={self.timeout!r})"

    def get(self, ref: Ref, /) -> bytes:
        return self._read(ref)[0]

    def put(self, ref: Ref, value: bytes, /) -> None:
        self._ask("PUT", ref, DONE, as_bytes(value))

    def merge(self, ref: Ref, value: bytes, /) -> None:
        self._ask("PATCH", ref, DONE, as_bytes(value))

    def delete(self, ref: Ref, /) -> None:
        self._ask("DELETE", ref, {*DONE, 404})

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        body = None if new is MISSING else as_bytes(new)
        condition = {"If-None-Match": "*"} if old is MISSING else {"If-Match": self._tag(ref, as_bytes(old))}
        response = self._ask("DELETE" if body is None else "PUT", ref, {*DONE, 404, 412}, body, condition)
        if response.status_code in (404, 412):
            raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 0:
            yield from [base] if self._ask("HEAD", base, {200, 404}).status_code == 200 else []
            return
        with self.session.client.stream(**self._request("GET", base, f"?refs={depth or 'all'}")) as response:
            _judge(response, {200, 404})
            if response.headers.get("content-type", "").partition(";")[0] != LISTING:
                raise Refused("this server lists nothing there")
            root = ref_at(httpx.URL(self.url).raw_path.decode())
            yield from (ref_at(line).under(root) for line in response.iter_lines())

    def _read(self, ref: Ref) -> tuple[bytes, str]:
        """The value and its tag."""
        response = self._ask("GET", ref, {200, 404})
        if response.status_code == 404:
            raise Missing(ref)
        tag = response.headers.get("etag", "")
        self.session.digests = tag == digest_tag(response.content)
        return response.content, tag

    def _tag(self, ref: Ref, old: bytes) -> str:
        """The tag under which the server would have `old`; Conflict if it turns out to have something else."""
        if self.session.digests:
            return digest_tag(old)
        try:
            value, tag = self._read(ref)
        except Missing:
            raise Conflict(ref) from None
        if value != old:
            raise Conflict(ref)
        if not tag.startswith('"'):
            raise Refused("this server gives no strong ETag, so it cannot compare and write in one step")
        return tag

    def _ask(
        self, verb: str, ref: Ref, answers: set[int], body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        response = self.session.client.request(**self._request(verb, ref), content=body, headers=headers)
        _judge(response, answers)
        return response

    def _request(self, method: str, ref: Ref, query: str = "") -> Any:
        url = httpx.URL(self.url)
        auth = httpx.BasicAuth(url.username, url.password) if url.userinfo else httpx.USE_CLIENT_DEFAULT
        target = _bare(self.url).removesuffix("/") + path_of(ref) + query
        return {"method": method, "url": target, "auth": auth, "timeout": self.timeout}


def _judge(response: httpx.Response, answers: set[int]) -> None:
    """Raise what the status says, unless it is among `answers` and all of the body came, as it is stored."""
    request, status = response.request, response.status_code
    if status == 405:
        plain = response.headers.get("content-type", "").startswith("text/plain")
        raise Refused(response.read().decode(errors="replace") if plain else response.reason_phrase)
    if status not in answers:
        raise httpx.HTTPStatusError(f"{status} for {request.method} {request.url}", request=request, response=response)
    if "content-encoding" in response.headers:
        raise httpx.DecodingError("an encoded body, though it was asked for as it is", request=request)
    if status == 200 and request.method == "GET" and not FRAMED & response.headers.keys():
        raise httpx.RemoteProtocolError("no telling whether all of the body came", request=request)


def _bare(url: str) -> str:
    return str(httpx.URL(url).copy_with(userinfo=b""))
