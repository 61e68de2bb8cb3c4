"""What stands in a TOML file as what a constructor takes: refs, paths, functions, numbers. Ours."""

import os
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from urllib.parse import quote, unquote

from ..ref import Ref

__all__ = [
    "SCHEME",
    "Wrong",
    "anything",
    "expanded",
    "exported",
    "kinds",
    "located",
    "named",
    "parts",
    "scalar",
    "takes_text",
]

HERE = "storage_combinators"
LOCAL = re.compile(r"(file|sqlite):(?!/)(.+)", re.DOTALL)
VARIABLE = re.compile(r"\$\{(\w+)\}")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Wrong(ValueError):
    """What is written is not what can be meant; the text says what to write."""


def scalar(value: Any, hint: Any, folder: Path) -> Any:
    """A text, number or truth value as what `hint` asks for, a path from `folder` on; Wrong when it is not that."""
    allowed = kinds(hint)
    choices = [choice for part in parts(hint) if get_origin(part) is Literal for choice in get_args(part)]
    if isinstance(value, str):
        value = expanded(value)
        for kind, made in _MADE.items():
            if kind in allowed:
                return made(value, folder)
    if float in allowed and type(value) is int:
        return float(value)
    plain = [kind.__name__ for kind in allowed if kind in (str, int, float, bool)]
    if type(value).__name__ in plain or value in choices or any(anything(kind) for kind in allowed):
        return value
    if {tuple, list, set, frozenset} & {*allowed}:
        raise Wrong(f"a list is meant here, not {value!r}")
    if isinstance(value, str) and not plain and not choices:
        return _instance(named(value))
    raise Wrong(f"{' or '.join([*plain, *map(repr, choices)]) or 'a text'} is meant here, not {value!r}")


def expanded(text: str) -> str:
    """`text` with ``${NAME}`` from the environment: as it is if it is the whole, percent-encoded inside a URL."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise Wrong(f"the environment has no {found[1]}")
        given = os.environ[found[1]]
        return quote(given, safe="") if SCHEME.match(text) and found[0] != text else given

    return VARIABLE.sub(value, text)


def located(text: str, folder: Path) -> str:
    """`text`; if it is a URL of a relative path, of that path from `folder` on."""
    local = LOCAL.fullmatch(text)
    return f"{local[1]}:{quote(str(folder / unquote(local[2])))}" if local else text


def exported(name: str) -> Any:
    """What storage_combinators exports as `name`; else Wrong."""
    if not hasattr(import_module(HERE), name):
        raise Wrong(f"no node is called {name!r}, and no class; a path begins with ./")
    return named(f"{HERE}:{name}")


def named(text: str) -> Any:
    """What ``package.module:name`` names; without a module, what is called so here or in Python itself; else Wrong."""
    module, colon, name = text.rpartition(":")
    for place in [module] if colon else [HERE, "builtins"]:
        try:
            found = import_module(place)
        except (ImportError, ValueError) as error:
            raise Wrong(f"{place!r} cannot be imported: {error}") from None
        if hasattr(found, name):
            return getattr(found, name)
    raise Wrong(f"{module or HERE} has no {name!r}")


def parts(hint: Any) -> Iterator[Any]:
    """What a type hint allows, one by one: the parts of a union."""
    if get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from parts(part)
    else:
        yield hint


def kinds(hint: Any) -> list[Any]:
    """The same without parameters: ``tuple`` of ``tuple[int, ...]``."""
    return [get_origin(part) or part for part in parts(hint)]


def anything(kind: Any) -> bool:
    """Does this kind say nothing?"""
    return kind is Any or kind is object or isinstance(kind, TypeVar)


def takes_text(hint: Any) -> bool:
    """May a text stand here for itself, and not for what it names?"""
    return any(kind in (str, bytes, Path, Ref) or anything(kind) for kind in kinds(hint))


def _instance(found: Any) -> Any:
    return found() if isinstance(found, type) else found


_MADE: dict[Any, Callable[[str, Path], Any]] = {  # of a text; where a hint allows several, the first of these
    Ref: lambda text, _: Ref.parse(text),
    Path: lambda text, folder: folder / text,
    Callable: lambda text, _: named(text),
    type: lambda text, _: named(text),
    str: lambda text, _: text,
    bytes: lambda text, _: text.encode(),
}
