"""Fsspec: any file system that fsspec knows. Ours; spelled as Disk spells its files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # fsspec has no types

from ..functions import as_bytes
from ..ref import Ref
from ..store import Depth, Gone, Missing, Refused
from .addresses import Url
from .disk_names import spelled
from .folders import SUFFIX, below, entry, level

__all__ = ["Fsspec"]

_ATTEMPTS = 20  # of what needs a folder that somebody may remove
_TORN = "a write of this file system may be seen, or cut short, in the middle"


@dataclass(frozen=True)
class Fsspec:
    """Bytes in files below a folder of fsspec: ``fsspec+PROTOCOL://...``, or a folder and the file system `fs`.

    ``get(r)`` reads ``FOLDER/spelled(r).v``. Absence is FileNotFoundError; all else is a failure. On local files a
    put is a new file renamed over the old; in memory it is one step; elsewhere it is fsspec's own, which may show or
    leave half of a value: hence the claims. fsspec checks before it creates, in two steps: swap is Refused.
    Caches of listings are dropped before each look; folders that a delete leaves empty stay, and do not show.

    >>> store = Fsspec("fsspec+memory://doctest"); store.put(Ref("a", "B"), b"1"); list(store.refs(Ref()))
    [Ref('a', 'B')]
    """

    url: str
    fs: Any = field(default=None, repr=False)

    claims: ClassVar[dict[str, object]] = {"shared": True}
    without: ClassVar[dict[str, str]] = {"swaps": "fsspec checks and then writes, in two steps"}

    def __post_init__(self) -> None:
        url = Url(self.url.removeprefix("fsspec+"))
        object.__setattr__(self, "url", url)
        claims: dict[str, object] = {"survives": "kill"} if self._renames else {}
        without = {} if self._renames or "memory" in self._protocols else {"threads": _TORN}
        if self.fs is not None:
            without["pickles"] = "what becomes of the content of a file system that was handed in is fsspec's to say"
        object.__setattr__(self, "claims", {**self.claims, **claims})
        object.__setattr__(self, "without", {**self.without, **without})

    def get(self, ref: Ref, /) -> bytes:
        try:
            return bytes(self._fs.cat_file(self._file(ref)))
        except FileNotFoundError:
            raise Missing(ref) from None

    def put(self, ref: Ref, value: bytes, /) -> None:
        file, data = self._file(ref), as_bytes(value)
        if not self._renames:
            self._in_folder(file, lambda: self._fs.pipe_file(file, data))
            return
        draft = f"{self._root}/.drafts/{uuid4().hex}"
        try:
            self._in_folder(draft, lambda: self._fs.pipe_file(draft, data))
            self._in_folder(file, lambda: self._fs.mv(draft, file))
        except BaseException:
            self._remove(draft)
            raise

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self._remove(self._file(ref))

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        raise Refused("fsspec checks and then writes, in two steps")

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and self._holds(base):
            yield base
        if depth != 0:
            yield from (level if depth == 1 else below)(self._scan, spelled(base))

    @property
    def _protocols(self) -> tuple[str, ...]:
        fs = self.fs
        while fs is not None and fs.protocol == "dir":  # a folder of another
            fs = fs.fs
        told = fs.protocol if fs is not None else urlsplit(self.url).scheme or "file"
        return (told,) if isinstance(told, str) else tuple(told)

    @property
    def _renames(self) -> bool:
        return "file" in self._protocols or "local" in self._protocols

    @cached_property
    def _found(self) -> tuple[Any, str]:
        """The file system, and the path of the folder in it."""
        if self.fs is not None:
            return self.fs, str(self.url).rstrip("/")
        fs, path = url_to_fs(str(self.url), use_listings_cache=False, skip_instance_cache=True)
        return fs, path.rstrip("/")

    @property
    def _fs(self) -> Any:
        return self._found[0]

    @property
    def _root(self) -> str:
        return self._found[1]

    def _file(self, ref: Ref) -> str:
        return f"{self._root}/{spelled(ref)}{SUFFIX}"

    def _holds(self, ref: Ref) -> bool:
        self._fs.invalidate_cache()
        try:
            self._fs.info(self._file(ref))
        except FileNotFoundError:
            return False
        return True

    def _remove(self, path: str) -> None:
        try:
            self._fs.rm_file(path)
        except FileNotFoundError:
            pass

    def _in_folder(self, path: str, step: Callable[[], Any]) -> None:
        for _ in range(_ATTEMPTS):
            try:
                step()
                return
            except FileNotFoundError:
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        step()

    def _scan(self, folder: str) -> list[tuple[str, bool]]:
        self._fs.invalidate_cache()
        try:
            listed = self._fs.ls(f"{self._root}/{folder}".rstrip("/"), detail=True)
        except FileNotFoundError:
            return []
        found = [(each["name"].rstrip("/").rpartition("/")[2], each["type"] == "directory") for each in listed]
        return [kept for name, is_folder in found if (kept := entry(folder, name, is_folder))]
