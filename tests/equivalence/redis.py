"""What is asked of servers of Redis, by redis-py, or by a bare socket where that would be in the way."""

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.exceptions import RedisError

from equivalence.probe import Probe, probe
from provision.kind import Server


class Client:
    """A name that no key begins with, on a server."""

    def __init__(self, server: Server) -> None:
        self.url = urlsplit(server.url)
        self.name = self.url.path.rpartition("/")[2] + ":"
        self.redis = self.connected()

    def connected(self, **more: Any) -> Any:
        options = {"password": self.url.password, "socket_timeout": 20, **more}
        return redis.Redis(self.url.hostname, self.url.port, **options)

    def eval(self, text: str, *arguments: Any) -> str:
        """What a script answers, or the class of the error."""
        try:
            return str(self.redis.eval(text, 1, f"{self.name}a", *arguments))
        except RedisError as error:
            return f"an error, {str(error).split()[0]}"


@probe("a wrong password", "refused", fakeredis="it asks for none")
def wrong_password(client: Client) -> str:
    try:
        return f"{client.connected(password='wrong').ping() and 'let in'}"
    except RedisError:
        return "refused"


@probe("the version of Lua in scripts", "Lua 5.1")
def lua(client: Client) -> str:
    return client.eval("return _VERSION").removeprefix("b'").removesuffix("'")


@probe("a script that finds a NUL in a string", "2")
def nul(client: Client) -> str:
    return client.eval("local at = string.find(ARGV[1], '\\0', 1, true) return at", "a\0b")


@probe("a script that returns two values", "the first", fakeredis="it takes what Lua returns as one value")
def two_values(client: Client) -> str:
    return "the first" if client.eval("return 1, 2") == "1" else "an error"


@probe("MULTI with a command for another type", "the rest is done")
def other_type(client: Client) -> str:
    client.redis.set(f"{client.name}s", "text")
    with client.redis.pipeline(transaction=True) as step, suppress(RedisError):
        step.set(f"{client.name}a", "1").zadd(f"{client.name}s", {"x": 0}).set(f"{client.name}b", "1")
        step.execute()
    return "the rest is done" if client.redis.exists(f"{client.name}b") else "nothing is done"


@probe("EXEC after another wrote what was watched", "refused")
def watched(client: Client) -> str:
    with client.redis.pipeline(transaction=True) as step:
        step.watch(f"{client.name}a")
        client.connected().set(f"{client.name}a", "theirs")
        step.multi()
        step.set(f"{client.name}a", "ours")
        try:
            step.execute()
        except redis.WatchError:
            return "refused"
    return "done"


@probe("the order of ZRANGEBYLEX", "by bytes")
def by_lex(client: Client) -> str:
    members = [b"B", b"a", b"a\0b", b"a\x01", "é".encode(), "\uffff".encode(), "\U00010000".encode()]
    client.redis.zadd(f"{client.name}z", dict.fromkeys(members, 0))
    return "by bytes" if client.redis.zrangebylex(f"{client.name}z", "-", "+") == sorted(members) else "another"


@probe("a value of 1 MiB, with every byte", "comes back")
def large(client: Client) -> str:
    value = bytes(range(256)) * 2**12
    client.redis.set(f"{client.name}a", value)
    try:
        return "comes back" if client.redis.get(f"{client.name}a") == value else "is another"
    except RedisError as error:
        return f"{type(error).__name__}"


@probe("SELECT of database 16, where there are 16", "refused")
def databases(client: Client) -> str:
    try:
        return f"{client.connected(db=16).ping() and 'let in'}"
    except RedisError:
        return "refused"


@probe("a command in a line of text, as typed", "+PONG", fakeredis="it reads the protocol of programs alone")
def inline(client: Client) -> str:
    return "+PONG" if raw(client, b"PING\r\n").startswith("+PONG") else "an error"


@probe("a command with a false length", "an error")
def false_length(client: Client) -> str:
    return "an error" if raw(client, b"*1\r\n$x\r\nPING\r\n").startswith("-ERR") else "no answer"


def raw(client: Client, sent: bytes) -> str:
    """The first answer to what was sent, once let in; empty where none comes in a second."""
    with socket.create_connection((client.url.hostname, client.url.port), 1) as connection:
        if client.url.password:
            connection.sendall(f"*2\r\n$4\r\nAUTH\r\n${len(client.url.password)}\r\n{client.url.password}\r\n".encode())
            connection.recv(100)
        connection.sendall(sent)
        try:
            return connection.recv(1000).decode()
        except TimeoutError:
            return ""


@probe("HELLO 3", "spoken")
def resp3(client: Client) -> str:
    try:
        return "spoken" if client.connected(protocol=3).hgetall(f"{client.name}h") == {} else "not spoken"
    except RedisError:
        return "refused"


@probe("the policy when memory is full", "noeviction", fakeredis="its memory is never full")
def eviction(client: Client) -> str:
    try:
        return str(client.redis.config_get("maxmemory-policy").get("maxmemory-policy", "not told"))
    except RedisError:
        return "not told"


@probe("a value that expires after 20 ms, asked for 200 ms later", "is gone")
def expiry(client: Client) -> str:
    client.redis.set(f"{client.name}a", "1", px=20)
    client.redis.blpop(f"{client.name}none", timeout=0.2)
    return "is there" if client.redis.exists(f"{client.name}a") else "is gone"


@probe("DBSIZE, GETRANGE, STRLEN, APPEND, OBJECT ENCODING", "all known", fakeredis="it encodes nothing")
def known(client: Client) -> str:
    key, unknown = f"{client.name}a", []
    client.redis.set(key, "1")
    for command in (
        ["DBSIZE"],
        ["GETRANGE", key, 0, 0],
        ["STRLEN", key],
        ["APPEND", key, "2"],
        ["OBJECT", "ENCODING", key],
    ):
        try:
            client.redis.execute_command(*command)
        except RedisError:
            unknown.append(command[0])
    return f"unknown: {', '.join(unknown)}" if unknown else "all known"


PROBES = [each for each in list(globals().values()) if isinstance(each, Probe)]
