"""What may be shown: URLs and the texts of other people's errors, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import environ
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["hidden", "masked", "secrets_of"]

USERINFO = re.compile(r"//[^/@\s]*@")
PLAIN = ("endpoint", "region", "host_key")  # options of URLs that are no secret
OPTION = re.compile(
    r"([?&;#](?:[^=&#\s]*(?:pass|pwd|secret|token|credential|sig|sas|access_?key|account_?key|api_?key)[^=&#\s]*"
    r"|keys?(?==[^~/.]))=)[^&#\s'\"]+",
    re.I,
)
TELLING = re.compile("SECRET|PASSW|TOKEN|CREDENTIAL|ACCESS_KEY|API_KEY", re.I)  # names of variables with secrets
LEAST = 4  # characters of a secret that is looked for outside of URLs: a shorter one would be found in any text


def masked(url: str) -> str:
    """`url` without user, password and the values of its options, any of which may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:  # not a URL at all: any part of it may be a password
        return url.partition(":")[0] + ":..."
    options = [option for option in parts.query.split("&") if option]
    told = "&".join(each if each.partition("=")[0] in PLAIN else f"{each.partition('=')[0]}=..." for each in options)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query=told, fragment="..." if parts.fragment else "")
    shown = urlunsplit(bare) if bare != parts else url  # urlunsplit would shorten file:///
    shown = USERINFO.sub("//", shown)  # of an endpoint
    return f"{parts.scheme}:..." if "@" in shown else shown


def secrets_of(url: str) -> frozenset[str]:
    """What `masked` takes out of `url` but for the user, as written and as meant; what is too short is left out."""
    try:
        parts = urlsplit(url)
        found = [parts.password or "", parts.fragment]
    except ValueError:
        return frozenset()
    options = [option.partition("=") for option in parts.query.split("&")]
    found += [value for name, _, value in options if name not in PLAIN]
    found += [urlsplit(value).password or "" for name, _, value in options if name == "endpoint"]
    return frozenset(form for each in found for form in (each, unquote(each)) if len(form) >= LEAST)


def hidden(text: str, secrets: Iterable[str] = ()) -> str:
    """`text`, which may be anybody's, without `secrets`, those of the environment, and those that stand in URLs."""
    told = OPTION.sub(r"\1...", USERINFO.sub("//", text))
    kept = {value for name, value in environ.items() if TELLING.search(name) and len(value) >= LEAST}
    for secret in sorted({*secrets, *kept}, key=len, reverse=True):
        told = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "...", told)
    return told
