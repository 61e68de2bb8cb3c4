"""Sftp: files of a machine that lets one in by SSH. Ours; spelled as Disk spells them, so each reads the other's."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar
from urllib.parse import unquote
from uuid import uuid4

import asyncssh
from asyncssh import SFTPClient

from ..functions import as_bytes
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused
from .addresses import Url, seconds
from .disk_names import spelled
from .folders import SUFFIX, below, entry, level
from .sftp_files import draft, in_folder, link, probe, prune, remove, scan, there
from .ssh import Connected, Ssh

__all__ = ["Sftp"]

T = TypeVar("T")


@dataclass(frozen=True)
class Sftp:
    """Bytes in files: ``sftp://[USER[:PASSWORD]@]HOST[:PORT]/FOLDER?host_key=SHA256:...``; ``/~/`` is the home.

    ``get(r)`` reads ``FOLDER/spelled(r).v``. Other options: ``known_hosts=FILE``, ``key=FILE``; else as ssh does;
    ``timeout=30``, seconds of silence. Absence is the file's. A failure is a ConnectionError, nothing is resent, and
    the next verb connects anew. A put is a new file, synced where the server can, renamed over the old; stopped
    midway: before or after, and perhaps a file in ``.drafts``. No folder can be synced. swap can create, by a hard
    link; all else is Refused.

    >>> Sftp("sftp://me:secret@files.example/data?host_key=SHA256:abc")
    Sftp(url='sftp://files.example/data?host_key=SHA256:abc')
    """

    url: str
    ssh: Ssh = field(default_factory=Ssh, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"swaps": "create", "shared": True, "survives": "kill"}

    scheme: ClassVar[str] = "sftp"

    def __post_init__(self) -> None:
        url = Url(self.url)
        if not url.split_as(self.scheme).path:
            raise ValueError("say in which folder: /FOLDER, /~/FOLDER for one of the home, or / alone")
        seconds(url.options("host_key", "known_hosts", "key", "timeout").get("timeout", "30"))
        object.__setattr__(self, "url", url)

    def get(self, ref: Ref, /) -> bytes:
        async def read(sftp: SFTPClient) -> bytes:
            async with sftp.open(self._file(ref), "rb") as file:
                return await file.read()

        try:
            return self._run(read)
        except asyncssh.SFTPNoSuchFile:
            raise Missing(ref) from None

    def put(self, ref: Ref, value: bytes, /) -> None:
        self._write(ref, as_bytes(value), self._replace)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        async def remove_and_prune(sftp: SFTPClient) -> None:
            if await remove(sftp, self._file(ref)):
                await prune(sftp, self._file(ref), self._root)

        self._run(remove_and_prune)

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        if old is not MISSING:
            as_bytes(old)
            raise Refused("SFTP has no step that compares and then writes; it can only create")
        if new is not MISSING:
            self._write(ref, as_bytes(new), self._create)
        elif self._holds(ref):
            raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and self._holds(base):
            yield base
        if depth != 0:
            yield from (level if depth == 1 else below)(self._scan, spelled(base))

    def close(self) -> None:
        """End the connection; the next verb makes another."""
        self.ssh.close()

    def _run(self, work: Callable[[SFTPClient], Awaitable[T]]) -> T:
        async def with_sftp(server: Connected) -> T:
            return await work(await server.sftp())

        return self.ssh.run(self.url, with_sftp)

    @property
    def _root(self) -> str:
        path = unquote(Url(self.url).split_as("sftp", "scp").path)
        return "." + path[2:].rstrip("/") if path.startswith("/~/") else path.rstrip("/")

    def _file(self, ref: Ref) -> str:
        return f"{self._root}/{spelled(ref)}{SUFFIX}"

    def _holds(self, ref: Ref) -> bool:
        return self._run(lambda sftp: there(sftp, self._file(ref)))

    def _write(self, ref: Ref, data: bytes, finish: Callable[[SFTPClient, str, Ref], Awaitable[None]]) -> None:
        """Put `data` in a new file, and let `finish` bring it to its place."""
        path = f"{self._root}/.drafts/{uuid4().hex}"

        async def write(sftp: SFTPClient) -> None:
            try:
                await in_folder(sftp, path, lambda: draft(sftp, path, data))
                await in_folder(sftp, self._file(ref), lambda: finish(sftp, path, ref))
            except BaseException:
                await remove(sftp, path)
                raise

        self._run(write)

    async def _replace(self, sftp: SFTPClient, path: str, ref: Ref) -> None:
        try:
            await sftp.posix_rename(path, self._file(ref))
        except asyncssh.SFTPOpUnsupported:
            raise Refused("this server has no posix-rename@openssh.com, so it cannot replace in one step") from None

    async def _create(self, sftp: SFTPClient, path: str, ref: Ref) -> None:
        if not self.ssh.told.get("creates"):
            await probe(sftp, path)
            self.ssh.told["creates"] = True
        created = await link(sftp, path, self._file(ref))
        await remove(sftp, path)
        if not created:
            raise Conflict(ref)

    def _scan(self, folder: str) -> list[tuple[str, bool]]:
        found = self._run(lambda sftp: scan(sftp, f"{self._root}/{folder}"))
        return [kept for name, is_folder in found if (kept := entry(folder, name, is_folder))]
