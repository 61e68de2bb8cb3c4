"""zarr: what a writer that was killed leaves in a folder is listed as a key."""

import asyncio
import os
import signal
from multiprocessing import Process
from pathlib import Path
from tempfile import mkdtemp

from zarr.core.buffer.cpu import Buffer
from zarr.storage import LocalStore


def writer(folder: str) -> None:
    """Killed where the new file is to be renamed."""
    Path.replace = Path.rename = os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, method-assign]  # that is the point
    asyncio.run(LocalStore(folder).set("a", Buffer.from_bytes(b"x")))


async def listed(folder: str) -> list[str]:
    return [key async for key in LocalStore(folder).list()]


if __name__ == "__main__":
    folder = mkdtemp()
    process = Process(target=writer, args=(folder,))
    process.start()
    process.join()
    found = asyncio.run(listed(folder))
    assert found in ([], ["a"]), f"after a write of 'a' that was killed there is {found}"
