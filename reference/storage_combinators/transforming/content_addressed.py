"""ContentAddressed: the ref says what the value is (ours; field: content-addressable storage)."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from ..functions import as_bytes
from ..ref import Ref
from ..store import MISSING, Gone, Refused
from .checked import Damaged
from .pass_through import PassThrough


def address(value: bytes) -> Ref:
    """The one ref of `value`: its SHA-256 in hexadecimal digits, below the first two of them."""
    digest = sha256(value).hexdigest()
    return Ref(digest[:2], digest)


@dataclass(frozen=True)
class ContentAddressed(PassThrough[bytes]):
    """A store in which each value has one ref, ``address(v)``; `add` puts it there and answers the ref.

    ``get(add(v)) = v``, and ``add(v); add(v)`` is one value; under any other ref a value is Refused.
    What is not what its ref says is Damaged, never an answer and never Missing. Other absence and failure are the
    source's; stopped midway, or resent, an add is done or not.

    >>> from storage_combinators import Memory
    >>> store = ContentAddressed(Memory()); ref = store.add(b"x"); store.get(ref), ref == address(b"x")
    (b'x', True)
    """

    without: ClassVar[dict[str, str]] = dict.fromkeys(
        ("writes", "merges"), "only the ref that is its digest takes a value"
    )

    def add(self, value: bytes) -> Ref:
        """Put `value` where it belongs; answers where that is. No verb of a store."""
        ref = address(as_bytes(value))
        self.source.put(ref, as_bytes(value))
        return ref

    def get(self, ref: Ref, /) -> bytes:
        value = self.source.get(ref)
        if address(as_bytes(value)) != ref:
            raise Damaged(f"what is at {ref!r} is not what that ref says")
        return value

    def put(self, ref: Ref, value: bytes, /) -> None:
        self.source.put(ref, self._fitting(ref, value))

    def merge(self, ref: Ref, value: bytes, /) -> None:
        self.source.put(ref, self._fitting(ref, value))  # there is nothing else to combine it with

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        self.source.swap(ref, old, MISSING if new is MISSING else self._fitting(ref, new))

    def _fitting(self, ref: Ref, value: bytes) -> bytes:
        if address(as_bytes(value)) != ref:
            raise Refused(f"{ref!r} is not the address of this value: add puts it where it belongs")
        return as_bytes(value)
