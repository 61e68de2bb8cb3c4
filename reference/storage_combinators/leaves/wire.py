"""The spelling of refs, tags and listings in HTTP that the client and our server share; docs/wire.md says it all."""

import re
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

from ..functions import as_ref
from ..ref import Ref

__all__ = ["LISTING", "digest_tag", "path_of", "ref_at"]

LISTING = "text/x-refs"  # a media type that no file has, so that no file is taken for a listing
BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


def path_of(ref: Ref) -> str:
    """The path of `ref`: each name in UTF-8, all but letters, digits and ``-._~`` percent-encoded. TypeError otherwise.

    >>> path_of(Ref("a b", "é")), path_of(Ref())
    ('/a%20b/%C3%A9', '/')
    """
    return "/" + "/".join(quote(name, safe="") for name in as_ref(ref))  # a str would be spelled letter by letter


def ref_at(path: str) -> Ref:
    """The inverse of `path_of`, but for one slash at the end, which says nothing; ValueError for a path of no ref."""
    if not path.startswith("/") or BROKEN.search(path):
        raise ValueError(f"{path!r} is no path of a ref")
    path = path.removesuffix("/")
    names = path[1:].split("/") if path else []  # split first: an encoded slash is part of a name, and refused
    return Ref(*(unquote_to_bytes(name).decode() for name in names))


def digest_tag(value: bytes) -> str:
    """The strong ETag that our server gives to `value`, made of nothing else: equal values, equal tags."""
    return f'"sha256-{sha256(value).hexdigest()}"'
