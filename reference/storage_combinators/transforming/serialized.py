"""Serialized: objects above, bytes below (paper, section 3.1.4: serialiser; field: codec)."""

import json
import pickle
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from ..functions import as_bytes
from ..ref import Ref
from .checked import Damaged
from .mapped import Mapped

V = TypeVar("V")
W = TypeVar("W")
JSON: TypeAlias = dict[str, "JSON"] | list["JSON"] | str | int | float | bool | None


class Codec(Protocol[V, W]):
    """Two functions with ``decode(encode(v)) == v``; TypeError or ValueError for what they cannot do."""

    def encode(self, value: V, /) -> W:
        """What is stored for `value`."""
        ...

    def decode(self, raw: W, /) -> V:
        """The value that `raw` stands for."""
        ...


@dataclass(frozen=True)
class Serialized(Mapped[V, W]):
    """A store of objects over a store of what `codec` makes of them.

    ``put(r, v) = source.put(r, codec.encode(v))`` and ``get(r) = codec.decode(source.get(r))``.
    Absence is the source's and is not decoded; what cannot be decoded is a failure, never Missing.
    Being stopped midway is the source's, for one verb is one verb below.

    >>> from storage_combinators import Memory, Ref
    >>> store = Serialized(Memory(), TextCodec()); store.put(Ref("a"), "x"); store.source.get(Ref("a"))
    b'x'
    """

    codec: Codec[V, W]

    def encode(self, ref: Ref, value: V) -> W:
        return self.codec.encode(value)

    def decode(self, ref: Ref, raw: W) -> V:
        try:
            return self.codec.decode(raw)
        except ValueError as error:
            kind = Damaged if isinstance(error, Damaged) else ValueError  # which a Replica tells apart
            raise kind(f"what is at {ref!r} cannot be decoded: {error}") from error


@dataclass(frozen=True)
class TextCodec:
    """Text as UTF-8."""

    def encode(self, value: str, /) -> bytes:
        return value.encode()

    def decode(self, raw: bytes, /) -> str:
        return raw.decode()


@dataclass(frozen=True)
class JsonCodec:
    """JSON (RFC 8259). TypeError for what would come back as something else: a tuple, a key that is no text."""

    def encode(self, value: JSON, /) -> bytes:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        if json.loads(text) != value:
            raise TypeError(f"JSON would not give this {type(value).__name__} back as it is: {value!r:.60}")
        return text.encode()

    def decode(self, raw: bytes, /) -> JSON:
        return json.loads(raw)  # type: ignore[no-any-return]  # all that json answers is JSON


@dataclass(frozen=True)
class PickleCodec:
    """Any Python object that pickles. Reading runs what was written: only over a source that you trust."""

    def encode(self, value: Any, /) -> bytes:
        return pickle.dumps(value)

    def decode(self, raw: bytes, /) -> Any:
        try:
            return pickle.loads(raw)  # noqa: S301  # the docstring says so
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError) as error:  # as it documents
            raise ValueError(f"it does not unpickle: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class AsIs:
    """The codec of bytes that stay what they are."""

    def encode(self, value: Any, /) -> Any:
        return as_bytes(value)

    decode = encode


@dataclass(frozen=True)
class TupleCodec:
    r"""Tuples as TimeToLive and History keep them: all but the last as a line of JSON, then the last as `codec` has it.

    >>> TupleCodec(TextCodec()).encode((12.5, "x")), TupleCodec().encode(())
    (b'[12.5]\nx', b'')
    """

    codec: Codec[Any, bytes] = field(default_factory=AsIs)

    def encode(self, value: tuple[Any, ...], /) -> bytes:
        if not value:
            return b""
        *head, last = value
        return json.dumps(head).encode() + b"\n" + self.codec.encode(last)

    def decode(self, raw: bytes, /) -> tuple[Any, ...]:
        head, _, last = raw.partition(b"\n")
        return (*json.loads(head), self.codec.decode(last)) if raw else ()


@dataclass(frozen=True)
class Inverse(Generic[V, W]):
    """`codec` the other way round: bytes above, objects below, as in front of a server of objects."""

    codec: Codec[V, W]

    def encode(self, value: W, /) -> V:
        return self.codec.decode(value)

    def decode(self, raw: V, /) -> W:
        return self.codec.encode(raw)


@dataclass(frozen=True)
class Json(Serialized[JSON, bytes]):
    """A store of JSON over a store of bytes: ``Json(s) ≈ Serialized(s, JsonCodec())``, absence and failure as there.

    >>> from storage_combinators import Memory, Ref
    >>> store = Json(Memory()); store.put(Ref("a"), {"n": None}); store.source.get(Ref("a"))
    b'{"n":null}'
    """

    codec: Codec[JSON, bytes] = field(default_factory=JsonCodec, init=False, repr=False)
