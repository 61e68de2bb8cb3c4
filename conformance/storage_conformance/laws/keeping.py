"""Nothing is forgotten: not with time, not for want of room, not because it was read (claim keeps; ours)."""

from __future__ import annotations

import datetime  # noqa: ICN001  # a store may have it by this name, and so has the script
import sys
import time
import types

from ..law import law
from ..trial import Exempted, Trial

CHAPTER = "chapters/01-protocol.md"
SET, GET = "lambda s, name, value: s.put(root / name, value)", "lambda s, name: s.get(root / name)"
SET_KEY, GET_KEY = "lambda s, key, value: s.__setitem__(key, value)", "lambda s, key: s[key]"


@law("keeps", chapter=CHAPTER)
def what_was_put_stays_however_time_goes_by(t: Trial) -> None:
    """put(r, v); the clocks that the store looks at go on by up to ten years; get(r) = v"""
    outlives_time(t, SET, GET)


@law("keeps", kind="mapping", group="keeping")
def a_key_stays_however_time_goes_by(t: Trial) -> None:
    """d[k] = v; the clocks that the mapping looks at go on by up to ten years; d[k] = v"""
    outlives_time(t, SET_KEY, GET_KEY)


def outlives_time(t: Trial, put: str, get: str) -> None:
    if t.root:
        raise Exempted("the clock of a place that others use is not the suite's to move")
    again = t.place.again_line("store").partition(" = ")[2] if t.reopens else "store"
    given = ("store", put, get, t.text(t.scope.values[0]), f"lambda store: {again}")
    t.program(stays, *given, helpers=(moved, holders))


def holders(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    """The store, what it is made of, and the modules of their classes."""
    found: list[object] = []
    rest = [(store, 0)]
    while rest:
        thing, depth = rest.pop()
        if any(thing is each for each in found) or depth > 3:
            continue
        found.append(thing)
        modules = [sys.modules.get(each.__module__) for each in type(thing).__mro__ if each.__module__ != "builtins"]
        found += [module for module in modules if module and not any(module is each for each in found)]
        parts = list(getattr(thing, "__dict__", {}).values())
        rest += [(part, depth + 1) for part in parts if hasattr(part, "__dict__") and not isinstance(part, type)]
    return found


def moved(store, seconds):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    """What the store has of clocks, replaced by others that are `seconds` ahead; answers what undoes it."""
    names = {"time": 1, "monotonic": 1, "perf_counter": 1, "time_ns": 10**9, "monotonic_ns": 10**9}
    ahead = {
        getattr(time, name): lambda of=getattr(time, name), unit=unit: of() + seconds * unit
        for name, unit in names.items()
    }

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
            return datetime.datetime.now(tz) + datetime.timedelta(seconds=seconds)

        @classmethod
        def utcnow(cls):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
            return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).replace(tzinfo=None)

    later = {real.__name__: fake for real, fake in ahead.items()}
    clocks: dict[object, object] = {**ahead, datetime.datetime: Later}
    clocks[time] = types.SimpleNamespace(**{**vars(time), **later})
    clocks[datetime] = types.SimpleNamespace(**{**vars(datetime), "datetime": Later})
    changed = []
    for holder in holders(store):  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
        for name, value in list(getattr(holder, "__dict__", {}).items()):
            known = [fake for real, fake in clocks.items() if value is real]
            if known:
                holder.__dict__[name] = known[0]
                changed.append((holder.__dict__, name, value))
    return lambda: [held.__setitem__(name, value) for held, name, value in changed]


def stays(store, put, get, value, again):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for name in "ab":
        put(store, name, value)
    for seconds, said in ((2, "two seconds"), (3600, "an hour"), (90_000, "a day"), (320_000_000, "ten years")):
        undo = moved(store, seconds)  # type: ignore[no-untyped-call]  # it is printed into scripts, plain
        try:
            found = get(store, "a"), get(again(store), "b")
        except KeyError:
            raise AssertionError(f"what was put is gone after {said}") from None
        except OSError:  # a server to which such a clock is wrong
            return
        finally:
            undo()
        assert found == (value, value), f"after {said} it is {found[0]!r}"


@law("keeps", chapter=CHAPTER)
def what_is_read_often_stays(t: Trial) -> None:
    """put(r, v); get(r) = v a thousand times over"""
    t.program(bears_reading, "store", SET, GET, t.text(t.scope.values[0]), str(60 * t.rounds))


@law("keeps", kind="mapping", group="keeping")
def a_key_that_is_read_often_stays(t: Trial) -> None:
    """d[k] = v; d[k] = v a thousand times over"""
    t.program(bears_reading, "store", SET_KEY, GET_KEY, repr(t.scope.values[0]), str(60 * t.rounds))


def bears_reading(store, put, get, value, times):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    for name in ("a", "b"):
        put(store, name, value)
    for number in range(times):
        try:
            assert get(store, "a") == value, f"read for time number {number + 1}, it is another value"
        except KeyError:
            raise AssertionError(f"read {number} times, the value is gone") from None
    assert get(store, "b") == value, f"after another was read {times} times, the value is another one"


@law("keeps", chapter=CHAPTER)
def many_large_values_are_all_kept(t: Trial) -> None:
    """put(r, v) for many r and large v, 32 MiB in all: get(r) = v for all of them"""
    made = {"bytes": "lambda number, size: bytes([number]) * size"}.get(t.claims.values or "", MADE_TEXT)
    t.program(keeps_large, "store", SET, GET, made, *large(t))


@law("keeps", kind="mapping", group="keeping")
def many_large_values_keep_their_keys(t: Trial) -> None:
    """d[k] = v for many k and large v, 32 MiB in all: d[k] = v for all of them"""
    t.program(keeps_large, "store", SET_KEY, GET_KEY, "lambda number, size: bytes([number]) * size", *large(t))


MADE_TEXT = "lambda number, size: str(number % 10) * size"


def large(t: Trial) -> tuple[str, str]:
    """How many values of how many bytes: fewer for a slow store."""
    many = 34 if t.rounds > SLOW else 9
    return str(many), str(min(2**20 - 64, t.claims.max_value))


SLOW = 3  # rounds


def keeps_large(store, put, get, made, many, size):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    for number in range(many):
        put(store, str(number), made(number, size))
    for number in range(many):
        try:
            assert get(store, str(number)) == made(number, size), f"of {many} large values number {number} is another"
        except KeyError:
            raise AssertionError(f"of {many} values of {size} bytes, number {number} is gone") from None


@law("keeps", chapter=CHAPTER)
def of_thousands_of_refs_none_is_lost_or_mixed_up(t: Trial) -> None:
    """put(r, v) for thousands of r, v its own for each: get(r) = v for all; so after half of them are deleted"""
    t.program(keeps_many, "store", SET, GET, "lambda s, name: s.delete(root / name)", t.text(t.nth(7)), many(t))


@law("keeps", kind="mapping", group="keeping")
def of_thousands_of_keys_none_is_lost_or_mixed_up(t: Trial) -> None:
    """d[k] = v for thousands of k, v its own for each: d[k] = v for all; so after half of them are deleted"""
    t.program(keeps_many, "store", SET_KEY, GET_KEY, "lambda s, key: s.__delitem__(key)", repr(b"7"), many(t))


def many(t: Trial) -> str:
    """How many: fewer where a call takes milliseconds, for slow is not broken."""
    return str((275 if t.rounds > 5 else 40) * t.rounds)


def keeps_many(store, put, get, delete, seven, many):  # type: ignore[no-untyped-def]  # printed into scripts, plain
    def made(number: int) -> object:
        return b"%d" % number if isinstance(seven, bytes) else str(number) if isinstance(seven, str) else [number]

    names, end = [f"key-{number:x}" for number in range(many)], time.monotonic() + 20
    for number, name in enumerate(names):
        put(store, name, made(number))
        if time.monotonic() > end:  # slow is not broken: so many are enough
            many = number + 1
            break
    for step, left in ((1, many), (2, many // 2)):
        for number in range(0, many, step):
            try:
                found = get(store, names[number])
            except KeyError:
                raise AssertionError(f"of {left} values that of {names[number]!r} is gone") from None
            assert found == made(number), f"among {left} values {names[number]!r} has {found!r}, not {made(number)!r}"
        for number in range(1, many, 2) if step == 1 else ():
            delete(store, names[number])
            try:
                get(store, names[number])
            except KeyError:
                continue
            raise AssertionError(f"{names[number]!r}, one of {many}, is there after it was deleted")


@law("lists", kind="mapping", group="mapping views")
def views_of_any_length_are_whole(t: Trial) -> None:
    """len(d), iteration, keys, values, items of 1, 9 ... 10,001 keys are all of them, once; as they come and go"""
    long = ["k" * 70] if t.claims.max_key >= 75 else []  # a token of a page that is the last key may be cut
    start = t.choose(("k", *long))
    t.program(counts_pages, "store", repr(COUNTS[: 3 * t.rounds]), repr(start))


COUNTS = (1, 9, 10, 11, 20, 50, 100, 101, 128, 250, 256, 257, 500, 999, 1000, 1001, 1024, 2001, 10_001)


def counts_pages(store, pages, start):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    due: dict[str, bytes] = {}
    end = time.monotonic() + 20  # slow is not broken: what comes later is left out
    longest = 0.0  # seconds of a listing
    for page in (*pages, *(many - 1 for many in reversed(pages) if many > 100 or many == 1)):
        while len(due) > page and time.monotonic() < end:
            del store[due.popitem()[0]]
        while len(due) < page and time.monotonic() < end:
            key = f"{start}{len(due)}"
            store[key] = due[key] = b"%d" % len(due)
        many, begin = len(due), time.monotonic()
        list(store)
        longest = max(longest, time.monotonic() - begin)
        assert len(store) == many, f"{many} keys are there, but len says {len(store)}"
        for found, whole in (
            (store, due),
            (store.keys(), due),
            (store.items(), due.items()),
            (store.values(), due.values()),
        ):
            listed = sorted(found)
            lost, twice = len(set(whole) - set(listed)), len(listed) - len(set(listed))
            said = f"of {many} keys {lost} are missing from {type(found).__name__}, {twice} come twice"
            assert listed == sorted(whole), said
        if time.monotonic() > end:
            break
    else:
        few = max(page for page in pages if page == 1 or longest * page * page / pages[-1] < 3)  # seconds, for
        store.update({f"{start}{number}": b"x" for number in range(few)})  # clear() may list all for each key
        store.clear()
        assert not list(store) and len(store) == 0, f"clear() leaves {len(list(store))} of {few} keys"
