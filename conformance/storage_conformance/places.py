"""Places: what a trial gets from a subject, a fresh store or mapping, and what is removed after it."""

from __future__ import annotations

from atexit import register
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from os import W_OK, access, environ, getpid
from pathlib import Path
from shutil import disk_usage, rmtree
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

from storage_combinators.ref import Ref
from storage_combinators.store import Refused

from .masking import hidden
from .requests import Requests

__all__ = ["Place", "Subject", "Unopened"]

ROOM = 2**28  # bytes
BOUND = ("opened = make", "make = lambda: opened(directory)")  # a factory that takes a directory, as one that does not


class Unopened(OSError):
    """The factory failed where a fresh place was to be made; carries what it raised, whatever that was."""


@dataclass(frozen=True)
class Subject:
    """A factory of stores or mappings, and the lines of Python that a script needs to have it as `make`.

    `directory`: the factory takes a Path. `url`: the factory opens one place that others use too, so that each trial
    works below a prefix of its own. `wraps`: functions from store to store, innermost first, each with its lines.
    `secrets`: what must not be shown. `lacks`: methods of a mapping that it has not, which were made of those it has.
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
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    lacks: tuple[str, ...] = ()

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

    def hides(self, text: str) -> str:
        """`text` as it may be shown."""
        return hidden(text, self.secrets)

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
        self.directory = directory() if subject.directory else None
        self.root = subject.prefix / str(next(subject.numbers)) if subject.url else Ref()
        self.handles: list[Any] = []
        self.requests = Requests() if subject.url else None
        try:
            self.below = subject.handle() if subject.url else self.make()
        except Exception as error:  # a foreign factory may raise anything
            self._remove()
            raise Unopened(f"{type(error).__name__}: {error}") from error
        self.store = subject.over(self.below)
        if self.requests:
            self.requests.start()

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

    def close(self, left: Iterable[Ref] | None = None) -> None:
        """Remove what is here, and close what was opened; `left` is what may be here, if that is known."""
        if self.requests:
            self.requests.stop()
        try:
            if self.root:
                clean(self.below, self.root, left)
            for handle in self.handles:
                getattr(handle, "close", int)()
        finally:
            self._remove()

    def _remove(self) -> None:
        if self.directory:
            rmtree(self.directory, ignore_errors=True)
            LEFT.discard((self.directory, getpid()))


LEFT: set[tuple[Path, int]] = set()  # directories that are not removed yet, and whose they are: not a forked child's


def directory() -> Path:
    """A fresh one, which is removed when the program ends, if not before."""
    made = Path(mkdtemp(prefix="conform-", dir=scratch()))
    LEFT.add((made, getpid()))
    return made


@register
def _remove_what_is_left() -> None:
    for path, process in LEFT:
        if process == getpid():
            rmtree(path, ignore_errors=True)


@cache
def scratch() -> str | None:
    """Where places are made: in memory, if there is room, since no law needs a disk that spins; else, or if TMPDIR is
    set, where temporary files go.
    """
    memory = Path("/dev/shm")  # noqa: S108  # a directory of its own is made in it
    if "TMPDIR" in environ or not memory.is_dir() or not access(memory, W_OK):
        return None
    return str(memory) if disk_usage(memory).free > ROOM else None


def clean(store: Any, base: Ref, left: Iterable[Ref] | None = None) -> None:
    """Delete what is `left` at or under `base`: what is listed there, unless it is said."""
    try:
        there = list(store.refs(base) if left is None else left)
    except Refused:
        there = []
    for ref in there:
        store.delete(ref)
