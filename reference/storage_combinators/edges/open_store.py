"""open_store: a leaf from a URL or a path, as they come from command lines and settings. Ours."""

import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..leaves.disk import Disk
from ..leaves.env import Env
from ..leaves.memory import Memory
from ..leaves.null import Null
from ..leaves.sqlite import SQLite
from ..store import Store
from ..transforming.bytes_only import Bytes
from .adopted import adopted

__all__ = ["UsageError", "open_store"]


class UsageError(ValueError):
    """What was asked for cannot be opened as it was written; the text is one line that says what to write."""


def open_store(place: object) -> Store[Any]:
    """The store at `place`: of bytes, ``env:`` of str. Nothing is connected to or made before the first verb.

    A path, or ``file:///dir``, ``sqlite:///file``, ``memory:``, ``null:``, ``env:PREFIX``, ``http://host:port/path``,
    ``nginx+http://host:port/dir``, ``redis://host:port/db/name``, ``sftp://user@host:port/dir?host_key=SHA256:...``
    (``scp:`` alike), ``fsspec+PROTOCOL://...``, ``obstore+SCHEME://...``, ``s3://bucket/prefix?endpoint=http://host:port``
    (with ``&region=``); s3, obstore+s3, redis, sftp and scp take ``timeout=`` in seconds. User and password before an
    ``@``, if they do not come from the environment or the usual files. Or what fsspec or obstore made: see adopted.
    Or a TOML file of a tree: see tree_of. UsageError for anything else, or a missing extra; it shows no password.

    >>> open_store("sqlite:///data/cells.db")
    SQLite(path=PosixPath('/data/cells.db'), wait=60.0)
    """
    if not isinstance(place, str | os.PathLike):
        return adopted(place)
    text = os.fspath(place)
    if not text:
        raise UsageError("an empty text names no store: write a path, . for the current folder, or a URL")
    scheme = SCHEME.match(text)
    if scheme is None or not isinstance(place, str):
        if text.endswith(".toml") and not os.path.isdir(text):
            from .toml_tree import tree_of  # it imports this module

            return tree_of(Path(text))
        return Disk(Path(text))
    name = scheme[1].lower()
    opener = _OPENERS.get(name) or _OPENERS.get(name.partition("+")[0] + "+")
    if opener is None:
        raise UsageError(f"no store is called {name}: there are {', '.join(_OPENERS)}; a path with a colon needs ./")
    try:
        return opener(text)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(name.partition("+")[0], "all")
        raise UsageError(f"{error.name} is missing: pip install 'storage-combinators[{extra}]'") from None
    except ValueError as error:  # the text may hold a password, so it is not shown
        told = str(error) if isinstance(error, UsageError) else f"this {name} URL is malformed: {error}"
        raise UsageError(told) from None


def _leaf(module: str, make: str) -> Callable[[str], Store[Any]]:
    """An opener whose leaf, and with it the library that it stands on, is imported when it is first needed."""

    def opened(text: str) -> Store[Any]:
        found: Any = import_module(f"storage_combinators.leaves.{module}")
        for name in make.split("."):
            found = getattr(found, name)
        store: Store[Any] = found(text)
        return store

    return opened


def _memory(text: str) -> Store[bytes]:
    _nothing_but_scheme(text)
    return Bytes(Memory())


def _null(text: str) -> Store[bytes]:
    _nothing_but_scheme(text)
    return Null()


def _nothing_but_scheme(text: str) -> None:
    url = urlsplit(text)
    if any(url[1:]):
        raise UsageError(f"nothing comes after {url.scheme}: in this URL")


def _env(text: str) -> Store[str]:
    url = urlsplit(text)
    if any((url.netloc, url.query, url.fragment)) or "/" in url.path:
        raise UsageError("write env: or env:PREFIX")
    return Env(unquote(url.path))


def _disk(text: str) -> Store[bytes]:
    return Disk(_path(text))


def _sqlite(text: str) -> Store[bytes]:
    return SQLite(_path(text))


def _path(text: str) -> Path:
    url = urlsplit(text)
    if any((url.netloc, url.query, url.fragment)) or not url.path:
        raise UsageError(f"write {url.scheme}:///path or {url.scheme}:relative/path, with %23 for # and %3f for ?")
    return Path(unquote(re.sub("^/+", "/", url.path)))


def _s3(text: str) -> Store[bytes]:
    from ..leaves.addresses import Url, seconds
    from ..leaves.s3 import S3

    url, options = urlsplit(text), Url(text).options("endpoint", "region", "timeout")
    who, _, bucket = url.netloc.rpartition("@")
    if not bucket:
        raise UsageError("write s3://bucket/prefix?endpoint=http://host:port&region=name; all but the bucket may go")
    key, _, secret = map(unquote, who.partition(":"))
    prefix, endpoint, region = unquote(url.path).strip("/"), options.get("endpoint"), options.get("region")
    return S3(bucket, prefix, endpoint, region, key or None, secret or None, seconds(options.get("timeout", "30")))


SCHEME = re.compile("([A-Za-z_][A-Za-z0-9_+.-]*):")  # with _, so that a_module:factory is taken for no path
_OPENERS: dict[str, Callable[[str], Store[Any]]] = {
    "memory": _memory,
    "null": _null,
    "env": _env,
    "file": _disk,
    "sqlite": _sqlite,
    "http": _leaf("http", "Http"),
    "https": _leaf("http", "Http"),
    "s3": _s3,
    "redis": _leaf("redis", "Redis"),
    "rediss": _leaf("redis", "Redis"),
    "sftp": _leaf("sftp", "Sftp"),
    "scp": _leaf("scp", "Scp"),
    "nginx+": _leaf("nginx", "Nginx"),
    "fsspec+": _leaf("fsspec", "Fsspec"),
    "obstore+": _leaf("obstore", "Obstore.from_url"),
}
_EXTRAS = {name: name for name in ("http", "s3", "redis", "sftp")}
_EXTRAS |= {"https": "http", "rediss": "redis", "scp": "sftp", "nginx": "http"}
