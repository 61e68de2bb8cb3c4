"""Whole histories against the model: every law of the model at each step."""

from __future__ import annotations

from ..law import law
from ..trial import Trial


@law(needs=(), calls=1, chapter="chapters/01-protocol.md")
def every_history_answers_as_a_dictionary_does(t: Trial) -> None:
    """Any steps: each answers as the same step on a dictionary; so do every get and every listing at the end"""
    t.history(judged=True)
    for ref in t.scope.refs:
        t.get(ref)
    for base in t.scope.bases if t.claims.lists else ():
        for depth in (None, 0, 1):
            t.refs(base, depth)
