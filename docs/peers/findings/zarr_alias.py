"""zarr: a store in memory keeps the caller's buffer, not its bytes."""

import asyncio

from zarr.core.buffer import default_buffer_prototype
from zarr.core.buffer.cpu import Buffer
from zarr.storage import MemoryStore


async def main() -> None:
    store, mine = MemoryStore(), bytearray(b"x")
    await store.set("a", Buffer.from_bytes(mine))
    mine[0] = ord("y")
    found = await store.get("a", default_buffer_prototype())
    assert found is not None
    assert found.to_bytes() == b"x", f"get answered {found.to_bytes()!r}, but b'x' was put there"


asyncio.run(main())
