"""Outlaws among mappings, each against one law of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from time import sleep
from typing import Any, ClassVar

from storage_combinators.functions import as_bytes
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .on_disk import ClearsTemporaryFiles, ForgetsWhenReopened, KeepsOnePage, RemembersWhatItRead, WritesInPlace
from .outlaw import outlaw
from .right_mappings import Entries, FolderEntries


@outlaw("a_key_holds_what_was_set", wrong="The first value of a key stays.", seen="setdefault for []=")
class KeepsTheFirstValue(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        if key not in self:
            super().__setitem__(key, value)


@outlaw("setting_changes_no_other_key", wrong="Setting a removes a/b.", seen="a file for each key, folders for slashes")
class DisplacesWhatIsBelow(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        for other in [other for other in self if other.startswith(f"{key}/")]:
            del self[other]


@outlaw("a_missing_key_is_a_KeyError", wrong="A missing key answers an empty value.", seen="defaultdict")
class AnswersEmpty(Entries):
    def __getitem__(self, key: str) -> bytes:
        value = self.store.read(self.ref(key))
        return b"" if value is MISSING else bytes(value)

    def __contains__(self, key: object) -> bool:
        return self.store.read(self.ref(key)) is not MISSING


@outlaw("deleting_removes_that_key_alone", wrong="Deleting a deletes a/b and ab too.", seen="deletion by prefix")
class DeletesPrefixes(Entries):
    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        for other in [other for other in self if other.startswith(key)]:
            super().__delitem__(other)


@outlaw("keys_that_look_alike_stay_apart", wrong="Keys are stripped of blanks at their ends.", seen="HTTP headers")
class StripsKeys(Entries):
    def ref(self, key: Any) -> Ref:
        return super().ref(key.strip() if isinstance(key, str) else key)


@outlaw("every_value_comes_back_from_its_key", wrong="A NUL ends a value.", seen="C strings")
class EndsAtNul(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, as_bytes(value).partition(b"\0")[0])


@outlaw("other_types_are_TypeErrors", wrong="A value of text is stored, as its UTF-8.", seen="clients of Redis")
class EncodesText(Entries):
    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value.encode() if isinstance(value, str) else value)


@outlaw(
    "a_key_that_is_no_string_is_not_there", wrong="A key that is no text is found to be there.", seen="bytes for text"
)
class FindsWhatIsNoText(Entries):
    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) if isinstance(key, str) else True


@outlaw("a_buffer_is_copied_in", wrong="A buffer is kept, not copied.", seen="dict")
class KeepsTheBuffer(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self.store.write(self.ref(key), value)


@outlaw("a_subclass_of_bytes_is_bytes", wrong="A subclass of bytes is a TypeError.", seen="type(value) is bytes")
class RefusesSubclasses(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        if isinstance(value, bytes) and type(value) is not bytes:
            raise TypeError("bytes are due")
        super().__setitem__(key, value)


@outlaw("iteration_yields_each_key_once", wrong="Each key comes twice.", seen="SCAN of Redis, while it resizes")
class YieldsTwice(Entries):
    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_now() * 2)


@outlaw("the_views_agree", wrong="values() is in another order than keys().", seen="two queries without ORDER BY")
class ValuesInAnotherOrder(Entries):
    def values(self) -> Any:
        return list(super().values())[::-1]


@outlaw(
    "iteration_bears_changes", wrong="While keys go, iteration skips some that stay.", seen="a cursor that is an offset"
)
class SkipsWhileKeysGo(Entries):
    def __iter__(self) -> Iterator[str]:
        place = 0
        while place < len(self):
            yield self.keys_now()[place]
            place += 1


@outlaw("pop_answers_and_removes", wrong="pop leaves the key.", seen="peek")
class PopsNothing(Entries):
    def pop(self, key: str, *default: Any) -> Any:
        return self.get(key, *default) if default else self[key]


@outlaw("popitem_empties", wrong="popitem of an empty mapping answers None.", seen="queues that poll")
class PopsFromNothing(Entries):
    def popitem(self) -> Any:
        return super().popitem() if len(self) else None

    def clear(self) -> None:  # which would ask popitem for ever
        for key in self.keys_now():
            del self[key]


@outlaw("setdefault_sets_only_what_is_not_there", wrong="setdefault overwrites.", seen="an upsert")
class SetsInAnyCase(Entries):
    def setdefault(self, key: str, default: Any = None) -> Any:
        self[key] = default
        return self[key]


@outlaw("update_sets_each", wrong="update replaces everything by what it is given.", seen="PUT for PATCH")
class UpdateReplaces(Entries):
    def update(self, *more: Any, **named: Any) -> None:
        self.clear()
        super().update(*more, **named)


@outlaw("clear_removes_everything", wrong="clear removes one page.", seen="delete_objects, up to 1,000 keys")
class ClearsOne(Entries):
    def clear(self) -> None:
        for key in self.keys_now()[:1]:
            del self[key]


@outlaw(
    "get_and_in_agree_with_getitem", wrong="get ignores the default that it is given.", seen="clients that answer None"
)
class IgnoresTheDefault(Entries):
    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key)


@outlaw(
    "equality_is_that_of_dictionaries", wrong="Two are equal if they have the same keys.", seen="comparing listings"
)
class ComparesKeys(Entries):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and set(self) <= set(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed


@outlaw(
    "every_history_of_a_mapping_answers_as_a_dictionary_does", wrong="What is set for the third time in turn is lost."
)
class LosesTheThird(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self.echo = [*getattr(self, "echo", [])[-2:], (key, bytes(value))]
        if self.echo.count((key, bytes(value))) == 3:
            del self[key]


@outlaw(
    "the_first_key_is_still_there_at_the_end", wrong="Of 1,000 keys the oldest is evicted.", seen="least recently used"
)
class EvictsKeys(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        for oldest in list(self.store.every())[:-1000]:
            self.store.write(oldest, MISSING)


@outlaw(
    "pickling_keeps_each_key", wrong="A pickled mapping comes back empty.", seen="__reduce__ with the settings alone"
)
class PicklesNoKeys(Entries):
    def __reduce__(self) -> Any:
        return (type(self), ())


@outlaw("pickling_keeps_each_key", wrong="What is pickled is what was there the first time.", seen="a state kept")
class PicklesTheFirstState(Entries):
    def __getstate__(self) -> Any:
        self.first = getattr(self, "first", None) or {"store": deepcopy(self.store)}
        return self.first


@outlaw("threads_do_not_lose_each_others_keys", wrong="Each write replaces all by a changed copy, without a lock.")
class ReplacesTheWhole(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.whole: dict[str, bytes] = {}

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        changed = {**self.whole, key: as_bytes(value)}
        sleep(0.0001)  # a disk takes about that long
        self.whole = changed

    def __delitem__(self, key: str) -> None:
        self.ref(key)
        del self.whole[key]

    def __getitem__(self, key: str) -> bytes:
        self.ref(key)
        return self.whole[key]

    def keys_now(self) -> list[str]:
        return list(self.whole)


class Over(FolderEntries):
    """A mapping over one of the outlaws in a directory."""

    make: ClassVar[Any]

    def __init__(self, directory: Path) -> None:
        self.store = self.make(directory)


@outlaw(
    "another_handle_sees_each_key", wrong="What was read once is answered from memory.", seen="caches before a disk"
)
class RemembersKeys(Over):
    make = RemembersWhatItRead


@outlaw("opening_another_handle_disturbs_no_setting", wrong="Who opens it removes what others are writing.")
class ClearsTemporaryKeys(Over):
    make = ClearsTemporaryFiles


@outlaw("every_key_is_there_after_reopening", wrong="The directory stays empty.", seen="a forgotten sync()")
class ForgetsKeys(Over):
    claims: ClassVar[dict[str, object]] = {"survives": "reopen"}
    without: ClassVar[dict[str, str]] = {"shared": "each handle has its own memory"}
    make = ForgetsWhenReopened


@outlaw("many_keys_are_there_after_reopening", wrong="Who opens it keeps a hundred keys.")
class KeepsOnePageOfKeys(Over):
    make = KeepsOnePage


@outlaw("every_key_is_there_after_a_kill", wrong="A file is emptied and then written.", seen="open(path, 'w')")
class WritesKeysInPlace(Over):
    make = WritesInPlace
