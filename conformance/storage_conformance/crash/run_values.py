"""What the tester writes: keys, values that tell where each of their bytes comes from, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

__all__ = ["KEY", "NEIGHBOUR", "Put", "Scenario", "scenarios", "value"]

KEY, NEIGHBOUR = "alpha", "beta"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
VERSIONS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Put:
    """One run of the writer."""

    key: str
    value: bytes


@dataclass(frozen=True)
class Scenario:
    """Runs of the writer, one after the other, recorded as one trace; `later` is what is written after a crash."""

    name: str
    puts: tuple[Put, ...]
    later: Put


def value(version: str, size: int) -> bytes:
    """Text of `size` bytes; each four of them hold the version and their place, so that any mix of two shows.

    >>> value("A", 10)
    b'A000A001A0'
    """
    words = (version + _base36(place) for place in range(-(-size // 4)))
    return "".join(words).encode()[:size]


def _base36(number: int) -> str:
    return DIGITS[number // 1296] + DIGITS[number // 36 % 36] + DIGITS[number % 36]


def scenarios(seed: int, *, keyed: bool) -> list[Scenario]:
    """Create, replace, third write; several blocks, very small, large; both sides of a buffer of 8 KiB.

    Without keys nothing has a neighbour. The seed changes the sizes of some values a little.
    """
    some = Random(seed)  # noqa: S311  # sizes, not secrets
    more = some.randrange(400) if seed else 0
    plans = {
        "several blocks": (("n", 700), ("k", 5000 + more), ("k", 10000 + more), ("k", 10000 + more)),
        "small": (("n", 90 + more), ("k", 1), ("k", 60 + more), ("k", 2)),
        "large": (("n", 4096), ("k", 65536), ("k", 8191), ("k", 8193), ("n", 8192)),
    }
    names = {"k": KEY, "n": NEIGHBOUR} if keyed else {"k": ""}
    puts = {
        name: tuple(Put(names[k], value(VERSIONS[n], size)) for n, (k, size) in enumerate(plan) if k in names)
        for name, plan in plans.items()
    }
    return [Scenario(name, made, Put(names["k"], value(VERSIONS[-1], 5000))) for name, made in puts.items()]
