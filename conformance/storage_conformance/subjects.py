"""Subjects: what is judged, found by name, by URL or as a callable."""

from __future__ import annotations

import sys
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from importlib import import_module
from inspect import Parameter, signature
from os import PathLike
from pathlib import Path
from runpy import run_path
from typing import Any
from uuid import uuid4

from storage_combinators.functions import exists
from storage_combinators.ref import Ref

from .masking import hidden, masked, secrets_of
from .places import Place, Subject, Unopened

__all__ = ["BadSubject", "Place", "Subject", "import_lines", "is_store", "shown", "subject", "told"]

REMOTE = ("http", "https", "s3", "redis", "rediss", "sftp", "scp", "nginx+http", "fsspec+memory", "obstore+memory")
SCHEMES = ("file", "sqlite", *REMOTE)
OPENED = (
    "from storage_combinators.edges.open_store import open_store",
    "object_of = make",
    "make = lambda *place: open_store(object_of(*place))",
)
ASKED_FOR = ("__getitem__", "__setitem__", "__delitem__", "__iter__", "__len__")  # of who derives from MutableMapping
MIXED_IN = ("__contains__", "keys", "items", "values", "get", "pop", "popitem", "setdefault", "update", "clear")
DERIVED = (
    "from collections.abc import MutableMapping",
    "lacking = make",
    "def make(*place):",
    "    store = lacking(*place)",
    "    store.__class__ = type(type(store).__name__, (type(store), MutableMapping), {})",
    "    return store",
)
APART = {"shared": "each time that it is opened it is a store of its own"}
GIVEN = "; it was called with a pathlib.Path to an empty directory, as a factory is that takes an argument"
VERBS = ("get", "put", "merge", "delete", "swap", "refs")


class BadSubject(ValueError):
    """No subject: what was given cannot be found, loaded or opened; the text says why."""


def is_store(thing: Any) -> bool:
    """Has it the six verbs?"""
    return all(callable(getattr(thing, verb, None)) for verb in VERBS)


def subject(given: str | Callable[..., Any] | Subject) -> Subject:
    """The subject of ``module:factory``, ``file.py:factory``, a URL, a TOML file, a callable; else BadSubject."""
    if isinstance(given, Subject):
        return given
    if callable(given):
        return _of_kind(_shown(given), given, import_lines(given))
    if not isinstance(given, str):
        raise BadSubject(f"{type(given).__name__} is no factory: give one, such as lambda: store")
    scheme, _, rest = given.partition(":")
    if "://" in given or scheme in ("memory", "null", "env") or given.endswith(".toml"):
        return _of_url(given)
    if scheme in SCHEMES and not rest.isidentifier():
        raise BadSubject(
            f"{masked(given)} is no URL: write {scheme}:{'//host...' if scheme in REMOTE else '///whole/path'}"
        )
    return _of_name(given)


def _of_name(given: str) -> Subject:
    module, colon, name = given.rpartition(":")
    if not colon or not name or not module:
        raise BadSubject(f"{masked(given)!r} is no subject: give module:factory, file.py:factory or a URL")
    made, lines = _from_file(Path(module), name) if module.endswith(".py") else _from_module(module, name)
    if not callable(made):
        raise BadSubject(f"{given!r} is no factory: it cannot be called")
    return _of_kind(given, made, lines)


def _from_module(module: str, name: str) -> tuple[Any, tuple[str, ...]]:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as python -m does
    try:
        found = import_module(module)
    except Exception as error:  # a foreign module may raise anything while it is imported
        raise BadSubject(f"{module} cannot be imported: {told(error)}") from error
    if not hasattr(found, name):
        raise BadSubject(f"{module} has no {name!r}")
    return getattr(found, name), (f"from {module} import {name} as make",)


def _from_file(path: Path, name: str) -> tuple[Any, tuple[str, ...]]:
    """By import where the name of the file allows it, so that what it defines can be pickled."""
    if not path.is_file():
        raise BadSubject(f"there is no file {str(path)!r}")
    folder, stem = str(path.resolve().parent), path.stem
    try:
        if stem.isidentifier() and _imports(folder, stem, path):
            found = vars(sys.modules[stem])
            lines: tuple[str, ...] = (f"sys.path.insert(0, {folder!r})", f"from {stem} import {name} as make")
        else:
            found, lines = run_path(str(path)), (f"make = run_path({str(path.resolve())!r})[{name!r}]",)
    except Exception as error:  # a foreign file may raise anything while it is run
        raise BadSubject(f"{path} cannot be run: {told(error)}") from error
    if name not in found:
        raise BadSubject(f"{path} has no {name!r}")
    return found[name], lines


def _imports(folder: str, stem: str, path: Path) -> bool:
    if folder not in sys.path:
        sys.path.insert(0, folder)
    found = getattr(import_module(stem), "__file__", None)
    return found is not None and Path(found).resolve() == path.resolve()


def _of_url(url: str) -> Subject:
    from storage_combinators.edges.open_store import open_store  # the one arrow outwards

    lines = (
        "from storage_combinators.edges.open_store import open_store",
        f"make = lambda: open_store({masked(url)!r})",
    )
    made = _of_kind(masked(url), lambda: open_store(url), lines, url=url)
    return replace(made, without=APART) if url.startswith("obstore+memory:") else made


def _of_kind(name: str, make: Callable[..., Any], lines: tuple[str, ...], *, url: str = "") -> Subject:
    if getattr(make, "family", ""):  # a constructor of combinators, which says of which family it is
        from .laws.combinators.judging import combinator

        return combinator(make.family, make, name, lines)  # type: ignore[attr-defined]  # just looked for
    made = Subject(name, make, lines, directory=_takes_directory(make), url=bool(url), secrets=secrets_of(url))
    try:
        place = made.place()
        place.close()
    except Exception as error:  # a foreign factory may raise anything
        given = GIVEN if made.directory and isinstance(error.__cause__, TypeError) else ""
        raise BadSubject(f"{name} cannot be opened: {told(error, url)}{given}") from error
    if isinstance(place.store, str) and place.store.startswith(("http://", "https://")):  # of a server that it started
        return _adopted(made, place.store)
    if isinstance(place.store, str | bytes | bytearray | list | tuple | PathLike):  # which have [], or are paths
        raise BadSubject(f"{name} makes a {type(place.store).__name__}, no Store and no mapping")
    kind = "store" if is_store(place.store) else "mapping" if hasattr(place.store, "__getitem__") else ""
    made = replace(made, kind=kind)
    return _whole(made, place.store) if kind == "mapping" else made if kind else _adopted(made, place.store)


def _whole(made: Subject, thing: object) -> Subject:
    """The subject, with the methods that MutableMapping makes of others, if `thing` has only those others."""
    lacks = tuple(name for name in MIXED_IN if not hasattr(thing, name))
    if not lacks or not all(hasattr(thing, name) for name in ASKED_FOR):
        return made
    try:
        _derived(thing)
    except TypeError:  # of a class whose objects keep to it, such as one written in C
        return made
    return replace(made, make=_then(made.make, _derived), lines=(*made.lines, *DERIVED), lacks=lacks)


def _derived(thing: Any) -> Any:
    thing.__class__ = type(type(thing).__name__, (type(thing), MutableMapping), {})
    return thing


def _then(make: Callable[..., Any], after: Callable[[Any], Any]) -> Callable[..., Any]:
    """``after(make(...))``, which declares what `make` does."""

    def made(*place: Any) -> Any:
        return after(make(*place))

    if not isinstance(make, type):
        vars(made).update({name: getattr(make, name) for name in ("claims", "without") if hasattr(make, name)})
    return made


def _adopted(made: Subject, thing: object) -> Subject:
    """The subject of a factory that makes what open_store takes beside URLs: mostly one place that others use too."""
    from storage_combinators.edges.open_store import open_store  # the same arrow

    try:
        open_store(thing)
    except (TypeError, ValueError) as error:
        lacks = ", ".join(verb for verb in VERBS if not callable(getattr(thing, verb, None)))
        kind = f"a {type(thing).__name__}, no Store and no mapping (of a Store it lacks {lacks}; of a mapping, [])"
        raise BadSubject(f"{made.name} makes {kind}: {error}") from None
    opened = replace(made, kind="store", make=_then(made.make, open_store), lines=(*made.lines, *OPENED))
    if made.directory or not _one_place(opened.make):
        return replace(opened, without={} if made.directory else APART)
    return replace(opened, url=True)


def _one_place(make: Callable[..., Any]) -> bool:
    """Do two stores of this factory hold the same?"""
    first, second, ref = make(), make(), Ref(f"conform-{uuid4().hex}")
    first.put(ref, b"x")
    try:
        return exists(second, ref)
    finally:
        first.delete(ref)


def _takes_directory(make: Callable[..., Any]) -> bool:
    try:
        parameters = signature(make).parameters.values()
    except ValueError:  # such as dict, which is written in C
        return False
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return any(each.kind in positional and each.default is Parameter.empty for each in parameters)


def _shown(make: Callable[..., Any]) -> str:
    return f"{getattr(make, '__module__', '?')}:{getattr(make, '__qualname__', repr(make))}"


def import_lines(make: Callable[..., Any], called: str = "make") -> tuple[str, ...]:
    """How a script gets hold of `make`, if it can be imported at all."""
    module, name = getattr(make, "__module__", ""), getattr(make, "__qualname__", "<none>")
    known = module != "__main__" and getattr(sys.modules.get(module), name, None) is make  # another process has another
    if "<" in name or "." in name or not known:
        return (f"{called} = ...  # put here what was judged: {_shown(make)}, which cannot be imported",)
    if module == "builtins":
        return (f"{called} = {name}",)
    line = f"from {module} import {name} as {called}"
    file = getattr(sys.modules[module], "__file__", None)
    if file and "." not in module and module != "__main__":
        return (f"sys.path.insert(0, {str(Path(file).resolve().parent)!r})", line)
    return (line,)


def shown(given: object) -> str:
    """What the user gave, as it may be shown."""
    if isinstance(given, Subject):
        return given.name
    return masked(given) if isinstance(given, str) else _shown(given) if callable(given) else repr(given)


def told(error: BaseException, given: object = "") -> str:
    """What went wrong, in one line, without the secrets of what the user gave."""
    text = " ".join(f"{type(error).__name__}: {error}".split()) if not isinstance(error, Unopened) else str(error)
    return hidden(text, secrets_of(given) if isinstance(given, str) else ())
