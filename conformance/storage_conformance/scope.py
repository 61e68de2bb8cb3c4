"""What one trial draws from, and the steps that a history may take. Hostile names and values: names.py, content.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

__all__ = ["SMALL", "Scope", "Step", "alphabet", "swaps"]

Step = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """What one trial draws from: refs (of a mapping: keys), values, and the bases to list."""

    kind: str
    refs: tuple[Any, ...]
    values: tuple[Any, ...]
    bases: tuple[Ref, ...] = ()
    menus: dict[tuple[bool, str], list[list[Step]]] = field(default_factory=dict, repr=False, compare=False)

    def menu(self, claims: Any, *, reads: bool, only: str = "") -> list[list[Step]]:
        """The steps that a history may take next, by how many of the values are in use already; of one verb if `only`.

        Values are taken into use in their order: histories that differ by a renaming of values are one.
        """
        if (reads, only) not in self.menus:
            full = [step for step in alphabet(self, claims, reads=reads) if only in ("", step[0])]
            counts = range(len(self.values) + 1)
            self.menus[reads, only] = [[step for step in full if self._in_order(step[1], used)] for used in counts]
        return self.menus[reads, only]

    def _in_order(self, args: tuple[Any, ...], used: int) -> bool:
        for arg in args:
            if arg in self.values[used + 1 :]:
                return False
            used = self.used((arg,), used)
        return True

    def used(self, args: tuple[Any, ...], before: int) -> int:
        """How many values are in use after a step with `args`."""
        latest_first = range(len(self.values), before, -1)
        return next((number for number in latest_first if self.values[number - 1] in args), before)


SMALL = (Ref("a"), Ref("a", "b"), Ref("b"))


def alphabet(scope: Scope, claims: Any, *, reads: bool) -> list[Step]:
    """Every step that a history may take in `scope`, given what is claimed; reading ones only when `reads`."""
    return _mapping_steps(scope, reads) if scope.kind == "mapping" else _store_steps(scope, claims, reads)


def _store_steps(scope: Scope, claims: Any, reads: bool) -> list[Step]:
    steps: list[Step] = []
    if claims.writes:
        steps += [("put", pair) for pair in product(scope.refs, scope.values)]
        steps += [("delete", (ref,)) for ref in scope.refs]
        steps += [("swap", (ref, *forms)) for ref in scope.refs for forms in swaps(scope.values, claims.swaps)]
    if claims.writes and claims.merges:
        steps += [("merge", pair) for pair in product(scope.refs, scope.values)]
    if reads:
        steps += [("get", (ref,)) for ref in scope.refs]
        steps += [("refs", (base, None)) for base in scope.bases[:1] if claims.lists]
    return steps


def swaps(held: tuple[Any, ...], level: str) -> list[tuple[Any, Any]]:
    """The forms (old, new) of swap that a store must know at this level of its claim."""
    create = [(MISSING, new) for new in (*held, MISSING)]
    write = list(product(held, held))
    remove = [(old, MISSING) for old in held]
    return {"no": [], "create": create, "write": create + write, "all": create + write + remove}[level]


def _mapping_steps(scope: Scope, reads: bool) -> list[Step]:
    pairs = list(product(scope.refs, scope.values))
    steps: list[Step] = [("[]=", pair) for pair in pairs] + [("setdefault", pair) for pair in pairs]
    steps += [("del", (key,)) for key in scope.refs] + [("pop", (key, None)) for key in scope.refs]
    if reads:
        steps += [("[]", (key,)) for key in scope.refs] + [("in", (key,)) for key in scope.refs]
        steps += [("iter", ()), ("len", ())]
    return steps
