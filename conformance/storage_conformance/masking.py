"""URLs as they may be shown: without secrets."""

import re
from urllib.parse import urlsplit, urlunsplit

__all__ = ["masked"]

USERINFO = re.compile("//[^/@]*@")
PLAIN = ("endpoint", "region", "host_key")  # options of URLs that are no secret


def masked(url: str) -> str:
    """`url` without user, password and the values of its options, any of which may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:  # not a URL at all: any part of it may be a password
        return url.partition(":")[0] + ":..."
    options = [option for option in parts.query.split("&") if option]
    told = "&".join(each if each.partition("=")[0] in PLAIN else f"{each.partition('=')[0]}=..." for each in options)
    hidden = parts._replace(
        netloc=parts.netloc.rpartition("@")[2], query=told, fragment="..." if parts.fragment else ""
    )
    shown = urlunsplit(hidden) if hidden != parts else url  # urlunsplit would shorten file:///
    shown = USERINFO.sub("//", shown)  # of an endpoint
    return f"{parts.scheme}:..." if "@" in shown else shown
