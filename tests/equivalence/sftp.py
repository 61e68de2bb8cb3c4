"""What is asked of servers of SFTP, by asyncssh. Right is what OpenSSH says: the drafts leave much open."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncssh
from asyncssh import SFTPClient

from equivalence.probe import Probe, probe
from provision.kind import Server

Work = Callable[[SFTPClient], Awaitable[Any]]


class Folder:
    """An empty folder of a server; one connection for each question."""

    def __init__(self, server: Server) -> None:
        self.url = urlsplit(server.url)

    def ask(self, work: Work) -> str:
        """What the work answers, or the name of the error."""
        try:
            return str(asyncio.run(self._asked(work)))
        except asyncssh.SFTPError as error:
            return f"an error, {type(error).__name__.removeprefix('SFTP')}"

    async def _asked(self, work: Work) -> Any:
        async with self.connection() as connection, connection.start_sftp_client() as sftp:
            await sftp.makedirs(self.url.path)
            await sftp.chdir(self.url.path)
            return await work(sftp)

    def connection(self, **more: Any) -> Any:
        keys = parse_qs(self.url.query).get("key", [])
        who = {"username": self.url.username, "password": unquote(self.url.password or "") or None, "client_keys": keys}
        server = self.url.hostname, self.url.port
        return asyncssh.connect(*server, known_hosts=None, config=None, agent_path=None, **{**who, **more})


async def write(sftp: SFTPClient, name: str, data: bytes) -> None:
    async with sftp.open(name, "wb") as file:
        await file.write(data)


async def read(sftp: SFTPClient, name: str) -> bytes:
    async with sftp.open(name, "rb") as file:
        return await file.read()


@probe("a wrong password", "refused")
def wrong_password(folder: Folder) -> str:
    async def connect() -> str:
        try:
            async with folder.connection(password="wrong", client_keys=[]):
                return "let in"
        except asyncssh.PermissionDenied:
            return "refused"

    return asyncio.run(connect())


@probe("rename onto a file", "an error, Failure")
def rename_over(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "a", b"1")
        await write(sftp, "b", b"2")
        await sftp.rename("a", "b")
        return "replaced"

    return folder.ask(work)


@probe("posix-rename onto a file", "replaced")
def posix_rename_over(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "a", b"1")
        await write(sftp, "b", b"2")
        await sftp.posix_rename("a", "b")
        return "replaced" if await read(sftp, "b") == b"1" else "kept"

    return folder.ask(work)


@probe("open to create alone, where a file is", "an error, Failure")
def create_over(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "a", b"1")
        async with sftp.open("a", "xb"):
            return "opened"

    return folder.ask(work)


@probe("a hard link onto a file", "an error, Failure")
def link_over(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "a", b"1")
        await write(sftp, "b", b"2")
        await sftp.link("a", "b")
        return "replaced"

    return folder.ask(work)


@probe("a folder made where one is", "an error, Failure")
def mkdir_over(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await sftp.mkdir("a")
        await sftp.mkdir("a")
        return "made"

    return folder.ask(work)


@probe("a folder removed with a file in it", "an error, Failure")
def rmdir_full(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await sftp.mkdir("a")
        await write(sftp, "a/b", b"1")
        await sftp.rmdir("a")
        return "removed"

    return folder.ask(work)


@probe("a folder removed as a file", "an error, Failure")
def remove_folder(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await sftp.mkdir("a")
        await sftp.remove("a")
        return "removed"

    return folder.ask(work)


@probe("a file read below a file", "an error, NoSuchFile")
def below_file(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> bytes:
        await write(sftp, "a", b"1")
        return await read(sftp, "a/b")

    return folder.ask(work)


@probe("a folder opened for reading", "an error, Failure")
def read_folder(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> bytes:
        await sftp.mkdir("a")
        return await read(sftp, "a")

    return folder.ask(work)


@probe("a file that is not there", "an error, NoSuchFile")
def missing(folder: Folder) -> str:
    return folder.ask(lambda sftp: read(sftp, "a"))


@probe("a folder listed that is a file", "an error, NoSuchFile")
def list_file(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> list[str]:
        await write(sftp, "a", b"1")
        return await sftp.listdir("a")

    return folder.ask(work)


@probe("a name of 256 bytes", "an error, BadMessage", asyncssh="it has one word for most errors of files")
def long_name(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "n" * 256, b"1")
        return "kept"

    return folder.ask(work)


@probe("a name with a line end, a name of a byte that is no UTF-8", "both listed")
def odd_names(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        for name in (b"a\nb", b"\xff"):
            await write(sftp, name, b"1")
        found = set(await sftp.listdir(b".")) & {b"a\nb", b"\xff"}
        return "both listed" if len(found) == 2 else f"{len(found)} listed"

    return folder.ask(work)


@probe("extensions: posix-rename, hardlink, fsync, statvfs, limits", "all five")
def extensions(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        handler = sftp._handler
        offered = {
            "posix-rename": handler._supports_posix_rename, "hardlink": handler._supports_hardlink,
            "fsync": handler._supports_fsync, "statvfs": handler._supports_statvfs, "limits": handler._supports_limits,
        }  # fmt: skip
        absent = [name for name, there in offered.items() if not there]
        return f"without {', '.join(absent)}" if absent else "all five"

    return folder.ask(work)


@probe("two writes at one place of a file open twice", "the later wins, in place")
def twice_open(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        async with sftp.open("a", "wb") as one, sftp.open("a", "r+b") as two:
            await one.write(b"11")
            await two.write(b"2")
        return "the later wins, in place" if await read(sftp, "a") == b"21" else "another"

    return folder.ask(work)


@probe("a file renamed while it is open for reading", "is read on")
def renamed_open(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "a", b"1")
        await write(sftp, "b", b"2")
        async with sftp.open("b", "rb") as file:
            await sftp.posix_rename("a", "b")
            return "is read on" if await file.read() == b"2" else "another is read"

    return folder.ask(work)


@probe("a path that leads out of the folder, ..", "is followed")
def outside(folder: Folder) -> str:
    async def work(sftp: SFTPClient) -> str:
        await write(sftp, "../b", b"1")
        await sftp.remove("../b")
        return "is followed"

    return folder.ask(work)


@probe("a command beside SFTP, for SCP", "is run")
def command(folder: Folder) -> str:
    async def run() -> str:
        async with folder.connection() as connection:
            done = await connection.run("printf %s 'is run'", stdin=asyncssh.DEVNULL)
            return str(done.stdout)

    return asyncio.run(run())


PROBES = [each for each in list(globals().values()) if isinstance(each, Probe)]
