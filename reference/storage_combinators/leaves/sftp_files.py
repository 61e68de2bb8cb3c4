"""What Sftp does to files far away, in the order that keeps them whole whoever else is at work there. Ours."""

import posixpath
from collections.abc import Awaitable, Callable
from itertools import accumulate
from uuid import uuid4

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_DIRECTORY

from ..store import Refused

__all__ = ["draft", "in_folder", "link", "probe", "prune", "remove", "scan", "there"]

_ATTEMPTS = 20  # of what loses a race with somebody who removes the folder that it needs
_EXISTS = (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists)  # the protocol's third version has no word for it
_NOT_EMPTY = (asyncssh.SFTPFailure, asyncssh.SFTPDirNotEmpty, asyncssh.SFTPPermissionDenied)
Step = Callable[[], Awaitable[None]]


async def draft(sftp: asyncssh.SFTPClient, path: str, data: bytes) -> None:
    """A new file with `data`, synced if the server can."""
    async with sftp.open(path, "xb") as file:
        await file.write(data)
        try:
            await file.fsync()
        except asyncssh.SFTPOpUnsupported:
            pass


async def link(sftp: asyncssh.SFTPClient, path: str, target: str) -> bool:
    """Give the file `path` a second name, `target`; False if that was taken."""
    for _ in range(5):  # on a far server each takes a while, and what fails for another reason fails each time
        try:
            await sftp.link(path, target)
            return True
        except _EXISTS:
            if await there(sftp, target):
                return False  # else it was removed before we looked, or this fails for another reason
    await sftp.link(path, target)
    return True


async def probe(sftp: asyncssh.SFTPClient, path: str) -> None:
    """Refused unless hard links can be made here and never replace what is there; tried beside the file `path`."""
    twin = f"{path}-{uuid4().hex}"
    try:
        await sftp.link(path, twin)
    except (asyncssh.SFTPOpUnsupported, asyncssh.SFTPFailure, asyncssh.SFTPPermissionDenied) as error:
        raise Refused(f"this server makes no hard links ({error}), so it cannot create in one step") from None
    try:
        if await link(sftp, path, twin):
            raise Refused("a hard link replaces what is there on this server, so it cannot create in one step")
    finally:
        await remove(sftp, twin)


async def there(sftp: asyncssh.SFTPClient, path: str) -> bool:
    """Is there anything at `path`?"""
    try:
        await sftp.lstat(path)
    except asyncssh.SFTPNoSuchFile:
        return False
    return True


async def remove(sftp: asyncssh.SFTPClient, path: str) -> bool:
    """Remove the file `path`; False if it was not there."""
    try:
        await sftp.remove(path)
    except asyncssh.SFTPNoSuchFile:
        return False
    return True


async def in_folder(sftp: asyncssh.SFTPClient, path: str, step: Step) -> None:
    """Do `step`, which needs the folder of `path`, and make the folder if that is why it fails."""
    for _ in range(_ATTEMPTS):
        try:
            await step()
            return
        except asyncssh.SFTPNoSuchFile:  # not made yet, or pruned since
            await _make(sftp, posixpath.dirname(path))
    await step()


async def _make(sftp: asyncssh.SFTPClient, folder: str) -> None:
    for path in accumulate(folder.split("/"), "{}/{}".format):
        if path:
            try:
                await sftp.mkdir(path)
            except _EXISTS:
                pass
            except asyncssh.SFTPNoSuchFile:
                return  # pruned at the same time: the caller tries again


async def prune(sftp: asyncssh.SFTPClient, path: str, root: str) -> None:
    """Remove the folder of `path` and those around it, up to `root`, while they are empty."""
    while len(path := posixpath.dirname(path)) > max(len(root), 1):
        try:
            await sftp.rmdir(path)
        except asyncssh.SFTPNoSuchFile:
            pass
        except _NOT_EMPTY:
            return


async def scan(sftp: asyncssh.SFTPClient, folder: str) -> list[tuple[str, bool]]:
    """The names in `folder`, and whether each is a folder; none if it is not there."""
    for _ in range(_ATTEMPTS):
        try:
            return [(str(entry.filename), _is_folder(entry)) async for entry in sftp.scandir(folder)]
        except asyncssh.SFTPNoSuchFile:  # some servers say so when an entry vanishes, too
            if not await there(sftp, folder):
                return []
    raise OSError(f"the folder {folder} changes too fast to be listed")


def _is_folder(entry: asyncssh.SFTPName) -> bool:
    return entry.attrs.type == FILEXFER_TYPE_DIRECTORY
