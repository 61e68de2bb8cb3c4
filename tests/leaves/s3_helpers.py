"""What several tests of S3 share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from storage_combinators import Ref
from storage_combinators.leaves.s3 import S3

A, AB = Ref("a"), Ref("a", "b")


@contextmanager
def requests(store: S3) -> Iterator[list[str]]:
    """What is sent, by the store's clients, within the block: an operation for each request, resent ones too."""
    sent: list[str] = []

    def note(request: Any, event_name: str, **_: Any) -> None:
        sent.append(event_name.rpartition(".")[2])

    clients = [store._client(attempts) for attempts in (1, 3)]
    for client in clients:
        client.meta.events.register("before-send.s3", note)
    yield sent
    for client in clients:
        client.meta.events.unregister("before-send.s3", note)


def warm(store: S3) -> S3:
    """The store, after it has tried the server."""
    assert store.claims["swaps"] in ("write", "all")
    return store
