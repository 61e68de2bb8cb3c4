"""Outlaws that threads find out: right for one thread, wrong for two of one handle."""

from __future__ import annotations

from time import sleep
from typing import Any, ClassVar

from storage_combinators.functions import as_bytes
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Refused

from .outlaw import outlaw
from .right import Plain, known
from .right_mappings import Entries


class CannotSwap(Plain):
    """A right store without swap."""

    claims: ClassVar[dict[str, object]] = {"swaps": "no"}

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raise Refused("there is no swap here")


@outlaw(
    "two_calls_at_once_come_in_some_order",
    "calls_of_threads_come_in_some_order",
    wrong="put deletes and then writes, each under the lock; between the two nothing is there.",
    seen="remove, then rename, where the system cannot rename over a file",
)
class DeletesBeforeItReplaces(CannotSwap):
    def put(self, ref: Ref, value: Any, /) -> None:
        value = self.checked(value)
        with self.alone():
            self.write(known(ref), MISSING)
        sleep(0.0001)  # a disk takes about that long
        with self.alone():
            self.write(ref, value)


@outlaw(
    "two_calls_at_once_come_in_some_order",
    wrong="What is to be written waits in an attribute, which two threads share.",
    seen="a client that prepares a request in self",
)
class SharesItsScratch(CannotSwap):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.scratch = (known(ref), self.checked(value))
        with self.alone():
            self.write(*self.scratch)


@outlaw(
    "two_calls_of_a_mapping_at_once_come_in_some_order",
    "calls_of_threads_on_a_mapping_come_in_some_order",
    wrong="del looks, and then deletes whatever is there by then, so that two threads both delete what was set once.",
    seen="if key in self: ... pop(key, None)",
)
class DeletesWhatItSaw(Entries):
    def __delitem__(self, key: str) -> None:
        self[key]  # KeyError, if it is not there
        sleep(0.0001)  # a disk takes about that long
        with self.store.alone():
            self.store.write(self.ref(key), MISSING)


@outlaw(
    "two_calls_of_a_mapping_at_once_come_in_some_order",
    wrong="Setting replaces the whole by a changed copy, without a lock: what another thread sets meanwhile is lost.",
    seen="self.data = {**self.data, key: value}",
)
class CopiesAndReplaces(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.whole: dict[str, bytes] = {}

    def __setitem__(self, key: str, value: bytes) -> None:
        self.ref(key)
        changed = dict(self.whole)
        changed[key] = as_bytes(value)
        self.whole = changed

    def __delitem__(self, key: str) -> None:
        self.ref(key)
        del self.whole[key]

    def __getitem__(self, key: str) -> bytes:
        self.ref(key)
        return self.whole[key]

    def keys_now(self) -> list[str]:
        return list(self.whole)
