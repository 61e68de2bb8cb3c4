"""What is special to Redis: an index that cannot disagree, no foreign keys, nothing sent twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

import embedded
import real
from storage_combinators.functions import update
from storage_combinators.leaves.redis import Redis
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing


@pytest.fixture(scope="module", params=["embedded", "program"])
def url(request, tmp_path_factory) -> Iterator[str]:
    if request.param == "program" and not real.found("redis-server"):
        pytest.skip("redis-server is not installed")
    folder = tmp_path_factory.mktemp("redis")
    with embedded.fake_redis() if request.param == "embedded" else real.redis_server(folder, "pa:ss/w@rd") as url:
        yield url


@pytest.fixture
def store(url: str, request) -> Redis:
    client = Redis(url)._client
    client.flushdb()
    return Redis(url + "/tasks")


@pytest.fixture
def sent(monkeypatch) -> list[bytes]:
    """The commands that were sent."""
    words: list[bytes] = []
    packer = redis.connection.PythonRespSerializer
    pack = packer.pack
    monkeypatch.setattr(packer, "pack", lambda self, *args: words.append(args[0]) or pack(self, *args))
    return words


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=3).filter(
    lambda name: name not in (".", "..")
)


@settings(max_examples=20)
@given(st.sets(st.lists(names, max_size=3).map(lambda some: Ref(*some)), max_size=8), st.lists(names, max_size=2))
def test_any_names_are_listed_as_they_are(url: str, refs: set[Ref], base: list[str]) -> None:
    store, top = Redis(url + "/names"), Ref(*base)
    for ref in [*store.refs(Ref())]:
        store.delete(ref)
    for ref in refs:
        store.put(ref, str(ref).encode())
    inside = {ref for ref in refs if ref.within(top)}
    assert sorted(store.refs(top)) == sorted(inside)
    assert sorted(store.refs(top, 1)) == sorted({ref.cut(len(top) + 1) for ref in inside if ref != top})
    assert list(store.refs(top, 0)) == [top] * (top in refs)
    assert all(store.get(ref) == str(ref).encode() for ref in refs)


def test_no_key_without_its_prefix_is_touched(url: str, store: Redis) -> None:
    other, client = Redis(url + "/task"), store._client
    client.set("tasks", b"1")
    other.put(Ref("s:a"), b"2")
    before = set(client.keys())
    store.put(Ref("a"), b"3")
    assert list(store.refs(Ref())) == [Ref("a")]
    store.delete(Ref("a"))
    assert set(client.keys()) == before


def test_each_verb_is_one_step_and_a_listing_a_page_for_a_thousand(store: Redis, sent: list[bytes]) -> None:
    with store._client.pipeline() as filling:
        for number in range(2500):
            ref = Ref("big", f"child {number}", "below")
            filling.set(store._key(ref), b"").zadd(store._index, {"\0".join(ref): 0})
        filling.execute()
    sent.clear()
    assert len(set(store.refs(Ref("big")))) == 2500
    assert len(set(store.refs(Ref("big"), 1))) == 2500
    assert len(sent) == 8  # three pages and an empty one, twice
    sent.clear()
    store.put(Ref("a"), b"1")
    store.delete(Ref("a"))
    store.swap(Ref("a"), MISSING, b"1")
    assert sent == ["MULTI", "SET", "ZADD", "EXEC", "MULTI", "DEL", "ZREM", "EXEC", "EVAL"]


def test_a_swap_whose_answer_is_lost_is_not_sent_again(store: Redis, sent: list[bytes], monkeypatch) -> None:
    store.put(Ref("a"), b"1")
    failures = iter([redis.ConnectionError("the answer is lost")])
    read = redis.Connection.read_response

    def lose_one(self, *args, **kwargs):
        for failure in failures:
            self.disconnect()
            raise failure
        return read(self, *args, **kwargs)

    monkeypatch.setattr(redis.Connection, "read_response", lose_one)
    sent.clear()
    with pytest.raises(redis.ConnectionError):
        store.swap(Ref("a"), b"1", b"2")
    assert sent.count("EVAL") == 1
    assert store.get(Ref("a")) in (b"1", b"2")


def test_what_is_put_and_deleted_by_many_is_in_the_index_exactly_if_it_is_there(store: Redis) -> None:
    def work(number: int) -> None:
        for step in range(30):
            ref = Ref("shared", str((number + step) % 5))
            store.put(ref, b"1") if step % 2 else store.delete(ref)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    there = {Ref("shared", str(n)) for n in range(5) if store._client.exists(store._key(Ref("shared", str(n))))}
    assert set(store.refs(Ref())) == there


def test_two_hundred_increments_by_four_threads_are_two_hundred(store: Redis) -> None:
    def work(_: int) -> None:
        for _ in range(50):
            update(store, Ref("n"), lambda old: b"1" if old is MISSING else b"%d" % (int(old) + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert store.get(Ref("n")) == b"200"


def test_bytes_are_compared_as_bytes(store: Redis) -> None:
    store.swap(Ref("a"), MISSING, b"")
    with pytest.raises(Conflict):
        store.swap(Ref("a"), MISSING, b"1")
    store.swap(Ref("a"), b"", b"\0\xff\r\n")
    with pytest.raises(Conflict):
        store.swap(Ref("a"), b"\0\xff\r", b"2")
    store.swap(Ref("a"), b"\0\xff\r\n", MISSING)
    with pytest.raises(Missing):
        store.get(Ref("a"))
    with pytest.raises(Conflict):
        store.swap(Ref("a"), b"", b"1")
    assert list(store.refs(Ref())) == []


def test_what_stays_is_listed_once_while_others_come_and_go(store: Redis) -> None:
    staying = {Ref("a", f"{number:04}") for number in range(1200)}
    for ref in staying:
        store.put(ref, b"")
    over = Event()

    def change() -> None:
        while not over.is_set():
            store.put(Ref("a", "0000x"), b"")
            store.delete(Ref("a", "0000x"))

    thread = Thread(target=change)
    thread.start()
    found = list(store.refs(Ref()))
    over.set()
    thread.join()
    assert [found.count(ref) for ref in list(staying)[:50]] == [1] * 50
    assert staying <= set(found)


@pytest.mark.skipif(not real.found("redis-server"), reason="redis-server is not installed")
def test_a_password_is_needed_and_never_shown(tmp_path: Path) -> None:
    with real.redis_server(tmp_path, "right") as url:
        Redis(url).put(Ref("a"), b"1")
        store = Redis(url.replace("right", "hunter2"))
        with pytest.raises(redis.RedisError) as failure:
            store.get(Ref("a"))
    assert "\n" not in str(failure.value)
    assert "hunter2" not in f"{failure.value!r} {store!r}"
    with pytest.raises(redis.ConnectionError) as failure:
        Redis(url).get(Ref("a"))  # the server is gone
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://",
        "http://h/0",
        "redis://h/x",
        "redis://h/0/a:b",
        "redis://h/0/a%3ab",
        "redis://h:x/0",
        "redis://h/0?db=1",
    ],
)
def test_a_malformed_url_is_told_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Redis(url)


def test_a_password_that_makes_a_url_malformed_is_not_shown() -> None:
    with pytest.raises(ValueError, match="not of the form redis://HOST:PORT") as failure:
        Redis("redis://:hun/ter2@localhost/0")
    assert "hun" not in str(failure.value)
