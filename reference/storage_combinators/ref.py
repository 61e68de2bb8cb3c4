"""Ref: where a value is. The part of a URL that a store sees (paper, section 2.1)."""

from __future__ import annotations

from typing import Self

__all__ = ["Ref"]


class Ref(tuple[str, ...]):
    """A path of names from the root: ``Ref("tasks", "1")``. ``Ref()`` is the root itself.

    A name is any text but the empty one, ``.`` and ``..``, without ``/``, NUL and lone surrogates:
    ValueError, with the reason. So one text is one ref, and no ref leaves the place it is appended to.

    >>> Ref.parse("tasks/1") / "title"
    Ref('tasks', '1', 'title')
    >>> print(Ref("tasks", "1"))
    tasks/1
    """

    __slots__ = ()

    def __new__(cls, *names: str) -> Self:
        for name in names:
            _check(name)
        return super().__new__(cls, names)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ref that `text` spells, at the edge only; a leading slash is no name."""
        text = text.removeprefix("/")
        return cls(*text.split("/")) if text else cls()

    def __truediv__(self, more: str | Ref) -> Self:
        """This ref, then one name or all names of another ref."""
        if not isinstance(more, Ref):
            _check(more)
            more = (more,)  # type: ignore[assignment]  # only its names are taken
        return tuple.__new__(type(self), (*self, *more))

    def within(self, base: Ref) -> bool:
        """Is this `base`, or below it?"""
        return self[: len(base)] == base

    def under(self, base: Ref) -> Self:
        """This ref as seen from `base`: ``(base / ref).under(base) == ref``. ValueError when it is not within."""
        if not self.within(base):
            raise ValueError(f"{self!r} is not within {base!r}")
        return tuple.__new__(type(self), self[len(base) :])

    def cut(self, names: int) -> Self:
        """The first `names` names of this ref."""
        return tuple.__new__(type(self), self[:names])

    def __str__(self) -> str:
        return "/".join(self)

    def __repr__(self) -> str:
        return f"Ref({', '.join(map(repr, self))})"

    def __getnewargs__(self) -> tuple[str, ...]:  # pickle and copy call __new__ with the names one by one
        return tuple(self)


def _check(name: str) -> None:
    if not isinstance(name, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}: {name!r}")
    if not name or name in (".", "..") or "/" in name or "\0" in name:
        path = "; Ref.parse reads a path" if "/" in name else ""
        raise ValueError(f"{name!r} is no name: not empty, '.', '..', nor with '/' or NUL in it{path}")
    if not name.isascii() and any("\ud800" <= char <= "\udfff" for char in name):
        raise ValueError(f"{name!r} is no name: it has a lone surrogate, which has no UTF-8")
