"""Outlaws among mappings whose fault is in opening again, in which method wrote, or in values of many bytes."""

from __future__ import annotations

from collections.abc import Iterator, ValuesView
from pathlib import Path
from typing import Any, ClassVar

from storage_combinators.functions import as_bytes
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .mappings import Over
from .outlaw import outlaw
from .reopening import (
    ALONE,
    CompactsAwayTheEmpty,
    CountsItsOwnReferences,
    DropsGravestones,
    Loaded,
    LoadsValuesAsText,
    RaisesTheDeadMeanwhile,
    TellsByTheEnds,
    WritesLargeInPlace,
)
from .right import Plain
from .right_mappings import Entries


class Surrogates(Loaded):
    """Keys as `Entries` names them, of which two are one in UTF-16."""

    def loaded(self, ref: Ref, value: bytes) -> dict[Ref, bytes]:
        key = bytes.fromhex(ref[0][1:]).decode(errors="surrogatepass")
        joined = key.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return {Ref("k" + joined.encode(errors="surrogatepass").hex()): value}


@outlaw(
    "keys_that_look_alike_stay_apart",
    wrong="When it is opened, a pair of surrogates becomes the character that it spells.",
    seen="keys as JSON",
)
class JoinsSurrogates(Over):
    without: ClassVar[dict[str, str]] = ALONE
    make = Surrogates


@outlaw("every_value_comes_back_from_its_key", wrong="Line ends are translated in what is loaded.", seen="read_text()")
class LoadsText(Over):
    without: ClassVar[dict[str, str]] = ALONE
    make = LoadsValuesAsText


@outlaw("the_300th_setting_is_as_good_as_the_first", wrong="Compaction takes empty values for deleted ones.")
class CompactsTheEmpty(Over):
    make = CompactsAwayTheEmpty


@outlaw("the_300th_setting_is_as_good_as_the_first", wrong="Compaction drops gravestones, not what they hide.")
class DropsGravestonesOfKeys(Over):
    make = DropsGravestones


@outlaw(
    "a_long_history_of_a_mapping_answers_as_a_dictionary_does",
    wrong="Opening a log of 20 to 100 records forgets deletions.",
)
class RaisesDeadKeys(Over):
    make = RaisesTheDeadMeanwhile


@outlaw(
    "a_long_history_of_two_handles_of_a_mapping_answers_as_a_dictionary_does",
    wrong="Long values are kept once, and each handle counts for itself who still has one.",
)
class CountsReferencesOfKeys(Over):
    make = CountsItsOwnReferences


@outlaw("keys_that_hold_the_same_are_still_two", wrong="Values over 64 KiB are told apart by head, middle and tail.")
class TellsKeysByTheEnds(Entries):
    def __init__(self) -> None:
        self.store = TellsByTheEnds()


@outlaw("a_key_killed_at_any_step_shows_before_or_after", wrong="A value over 1 MiB is written in parts, in place.")
class WritesLargeKeysInPlace(Over):
    make = WritesLargeInPlace


@outlaw(
    "the_last_write_is_there_after_reopening_whatever_made_it",
    "another_handle_sees_each_write_whatever_made_it",
    wrong="What update writes is committed by the next write of one key.",
    seen="executemany without commit",
)
class CommitsByOneKey(Over):
    make = WritesLargeInPlace  # of small values it is right

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.waiting: dict[str, bytes] = {}

    def update(self, *more: Any, **named: Any) -> None:
        for key, value in dict(*more, **named).items():
            self.ref(key)
            self.waiting[key] = as_bytes(value)

    def commit(self) -> None:
        while self.waiting:
            super().__setitem__(*self.waiting.popitem())

    def __setitem__(self, key: str, value: bytes) -> None:
        self.commit()
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        self.commit()
        super().__delitem__(key)

    def __getitem__(self, key: str) -> bytes:
        return self.waiting[key] if key in self.waiting else super().__getitem__(key)

    def keys_now(self) -> list[str]:
        return list({**dict.fromkeys(super().keys_now()), **self.waiting})


class Taken(ValuesView[bytes]):
    """The values of the store that was there when the view was taken."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __len__(self) -> int:
        return len(list(self.store.every()))

    def __iter__(self) -> Iterator[bytes]:
        return (value for ref in self.store.every() if (value := self.store.read(ref)) is not MISSING)

    def __contains__(self, value: object) -> bool:
        return value in list(self)


@outlaw(
    "the_views_are_sets_that_follow_changes",
    wrong="clear() begins a new dictionary, of which values() that was taken before knows nothing.",
    seen="self.data = {}",
)
class ClearsByBeginningAnew(Entries):
    def values(self) -> ValuesView[bytes]:
        return Taken(self.store)

    def clear(self) -> None:
        self.store = Plain()
