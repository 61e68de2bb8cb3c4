"""A recording as a file: what was recorded, of which workload, and which state of it was found wrong, if any."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..readers import Command
from ..run_values import scenarios
from .image import Image
from .perturb import NOBODY, Perturbation
from .program import Program
from .promises import PROMISES
from .recording import Event, Flush, Mark, Recording, Write
from .states import State, epochs, states
from .workload import Calls, Workload

__all__ = ["BadReplay", "Replay", "load", "saved"]

FORM = "storage-combinators crash recording 1"


class BadReplay(ValueError):
    """A file that is no recording; the text says so."""


@dataclass(frozen=True)
class Chosen:
    """One state: the number of its epoch, the size of its pieces, and which of them are kept."""

    epoch: int
    size: int
    kept: frozenset[int]


@dataclass(frozen=True)
class Replay:
    """What a file holds: all states of the recording are meant, or the one that is chosen."""

    filesystem: str
    options: str
    workload: Workload
    recording: Recording
    others: Perturbation = NOBODY
    chosen: Chosen | None = None

    def states(self, seed: int) -> Iterator[State]:
        """Those to look at."""
        if not self.chosen:
            yield from states(self.recording, seed)
            return
        image = self.recording.base.copy()
        for epoch in epochs(self.recording.events):
            if epoch.number == self.chosen.epoch:
                start = State("saved", image, epoch, self.chosen.size, frozenset(), frozenset())
                one = start.keeping(self.chosen.kept)
                alike = [each.moments for each in states(self.recording, seed) if each.image() == one.image()]
                yield replace(one, moments=one.moments.union(*alike))  # other epochs may leave the same
                return
            for write in epoch.writes:
                image.write(write.offset, write.data)


def saved(replay: Replay, state: State | None = None) -> str:
    """The text of a file, for this state or for all of them."""
    chosen = {"epoch": state.epoch.number, "size": state.size, "kept": sorted(state.kept)} if state else None
    made = {
        "form": FORM,
        "filesystem": replay.filesystem,
        "options": replay.options,
        "workload": _workload(replay.workload),
        "others": {"how": replay.others.how, "before": sorted(replay.others.before)},
        "state": chosen,
        "recording": base64.b85encode(zlib.compress(json.dumps(_recording(replay.recording)).encode(), 9)).decode(),
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _workload(workload: Workload) -> dict[str, Any]:
    if isinstance(workload, Program):
        commands = {"write": workload.write.words, "read": workload.read.words}
        return commands | {"scenario": workload.scenario.name, "seed": workload.seed}
    assert isinstance(workload, Calls)
    return {"lines": workload.lines, "before": workload.before, "promises": workload.promises.name}


def _recording(recording: Recording) -> dict[str, Any]:
    blocks = {number: block.hex() for number, block in recording.base.blocks.items()}
    return {"size": recording.base.size, "blocks": blocks, "events": [_event(event) for event in recording.events]}


def _event(event: Event) -> list[Any]:
    if isinstance(event, Write):
        return [event.offset, event.data.hex()]
    return [event.text] if isinstance(event, Mark) else []


def load(path: Path, scratch: Path) -> Replay:
    """What a file holds; `scratch` is for the programs of a workload. Raises BadReplay, and OSError."""
    try:
        made = json.loads(path.read_text("utf-8"))
        others = {FORM: made["others"]}[made["form"]]
        told = json.loads(zlib.decompress(base64.b85decode(made["recording"])))
        workload, chosen = _read_workload(made["workload"], scratch), made["state"]
        state = chosen and Chosen(chosen["epoch"], chosen["size"], frozenset(chosen["kept"]))
        perturbed = Perturbation(others["how"], frozenset(others["before"]))
        return Replay(made["filesystem"], made["options"], workload, _read_recording(told), perturbed, state)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise BadReplay(f"{path}: it is no recording of store-crash filesystem ({type(error).__name__})") from None


def _read_workload(told: dict[str, Any], scratch: Path) -> Workload:
    if "lines" in told:
        return Calls(tuple(told["lines"]), tuple(told["before"]), PROMISES[told["promises"]])
    write, read = (Command(tuple(told[name])) for name in ("write", "read"))
    among = scenarios(told["seed"], keyed=write.has("key"))
    (scenario,) = [scenario for scenario in among if scenario.name == told["scenario"]]
    return Program(write, read, scenario, scratch, seed=told["seed"])


def _read_recording(told: dict[str, Any]) -> Recording:
    base = Image(told["size"], {int(number): bytes.fromhex(block) for number, block in told["blocks"].items()})
    return Recording(base, tuple(_read_event(event) for event in told["events"]))


def _read_event(told: list[Any]) -> Event:
    if not told:
        return Flush()
    return Mark(told[0]) if len(told) == 1 else Write(told[0], bytes.fromhex(told[1]))
