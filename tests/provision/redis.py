"""Redis: in a container, as a program, or fakeredis."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from provision import programs
from provision.kind import Failed, Server


def client(url: str) -> Any:
    """redis-py's client for the server of this URL."""
    import redis

    server, _, path = url.partition("://")[2].partition("/")
    return redis.Redis.from_url(f"{url.partition('://')[0]}://{server}/{path.partition('/')[0] or 0}")


@dataclass(frozen=True)
class Redis:
    name: str = "redis"
    variable: str = "STORAGE_REDIS_URL"
    image: str = "redis"
    program: str = "redis-server"

    def asked(self, url: str, /) -> str:
        from redis.exceptions import RedisError

        try:
            with client(url) as redis:
                return f"Redis {redis.info('server')['redis_version']}"
        except RedisError as error:
            raise Failed(f"it does not answer: {error}") from None

    def program_version(self, path: str, /) -> str:
        return "Redis " + re.findall(r"v=(\S+)", programs.said(path, "--version"))[0]

    def embedded_version(self) -> str:
        return f"fakeredis {version('fakeredis')}"

    def in_container(self, run: str, folder: Path, /) -> Server:
        from provision import containers

        password = secrets.token_hex(16)
        container, address = containers.start(self.image, 6379, run, {"REDIS_PASSWORD": password}, {})
        return Server(
            f"redis://:{password}@{address}/0", "container", containers.version(self.image), container=container
        )

    def as_program(self, path: str, folder: Path, /) -> Server:
        password, port = secrets.token_hex(16), programs.free_port()
        settings = f'bind 127.0.0.1\nport {port}\ndir {folder}\nrequirepass {password}\nsave ""\nappendonly yes\n'
        (folder / "redis.conf").write_text(settings)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        programs.start(self.name, [path, str(folder / "redis.conf")], folder, {}, lambda: self.asked(url))
        return Server(url, "program", self.program_version(path), str(folder))

    @contextmanager
    def embedded(self) -> Iterator[Server]:
        from embedded import fake_redis

        with fake_redis() as url:
            yield Server(url, "embedded", self.embedded_version())

    @contextmanager
    def place(self, server: Server, /) -> Iterator[Server]:
        name = f"test-{uuid4().hex}"
        place = replace(server, url=f"{server.url.rstrip('/')}/{name}")
        try:
            yield place
        finally:
            with client(server.url) as redis:
                for key in redis.scan_iter(match=f"{name}:*", count=1000):
                    redis.delete(key)
