"""Outlaws who claim what they do not keep, or keep what they do not claim. In memory."""

from __future__ import annotations

from time import sleep
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused

from .outlaw import outlaw
from .right import Plain, known


@outlaw("what_is_no_ref_is_a_TypeError", wrong="A string is taken for a ref, and stored where no ref leads.")
class TakesText(Plain):
    def put(self, ref: Any, value: Any, /) -> None:
        self.cells[ref if isinstance(ref, Ref) else Ref("text", str(ref))] = self.checked(value)


@outlaw(
    "what_is_no_value_is_a_TypeError",
    wrong="Values of other types are stored as their text.",
    seen="str(value).encode()",
)
class StoresTheText(Plain):
    def checked(self, value: Any) -> Any:
        buffer = isinstance(value, bytes | bytearray | memoryview)
        return bytes(value) if buffer else str(value).encode()


@outlaw(
    "what_was_put_is_copied_in", wrong="A buffer is kept, not copied: who changes it changes the store.", seen="dict"
)
class KeepsBuffers(Plain):
    def checked(self, value: Any) -> Any:
        super().checked(value)
        return value

    def get(self, ref: Ref, /) -> Any:
        return bytes(super().get(ref))


@outlaw("what_get_answers_is_a_copy", wrong="get hands out the buffer that the store keeps.")
class HandsOutItsBuffer(Plain):
    def checked(self, value: Any) -> Any:
        return bytearray(super().checked(value))


@outlaw(
    "pickling_keeps_the_content", wrong="A pickled store comes back empty.", seen="__getstate__ that drops what is open"
)
class PicklesEmpty(Plain):
    def __getstate__(self) -> dict[str, Any]:
        return {"cells": {}}


@outlaw("pickling_keeps_the_content", wrong="In its pickle is what was deleted, too.", seen="journals")
class PicklesWhatWasDeleted(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.ever: dict[Ref, Any] = {}

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        self.ever |= {} if value is MISSING else {ref: value}

    def __getstate__(self) -> dict[str, Any]:
        return {"cells": self.ever}


@outlaw(
    "what_was_put_first_is_still_there_at_the_end",
    wrong="Of 1,000 refs the oldest is evicted.",
    seen="least recently used",
)
class Evicts(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        while len(self.cells) > 1000:
            del self.cells[next(iter(self.cells))]


@outlaw(
    "no_increment_is_lost_among_threads", wrong="swap compares, and then writes, without a lock.", seen="check then act"
)
class SwapsInTwoSteps(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if self.read(known(ref)) != (old if old is MISSING else self.checked(old)):
            raise Conflict(ref)
        sleep(0.0001)  # a disk takes about that long
        self.write(ref, new if new is MISSING else self.checked(new))


@outlaw(
    "no_put_is_overwritten_by_a_swap_that_saw_less",
    wrong="swap holds a lock that put does not take, so that a put between its two steps is lost.",
    seen="a first version of this library's disk store",
)
class PutsWithoutTheLock(Plain):
    def read(self, ref: Ref) -> Any:
        value = super().read(ref)
        sleep(0.0005)  # a disk takes about that long
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        self.write(known(ref), self.checked(value))


@outlaw("a_ref_of_max_key_bytes_is_a_ref", wrong="It claims refs of 1,024 bytes, and refuses those over 512.")
class RefusesLongRefs(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        if len(str(known(ref)).encode()) > 512:
            raise Refused("too long")
        super().put(ref, value)


@outlaw(
    "a_value_of_max_value_bytes_is_a_value", wrong="It claims values of 8 MiB, and refuses those over 4.", seen="gRPC"
)
class RefusesLargeValues(Plain):
    def checked(self, value: Any) -> Any:
        if len(value) > 2**22:
            raise Refused("too large")
        return super().checked(value)


@outlaw(
    "what_takes_no_writes_refuses_them",
    wrong="It takes no writes, and does not say so: they are lost.",
    seen="Null devices",
)
class IgnoresWrites(Plain):
    without: ClassVar[dict[str, str]] = {"writes": "it is a view of what is there"}

    def __init__(self) -> None:
        super().__init__()
        self.cells[Ref("a")] = b"x"

    def write(self, ref: Ref, value: Any) -> None:
        pass


@outlaw("swaps", wrong="It says that it cannot swap, though it can: the claim is stale.")
class TooModest(Plain):
    claims: ClassVar[dict[str, object]] = {"swaps": "no"}


@outlaw("writes", wrong="It says that it takes no writes, and takes them: the claim is stale.")
class ModestAboutWrites(Plain):
    without: ClassVar[dict[str, str]] = {"writes": "nobody has tried"}


@outlaw("lists", wrong="It says that it cannot list, though it can: the claim is stale.")
class ModestAboutListing(Plain):
    without: ClassVar[dict[str, str]] = {"lists": "nobody has tried"}


@outlaw("merges", wrong="It says that it cannot merge, though it can: the claim is stale.")
class ModestAboutMerging(Plain):
    without: ClassVar[dict[str, str]] = {"merges": "nobody has tried"}


@outlaw("types", wrong="It says that it takes any type, though it does not: the claim is stale.")
class ModestAboutTypes(Plain):
    without: ClassVar[dict[str, str]] = {"types": "nobody has tried"}
