"""What a subject says of itself, and which laws are held against it therefore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

from .content import size_of
from .law import Law

__all__ = ["LEVELS", "BadClaim", "Claims", "claims_of", "parse_claim", "parse_without"]

LEVELS = {
    "keys": ("path", "any"),
    "swaps": ("no", "create", "write", "all"),
    "survives": ("nothing", "reopen", "kill", "power"),
    "values": ("bytes", "json", "text"),
}


class BadClaim(ValueError):
    """A claim that does not exist, or a value that it does not have; the text says which there are."""


@dataclass(frozen=True)
class Claims:
    """The claims (source: ours). Where there are levels, the higher one includes the lower: see LEVELS.

    `max_key` and `max_value` are in bytes, and the largest that is tried; `values` is found out when it is None.
    `without` has the reason for each claim that is not kept.
    """

    keys: str = "path"
    writes: bool = True
    lists: bool = True
    merges: bool = True
    swaps: str = "all"
    types: bool = True
    copies: bool = True
    keeps: bool = True
    pickles: bool = True
    threads: bool = True
    shared: bool = False
    survives: str = "nothing"
    max_key: int = 1024
    max_value: int = 8 * 2**20
    values: str | None = None
    without: Mapping[str, str] = field(default_factory=dict)
    inherited: frozenset[str] = frozenset()  # not said by the subject, but by a part of it: never called too modest

    def with_claims(self, more: Mapping[str, object]) -> Claims:
        """These claims, then `more`; BadClaim for what is none."""
        reasons = {name: reason for name, reason in self.without.items() if name not in more}
        changed: dict[str, Any] = {name: _checked(name, value) for name, value in more.items()}
        return replace(self, **changed, without=reasons, inherited=self.inherited - set(more))

    def with_reasons(self, without: Mapping[str, str]) -> Claims:
        """These claims without those named, each for its reason."""
        lowest: dict[str, Any] = {name: LEVELS[_known(name)][0] if name in LEVELS else False for name in without}
        for name, reason in without.items():
            if name.startswith("max_") or name in ("keys", "values"):
                raise BadClaim(f"{name!r} is a claim with a value: say which with --claim {name}=VALUE")
            if not reason:
                raise BadClaim(f"why not {name!r}? Say --without {name}=REASON")
        return replace(self, **lowest, without={**self.without, **without}, inherited=self.inherited - set(without))

    def met(self, part: Claims, name: str) -> Claims:
        """What both claim, for these and those of a `part` called `name`: the lower level of each, and why."""
        lower: dict[str, Any] = {each: _lower(each, getattr(self, each), getattr(part, each)) for each in NAMES}
        changed = {each for each in NAMES if lower[each] != getattr(self, each)}
        reasons = {each: f"{why} ({name})" for each, why in part.without.items() if each not in self.without}
        return replace(self, **lower, without={**self.without, **reasons}, inherited=self.inherited | changed)

    def exempts(self, law: Law) -> str:
        """Why `law` is not held against the subject, or "" if it is."""
        for claim, level in [(law.claim, law.level), *((need, "") for need in law.needs)]:
            if claim and not self.keeps_to(claim, level):
                reason = self.without.get(claim, f"claims {claim}={getattr(self, claim)} only")
                return reason if claim == law.claim else f"needs {claim}: {reason}"
        return ""

    def keeps_to(self, claim: str, level: str = "") -> bool:
        """Is `claim` made, at `level` at least?"""
        value = getattr(self, claim)
        if level:
            return LEVELS[claim].index(value) >= LEVELS[claim].index(level)
        return bool(value != LEVELS[claim][0]) if claim in LEVELS else bool(value)

    def takes(self, value: Any) -> bool:
        """Is `value` no larger than what is claimed to be taken?"""
        return size_of(value) <= self.max_value

    def as_dict(self) -> dict[str, Any]:
        """For reports: name to value."""
        return {name: value for name, value in asdict(self).items() if name != "inherited"}


NAMES = tuple(each.name for each in fields(Claims) if each.name not in ("without", "inherited"))


def claims_of(kind: str, *, directory: bool, said: Iterable[object]) -> Claims:
    """The claims of a subject of `kind`: defaults, less what its parts give up, then what each of `said` declares."""
    claims = Claims(shared=directory, survives="kill" if directory else "nothing")
    if kind == "mapping":
        claims = replace(claims, keys="any", swaps="no", merges=False)
    for speaker in said:
        claims = _declared(claims, speaker)
    return claims


def _declared(claims: Claims, speaker: object) -> Claims:
    """`claims`, less what a part of `speaker` does not keep, then what `speaker` itself declares.

    A part is a store in a field of a dataclass, as our combinators have their sources. What a part gives up is given
    up by the whole, unless the whole claims it (as Locked claims threads); what a part keeps beyond the defaults is
    not claimed by the whole. It may do better than its parts (Cache over Memory and Disk takes bytes alone): nobody
    said that it does not, so that is no claim too modest.
    """
    for part in parts_of(speaker):
        claims = claims.met(_declared(replace(claims, without={}), part), type(part).__name__)
    more, without = getattr(speaker, "claims", None), getattr(speaker, "without", None)
    claims = claims.with_claims(more if isinstance(more, dict) else {})
    return claims.with_reasons(without if isinstance(without, dict) else {})


def parts_of(store: object) -> list[Any]:
    """The stores in the fields of a combinator, in tuples, lists and dictionaries too."""
    if not is_dataclass(store) or isinstance(store, type):
        return []
    held = [getattr(store, each.name) for each in fields(store) if each.init]
    spread = [each for one in held for each in _spread(one)]
    return [each for each in spread if all(callable(getattr(each, verb, None)) for verb in VERBS)]


VERBS = ("get", "put", "merge", "delete", "swap", "refs")


def _spread(held: object) -> list[object]:
    if isinstance(held, Mapping):
        return list(held.values())
    return list(held) if isinstance(held, list | tuple) else [held]


def _lower(name: str, one: Any, other: Any) -> Any:
    if name in ("keys", "values"):
        return one
    return min(one, other, key=LEVELS[name].index) if name in LEVELS else min(one, other)


def parse_claim(text: str) -> dict[str, object]:
    """``NAME[=VALUE]`` of the command line."""
    name, equals, value = text.partition("=")
    if not equals:
        if _known(name) in LEVELS or name.startswith("max_"):
            raise BadClaim(f"{name!r} needs a value: {_values(name)}")
        return {name: True}
    return {name: int(value) if _known(name).startswith("max_") and value.isdecimal() else value}


def parse_without(text: str) -> dict[str, str]:
    """``NAME=REASON`` of the command line."""
    name, _, reason = text.partition("=")
    return {_known(name): reason.strip()}


def _known(name: str) -> str:
    if name not in NAMES:
        raise BadClaim(f"there is no claim {name!r}; there are {', '.join(NAMES)}")
    return name


def _values(name: str) -> str:
    return "a number of bytes" if name.startswith("max_") else ", ".join(LEVELS[name])


def _checked(name: str, value: object) -> object:
    if _known(name) in LEVELS:
        fits = value in LEVELS[name]
    elif name.startswith("max_"):
        fits = type(value) is int and value > 0
    else:
        value = {"yes": True, "true": True}.get(value, value) if isinstance(value, str) else value
        if value is not True:
            raise BadClaim(f"the claim {name!r} has no value {value!r}; if it is not kept, say --without {name}=REASON")
        return True
    if not fits:
        raise BadClaim(f"the claim {name!r} has no value {value!r}, but {_values(name)}")
    return value
