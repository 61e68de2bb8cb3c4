"""Litmus tests: tiny programs, and exactly what each model lets a reader find after them.

After Bornholt et al. (ASPLOS 2016, section 3). A program is words: ``write f 0 a2b1`` writes "aab" at offset 0 of f.
A folder's content is words too: ``f=a2 d/ d/g= l->f``; in contents, "z" is a byte zero, "?" is garbage, and the number
after a letter says how many. ``f=(a1|b1)`` is short for both; "-" is an empty folder; outcomes are divided by ``;``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, product

from .models import Model
from .replay import after
from .search import states
from .trace import Mark, Trace
from .tree import File, Folder, Link, Tree
from .words import Script

__all__ = ["Litmus", "outcomes", "shown", "spelled", "trace_of"]

ALL = 2**30  # choices: tiny programs are never judged by a part of their states


@dataclass(frozen=True)
class Litmus:
    """What is there before, the calls, and by model what may be found; `source` says why.

    Outcomes are "EVER // AFTER": if the power goes at any time, and once the last call has returned; "EVER" where the
    two are the same.
    """

    name: str
    before: str
    calls: str
    outcomes: dict[str, str]
    source: str

    def allowed(self, model: Model) -> tuple[set[str], set[str]]:
        """What is written down: ever, and after the last call."""
        ever, _, later = self.outcomes[model.name].partition("//")
        return spelled(ever), spelled(later or ever)

    def found(self, model: Model) -> tuple[set[str], set[str]]:
        """What the search finds: ever, and after the last call."""
        return outcomes(trace_of(self.before, self.calls), model)


def outcomes(trace: Trace, model: Model) -> tuple[set[str], set[str]]:
    """What may be found if the power goes at any time, and what if it goes after the last call, as `shown`."""
    ever, afterwards = set[str](), set[str]()
    ended = Trace(trace.initial, list(trace.steps))
    ended.add("the end", Mark("returned", 0))
    for state in states(ended, model, ALL):
        (afterwards if state.marks else ever).add(shown(state.tree))
    return ever | afterwards, afterwards


def spelled(outcome: str) -> set[str]:
    """The outcomes that are written down, alternatives spelled out, words in the order of `shown`."""
    parted = [re.split(r"\((.*?)\)", each) for each in outcome.split(";")]  # at each second place: what is in brackets
    choices = [[part.split("|") if i % 2 else [part] for i, part in enumerate(parts)] for parts in parted]
    return {" ".join(sorted("".join(words).split())) for each in choices for words in product(*each)}


def shown(tree: Tree) -> str:
    """A folder's content in words."""
    return " ".join(sorted(_word(path, tree.nodes[number]) for path, number in tree)) or "-"


def _word(path: str, node: File | Folder | Link) -> str:
    if isinstance(node, Folder):
        return f"{path}/"
    if isinstance(node, Link):
        return f"{path}->{node.target}"
    letters = ("z" if byte == 0 else chr(byte) if byte < 128 else "?" for byte in node.content)
    return f"{path}=" + "".join(f"{letter}{len(list(group))}" for letter, group in groupby(letters))


def trace_of(before: str, calls: str) -> Trace:
    """The program as a trace. Raises BadCall for what is no program."""
    made = Script(Trace())
    for word in before.split() if before != "-" else ():
        made.put(word)
    script = Script(Trace(after(made.trace)))
    for call in calls.split(";"):
        script.do(call.strip())
    return script.trace
