"""The other way round: fsspec's own abstract tests over stores of ours, through a file system that is a few lines."""

import io
from pathlib import Path
from typing import Any

import pytest
from fsspec import AbstractFileSystem
from fsspec.tests.abstract import AbstractFixtures
from fsspec.tests.abstract.copy import AbstractCopyTests
from fsspec.tests.abstract.get import AbstractGetTests
from fsspec.tests.abstract.open import AbstractOpenTests
from fsspec.tests.abstract.pipe import AbstractPipeTests
from fsspec.tests.abstract.put import AbstractPutTests

from storage_combinators import Bytes, Cache, Disk, Memory, Ref, SQLite, Store, children, look
from storage_combinators.store import MISSING, Missing

FOLDER = "=folder"  # below each folder: a store has none that are empty


class StoreFiles(AbstractFileSystem):
    """A store of bytes as a file system of fsspec."""

    cachable = False
    root_marker = ""

    def __init__(self, store: Store[bytes]) -> None:
        super().__init__()
        self.store = store

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).strip("/")

    def ref(self, path: str) -> Ref:
        return Ref(*self._strip_protocol(path).split("/")) if self._strip_protocol(path) else Ref()

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        ref, value = self.ref(path), look(self.store, self.ref(path))
        if value is not MISSING:
            return {"name": str(ref), "size": len(value), "type": "file"}
        if ref and next(iter(self.store.refs(ref)), None) is None:
            raise FileNotFoundError(path)
        return {"name": str(ref), "size": 0, "type": "directory"}

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        found = [self.info(path)]
        if found[0]["type"] == "directory":
            found = [self.info(str(ref)) for ref in children(self.store, self.ref(path)) if ref[-1] != FOLDER]
        return found if detail else [each["name"] for each in found]

    def mkdir(self, path: str, create_parents: bool = True, **_: Any) -> None:
        if self.exists(path):
            raise FileExistsError(path)
        self.makedirs(path)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        if not exist_ok and self.exists(path):
            raise FileExistsError(path)
        self.store.put(self.ref(path) / FOLDER, b"")

    def rmdir(self, path: str) -> None:
        if self.ls(path):
            raise OSError(f"{path} is not empty")
        self.store.delete(self.ref(path) / FOLDER)

    def _rm(self, path: str) -> None:
        if self.isdir(path):
            self.rmdir(path)
        else:
            self.store.delete(self.ref(path))

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        if self.isdir(path1):
            self.makedirs(path2, exist_ok=True)
        else:
            self.store.put(self.ref(path2), self.store.get(self.ref(path1)))

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        if mode in ("wb", "xb"):
            if mode == "xb" and self.exists(path):
                raise FileExistsError(path)
            return Written(self.store, self.ref(path), mode == "xb")
        try:
            return io.BytesIO(self.store.get(self.ref(path)))
        except Missing:
            raise FileNotFoundError(path) from None


class Written(io.BytesIO):
    """What is put when it is closed; a `new` one, in one step, only if nothing is there."""

    def __init__(self, store: Store[bytes], ref: Ref, new: bool) -> None:
        super().__init__()
        self.store, self.ref, self.new = store, ref, new

    def close(self) -> None:
        if not self.closed and self.new:
            self.store.swap(self.ref, MISSING, self.getvalue())
        elif not self.closed:
            self.store.put(self.ref, self.getvalue())
        super().close()


class OverAStore(AbstractFixtures):
    @pytest.fixture(params=["memory", "disk", "cache over sqlite"])
    def fs(self, request: pytest.FixtureRequest, tmp_path: Path) -> StoreFiles:
        stores: dict[str, Store[bytes]] = {
            "memory": Bytes(Memory()),
            "disk": Disk(tmp_path / "disk"),
            "cache over sqlite": Cache(Bytes(Memory()), SQLite(tmp_path / "cells.db")),
        }
        return StoreFiles(stores[request.param])

    @pytest.fixture
    def fs_path(self) -> str:
        return "place"

    @pytest.fixture
    def fs_join(self) -> Any:
        return lambda *parts: "/".join(parts)


class TestCopy(OverAStore, AbstractCopyTests):
    pass


class TestGet(OverAStore, AbstractGetTests):
    pass


class TestPut(OverAStore, AbstractPutTests):
    pass


class TestOpen(OverAStore, AbstractOpenTests):
    pass


class TestPipe(OverAStore, AbstractPipeTests):
    pass
