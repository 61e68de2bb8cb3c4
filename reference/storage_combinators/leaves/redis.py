"""Redis: strings of a Redis server, with an index of their refs beside them. Ours; field: key-value server."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import unquote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..functions import as_bytes, as_ref
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing
from .addresses import Url, seconds

__all__ = ["Redis"]

_PAGE = 1000
_SWAP = """
local now = redis.call('GET', KEYS[1])
if (now or '') ~= ARGV[2] or (now and '1' or '0') ~= ARGV[1] then return 0 end
if ARGV[3] == '1' then
    redis.call('SET', KEYS[1], ARGV[4]); redis.call('ZADD', KEYS[2], 0, ARGV[5])
else
    redis.call('DEL', KEYS[1]); redis.call('ZREM', KEYS[2], ARGV[5])
end
return 1
"""
_LEVEL = """
local children, from = {}, ARGV[1]
while #children < tonumber(ARGV[4]) do
    local ref = redis.call('ZRANGEBYLEX', KEYS[1], from, ARGV[2], 'LIMIT', 0, 1)[1]
    if not ref then break end
    local child = string.sub(ref, 1, (string.find(ref, '\\0', tonumber(ARGV[3]), true) or 0) - 1)
    children[#children + 1] = child
    from = '[' .. child .. '\\1'
end
return children
"""


@dataclass(frozen=True)
class Redis:
    """Bytes in a Redis server: ``redis://[USER:PASSWORD@]HOST[:PORT][/DB[/NAME]]``, or ``rediss`` for TLS.

    ``get(r)`` is ``GET NAME:r``. A sorted set, ``NAME:/refs``, holds the refs: each write changes both in one step,
    listing reads it by pages, and no key without the prefix ``NAME:`` is touched. Absence is the key's. Nothing is
    resent after a failure. Stopped midway: the whole step or nothing; what a crash of the server leaves is its
    appendfsync. A server that evicts makes values vanish. ``?timeout=30`` is how many seconds it may be silent.

    >>> Redis("redis://:pw@localhost:6379/0/tasks")
    Redis(url='redis://localhost:6379/0/tasks')
    """

    url: str

    claims: ClassVar[dict[str, object]] = {"shared": True, "survives": "kill"}

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", Url(self.url))
        _parts(Url(self.url))
        _silence(Url(self.url))

    def get(self, ref: Ref, /) -> bytes:
        value: bytes | None = self._client.get(self._key(ref))
        if value is None:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: bytes, /) -> None:
        with self._client.pipeline(transaction=True) as step:
            step.set(self._key(ref), as_bytes(value)).zadd(self._index, {_member(ref): 0}).execute()

    merge = put

    def delete(self, ref: Ref, /) -> None:
        with self._client.pipeline(transaction=True) as step:
            step.delete(self._key(ref)).zrem(self._index, _member(ref)).execute()

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        words = (*_words(old), *_words(new), _member(ref))
        if not self._client.eval(_SWAP, 2, self._key(ref), self._index, *words):
            raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 0:
            yield from [base] * self._client.exists(self._key(base))
            return
        text = _member(base)
        start, stop = (b"[" if depth is None else b"(") + text, b"(" + text + b"\1" if base else b"+"
        while page := self._page(start, stop, depth, len(text)):
            yield from (Ref(*filter(None, member.decode().split("\0"))) for member in page)
            start = b"(" + page[-1] if depth is None else b"[" + page[-1] + b"\1"

    def _page(self, start: bytes, stop: bytes, depth: Depth, base: int) -> list[bytes]:
        """The next members of the index; to depth 1 the script leaps from child to child."""
        if depth is None:
            page: list[bytes] = self._client.zrangebylex(self._index, start, stop, 0, _PAGE)
        else:
            page = self._client.eval(_LEVEL, 1, self._index, start, stop, base + 2, _PAGE)
        return page

    @cached_property
    def _client(self) -> Any:
        host, port, db, _ = _parts(Url(self.url))
        user, password = Url(self.url).credentials()
        return redis.Redis(
            host,
            port,
            db,
            username=user or None,
            password=password or os.environ.get("REDISCLI_AUTH"),  # the variable of redis-cli
            ssl=self.url.startswith("rediss:"),
            socket_timeout=_silence(Url(self.url)),  # connecting too
            retry=Retry(NoBackoff(), 0),  # a swap that is sent twice may answer Conflict although it won
        )

    @property
    def _index(self) -> bytes:
        return self._key(Ref()) + b"/refs"  # no ref begins with a slash

    def _key(self, ref: Ref) -> bytes:
        return f"{_parts(Url(self.url))[3]}:{as_ref(ref)}".encode()


def _parts(url: Url) -> tuple[str, int, int, str]:
    parts = url.split_as("redis", "rediss")
    db, _, rest = parts.path.removeprefix("/").partition("/")
    name = unquote(rest)
    if not (db or "0").isdecimal() or ":" in name:  # without colon, no two names can mean one key
        raise ValueError(f"{url.shown} does not end in /DB/NAME, a number and a name without colon")
    return str(parts.hostname), parts.port or 6379, int(db or "0"), name or "store"


def _silence(url: Url) -> float:
    return seconds(url.options("timeout").get("timeout", "30"))


def _member(ref: Ref) -> bytes:
    """`ref` in the index. NUL sorts before all that a name may hold, so what is below a ref follows it at once."""
    return "\0".join(ref).encode()


def _words(value: bytes | Gone) -> tuple[bytes, bytes]:
    """For a script: is there a value, and which."""
    return (b"0", b"") if value is MISSING else (b"1", as_bytes(value))
