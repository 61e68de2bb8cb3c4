"""Env: the environment of this process (paper, section 2.3: env store)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ..functions import as_ref, listed
from ..ref import Ref
from ..store import Depth, Gone, Missing, Refused

__all__ = ["Env"]


@dataclass(frozen=True)
class Env:
    """Text under the names of the process environment that start with `prefix`: one name for each ref.

    ``get(Ref(name)) = os.environ[prefix + name]``. Absence is the variable's. What an environment cannot hold (a
    longer ref, the root, ``=`` in a name, NUL in a value) is Refused, and so is swap: any code of the process may
    write between its two steps. A variable that no ref can name is not listed. Child processes inherit the values.

    >>> Env("DEMO_").put(Ref("HOME"), "here"); os.environ["DEMO_HOME"]
    'here'
    """

    prefix: str = ""

    without: ClassVar[dict[str, str]] = {"swaps": "os.environ has no step that compares and sets"}

    def get(self, ref: Ref, /) -> str:
        try:
            return os.environ[self._name(ref)]
        except (KeyError, Refused, UnicodeEncodeError):
            raise Missing(ref) from None

    def put(self, ref: Ref, value: str, /) -> None:
        if not isinstance(value, str):
            raise TypeError(f"an environment holds str, not {type(value).__name__}")
        name = self._name(ref)
        try:
            os.environ[name] = value
        except ValueError as error:  # NUL, or what the encoding of the system does not have
            raise Refused(f"no environment can hold this value of {name!r}: {error}") from None

    merge = put

    def delete(self, ref: Ref, /) -> None:
        try:
            del os.environ[self._name(ref)]
        except (KeyError, Refused, UnicodeEncodeError):
            pass  # it was not there, or never can be

    def swap(self, ref: Ref, old: str | Gone, new: str | Gone, /) -> None:
        raise Refused(self.without["swaps"])

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        names = [name.removeprefix(self.prefix) for name in os.environ if name.startswith(self.prefix)]
        return listed([Ref(name) for name in names if _is_name(name)], base, depth)

    def _name(self, ref: Ref) -> str:
        if len(as_ref(ref)) != 1 or "=" in ref[0]:
            raise Refused(f"the environment has plain names without '=': {ref!r} is none")
        return self.prefix + ref[0]


def _is_name(text: str) -> bool:
    try:
        return bool(Ref(text))
    except ValueError:
        return False
