"""TREE on the command line: a store by URL, path, TOML file, module or Python file; and its end. Ours."""

import re
import sys
from collections.abc import Callable, MutableMapping
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from runpy import run_path
from typing import Any

from ..store import Store
from ..transforming.serialized import Inverse, JsonCodec, Serialized, TextCodec
from .adopted import adopted
from .labels import hidden
from .mapping import from_mapping
from .open_store import UsageError, open_store
from .rewrap import is_store, nodes

__all__ = ["as_bytes_of", "settle", "tree_named"]

FACTORY = re.compile(r"(?:(?P<file>.+\.py)|(?P<module>[A-Za-z_][\w.]*)):(?P<name>[A-Za-z_]\w*)", re.DOTALL)


def tree_named(text: str) -> Store[Any]:
    """The store at `text`: what open_store takes, ``package.module:factory`` or ``path/to/file.py:factory``.

    UsageError, one line, when there is none. A URL, a path or a TOML file connects to nothing; a factory may.
    """
    found = FACTORY.fullmatch(text)
    if found is None:
        return open_store(text)
    if found["file"]:
        return _made(text, lambda: _in_file(Path(found["file"]), found["name"]))
    try:
        return open_store(text)  # file:data and env:APP look alike
    except UsageError as error:
        if _none(found["module"]):
            raise error from None
        as_url = error
    return _made(text, lambda: _in_module(found["module"], found["name"], as_url))


def as_bytes_of(tree: Store[Any], form: str) -> Store[bytes]:
    """`tree`, whose values are JSON or text, as a store of the bytes that come and go."""
    codecs: dict[str, Any] = {"json": JsonCodec, "text": TextCodec}
    return Serialized(tree, Inverse(codecs[form]())) if form in codecs else tree


def settle(tree: Store[Any]) -> None:
    """Write out what waits in it: flush of its stores, drain of its queues, outermost first."""
    for node in reversed(nodes(tree)):
        finish = getattr(node, "flush" if is_store(node) else "drain", None)
        if callable(finish):
            finish()


def _none(module: str) -> bool:
    """Is there no module of that name, seen from the current folder?"""
    if "" not in sys.path:
        sys.path.insert(0, "")  # as python -m does
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        return error.name is not None and (module == error.name or module.startswith(f"{error.name}."))
    except (Exception, SystemExit):  # noqa: BLE001  # there is one, and _made tells what it raises
        return False
    return False


def _in_module(module: str, name: str, as_url: UsageError) -> Any:
    found = import_module(module)
    if not hasattr(found, name):
        raise UsageError(f"the module {module} has no {name}; and as a URL: {as_url}")
    return getattr(found, name)


def _in_file(path: Path, name: str) -> Any:
    sys.path.insert(0, str(path.resolve().parent))  # as python path/to/file.py does
    return run_path(str(path))[name]


def _made(text: str, find: Callable[[], Any]) -> Store[Any]:
    try:
        found = find()
        return _store(found if is_store(found) else _called(found))
    except UsageError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a foreign module may raise anything, and a script ends
        raise UsageError(hidden(f"{text} makes no store: {type(error).__name__}: {error}")) from None


def _store(found: Any) -> Store[Any]:
    if is_store(found):
        return found
    return from_mapping(found) if isinstance(found, MutableMapping) else adopted(found)


def _called(factory: Any) -> Any:
    if not callable(factory):
        raise UsageError(f"a {type(factory).__name__} is no store, and no factory of one")
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters = [*signature(factory).parameters.values()]
    except ValueError:  # of a class like dict
        parameters = []
    wanted = [each.name for each in parameters if each.default is Parameter.empty and each.kind in positional]
    if wanted:
        raise UsageError(f"this factory wants {' and '.join(wanted)}: name one that wants nothing")
    return factory()
