"""Images and states: against a plain bytearray, and against all that a disk of this kind could hold."""

from collections.abc import Iterator
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from storage_conformance.crash.filesystem.image import BLOCK, SECTOR, Image
from storage_conformance.crash.filesystem.recording import Event, Flush, Mark, Recording, Write
from storage_conformance.crash.filesystem.states import BOUND, epochs, pieces, states

SIZE = 5 * BLOCK
places = st.integers(0, SIZE - 1)
data = st.one_of(st.binary(max_size=30), st.integers(0, 2 * BLOCK).map(bytes), st.just(b"x" * (BLOCK + 3)))


@given(st.lists(st.tuples(places, data), max_size=8), places, st.integers(0, SIZE))
def test_an_image_reads_as_the_bytes_that_were_written(tmp_path_factory, writes, start, count) -> None:
    image, plain = Image(SIZE), bytearray(SIZE)
    for offset, piece in writes:
        piece = piece[: SIZE - offset]
        image.write(offset, piece)
        plain[offset : offset + len(piece)] = piece
    assert image.read(start, count) == plain[start : start + count]
    assert all(any(block) for block in image.blocks.values())
    file = tmp_path_factory.mktemp("image") / "file"
    image.save(file)
    assert file.read_bytes() == plain


def test_a_copy_of_an_image_is_one_of_its_own() -> None:
    first = Image(SIZE)
    second = first.copy()
    second.write(0, b"x")
    assert first.read(0, 1) == b"\0"


sectors = st.builds(
    lambda number, letter: Write(number * SECTOR, letter * SECTOR), st.integers(0, 15), st.sampled_from([b"a", b"b"])
)
calls = st.integers(1, 2).map(lambda count: [Mark(f"{word} {n}") for n in range(count) for word in ("begun", "done")])


@st.composite
def recordings(draw) -> Recording:
    """Up to three writes between two flushes, each of one sector; marks anywhere, in their order."""
    parts = draw(st.lists(st.lists(sectors, max_size=3), min_size=1, max_size=4))
    events: list[Event] = list(chain.from_iterable([*part, Flush()] for part in parts))[
        : -draw(st.integers(0, 1)) or None
    ]
    for mark in reversed(draw(calls)):
        limit = next((n for n, event in enumerate(events) if isinstance(event, Mark)), len(events))
        events.insert(draw(st.integers(0, limit)), mark)
    return Recording(Image(SIZE, {0: b"z" * BLOCK}), tuple(events))


def by_brute_force(recording: Recording) -> Iterator[tuple[frozenset, tuple[int, int]]]:
    """At each moment: what was flushed, and any part of what was written since."""
    for time in range(len(recording.events) + 1):
        past = recording.events[:time]
        flushes = [n for n, event in enumerate(past) if isinstance(event, Flush)]
        cut = flushes[-1] if flushes else 0
        certain = [event for event in past[:cut] if isinstance(event, Write)]
        perhaps = [event for event in past[cut:] if isinstance(event, Write)]
        said = [event.text.split()[0] for event in past if isinstance(event, Mark)]
        for count in range(len(perhaps) + 1):
            for kept in combinations(perhaps, count):
                image = recording.base.copy()
                for write in (*certain, *kept):
                    image.write(write.offset, write.data)
                yield frozenset(image.blocks.items()), (said.count("begun"), said.count("done"))


@given(recordings(), st.integers(0, 9))
def test_small_recordings_have_just_the_states_and_moments_that_a_disk_allows(recording, seed) -> None:
    found = {
        (frozenset(state.image().blocks.items()), moment)
        for state in states(recording, seed)
        for moment in state.moments
    }
    assert found == set(by_brute_force(recording))


@given(recordings(), st.integers(0, 9))
def test_a_state_comes_once_among_its_neighbours_and_the_seed_decides(recording, seed) -> None:
    first, second = (list(states(recording, seed)) for _ in range(2))
    assert [(state.kept, state.size, state.moments) for state in first] == [
        (state.kept, state.size, state.moments) for state in second
    ]
    for epoch in {state.epoch.number for state in first}:
        images = [frozenset(state.image().blocks.items()) for state in first if state.epoch.number == epoch]
        assert len(images) == len(set(images))


@given(recordings(), st.integers(0, 9))
def test_what_whole_pages_leave_is_never_told_as_torn(recording, seed) -> None:
    """Here each write is of one sector, so whole writes leave all that torn ones do."""
    assert {state.size for state in states(recording, seed)} == {BLOCK}


def long_epoch(count: int) -> Recording:
    events = [Write(n * BLOCK, bytes([n + 1]) * BLOCK) for n in range(count)]
    return Recording(Image(count * BLOCK), (*events, Flush()))


def test_each_page_is_left_out_and_alone_until_there_are_too_many() -> None:
    for count in (4, BOUND, BOUND + 5):
        whole = [state for state in states(long_epoch(count)) if state.size == BLOCK]
        some = min(count, BOUND)
        assert sum(len(state.lost) == 1 for state in whole) >= some
        assert sum(len(state.kept) == 1 for state in whole) >= some


def test_a_write_is_torn_at_sectors_too() -> None:
    torn = [state for state in states(long_epoch(2)) if state.size == SECTOR]
    assert torn
    for state in torn:
        blocks = [block for block in state.image().blocks.values() if 0 in block]
        assert blocks
        assert all(len(set(block[n : n + SECTOR])) == 1 for block in blocks for n in range(0, BLOCK, SECTOR))


@given(places, data, st.sampled_from([SECTOR, BLOCK]))
def test_pieces_are_the_write_cut_where_a_multiple_begins(offset, content, size) -> None:
    cut = list(pieces(Write(offset, content), size))
    assert b"".join(piece.data for piece in cut) == content
    assert all(piece.offset % size == 0 for piece in cut[1:])
    assert all(0 < len(piece.data) <= size - piece.offset % size for piece in cut)


def test_fewer_lost_pieces_keep_the_moments_that_are_possible() -> None:
    events = (Mark("begun 0"), Write(0, b"a" * BLOCK), Mark("done 0"), Write(BLOCK, b"b" * BLOCK), Flush())
    (epoch, _) = epochs(events)
    assert epoch.since(-1) == {(0, 0), (1, 0), (1, 1)}
    assert epoch.since(0) == {(1, 0), (1, 1)}
    assert epoch.since(1) == {(1, 1)}
