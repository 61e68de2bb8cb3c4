"""Mappings of the suite's own that keep the whole contract."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, ClassVar

from storage_combinators.functions import as_bytes
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Refused

from .right import Folder, Plain, Verbs

__all__ = ["Entries", "FolderEntries", "NarrowEntries"]


class Entries(MutableMapping[str, bytes]):
    """A mapping over one of the suite's stores; any key of text has its ref."""

    def __init__(self) -> None:
        self.store: Verbs = Plain()

    def ref(self, key: Any) -> Ref:
        if not isinstance(key, str):
            raise TypeError("keys are text")
        return Ref("k" + key.encode(errors="surrogatepass").hex())

    def __getitem__(self, key: str) -> bytes:
        with self.store.alone():
            value = self.store.read(self.ref(key))
        if value is MISSING:
            raise KeyError(key)
        return bytes(value)

    def __setitem__(self, key: str, value: bytes) -> None:
        ref, value = self.ref(key), as_bytes(value)
        with self.store.alone():
            self.store.write(ref, value)

    def __delitem__(self, key: str) -> None:
        with self.store.alone():
            if self.store.read(self.ref(key)) is MISSING:
                raise KeyError(key)
            self.store.write(self.ref(key), MISSING)

    def keys_now(self) -> list[str]:
        """All keys at one moment."""
        with self.store.alone():
            return [bytes.fromhex(ref[0][1:]).decode(errors="surrogatepass") for ref in self.store.every()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_now())

    def __len__(self) -> int:
        return len(self.keys_now())


class NarrowEntries(Entries):
    """Short keys and small values are taken, and no others; it says so."""

    claims: ClassVar[dict[str, object]] = {"max_key": 40, "max_value": 300}

    def __setitem__(self, key: str, value: bytes) -> None:
        ref, value = self.ref(key), as_bytes(value)
        if (len(ref[0]) - 1) // 2 > 40 or len(value) > 300:
            raise Refused("too long")
        super().__setitem__(key, value)


class FolderEntries(Entries):
    """The same over a directory."""

    claims: ClassVar[dict[str, object]] = {"survives": "kill"}

    def __init__(self, directory: Path) -> None:
        self.store = Folder(directory)
