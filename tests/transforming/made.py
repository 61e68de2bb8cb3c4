"""How each combinator of this folder's tests is made over a source of bytes; one source more where it needs one."""

from collections.abc import Callable
from typing import Any

from storage_combinators import (
    Bytes,
    Checked,
    Chunked,
    Compressed,
    Encrypted,
    Escaped,
    Extension,
    Hashed,
    Inventory,
    JoinCodec,
    Memory,
    PackCodec,
    Packed,
    Quota,
    RenameTable,
    Serialized,
    SizeSplit,
    Spread,
    Store,
    TemplateRouter,
)

KEY = bytes(range(32))


def held() -> Store[bytes]:
    """A store in memory of what a disk can hold."""
    return Bytes(Memory())


MADE: dict[str, Callable[[Store[bytes]], Any]] = {
    "Extension": lambda source: Extension(source, ".json"),
    "RenameTable": lambda source: RenameTable(source, {"a": "b", "c": "d"}),
    "Escaped": Escaped,
    "Hashed": lambda source: Hashed(source, Memory(), 80),
    "Spread": Spread,
    "Inventory": lambda source: Inventory(source, Memory()),
    "Compressed": Compressed,
    "Checked": Checked,
    "Encrypted": lambda source: Encrypted(source, (KEY,)),
    "Chunked": lambda source: Serialized(Chunked(source, held(), 4096), JoinCodec()),
    "Packed": lambda source: Packed(Serialized(source, PackCodec())),
    "Quota": lambda source: Quota(source, Memory(), 2**40),
    "SizeSplit": lambda source: SizeSplit(held(), source, 1),
    "TemplateRouter": lambda source: TemplateRouter({"a": held(), "{all...}": source}),
}
GIVES_UP = {
    "SizeSplit": {"threads"},
    "Inventory": {"threads"},
}  # by its own declaration; the others keep what their source keeps
