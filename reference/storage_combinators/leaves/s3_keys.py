"""The key of a ref in a bucket: its names between slashes, behind a prefix. Ours."""

from ..ref import Ref

__all__ = ["folder_of", "key_of", "ref_of"]

_LONGEST = 1024  # bytes of a key, on every server


def key_of(prefix: str, ref: Ref) -> str | None:
    """The key of `ref`, exactly; None where there can be none: the root, and keys that get too long.

    >>> key_of("archive", Ref("a", "é")), key_of("", Ref()), key_of("", Ref("a" * 1025))
    ('archive/a/é', None, None)
    """
    if not isinstance(ref, Ref):
        raise TypeError(f"{ref!r} is no Ref")
    key = folder_of(prefix, ref)[:-1]
    return key if ref and len(key.encode()) <= _LONGEST else None


def folder_of(prefix: str, base: Ref) -> str:
    """What the keys of all refs below `base` begin with."""
    return "".join(f"{name}/" for name in ([prefix, *base] if prefix else base))


def ref_of(prefix: str, key: str) -> Ref | None:
    """The inverse of `key_of`; None for a key that no ref has, such as the mark of a folder, which ends in a slash."""
    try:
        return Ref(*key.removeprefix(folder_of(prefix, Ref())).split("/"))
    except ValueError:
        return None
