"""Claims that are too modest: what a subject keeps without saying so is found by the laws of the next level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from .claims import LEVELS, Claims
from .law import Law
from .report.result import Result

if TYPE_CHECKING:
    from .bench import Bench

__all__ = ["PROBED", "stale"]

PROBED = ("writes", "lists", "merges", "swaps", "types")  # claims of which a probe decides whether they are too modest


def stale(bench: Bench, claim: str, laws: Iterable[Law]) -> Result:
    """Is `claim`, which a probe decides, too modest? The laws of its next level are tried."""
    equation = f"{claim} is claimed if it is kept"
    told = Result(claim, claim, "holds", equation=equation, source="ours", group="claims")
    raised = None if claim in bench.claims.inherited else _raised(bench.claims, claim)
    if raised is None or bench.late():
        return told if raised is None else replace(told, verdict="not run", why=bench.ended)
    tried = [law for law in laws if _tells_of(law, claim) and not raised.exempts(law)]
    modest = replace(bench, claims=raised, scopes={}, bounds=replace(bench.bounds, calls=2, examples=3))
    verdicts = {modest.run(law).verdict for law in tried}
    if not {"holds"} <= verdicts <= {"holds", "exempt"}:
        return told
    value = f"{claim}={getattr(raised, claim)}" if claim in LEVELS else claim
    return replace(told, verdict="broken", why=f"The claim is too modest: {value} is kept, so claim it.")


def _raised(claims: Claims, claim: str) -> Claims | None:
    value = getattr(claims, claim)
    if claim not in LEVELS:
        return None if value else claims.with_claims({claim: True})
    higher = LEVELS[claim][LEVELS[claim].index(value) + 1 :]
    return claims.with_claims({claim: higher[0]}) if higher else None


def _tells_of(law: Law, claim: str) -> bool:
    """Is it a law of `claim`? Those of writes are the ones that need nothing else."""
    return law.claim == claim or (claim == "writes" and not law.claim and law.needs == ("writes",))
