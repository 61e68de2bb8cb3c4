"""Connections for the HTTP leaf: kept between requests, safe for threads, and no process talks on another's."""

import os
from weakref import finalize

import httpx


class Session:
    """What is kept between requests: connections, and whether the server was seen to make its tags as ours does.

    A forked child gets connections of its own, a pickled session starts anew.
    """

    def __init__(self) -> None:
        self.pools: dict[int, httpx.Client] = {}
        self.digests = False
        finalize(self, _close, self.pools)  # and no __del__, which may come after the sockets' own

    def __reduce__(self) -> tuple[type["Session"], tuple[()]]:
        return Session, ()

    @property
    def client(self) -> httpx.Client:
        """This process's connections; httpx resends nothing by itself."""
        if os.getpid() not in self.pools:
            self.pools.setdefault(os.getpid(), httpx.Client(headers={"Accept-Encoding": "identity"}))
        return self.pools[os.getpid()]


def _close(pools: dict[int, httpx.Client]) -> None:
    for pool in pools.values():
        pool.close()
