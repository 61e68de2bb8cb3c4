"""The other way round: zarr's own tests of stores, over stores of ours, through an adapter that is a few lines."""

import pickle
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from zarr.abc.store import ByteRequest
from zarr.abc.store import Store as ZarrStore
from zarr.core.buffer import Buffer, BufferPrototype, cpu, default_buffer_prototype
from zarr.storage._utils import _normalize_byte_range_index
from zarr.testing import StoreTests
from zarr.testing.stateful import ZarrStoreStateMachine

from storage_combinators import MISSING, Cache, Conflict, Disk, Memory, Ref, SQLite, Store, look
from storage_combinators.store import Missing


class Adapted(ZarrStore):
    """A store of bytes as a store of zarr."""

    def __init__(self, store: Store[bytes], *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self.store = store

    @property
    def supports_writes(self) -> bool:
        return True

    @property
    def supports_deletes(self) -> bool:
        return True

    @property
    def supports_listing(self) -> bool:
        return True

    def with_read_only(self, read_only: bool = False) -> "Adapted":
        return Adapted(self.store, read_only=read_only)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Adapted) and self.store == other.store and self.read_only == other.read_only

    __hash__ = None  # type: ignore[assignment]  # zarr's stores have none

    def __repr__(self) -> str:
        return f"Adapted({self.store!r})"

    def get_sync(
        self, key: str, *, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        value = look(self.store, Ref.parse(key))
        if value is MISSING:
            return None
        whole = (prototype or default_buffer_prototype()).buffer.from_bytes(value)
        start, stop = _normalize_byte_range_index(whole, byte_range)
        return whole[start:stop]

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        return self.get_sync(key, prototype=prototype, byte_range=byte_range)

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        return [await self.get(key, prototype, byte_range) for key, byte_range in key_ranges]

    async def exists(self, key: str) -> bool:
        return look(self.store, Ref.parse(key)) is not MISSING

    def set_sync(self, key: str, value: Buffer) -> None:
        self._check_writable()
        if not isinstance(value, Buffer):
            raise TypeError(f"`value` must be a Buffer instance, not {value!r}")
        self.store.put(Ref.parse(key), value.to_bytes())

    async def set(self, key: str, value: Buffer) -> None:
        self.set_sync(key, value)

    async def set_if_not_exists(self, key: str, value: Buffer) -> None:
        self._check_writable()
        try:
            self.store.swap(Ref.parse(key), MISSING, value.to_bytes())
        except Conflict:
            return

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        self.store.delete(Ref.parse(key))

    async def delete(self, key: str) -> None:
        self.delete_sync(key)

    async def list(self) -> AsyncIterator[str]:
        for ref in list(self.store.refs(Ref())):
            yield str(ref)

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        async for key in self.list():
            if key.startswith(prefix):
                yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        base = Ref.parse(prefix.strip("/")) if prefix.strip("/") else Ref()
        for ref in list(self.store.refs(base, 1)):
            yield ref[-1]


def made(kind: str, folder: Path) -> Store[bytes]:
    if kind == "memory":
        return Memory[bytes]()
    return Disk(folder, "kill") if kind == "disk" else Cache(Memory[bytes](), SQLite(folder / "x.db"))


@pytest.mark.parametrize("kind", ["memory", "disk", "cached"])
class TestAdapted(StoreTests[Adapted, cpu.Buffer]):
    """zarr's StoreTests."""

    store_cls = Adapted
    buffer_cls = cpu.Buffer

    async def set(self, store: Adapted, key: str, value: Buffer) -> None:
        store.store.put(Ref.parse(key), value.to_bytes())

    async def get(self, store: Adapted, key: str) -> Buffer:
        try:
            return self.buffer_cls.from_bytes(store.store.get(Ref.parse(key)))
        except Missing:
            raise KeyError(key) from None

    @pytest.fixture
    def store_kwargs(self, kind: str, tmp_path: Path) -> dict[str, Any]:
        return {"store": made(kind, tmp_path)}

    async def test_serializable_store(self, store: Adapted) -> None:
        if isinstance(store.store, Disk):
            await super().test_serializable_store(store)
        else:  # what is in memory has no second handle: a copy of it would be another store
            with pytest.raises(TypeError, match="cannot pickle"):
                pickle.dumps(store)

    def test_store_repr(self, store: Adapted) -> None:
        assert str(store) == f"Adapted({store.store!r})"

    def test_store_supports_writes(self, store: Adapted) -> None:
        assert store.supports_writes

    def test_store_supports_listing(self, store: Adapted) -> None:
        assert store.supports_listing


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_zarrs_state_machine_holds(kind: str, tmp_path: Path) -> None:
    machine: Any = partial(ZarrStoreStateMachine, Adapted(made(kind, tmp_path)))  # any factory, says its documentation
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=max(5, settings().max_examples // 10), stateful_step_count=20),
    )
