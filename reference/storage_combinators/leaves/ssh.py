"""Ssh: the connection that Sftp and Scp share: made when first used, kept, made anew after it was lost. Ours."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, TypeVar
from weakref import finalize

import asyncssh

from .addresses import Url, seconds

__all__ = ["Connected", "Ssh"]

T = TypeVar("T")
_LOCK = Lock()
_LOOPS: dict[int, asyncio.AbstractEventLoop] = {}


@dataclass
class Connected:
    """An open connection, its SFTP client if it was asked for, and a gate for those who run commands."""

    connection: asyncssh.SSHClientConnection
    opening: "asyncio.Future[asyncssh.SFTPClient] | None" = None
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))  # OpenSSH lets ten in

    async def sftp(self) -> asyncssh.SFTPClient:
        """The one SFTP client; a server without SFTP loses the connection."""
        if self.opening is None:
            self.opening = asyncio.ensure_future(self.connection.start_sftp_client())
        try:
            return await asyncio.shield(self.opening)
        except asyncssh.Error:
            self.connection.abort()
            raise

    async def command(self, command: str, data: bytes) -> asyncssh.SSHCompletedProcess:
        """What became of `command`, given `data`. A server that is still ending earlier sessions is asked again."""
        given: dict[str, Any] = {"input": data} if data else {"stdin": asyncssh.DEVNULL}  # empty input has no end there
        async with self.gate:
            for pause in (0.02, 0.1, 0.5, 2.0):  # seconds
                with suppress(asyncssh.ChannelOpenError):  # it did not begin
                    return await self.connection.run(command, encoding=None, **given)
                await asyncio.sleep(0 if self.connection.is_closed() else pause)  # lost: it fails again, at once
            return await self.connection.run(command, encoding=None, **given)


class Ssh:
    """At most one connection for each process. Safe for threads: all that is sent goes through one event loop."""

    def __init__(self) -> None:
        self.opening: dict[int, asyncio.Future[Connected]] = {}
        self.told: dict[str, bool] = {}  # by probes, of the server
        finalize(self, _close, self.opening)  # and no __del__, which may come after the modules are gone

    def __reduce__(self) -> tuple[type["Ssh"], tuple[()]]:
        return Ssh, ()

    def run(self, url: str, work: Callable[[Connected], Awaitable[T]]) -> T:
        """What `work` answers, on the connection to `url`; SFTPNoSuchFile apart, its failures as a ConnectionError."""
        waiting = asyncio.run_coroutine_threadsafe(self._run(Url(url), work), _loop())
        try:
            return waiting.result()
        except asyncssh.SFTPNoSuchFile:
            raise
        except (asyncssh.Error, OSError) as error:
            raise ConnectionError(f"{Url(url).shown}: {_reason(error)}") from error
        finally:
            waiting.cancel()  # of use when an interrupt ends the waiting

    def close(self) -> None:
        """End the connection; the next use makes another."""
        _close(self.opening)

    async def _run(self, url: Url, work: Callable[[Connected], Awaitable[T]]) -> T:
        return await work(await self._connected(url))

    async def _connected(self, url: Url) -> Connected:
        opening = self.opening.get(os.getpid())
        if opening is None or _failed(opening):
            opening = self.opening[os.getpid()] = asyncio.ensure_future(_connect(url))
        return await asyncio.shield(opening)  # who stops waiting does not stop it for the others


def _loop() -> asyncio.AbstractEventLoop:
    """The event loop of this process, in a thread of its own: a fork has the loop, but not the thread."""
    with _LOCK:
        if os.getpid() not in _LOOPS:
            loop = _LOOPS[os.getpid()] = asyncio.new_event_loop()
            Thread(target=loop.run_forever, name="ssh", daemon=True).start()
        return _LOOPS[os.getpid()]


async def _connect(url: Url) -> Connected:
    options = await asyncio.to_thread(_options, url)  # reads key files
    return Connected(await asyncssh.connect(**options))


def _options(url: Url) -> dict[str, Any]:
    """What asyncssh is told. Without options in the URL, keys, agent and known hosts are where ssh has them."""
    parts, said = url.split_as("sftp", "scp"), url.options("host_key", "known_hosts", "key", "timeout")
    user, password = url.credentials()
    silence = seconds(said.get("timeout", "30"))  # after which a server is dead, also while connecting
    options: dict[str, Any] = {"host": parts.hostname, "port": parts.port or 22, "username": user or ()}
    options |= {"connect_timeout": silence, "keepalive_interval": silence / 4, "keepalive_count_max": 3}
    options |= {"password": password, "client_keys": None} if password else {}
    options |= {"client_keys": [os.path.expanduser(said["key"])], "agent_path": None} if "key" in said else {}
    options |= {"known_hosts": os.path.expanduser(said["known_hosts"])} if "known_hosts" in said else {}
    if "host_key" in said:
        options |= {"known_hosts": b"", "server_host_key_algs": "default", "client_factory": _only(said["host_key"])}
    return options


def _only(fingerprint: str) -> type[asyncssh.SSHClient]:
    """A client that trusts the one host key with this fingerprint."""

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            return key.get_fingerprint() == fingerprint

    return Client


def _failed(opening: "asyncio.Future[Connected]") -> bool:
    return opening.done() and (
        opening.cancelled() or opening.exception() is not None or opening.result().connection.is_closed()
    )


def _close(opened: "dict[int, asyncio.Future[Connected]]") -> None:
    opening = opened.pop(os.getpid(), None)
    if opening is not None:
        opening.get_loop().call_soon_threadsafe(_end, opening)


def _end(opening: "asyncio.Future[Connected]") -> None:
    if not opening.done():
        opening.cancel()
    elif not _failed(opening):
        opening.result().connection.close()


def _reason(error: Exception) -> str:
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return f"{error}: it is not in known_hosts, or has changed; say ?host_key=SHA256:... or ?known_hosts=FILE"
    return str(error) or type(error).__name__
