"""Requests per operation, counted on their way into the server: by a proxy, not by the client."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from faults.proxy import Fault
from faults.wires import LEAVES, Wire, Wires
from provision.run import Run
from storage_combinators import MISSING, Conflict, Ref, exists, look

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

S3, OBSTORE, REDIS, _, _, HTTP, NGINX = LEAVES
A, D = Ref("a"), Ref("d")
MANY = 1000  # entries one level below d: a page, exactly; with the 5 values two levels below, more than a page


@pytest.fixture(scope="module")
def wires(storage_run: Run) -> Iterator[Wires]:
    with ExitStack() as until:
        yield Wires(storage_run, until, {})


@pytest.fixture
def wire(wires: Wires, leaf: Any) -> Iterator[Wire]:
    with wires.to(leaf) as wire:
        yield wire


def told(line: str) -> str:
    """A request without what differs from run to run: ``GET ?refs=1``, ``GET``, ``LIST`` for S3, ``ZADD`` for Redis."""
    verb, _, target = line.partition(" ")
    if "list-type=2" in target:
        return "LIST"
    return " ".join([verb, *re.findall(r"\?refs=\w+", target)])


def loses(store: Any, old: Any) -> None:
    with pytest.raises(Conflict):
        store.swap(A, old, b"3")


# Each on a store that has tried its server and has a value at A, and what is asked of S3, obstore, Redis and HTTP.
PUT = {"s3": ["PUT"], "obstore": ["PUT"], "redis": ["MULTI", "SET", "ZADD", "EXEC"], "http": ["PUT"]}
GET = {"s3": ["GET"], "obstore": ["GET"], "redis": ["GET"], "http": ["GET"]}
# obstore deletes by the request that could delete many.
DELETE = {"s3": ["DELETE"], "obstore": ["POST"], "redis": ["MULTI", "DEL", "ZREM", "EXEC"], "http": ["DELETE"]}
OPERATIONS: dict[str, tuple[Callable[[Any], object], dict[str, list[str]]]] = {
    "put": (lambda store: store.put(A, b"2"), PUT),
    "merge": (lambda store: store.merge(A, b"2"), {**PUT, "http": ["PATCH"]}),
    "get": (lambda store: store.get(A), GET),
    "get nothing": (lambda store: look(store, D), GET),
    "delete": (lambda store: store.delete(A), DELETE),
    "delete nothing": (lambda store: store.delete(D), DELETE),
    "create": (lambda store: store.swap(D, MISSING, b"2"), {**PUT, "redis": ["EVAL"]}),
    "replace": (lambda store: store.swap(A, b"1", b"2"), {**PUT, "obstore": ["GET", "PUT"], "redis": ["EVAL"]}),
    "lose a create": (lambda store: loses(store, MISSING), {**PUT, "redis": ["EVAL"]}),
    "lose a replace": (
        lambda store: loses(store, b"0"),
        {"s3": ["PUT", "GET"], "obstore": ["GET"], "redis": ["EVAL"], "http": ["PUT"]},
    ),
    "exists": (
        lambda store: exists(store, A),
        {"s3": ["HEAD"], "obstore": ["HEAD"], "redis": ["EXISTS"], "http": ["HEAD"]},
    ),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("leaf", [S3, OBSTORE, REDIS, HTTP], ids=str)
def test_an_operation_is_this_many_requests(wire: Wire, operation: str) -> None:
    act, expected = OPERATIONS[operation]
    store = wire.store()
    warm(store)
    before = len(wire.proxy.asked)
    act(store)
    assert [told(line) for line in wire.proxy.asked[before:]] == expected[wire.leaf.name]


def warm(store: Any) -> None:
    """Whatever a store asks once: the conditions of its server, whether there is a bucket, how tags are made."""
    exists(store, Ref("nothing"))
    store.swap(A, MISSING, b"0")
    store.get(A)
    store.swap(A, b"0", b"1")


@pytest.fixture(scope="module")
def full(wires: Wires, request: pytest.FixtureRequest) -> Iterator[tuple[Wire, Any]]:
    """A store with MANY values at d/N, and 5 at d/deep/N."""
    with wires.to(request.param) as wire:
        store = wire.store()
        refs = [D / str(number) for number in range(MANY - 1)] + [D / "deep" / str(number) for number in range(5)]
        if wire.folder is None or request.param is not NGINX:
            for ref in refs:
                store.put(ref, b"")
        else:
            (wire.folder / "d" / "deep").mkdir(parents=True)
            for ref in refs:
                (wire.folder / str(ref)).write_bytes(b"")
        look(store, A)
        list(store.refs(Ref("nothing"), 0))
        yield wire, store


LISTINGS: dict[str, tuple[Ref, Any, int]] = {
    "everything": (Ref(), None, MANY + 4),
    "below d": (D, None, MANY + 4),
    "the level of d": (D, 1, MANY),
    "the top level": (Ref(), 1, 1),
    "below deep": (D / "deep", None, 5),
    "the level of deep": (D / "deep", 1, 5),
    "d itself": (D, 0, 0),
    "the root itself": (Ref(), 0, 0),
}
ASKED: dict[str, dict[str, list[str]]] = {
    # one for each 1,000 entries; one HEAD for a base that is not the root
    "s3": {
        "everything": ["LIST"] * 2,
        "below d": ["HEAD", *["LIST"] * 2],
        "the level of d": ["LIST"],
        "the top level": ["LIST"],
        "below deep": ["HEAD", "LIST"],
        "the level of deep": ["LIST"],
        "d itself": ["HEAD"],
        "the root itself": ["HEAD"],
    },
    # Redis: a page that is empty says that there are no more
    "redis": {
        "everything": ["ZRANGEBYLEX"] * 3,
        "below d": ["ZRANGEBYLEX"] * 3,
        "the level of d": ["EVAL"] * 2,
        "the top level": ["EVAL"] * 2,
        "below deep": ["ZRANGEBYLEX"] * 2,
        "the level of deep": ["EVAL"] * 2,
        "d itself": ["EXISTS"],
        "the root itself": ["EXISTS"],
    },
    # one, whose answer is sent in pieces
    "http": {
        "everything": ["GET ?refs=all"],
        "below d": ["GET ?refs=all"],
        "the level of d": ["GET ?refs=1"],
        "the top level": ["GET ?refs=1"],
        "below deep": ["GET ?refs=all"],
        "the level of deep": ["GET ?refs=1"],
        "d itself": ["HEAD"],
        "the root itself": ["HEAD"],
    },
    # one for each folder, down to the first file where a folder shows only if it holds one
    "nginx": {
        "everything": ["GET"] * 3,
        "below d": ["HEAD", *["GET"] * 2],
        "the level of d": ["GET"] * 2,
        "the top level": ["GET"] * 2,
        "below deep": ["HEAD", "GET"],
        "the level of deep": ["GET"],
        "d itself": ["HEAD"],
        "the root itself": [],
    },
}


@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize("full", [S3, REDIS, HTTP, NGINX], indirect=True, ids=str)
def test_a_listing_is_this_many_requests(full: tuple[Wire, Any], listing: str) -> None:
    wire, store = full
    base, depth, count = LISTINGS[listing]
    before = len(wire.proxy.asked)
    found = list(store.refs(base, depth))
    assert len(found) == len(set(found)) == count
    assert [told(line) for line in wire.proxy.asked[before:]] == ASKED[wire.leaf.name][listing]


@pytest.mark.parametrize("full", [S3, REDIS, HTTP, NGINX], indirect=True, ids=str)
def test_a_listing_asks_for_no_more_than_is_read(full: tuple[Wire, Any]) -> None:
    wire, store = full
    before = len(wire.proxy.asked)
    listing = store.refs(Ref())
    assert len(wire.proxy.asked) == before
    next(listing)
    assert len(wire.proxy.asked) - before == {"nginx": 2}.get(wire.leaf.name, 1)  # the first file is in a folder
    listing.close()


@pytest.mark.parametrize("full", [S3, REDIS, HTTP, NGINX], indirect=True, ids=str)
def test_a_listing_that_is_cut_never_just_ends(full: tuple[Wire, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages, or within one."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)  # no waiting
    wire, store = full
    wire.proxy.calm()
    everything = set(store.refs(Ref()))
    total, cut = wire.proxy.passed["down"], 0
    for after in range(0, total, total // 10):
        wire.proxy.arm(Fault("cut", "down", after, always=True))
        try:
            found = set(store.refs(Ref()))
        except wire.leaf.failures:
            found = None
        struck = wire.proxy.calm() > 0
        assert found == (None if struck else everything)
        cut += struck
    assert cut > 5
    assert set(store.refs(Ref())) == everything
