"""Replay: one state in a file, with the trace and the model it is a state of, to be looked at again years later."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any

from .disk import Choice, Disk
from .models import MODELS
from .plan import bits, union
from .search import State, synced_maps
from .split import plan
from .trace import BadTrace, as_json, from_json

__all__ = ["load_state", "save_state"]


def save_state(state: State, kind: str, path: Path) -> None:
    """Write the state, and the kind of its violation, as JSON. Raises OSError."""
    choice = asdict(state.choice) | {"persisted": list(bits(state.choice.persisted)), "mapped": [*state.choice.mapped]}
    del choice["lost"], choice["synced"]  # they follow from the rest
    time = None if state.point.time == inf else state.point.time
    told = {"kind": kind, "model": state.plan.model.name, "time": time, **choice, "trace": as_json(state.plan.trace)}
    path.write_text(json.dumps(told, indent=1) + "\n")


def load_state(path: Path) -> tuple[State, str]:
    """The state and the kind. Raises BadTrace where the file holds none, or the model allows it no more; OSError."""
    try:
        told = json.loads(path.read_text())
        state = _state(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadTrace(f"{path.name} holds no state to replay: {type(error).__name__}: {error}") from error
    if not state.plan.legal(state.point, state.choice.persisted):
        raise BadTrace(f"{path.name} holds a state that {state.plan.model.name} does not allow")
    return state, told["kind"]


def _state(told: dict[str, Any]) -> State:
    found = plan(from_json(told["trace"]), MODELS[told["model"]])
    point = found.point(inf if told["time"] is None else told["time"])
    persisted = union(1 << i for i in told["persisted"])
    lost, mapped = point.started & ~persisted, frozenset(told["mapped"])
    synced = mapped & synced_maps(found.trace, point)
    return State(found, Disk(found), point, Choice(persisted, lost, told["fill"], told["guess"], mapped, synced))
