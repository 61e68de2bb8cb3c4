"""The key of a ref in a bucket: spelled as Disk spells its files, behind a prefix. Ours.

Not the names as they are: MinIO lists nothing below an object, so "a" would hide "a/b"; with a suffix on every value
no key is the folder of another. And servers that keep objects as files refuse what file systems do.
"""

from ..ref import Ref
from ..store import Refused
from .disk_names import PIECE, parsed, spelled
from .folders import SUFFIX

__all__ = ["folder_of", "key_of", "longest", "ref_of"]

_LONGEST = 1024  # bytes of a key, on every server


def key_of(prefix: str, ref: Ref) -> str:
    """The key of `ref`; Refused where it would get too long.

    >>> key_of("archive", Ref("a", "B")), key_of("", Ref())
    ('archive/a/%42.v', '.v')
    """
    key = folder_of(prefix, Ref()) + spelled(ref) + SUFFIX
    if len(key.encode()) > _LONGEST:
        raise Refused(f"{ref!r} is too long: its key would have more than {_LONGEST} bytes")
    return key


def folder_of(prefix: str, base: Ref) -> str:
    """What the keys of all refs below `base` begin with."""
    return "".join(f"{part}/" for part in (prefix, spelled(base)) if part)


def ref_of(prefix: str, path: str) -> Ref | None:
    """The ref whose key is `path` with the suffix, or whose folder is `path`; None if no ref has such a one."""
    return parsed(path.removeprefix(folder_of(prefix, Ref())))


def longest(prefix: str) -> int:
    """How many bytes a ref may have whatever is in it: a byte is three at worst, and long names come in pieces."""
    room = _LONGEST - len(key_of(prefix, Ref()).encode())
    return room * PIECE // (PIECE + len("+/+")) // 3
