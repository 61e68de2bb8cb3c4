"""Obstore: any object store of the Rust crate object_store. Ours; spelled as Disk spells its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore

from ..functions import as_bytes, look
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused
from .addresses import Url
from .disk_names import parsed, spelled
from .folders import SUFFIX, entry, level
from .obstore_steps import Form, absent, one_line, opened, probe, put_if, unchanged

if TYPE_CHECKING:
    from obstore import ObjectMeta  # which obstore has for type checkers alone

__all__ = ["Obstore"]

_PAGE = 1000
_ATTEMPTS = 100  # of a swap that is overtaken by writes of the very value that it expects


@dataclass(frozen=True)
class Obstore:
    """Bytes in objects of `store`, an obstore store; ``Obstore.from_url("obstore+s3://...")`` makes one.

    ``get(r)`` is the object ``spelled(r).v``. Absence is the object's, not the bucket's; a failure is an OSError of
    one line. swap creates, and replaces by tag, where a probe on a throw-away object has shown that the store heeds
    the condition; to remove is Refused, and so is a swap on a store that resends. Stopped midway: before or after.

    >>> store = Obstore(MemoryStore()); store.put(Ref("a", "B"), b"1"); obstore.list(store.store).collect()[0]["path"]
    'a/%42.v'
    """

    store: ObjectStore
    probed: set[Form] = field(default_factory=set, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"swaps": "write", "shared": True, "survives": "kill"}

    def __post_init__(self) -> None:
        memory, local = isinstance(self.store, MemoryStore), isinstance(self.store, LocalStore)
        less = {"survives": "nothing"} if memory else {"swaps": "create"} if local else {}
        object.__setattr__(self, "claims", {**self.claims, **less})

    @classmethod
    def from_url(cls, url: str) -> Obstore:
        """From ``obstore+URL``, of a form that obstore knows; for S3 with KEY:SECRET@, ?endpoint= and &region=.

        ValueError, one line, for any other. Credentials that are not in the URL come from where obstore looks.
        """
        return cls(opened(Url(url.removeprefix("obstore+"))))

    def get(self, ref: Ref, /) -> bytes:
        return self._read(ref)[0]

    def put(self, ref: Ref, value: bytes, /) -> None:
        with one_line():
            obstore.put(self.store, _path(ref), as_bytes(value), use_multipart=False)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        with one_line():
            try:
                obstore.delete(self.store, _path(ref))
            except FileNotFoundError as error:
                absent(error)

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        if old is not MISSING and new is not MISSING:
            self._replace(ref, as_bytes(old), as_bytes(new))
        elif old is not MISSING:
            raise Refused("object_store has no delete with a condition")
        elif self._holds(ref) if new is MISSING else not self._created(ref, as_bytes(new)):
            raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and self._holds(base):
            yield base
        if depth != 0:
            yield from level(self._scan, spelled(base)) if depth == 1 else self._below(spelled(base))

    def _read(self, ref: Ref) -> tuple[bytes, ObjectMeta]:
        with one_line():
            try:
                found = obstore.get(self.store, _path(ref))
                return bytes(found.bytes()), found.meta
            except FileNotFoundError as error:
                absent(error)
                raise Missing(ref) from None

    def _holds(self, ref: Ref) -> bool:
        with one_line():
            try:
                obstore.head(self.store, _path(ref))
            except FileNotFoundError:  # the answer to HEAD has no body to tell a missing object from a missing bucket
                return look(self, ref) is not MISSING
        return True

    def _created(self, ref: Ref, data: bytes) -> bool:
        self._heeds("create")
        return put_if(self.store, _path(ref), data, "create")

    def _replace(self, ref: Ref, old: bytes, new: bytes) -> None:
        self._heeds("update")
        for _ in range(_ATTEMPTS):
            try:
                value, meta = self._read(ref)
            except Missing:
                raise Conflict(ref) from None
            if value != old:
                raise Conflict(ref)
            if put_if(self.store, _path(ref), new, unchanged(meta)):
                return
        raise OSError(f"others write {ref!r} too fast for a swap to come through")

    def _heeds(self, form: Form) -> None:
        if form not in self.probed:
            probe(self.store, form)
            self.probed.add(form)

    def _below(self, folder: str) -> Iterator[Ref]:
        with one_line():
            for page in obstore.list(self.store, folder or None, chunk_size=_PAGE):
                names = (each["path"].removesuffix(SUFFIX) for each in page if each["path"].endswith(SUFFIX))
                yield from filter(None, map(parsed, names))  # the root is not below anything

    def _scan(self, folder: str) -> list[tuple[str, bool]]:
        with one_line():
            found = obstore.list_with_delimiter(self.store, folder or None)
        paths = [(path, True) for path in found["common_prefixes"]] + [
            (each["path"], False) for each in found["objects"]
        ]
        entries = (entry(folder, path.rpartition("/")[2], is_folder) for path, is_folder in paths)
        return [kept for kept in entries if kept]


def _path(ref: Ref) -> str:
    return spelled(ref) + SUFFIX
