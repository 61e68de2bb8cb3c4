"""Nginx: files that nginx lists as JSON (paper, section 2.3: http store, for reading). Ours: the listing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import httpx

from ..ref import Ref
from ..store import Depth, Gone, Missing, Refused
from .addresses import Url
from .http_session import Session
from .wire import path_of

__all__ = ["Nginx"]


@dataclass(frozen=True)
class Nginx:
    """The files of a folder that nginx serves with ``autoindex_format json`` and no index file, for reading only.

    ``get(r)`` is ``GET http://HOST/FOLDER/r``, each name percent-encoded, for the URL ``nginx+http://HOST/FOLDER``.
    Absence is 404, and a folder. Names that begin with a dot are not listed, and so are absent. Any other status,
    a body that is cut or no listing is a failure. Writes are Refused. One request for each get and each folder.

    >>> Nginx("nginx+http://me:secret@files.example:8080/data")
    Nginx(url='nginx+http://files.example:8080/data', timeout=30.0)
    """

    url: str
    timeout: float = 30.0
    session: Session = field(default_factory=Session, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"shared": True}
    without: ClassVar[dict[str, str]] = dict.fromkeys(("writes", "merges", "swaps"), "nginx serves it for reading")

    def __post_init__(self) -> None:
        url = Url(self.url)
        url.split_as("nginx+http", "nginx+https")
        url.options()
        object.__setattr__(self, "url", url)

    def get(self, ref: Ref, /) -> bytes:
        response = self._ask("GET", path_of(ref)) if _shows(ref) else None
        if response is None:
            raise Missing(ref)
        return response.content

    def put(self, ref: Ref, value: bytes, /) -> None:
        raise Refused("these files can only be read")

    merge = put

    def delete(self, ref: Ref, /) -> None:
        raise Refused("these files can only be read")

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        raise Refused("these files can only be read")

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and _shows(base) and self._ask("HEAD", path_of(base)):
            yield base
        if depth != 0:
            yield from self._level(base) if depth == 1 else self._below(base)

    def _level(self, base: Ref) -> Iterator[Ref]:
        for ref, is_folder in self._scan(base):
            if not is_folder or any(True for _ in self._below(ref)):
                yield ref

    def _below(self, base: Ref) -> Iterator[Ref]:
        folders = [base]
        while folders:
            for ref, is_folder in self._scan(folders.pop()):
                if is_folder:
                    folders.append(ref)
                else:
                    yield ref

    def _scan(self, base: Ref) -> Iterator[tuple[Ref, bool]]:
        """What nginx lists, and whether each is a folder; a file that no ref can name is passed over."""
        response = self._ask("GET", path_of(base).rstrip("/") + "/") if _shows(base) or not base else None
        if response is None:
            return
        if not response.headers.get("content-type", "").startswith("application/json"):
            raise OSError(f"{Url(self.url).shown}{path_of(base)} is no listing: autoindex_format json is not set there")
        for entry in json.loads(response.content.decode(errors="surrogateescape")):
            try:
                yield base / entry["name"], entry["type"] == "directory"
            except ValueError:
                pass

    def _ask(self, verb: str, path: str) -> httpx.Response | None:
        """The whole answer; None if nothing is there, or a folder where a file was asked for."""
        url = Url(self.url)
        parts = url.split_as("nginx+http", "nginx+https")
        target = f"{parts.scheme[6:]}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}{path}"
        auth = httpx.BasicAuth(*url.credentials()) if parts.username else httpx.USE_CLIENT_DEFAULT
        try:
            response = self.session.client.request(verb, target, auth=auth, timeout=self.timeout)
        except httpx.TransportError as error:
            raise ConnectionError(f"{url.shown}: {str(error) or type(error).__name__}") from error
        return _judged(response, f"{verb} {url.shown}: {path}")


def _judged(response: httpx.Response, asked: str) -> httpx.Response | None:
    moved = httpx.URL(response.headers.get("location", "")).raw_path == response.request.url.raw_path + b"/"
    if response.status_code == 404 or (response.status_code == 301 and moved):
        return None
    if response.status_code != 200:
        raise OSError(f"{asked} was answered {response.status_code} {response.reason_phrase}")
    if "content-length" not in response.headers and "transfer-encoding" not in response.headers:
        raise OSError(f"{asked} was answered without a length, so nothing tells whether all of it came")
    return response


def _shows(ref: Ref) -> bool:
    return bool(ref) and not any(name.startswith(".") for name in ref)
