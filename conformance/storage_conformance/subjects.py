"""Subjects: what is judged, and the fresh places that it is given for each trial."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from inspect import Parameter, signature
from itertools import count
from os import W_OK, access, environ
from pathlib import Path
from runpy import run_path
from shutil import disk_usage, rmtree
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

from storage_combinators.ref import Ref
from storage_combinators.store import Refused

from .masking import masked

__all__ = ["BadSubject", "Place", "Subject", "is_store", "subject"]

VERBS = ("get", "put", "merge", "delete", "swap", "refs")

ROOM = 2**28  # bytes
BOUND = ("opened = make", "make = lambda: opened(directory)")  # a factory that takes a directory, as one that does not


class BadSubject(ValueError):
    """No subject: what was given cannot be found, loaded or opened; the text says why."""


@dataclass(frozen=True)
class Subject:
    """A factory of stores or mappings, and the lines of Python that a script needs to have it as `make`.

    `directory`: the factory takes a Path. `url`: the factory opens one place that others use too, so that each trial
    works below a prefix of its own. `wraps`: functions from store to store, innermost first, each with its lines.
    """

    name: str
    make: Callable[..., Any]
    lines: tuple[str, ...]
    directory: bool = False
    url: bool = False
    kind: str = "store"
    wraps: tuple[tuple[Callable[[Any], Any], tuple[str, ...]], ...] = ()
    without: dict[str, str] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    prefix: Ref = field(default_factory=lambda: Ref(f"conform-{uuid4().hex}"))
    numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)
    kept: list[Any] = field(default_factory=list, repr=False, compare=False)  # of a URL: the handle for all places

    def place(self) -> Place:
        """A fresh place."""
        return Place(self)

    def handle(self) -> Any:
        """Of a URL: the one handle that all places share, since to open one may take long."""
        if not self.kept:
            self.kept.append(self.make())
        return self.kept[0]

    def sweep(self) -> None:
        """Of a URL: remove whatever is left below the prefix, and nothing else."""
        if self.url and self.kept:
            clean(self.kept[0], self.prefix)

    def speakers(self, store: object) -> tuple[object, ...]:
        """Who declares claims, later ones win: the store that the factory makes, the factory, the wrapping."""
        return (store, *[self.make][isinstance(self.make, type) :], self)

    def over(self, store: Any) -> Any:
        """`store` under the wrappers."""
        for wrap, _ in self.wraps:
            store = wrap(store)
        return store


class Place:
    """Somewhere fresh to keep data, which can be opened more than once, and is removed at the end."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.directory = Path(mkdtemp(prefix="conform-", dir=scratch())) if subject.directory else None
        self.root = subject.prefix / str(next(subject.numbers)) if subject.url else Ref()
        self.handles: list[Any] = []
        self.below = subject.handle() if subject.url else self.make()
        self.store = subject.over(self.below)

    def make(self) -> Any:
        """A new handle on this place, without wrappers."""
        made = self.subject.make(*[self.directory][: self.subject.directory])
        self.handles.append(made)
        return made

    def names(self) -> dict[str, Any]:
        """What lines of scripts may name."""
        wraps = {f"wrap{number or ''}": wrap for number, (wrap, _) in enumerate(self.subject.wraps)}
        return {"store": self.store, "below": self.below, "make": self.make, "directory": self.directory, **wraps}

    def key(self, ref: Any) -> Any:
        """`ref` as a trial on this place uses it: below the root of a shared place, as a string in a mapping."""
        return str(ref) if self.subject.kind == "mapping" else self.root / ref

    @property
    def opens_again(self) -> bool:
        """Can it be opened again with what is in it?"""
        return bool(self.directory or self.root or self.subject.wraps)

    def forget(self) -> None:
        """Let go of the handles, which are closed or no longer named."""
        self.handles.clear()
        self.below = self.store = None

    def again_line(self, name: str) -> str:
        """The line that opens this place again as `name`."""
        if self.subject.wraps and not self.subject.directory:
            return f"{name} = {self._wrapped('below')}"
        return f"{name} = {self._wrapped('make()')}"

    def opening_lines(self) -> list[str]:
        """The lines of a script that open a place such as this."""
        lines = [*self.subject.lines, *(line for _, lines in self.subject.wraps for line in lines)]
        if self.directory:
            lines += ["directory = Path(mkdtemp())", *BOUND]
        if self.root:
            lines += ["root = Ref(f'conform-{uuid4().hex}')"]
        if not self.subject.wraps:
            return [*lines, "store = make()"]
        return [*lines, "below = make()", f"store = {self._wrapped('below')}"]

    def child_lines(self) -> list[str]:
        """The lines of another process that opens the same place, given its directory as the first argument."""
        lines = [*self.subject.lines, *(line for _, lines in self.subject.wraps for line in lines)]
        return [*lines, "directory = Path(sys.argv[1])", *BOUND, f"store = {self._wrapped('make()')}"]

    def _wrapped(self, inner: str) -> str:
        for number in range(len(self.subject.wraps)):
            inner = f"wrap{number or ''}({inner})"
        return inner

    def close(self, written: Iterable[Ref] = ()) -> None:
        """Remove what is here, and close what was opened; `written` is what to remove where nothing can be listed."""
        if self.root:
            clean(self.below, self.root, written)
        for handle in self.handles:
            getattr(handle, "close", int)()
        if self.directory:
            rmtree(self.directory, ignore_errors=True)


@cache
def scratch() -> str | None:
    """Where places are made: in memory, if there is room, since no law needs a disk that spins; else, or if TMPDIR is
    set, where temporary files go.
    """
    memory = Path("/dev/shm")  # noqa: S108  # a directory of its own is made in it
    if "TMPDIR" in environ or not memory.is_dir() or not access(memory, W_OK):
        return None
    return str(memory) if disk_usage(memory).free > ROOM else None


def clean(store: Any, base: Ref, written: Iterable[Ref] = ()) -> None:
    """Delete every ref at or under `base`; of a store that lists nothing, those that were `written`."""
    try:
        there = list(store.refs(base))
    except Refused:
        there = [ref for ref in written if ref.within(base)]
    for ref in there:
        store.delete(ref)


def is_store(thing: Any) -> bool:
    """Has it the six verbs?"""
    return all(callable(getattr(thing, verb, None)) for verb in VERBS)


def subject(given: str | Callable[..., Any] | Subject) -> Subject:
    """The subject that `given` names: ``module:factory``, ``file.py:factory``, a URL, a callable; BadSubject."""
    if isinstance(given, Subject):
        return given
    if callable(given):
        return _of_kind(_shown(given), given, import_lines(given))
    if not isinstance(given, str):
        raise BadSubject(f"a {type(given).__name__} is no factory: give one, such as lambda: store")
    module, colon, name = given.rpartition(":")
    if "://" in given or given.partition(":")[0] in ("memory", "null", "env"):
        return _of_url(given)
    if not colon or not name or not module:
        raise BadSubject(f"{given!r} is no subject: give module:factory, file.py:factory or a URL")
    made, lines = _from_file(Path(module), name) if module.endswith(".py") else _from_module(module, name)
    if not callable(made):
        raise BadSubject(f"{given!r} is no factory: it cannot be called")
    return _of_kind(given, made, lines)


def _from_module(module: str, name: str) -> tuple[Any, tuple[str, ...]]:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as python -m does
    try:
        return getattr(import_module(module), name), (f"from {module} import {name} as make",)
    except AttributeError:
        raise BadSubject(f"{module} has no {name!r}") from None
    except Exception as error:  # a foreign module may raise anything while it is imported
        raise BadSubject(f"{module} cannot be imported: {type(error).__name__}: {error}") from error


def _from_file(path: Path, name: str) -> tuple[Any, tuple[str, ...]]:
    """By import where the name of the file allows it, so that what it defines can be pickled."""
    if not path.is_file():
        raise BadSubject(f"there is no file {str(path)!r}")
    folder, stem = str(path.resolve().parent), path.stem
    try:
        if stem.isidentifier() and _imports(folder, stem, path):
            lines = (f"sys.path.insert(0, {folder!r})", f"from {stem} import {name} as make")
            return getattr(sys.modules[stem], name), lines
        return run_path(str(path))[name], (f"make = run_path({str(path.resolve())!r})[{name!r}]",)
    except (AttributeError, KeyError):
        raise BadSubject(f"{path} has no {name!r}") from None
    except Exception as error:  # a foreign file may raise anything while it is run
        raise BadSubject(f"{path} cannot be run: {type(error).__name__}: {error}") from error


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
    return _of_kind(masked(url), lambda: open_store(url), lines, url=True)


def _of_kind(name: str, make: Callable[..., Any], lines: tuple[str, ...], *, url: bool = False) -> Subject:
    if getattr(make, "family", ""):  # a constructor of combinators, which says of which family it is
        from .laws.combinators.judging import combinator

        return combinator(make.family, make, name, lines)  # type: ignore[attr-defined]  # just looked for
    made = Subject(name, make, lines, directory=_takes_directory(make), url=url)
    try:
        place = made.place()
    except Exception as error:  # a foreign factory may raise anything
        raise BadSubject(f"{name} cannot be opened: {type(error).__name__}: {error}") from error
    kind = "store" if is_store(place.store) else "mapping" if hasattr(place.store, "__getitem__") else ""
    place.close()
    if not kind:
        raise BadSubject(f"{name} makes a {type(place.store).__name__}, which is neither a Store nor a mapping")
    return Subject(name, make, lines, directory=made.directory, url=url, kind=kind)


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
    if "<" in name or "." in name or getattr(sys.modules.get(module), name, None) is not make:
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
