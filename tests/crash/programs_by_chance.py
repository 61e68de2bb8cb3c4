"""Small programs by chance, in the words of litmus tests, which could have run: for properties of the search."""

from itertools import permutations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from storage_conformance.crash.litmus import trace_of
from storage_conformance.crash.replay import after
from storage_conformance.crash.trace import Trace
from storage_conformance.crash.tree import Folder, Tree

NAMES = ("f", "g", "d/f")
BEFORE = ("-", "f=a2", "f=a1 g=b2", "d/", "d/ d/f=a2 f=b1")
SYNCS = ("fsync {0}", "fdatasync {0}", "fsync .", "fsync d", "sync")
CALLS = (
    "create {0}", "write {0} 0 x1", "write {0} 1 y2", "write {0} 3 z1", "truncate {0} 0", "truncate {0} 1",
    "truncate {0} 4", "unlink {0}", "rename {0} {1}", "link {0} {1}", "mkdir d", "unlink d", "dsync-write {0} 0 w2",
    "zero {0} 0 1", "exchange {0} {1}", *SYNCS,
)  # fmt: skip


def unhurried(examples: int) -> settings:
    """No clock decides: not how long an example takes, nor how long it takes to make one on a busy machine."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def known(tree: Tree) -> dict[str, tuple[int, type]]:
    """By path, the number and the kind of what is there."""
    return {path: (number, type(tree.nodes[number])) for path, number in tree} | {".": (0, Folder)}


def possible(kinds: dict[str, tuple[int, type]], call: str) -> bool:
    """Whether the call would succeed on a real system, and do something."""
    verb, path, *more = [*call.split(), "."][:3] if call != "sync" else ["sync", "."]
    other = more[0] if more else "."
    if verb in ("create", "mkdir"):
        return path not in kinds and (path != "d/f" or "d" in kinds)
    if verb in ("rename", "exchange", "link"):
        there = (other in kinds) if verb == "exchange" else (other != "d/f" or "d" in kinds)
        one = kinds.get(path) == kinds.get(other)  # a rename to another name of the same file does nothing
        return path in kinds and there and not one and not (verb == "link" and other in kinds)
    if call == "unlink d":
        return "d" in kinds and "d/f" not in kinds
    return path in kinds


ALL = sorted({call.format(*names) for call in CALLS for names in permutations(NAMES)})


@st.composite
def programs(draw: st.DrawFn, most: int = 5) -> tuple[str, list[str]]:
    """What is there before, and calls that succeed one after another."""
    before, calls = draw(st.sampled_from(BEFORE)), []
    for _ in range(draw(st.integers(1, most))):
        kinds = known(seen(before, calls))
        calls.append(draw(st.sampled_from([call for call in ALL if possible(kinds, call)])))
    return before, calls


def made(program: tuple[str, list[str]]) -> Trace:
    before, calls = program
    return trace_of(before, ";".join(calls))


def seen(before: str, calls: list[str]) -> Tree:
    """The folder as the program sees it after these calls."""
    return after(trace_of(before, ";".join(["sync", *calls])))
