"""What a node is called in a drawing: its class and plain fields, with no secret in them. Ours."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import partial
from os import environ
from os.path import exists
from pathlib import PurePath
from urllib.parse import unquote

from ..functions import same
from ..leaves.addresses import PARAMETER, WORDS
from ..ref import Ref
from .rewrap import plain_fields

__all__ = ["CONTROL", "hidden", "hidden_in", "in_one_line", "label"]

SHORT = 48  # characters of a field's value
PRIVATE = re.compile(rf"{WORDS}|(?:^|_)keys?$", re.IGNORECASE)
CONTROL = re.compile(r"[\0-\x1f\x7f-\x9f]")
USERINFO = re.compile(r"(:/+)[^/?#\s]*@")
SECRETS = re.compile(rf"{PARAMETER}[^&#\s'\"]*", re.IGNORECASE)


def label(node: object) -> str:
    """Its class and its plain fields, those at their default left out, each short, with no secret in them.

    Secrets are user and password of a URL, parameters of a URL, fields and entries whose name says so.

    >>> from storage_combinators import Memory, Ref, Relative
    >>> label(Relative(Memory(), Ref("tasks")))
    "Relative(base='tasks')"
    """
    said = [f"{name}={_value(name, value)}" for name, value in plain_fields(node).items() if not _usual(node, name)]
    return type(node).__name__ + (f"({', '.join(said)})" if said else "")


def in_one_line(text: str) -> str:
    """`text`, in which a name may have line ends and commands to a terminal, as one line without them."""
    return CONTROL.sub("?", " ".join(text.split()))


def hidden(text: str) -> str:
    """`text`, such as that of an error, without the users, passwords and secret parameters of URLs in it."""
    return SECRETS.sub(r"\1=…", USERINFO.sub(r"\1…@", text))


def hidden_in(text: str, given: Iterable[str]) -> str:
    """`text` likewise, without the passwords of the URLs in `given` and of the environment, wherever they stand."""
    found = {form for each in given for secret in _secrets(each) for form in (secret, unquote(secret))}
    found |= {value for name, value in environ.items() if PRIVATE.search(name) and _may_be_secret(value)}
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, "…")
    return hidden(text)


def _may_be_secret(value: str) -> bool:
    """Not the folder in PWD nor the file that a program reads a token from, no ``true`` and no ``1000``."""
    plain = value.isalpha() or value.isdecimal()
    return len(value) > (5 if plain else 3) and not (value.startswith("/") and exists(value))


def _secrets(url: str) -> Iterator[str]:
    """The password of a URL, however malformed, and its secret parameters."""
    userinfo = re.search(r"//([^/?#]*)@", url) or re.search(r"//(.*)@", url)
    password = userinfo[1].partition(":")[2] if userinfo else ""
    pieces = re.split("[/?#]", password)  # where one was to be percent-encoded, an error may show what is before it
    parameters = (found[0].partition("=")[2] for found in SECRETS.finditer(url))
    return (secret for secret in [password, *pieces, *parameters] if len(secret) > 2)


def _usual(node: object, name: str) -> bool:
    return hasattr(type(node), name) and same(getattr(type(node), name), getattr(node, name))


def _value(name: str, value: object) -> str:
    if PRIVATE.search(name):
        return "…"
    text = hidden(_shown(value))
    return text if len(text) <= SHORT else f"{text[: SHORT // 2]}…{text[-(SHORT // 2 - 1) :]}"


def _shown(value: object) -> str:
    if isinstance(value, PurePath | Ref):
        return repr(str(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_value(str(key), part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value)).join("()" if isinstance(value, tuple) else "[]")
    if isinstance(value, partial):
        return _shown(value.func)
    if is_dataclass(value) and not isinstance(value, type):
        return label(value)
    name: object = getattr(value, "__qualname__", None)
    return name if isinstance(name, str) else repr(value).replace("\n", " ")
