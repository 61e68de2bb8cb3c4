"""Outlaws among mappings: in their methods and views, and those that go wrong late."""

from __future__ import annotations

import time
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from storage_combinators.functions import as_bytes
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .outlaw import outlaw
from .remembering import CountsToABytesEnd, HashesShortly, KeepsContentOnce, KeepsMegabytes, TidiesUpwards
from .right_mappings import Entries

SHARED: dict[Ref, Any] = {}


@outlaw(
    "fresh_mappings_share_nothing",
    wrong="What one mapping holds, every other one holds, too.",
    seen="a dictionary as an attribute of the class",
)
class SharesItsDictionary(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.store.cells = SHARED  # type: ignore[attr-defined]  # a Plain has them


@outlaw("a_value_of_max_value_bytes_fits_a_key", wrong="A value of over 6 MiB is refused.", seen="max_allowed_packet")
class RefusesTheLargest(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        if len(as_bytes(value)) > 6 * 2**20 + 1000:
            raise ValueError("too large")
        super().__setitem__(key, value)


@outlaw("a_subclass_of_str_finds_its_key", wrong="A key of a subclass of str is a TypeError.", seen="type(key) is str")
class RefusesKinds(Entries):
    def ref(self, key: Any) -> Ref:
        if type(key) is not str:
            raise TypeError("keys are text")
        return super().ref(key)


@outlaw("setting_leaves_nothing_of_what_was_there", wrong="A shorter value leaves the end of the longer one.")
class LeavesAnEnd(Entries):
    def __setitem__(self, key: str, value: bytes) -> None:
        new, old = as_bytes(value), self.get(key, b"")
        super().__setitem__(key, new + old[len(new) :] if new and isinstance(key, str) else new)


@outlaw("keys_that_hold_the_same_are_still_two", wrong="Equal values are kept once, and deleted for all.")
class KeepsValuesOnce(Entries):
    def __init__(self) -> None:
        self.store = KeepsContentOnce()


@outlaw(
    "a_key_that_was_deleted_can_be_set_again",
    wrong="A deleted key is dead: it is set, and not found.",
    seen="tombstones",
)
class BuriesKeys(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.dead: set[str] = set()

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.dead.add(key)

    def __getitem__(self, key: str) -> bytes:
        if key in self.dead:
            raise KeyError(key)
        return super().__getitem__(key)


@outlaw(
    "a_slash_in_a_key_makes_no_folder", wrong="When the last key of a folder goes, a key of the folder's name goes."
)
class TidiesFolders(Entries):
    def __init__(self) -> None:
        self.store = TidiesUpwards()

    def ref(self, key: Any) -> Ref:
        super().ref(key)
        return Ref(*("k" + name.encode(errors="surrogatepass").hex() for name in key.split("/")))

    def keys_now(self) -> list[str]:
        return [
            "/".join(bytes.fromhex(n[1:]).decode(errors="surrogatepass") for n in ref) for ref in self.store.every()
        ]

    def __delitem__(self, key: str) -> None:
        if self.store.read(self.ref(key)) is MISSING:
            raise KeyError(key)
        self.store.delete(self.ref(key))


@outlaw("the_300th_setting_is_as_good_as_the_first", wrong="Versions of a key are counted in 8 bits.")
class CountsVersions(Entries):
    def __init__(self) -> None:
        self.store = CountsToABytesEnd()


@outlaw("a_long_history_of_a_mapping_answers_as_a_dictionary_does", wrong="Every hundredth write is lost.")
class LosesOneOfAHundred(Entries):
    writes = 0

    def __setitem__(self, key: str, value: bytes) -> None:
        ref, value = self.ref(key), as_bytes(value)
        self.writes += 1
        if self.writes % 100:
            self.store.write(ref, value)


@outlaw("a_key_stays_however_time_goes_by", wrong="Keys expire after an hour.", seen="caches that are used as stores")
class ExpiresKeys(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.until: dict[str, float] = {}

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self.until[key] = time.time() + 3600

    def __getitem__(self, key: str) -> bytes:
        if isinstance(key, str) and self.until.get(key, 0) < time.time():
            raise KeyError(key)
        return super().__getitem__(key)


@outlaw("a_key_that_is_read_often_stays", wrong="A key can be read 200 times.")
class WearsKeysOut(Entries):
    reads = 0

    def __getitem__(self, key: str) -> bytes:
        value = super().__getitem__(key)
        self.reads += 1
        if self.reads % 200 == 0:
            del self[key]
        return value


@outlaw("many_large_values_keep_their_keys", wrong="Beyond 8 MiB the oldest keys go.")
class KeepsFewMegabytes(Entries):
    def __init__(self) -> None:
        self.store = KeepsMegabytes()


@outlaw("of_thousands_of_keys_none_is_lost_or_mixed_up", wrong="Keys are kept by a hash of 20 bits.")
class HashesKeysShortly(Entries):
    def __init__(self) -> None:
        self.store = HashesShortly()


@outlaw(
    "views_of_any_length_are_whole", wrong="Iteration ends after 1,000 keys, while len does not.", seen="MaxKeys of S3"
)
class ListsAThousand(Entries):
    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_now()[:1000])

    def __len__(self) -> int:
        return len(self.keys_now())


class LooseItems(ItemsView[str, bytes]):
    """Items of which only the key counts."""

    def __contains__(self, item: Any) -> bool:
        return any(key == item[0] for key, _ in self)


@outlaw("the_views_have_nothing_that_is_not_there", wrong="A pair is in items() whatever its value.")
class LooksAtKeysAlone(Entries):
    def items(self) -> LooseItems:
        return LooseItems(self)


class LooseValues(ValuesView[bytes]):
    """Values in which the beginning of one is found."""

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, bytes) and any(held.startswith(value) for held in self)


@outlaw("the_views_have_nothing_that_is_not_there", wrong="The beginning of a value is in values().", seen="LIKE 'x%'")
class FindsBeginnings(Entries):
    def values(self) -> LooseValues:
        return LooseValues(self)


class UnitingKeys(KeysView[str]):
    """Keys that unite where they should intersect."""

    def __and__(self, other: Any) -> set[str]:
        return set(self) | set(other)


@outlaw("the_views_reckon_as_sets_do", wrong="keys() & other is keys() | other.")
class ReckonsWrongly(Entries):
    def keys(self) -> UnitingKeys:
        return UnitingKeys(self)


@outlaw("the_views_are_sets_that_follow_changes", wrong="keys() is a list, which is no set.", seen="Python 2")
class AnswersLists(Entries):
    def keys(self) -> Any:
        return self.keys_now()


@outlaw("iterations_are_apart", wrong="All iterations go on from one place.", seen="one cursor for each connection")
class HasOneCursor(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] = []

    def __iter__(self) -> Iterator[str]:
        self.left = self.keys_now()
        while self.left:
            yield self.left.pop(0)


@outlaw(
    "reading_while_iterating_changes_nothing",
    wrong="What is read goes to the end, so that iteration meets it again.",
    seen="least recently used",
)
class MovesWhatIsRead(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self.order = [*(each for each in self.order if each != key), key]

    def __getitem__(self, key: str) -> bytes:
        value = super().__getitem__(key)
        self.order.remove(key)
        self.order.append(key)
        return value

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.order.remove(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)


@outlaw("reversed_is_refused_or_right", wrong="reversed(d) begins with the first key.", seen="__reversed__ = __iter__")
class ReversesNothing(Entries):
    def __reversed__(self) -> Iterator[str]:
        return iter(self)


@outlaw("update_takes_what_a_dictionary_takes", wrong="update ignores what it is given by name.")
class UpdatesByPositionAlone(Entries):
    def update(self, *more: Any, **named: Any) -> None:
        super().update(*more)


@outlaw("an_empty_mapping_is_false", wrong="An empty mapping is true.", seen="__bool__ as `is connected`")
class IsAlwaysTrue(Entries):
    def __bool__(self) -> bool:
        return True


@outlaw("a_mapping_is_united_as_a_dictionary_is", wrong="d | more changes d.")
class UnitesInPlace(Entries):
    def __or__(self, more: Any) -> Any:
        self.update(more)
        return self


@outlaw(
    "equality_has_two_sides",
    wrong="d == what is no mapping raises AttributeError.",
    seen="other.items() without a look",
)
class ComparesAnything(Entries):
    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == dict(other.items())  # type: ignore[attr-defined]  # that is what is wrong

    __hash__ = None  # type: ignore[assignment]  # it can be changed
