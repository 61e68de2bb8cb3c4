"""Addresses: URLs that do not show their credentials, taken apart with one clear line for what is wrong. Ours."""

import re
from math import inf
from urllib.parse import SplitResult, unquote, urlsplit

__all__ = ["PARAMETER", "WORDS", "Url", "seconds"]

WORDS = "pass|pwd|secret|token|credential|sig|sas|access_?key|account_?key|api_?key"  # in the name of what is one
PARAMETER = rf"([?&;#](?:[^=&#\s]*(?:{WORDS})[^=&#\s]*|keys?(?==[^~/.])))="  # of a URL; a key in a file is none

_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_SECRETS = re.compile(rf"{PARAMETER}[^&#]+", re.IGNORECASE)


class Url(str):
    """A URL whose `repr` and `shown` leave out user, password and secret options, since both end in reports.

    >>> Url("redis://me:pw@localhost/0?password=x&timeout=3")
    'redis://localhost/0?password=...&timeout=3'
    """

    __slots__ = ()

    @property
    def shown(self) -> str:
        """The URL for people: in messages, drawings and logs."""
        return _SECRETS.sub(r"\1=...", _USERINFO.sub("", str(self)))

    @property
    def bare(self) -> str:
        """The URL without user, password and options."""
        return _USERINFO.sub("", self.partition("?")[0])

    def __repr__(self) -> str:
        return repr(self.shown)

    def split_as(self, *schemes: str) -> SplitResult:
        """Its parts. ValueError, which shows none of it, unless it has one of `schemes`, a host, and a port or none."""
        try:
            parts = urlsplit(self)
            parts.port  # noqa: B018  # only this property looks whether it is a number
        except ValueError:  # whose text may hold half of a password
            parts = urlsplit("")
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(
                f"not of the form {schemes[0]}://HOST:PORT/..., with USER:PASSWORD@ before HOST, %2f for / and so on"
            )
        return parts

    def options(self, *known: str) -> dict[str, str]:
        """What stands after the question mark. ValueError for any but the `known`, each once and with a value."""
        if "#" in self:
            raise ValueError("nothing comes after a #, and one that is meant is written %23")
        pairs = [pair.partition("=") for pair in urlsplit(self).query.split("&") if pair]
        given = {name: unquote(value) for name, _, value in pairs if value}  # a + is a plus: fingerprints have them
        for name, _, _ in pairs:
            if name not in known:  # a slip must not go unnoticed; what is no name may be the end of a password
                said = f"an option {name!r}" if name.isidentifier() else "what stands after the ?"
                raise ValueError(f"it does not know {said}; its options: {', '.join(known) or 'none'}")
        if len(given) < len(pairs):
            raise ValueError(f"an option stands once and has a value: {', '.join(f'{name}=...' for name in known)}")
        return given

    def credentials(self) -> tuple[str, str]:
        """User and password, each "" when it is not there."""
        parts = urlsplit(self)
        return unquote(parts.username or ""), unquote(parts.password or "")


def seconds(text: str) -> float:
    """The time-out that an option gives. ValueError, which says what to write, unless it is a number above 0."""
    try:
        given = float(text)
    except ValueError:
        given = 0.0
    if not 0 < given < inf:
        raise ValueError(f"timeout={text} is no number of seconds above 0")
    return given
