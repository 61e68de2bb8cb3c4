"""How Disk spells refs as file names, so that no file system folds, cuts, refuses or confuses them. Ours."""

import re

from ..functions import as_ref
from ..ref import Ref

__all__ = ["PIECE", "parsed", "spelled"]

PIECE = 136  # characters: with its marks below the 143 bytes of an encrypted home; a SHA-512 in hex stays in one piece
_SPECIAL = re.compile("[^a-z0-9_-]")
_RESERVED = re.compile("-|(con|prn|aux|nul|com[0-9]|lpt[0-9])$")  # an option to a command; a device to Windows
_BYTE = re.compile("%([0-9a-f]{2})")


def spelled(ref: Ref) -> str:
    """The path of `ref` below the root, without suffix: lower-case letters, digits, ``_``, ``-``, and %hex of UTF-8.

    A name that gets too long goes on in the folder below: ``piece+/+piece+/+piece``. Neither ``+`` nor ``.``
    are in a spelled name, so pieces, suffixes and our own files cannot meet a name.

    >>> print(spelled(Ref("tasks", "1", "A.txt", "-x", "con")))
    tasks/1/%41%2etxt/%2dx/%63on
    """
    return "/".join(map(_spell, as_ref(ref)))


def parsed(path: str) -> Ref | None:
    """The inverse of `spelled`; None for a path that spells no ref, since somebody else put it there.

    >>> parsed("tasks/%41"), parsed("tasks/A"), parsed("%61")
    (Ref('tasks', 'A'), None, None)
    """
    names = path.replace("+/+", "").split("/") if path else []
    try:
        ref = Ref(*map(_read, names))
    except ValueError:  # not UTF-8, or no name
        return None
    return ref if spelled(ref) == path else None


def _spell(name: str) -> str:
    text = _SPECIAL.sub(lambda special: _hex(special[0]), name)
    if _RESERVED.match(text):
        text = _hex(text[0]) + text[1:]
    return "+/+".join(text[start : start + PIECE] for start in range(0, len(text), PIECE))


def _hex(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def _read(name: str) -> str:
    raw = _BYTE.sub(lambda byte: chr(int(byte[1], 16)), name)
    return raw.encode("latin-1").decode()
