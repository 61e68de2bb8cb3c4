"""What stands in a TOML file as what a constructor takes: refs, paths, functions, numbers. Ours."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from urllib.parse import quote, unquote

from ..ref import Ref
from .toml_variables import Wrong, expanded

__all__ = [
    "a_function",
    "anything",
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
FUNCTION = re.compile(r"(?!(?:file|sqlite|env):)[\w.]+:[\w]+")  # all other stores have more than a name, or nothing


def scalar(value: Any, hint: Any, folder: Path) -> Any:
    """A text, number or truth value as what `hint` asks for, a path from `folder` on; Wrong when it is not that."""
    allowed = kinds(hint)
    choices = [choice for part in parts(hint) if get_origin(part) is Literal for choice in get_args(part)]
    if isinstance(value, str):
        for kind, made in _MADE.items():
            if kind in allowed:
                return made(value, folder)
    if float in allowed and type(value) is int:
        return float(value)
    plain = [kind.__name__ for kind in allowed if kind in (str, int, float, bool)]
    meant = expanded(value) if isinstance(value, str) else value
    if type(meant).__name__ in plain or meant in choices or any(anything(kind) for kind in allowed):
        return meant
    if {tuple, list, set, frozenset} & {*allowed}:
        raise Wrong(f"a list is meant here, not {value!r}")
    if isinstance(value, str) and not plain and not choices:
        return _instance(named(value))
    raise Wrong(f"{' or '.join([*plain, *map(repr, choices)]) or 'a text'} is meant here, not {value!r}")


def located(text: str, folder: Path) -> str:
    """`text`; if it is a URL of a relative path, of that path from `folder` on."""
    local = LOCAL.fullmatch(text)
    return f"{local[1]}:{quote(str(folder / unquote(local[2])))}" if local else text


def exported(name: str) -> Any:
    """What storage_combinators exports as `name`; else Wrong."""
    if not hasattr(import_module(HERE), expanded(name)):
        raise Wrong(f"no node is called {name!r}, and no class; a path begins with ./")
    return named(f"{HERE}:{name}")


def named(text: str) -> Any:
    """What ``package.module:name`` names; without a module, what is called so here or in Python itself; else Wrong."""
    meant = expanded(text)
    try:
        return _imported(meant)
    except Wrong:
        if meant == text:
            raise
        raise Wrong(f"there is nothing that is called what {text} stands for") from None


def _imported(text: str) -> Any:
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


def a_function(spec: Any, hint: Any) -> bool:
    """Does `spec` name a function, where a store may stand too?"""
    return Callable in kinds(hint) and isinstance(spec, str) and FUNCTION.fullmatch(spec) is not None


def takes_text(hint: Any) -> bool:
    """May a text stand here for itself, and not for what it names?"""
    return any(kind in (str, bytes, Path, Ref) or anything(kind) for kind in kinds(hint))


def _instance(found: Any) -> Any:
    return found() if isinstance(found, type) else found


_MADE: dict[Any, Callable[[str, Path], Any]] = {  # of a text; where a hint allows several, the first of these
    Ref: lambda text, _: Ref.parse(expanded(text)),
    Path: lambda text, folder: folder / expanded(text),
    Callable: lambda text, _: named(text),
    type: lambda text, _: named(text),
    str: lambda text, _: expanded(text),
    bytes: lambda text, _: expanded(text).encode(),
}
