"""The audit log: everything that was done is in it, in order, and replaying it gives the content at any time."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Audited,
    Bytes,
    Conflict,
    CreateOnly,
    Disk,
    Entry,
    EntryCodec,
    Failing,
    Memory,
    Merging,
    Missing,
    ReadOnly,
    Ref,
    Refused,
    Serialized,
    SQLite,
    look,
    merge_patch,
    open_store,
    replay,
)
from storage_combinators.observing.audit_log import append, entries
from storage_conformance.laws.combinators.judging import judge_combinator

A, B = Ref("a"), Ref("b")


def content(store: Any) -> dict[Ref, Any]:
    return {ref: store.get(ref) for ref in store.refs(Ref())}


def replayed(log: Any, until: float = float("inf"), into: Any = None) -> tuple[dict[Ref, Any], list[Entry]]:
    into = Memory() if into is None else into
    doubts = replay(log, into, until)
    return content(into), doubts


def test_an_audited_store_is_its_source():
    report = judge_combinator("pass_through", lambda source: Audited(source, Memory()), step=3)
    assert report.verdict == "conforms", [result.why for result in report.broken]


def test_the_content_at_any_time():
    ticks = iter(range(100))
    store = Audited(Memory(), Memory(), clock=lambda: float(next(ticks)))
    store.put(A, 1)  # entered at 0, done at 1
    store.put(A, 2)
    store.delete(A)
    store.swap(B, MISSING, 3)
    store.swap(B, 3, MISSING)
    at = [replayed(store.log, float(time))[0] for time in range(-1, 10)]
    assert at == [{}, {}, {A: 1}, {A: 1}, {A: 2}, {A: 2}, {}, {}, {B: 3}, {B: 3}, {}]


def test_a_write_that_is_cut_short_is_a_doubt_and_an_answer_is_none():
    def lost(verb: str, ref: Ref) -> None:
        raise OSError("the reply was lost")

    log: Memory[Entry] = Memory()
    with pytest.raises(OSError, match="lost"):
        Audited(Failing(Memory(), after=lost), log).put(A, 1)
    with pytest.raises(Refused):
        Audited(ReadOnly(Memory()), log).put(A, 2)
    with pytest.raises(Conflict):
        Audited(Memory(), log).swap(A, 8, 9)
    with pytest.raises(TypeError):
        Audited(Memory(), log).put(A, MISSING)
    found, doubts = replayed(log)
    assert found == {}
    assert [(entry.verb, entry.ref, entry.value) for entry in doubts] == [("PUT", A, 1)]


def test_a_write_that_cannot_be_entered_is_not_done():
    def full(verb: str, ref: Ref) -> None:
        raise OSError("the disk is full")

    source: Memory[int] = Memory()
    with pytest.raises(OSError, match="full"):
        Audited(source, Failing(Memory(), before=full)).put(A, 1)
    assert content(source) == {}


def test_nobody_overwrites_an_entry():
    log: Memory[Entry] = Memory()
    store = Audited(Memory(), CreateOnly(log))
    for number in range(20):
        store.put(A, number)
    assert len(log.cells) == 40
    before = dict(log.cells)
    Audited(Memory(), CreateOnly(log)).put(B, 1)
    assert {ref: log.cells[ref] for ref in before} == before
    assert [str(ref) for ref in sorted(log.cells)] == [f"{number:012d}" for number in range(42)]


@given(st.integers(0, 70), st.integers(0, 5))
def test_the_next_number_is_found_wherever_one_begins_to_look(count, start):
    log: Memory[Entry] = Memory()
    for number in range(count):
        log.put(Ref(f"{number:012d}"), Entry(0.0, "DONE", A))
    assert append(log, Entry(0.0, "DONE", A), min(start, count)) == count


@pytest.mark.parametrize("writers", [2, 4])
def test_two_writers_lose_no_entry(writers, tmp_path):
    source: Memory[bytes] = Memory()
    log = Serialized(SQLite(tmp_path / "log.db"), EntryCodec())

    def write(name: str) -> None:
        store = Audited(source, log)  # a handle of its own, and so a lock of its own
        for number in range(15):
            store.put(Ref(name, str(number % 4)), f"{number}".encode())
            if number % 5 == 0:
                store.delete(Ref(name, "0"))

    threads = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found, doubts = replayed(log)
    assert (found, doubts) == (content(source), [])
    assert len(list(entries(log))) == writers * (15 + 3) * 2


def test_a_log_on_disk_is_read_by_another_process_that_knows_only_its_folder(tmp_path):
    Audited(Memory(), Serialized(Disk(tmp_path), EntryCodec())).put(A / "ü/".strip("/"), bytes(range(256)))
    found, _ = replayed(Serialized(open_store(tmp_path), EntryCodec()))
    assert found == {A / "ü": bytes(range(256))}


def test_what_is_no_bytes_is_refused_by_the_codec_before_it_is_done():
    source: Memory[Any] = Memory()
    with pytest.raises(TypeError):
        Audited(source, Serialized(Memory(), EntryCodec())).put(A, {"no": "bytes"})
    assert content(source) == {}


@pytest.mark.parametrize("verb", ["put", "merge", "swap"])
@pytest.mark.parametrize("view", [bytearray, memoryview, lambda buffer: type("Own", (bytes,), {})(buffer)])
def test_a_buffer_is_entered_as_it_was(verb, view):
    buffer, store = bytearray(b"was"), Audited(Bytes(Memory()), Memory())
    getattr(store, verb)(A, *([MISSING] if verb == "swap" else []), view(buffer))
    buffer[:] = b"now"
    again = Memory()
    replay(store.log, again)
    assert content(again) == content(store) == {A: b"was"}
    assert isinstance(again.get(A), bytes)


def test_merges_are_replayed_as_merges():
    store: Any = Audited(Merging(Memory(), merge_patch), Memory())
    store.put(A, {"x": 1})
    store.merge(A, {"y": 2})
    assert replayed(store.log, into=Merging(Memory(), merge_patch))[0] == {A: {"x": 1, "y": 2}}


WRITES = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "create", "remove", "wrong"]), st.sampled_from([A, B, A / "b"]), st.integers()
    ),
    max_size=20,
)


@given(WRITES, st.integers(0, 45))
def test_the_content_replayed_is_the_content_whatever_was_written(writes, cut):
    """Of the whole log, and of each point between two writes."""
    ticks = iter(range(1000))
    store: Any = Audited(Memory(), Memory(), clock=lambda: float(next(ticks)))
    after: list[dict[Ref, Any]] = [{}]  # each write, which is two entries, and two ticks
    for verb, ref, value in writes:
        try:
            match verb:
                case "put":
                    store.put(ref, value)
                case "delete":
                    store.delete(ref)
                case "create":
                    store.swap(ref, MISSING, value)
                case "remove":
                    store.swap(ref, store.get(ref), MISSING)
                case _:
                    store.swap(ref, object(), value)
        except (Conflict, Missing):
            pass
        if len(store.log.cells) == 2 * len(after):
            after.append(content(store.source))
    found, doubts = replayed(store.log)
    assert (found, doubts) == (content(store.source), [])
    assert look(store, A) == found.get(A, MISSING)
    half, open_ = replayed(store.log, float(cut))
    assert len(open_) <= 1
    assert half == after[min((cut + 1) // 2, len(after) - 1)]
