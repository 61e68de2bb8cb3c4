"""Judge: the reader is asked in every state that a power cut may leave, and its answers are held to the promise.

Old or new before the writer returned, new after it, every other key untouched, and the next write works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any, Protocol

from .readers import Ran
from .run_places import Places
from .run_record import MISSING, Recorded
from .run_values import Put
from .search import Search, State
from .trace import Mark
from .tree import read_tree

__all__ = ["Judge", "Violation"]

BATCH = 32
AGAIN = 24  # states in which the next write is tried: spread over all that were found


class Asked(Protocol):
    """Who writes into a folder and reads it: commands of a user, or functions of a test."""

    places: Places
    tail: bytes

    def write(self, put: Put, folder: Path, output: Path, /) -> Ran: ...
    def read(self, key: str, folder: Path, output: Path, /) -> Ran: ...


@dataclass(frozen=True)
class Violation:
    """A state in which a promise is broken."""

    kind: str
    key: str
    state: State
    said: str = ""
    next_write: Put | None = None
    """What the next write was, where it is that which shows it."""

    @property
    def certain(self) -> bool:
        """False where the state holds a guess at what a mapped file holds, and the truth may be better."""
        return not (self.state.guess and self.state.doubtful)


@dataclass
class Judge:
    """Asks about the states of one recorded scenario; answers are kept by what the state reads like."""

    stage: Asked
    recorded: Recorded
    each: Callable[..., Iterator[Any]] = map
    """`map`, or that of an executor: several at once."""
    answers: dict[bytes, dict[str, Ran]] = field(default_factory=dict)
    rewrites: dict[tuple[bytes, Put], Violation | None] = field(default_factory=dict)
    repaired: set[bytes] = field(default_factory=set)
    """States that the reader changed: it recovers."""
    own: set[tuple[str, int, bytes]] = field(default_factory=set)
    """Answers that a key gave while it was the one that was written."""

    def violations(self, search: Search, watch: Callable[[int], None] = lambda count: None) -> Iterator[Violation]:
        """Every broken promise, in the order of the power cuts; then what the next write makes of some states."""
        states, good = iter(search), list[State]()
        while batch := list(islice(states, BATCH)):
            self._ask(batch)
            watch(len(batch))
            for state in batch:
                found = self.violation(state)
                if found:
                    yield found
                else:
                    good.append(state)
        last = {state.digest: state for state in good}
        some = [*last.values()][:: -(-len(last) // AGAIN) or 1]
        for stuck in self.each(self.stuck, some, map(self.next_put, some, count())):
            if stuck:
                yield stuck
            watch(0)

    def next_put(self, state: State, number: int) -> Put:
        """A new value; in every other state where a write was cut short, that one again, as who retries does."""
        marks = state.marks
        cut_short = bool(marks) and marks[-1].what == "began" and number % 2
        return self.recorded.scenario.puts[marks[-1].run - 1] if cut_short else self.recorded.scenario.later

    def _ask(self, states: list[State]) -> None:
        new = {state.digest: state for state in states if state.digest not in self.answers}
        self.answers.update(zip(new, self.each(self._read, new.values()), strict=True))

    def read(self, state: State) -> dict[str, Ran]:
        """What the reader says of each key in this state; asked once."""
        if state.digest not in self.answers:
            self.answers[state.digest] = self._read(state)
        return self.answers[state.digest]

    def _read(self, state: State) -> dict[str, Ran]:
        tree = state.tree
        with self.stage.places.copy(tree) as (folder, output):
            answers = {key: self.stage.read(key, folder, output) for key in self.recorded.keys}
            if read_tree(folder.parent).digest() != tree.digest():
                self.repaired.add(state.digest)
            return answers

    def violation(self, state: State) -> Violation | None:
        """The first promise that this state breaks as it is read."""
        for key, ran in self.read(state).items():
            kind = self.kind(key, ran, state.marks)
            if kind:
                return Violation(kind, key, state, ran.said)
        return None

    def kind(self, key: str, ran: Ran, marks: tuple[Mark, ...]) -> str:
        """Which promise an answer breaks; "" if none. What a key also did when it was written is no neighbour's."""
        kind, puts = self._broken(key, ran, marks), self.recorded.scenario.puts
        if not kind or (marks and puts[marks[-1].run - 1].key == key):
            self.own.add((key, ran.status, ran.printed))  # not what it said, which names the copy
            return kind
        return kind if (key, ran.status, ran.printed) in self.own else "neighbour damaged"

    def _broken(self, key: str, ran: Ran, marks: tuple[Mark, ...]) -> str:
        """The same, without a look at who was written. The values of a key, by age, are what it may hold."""
        puts, tail = self.recorded.scenario.puts, self.stage.tail
        held: list[bytes | None] = [None, *(put.value + tail for put in puts if put.key == key)]
        done = sum(put.key == key for put in puts[: self.recorded.done])
        began = done + sum(mark.what == "began" and puts[mark.run - 1].key == key for mark in marks)
        returned = done + sum(mark.what == "returned" and puts[mark.run - 1].key == key for mark in marks)
        if ran.status not in (0, MISSING):
            return "stuck" if ran.status == 124 else "unreadable"
        answer = ran.printed if ran.status == 0 else None
        if answer in held[returned : began + 1]:
            return ""
        if answer in held[:returned]:
            return "lost after return" if answer == held[returned - 1] or answer is None else "resurrected"
        return "zero-length" if not (answer or b"").strip() else "torn"

    def breaks(self, state: State, known: Violation) -> bool:
        """Whether another state breaks what one that is known breaks."""
        found = self.violation(state)
        if known.next_write:
            found = None if found else self.stuck(state, known.next_write)
        return found is not None and (found.kind, found.key) == (known.kind, known.key)

    def stuck(self, state: State, put: Put) -> Violation | None:
        """What is wrong with the next write after this state, if anything is."""
        if (state.digest, put) not in self.rewrites:
            self.rewrites[state.digest, put] = self._rewritten(state, put)
        return self.rewrites[state.digest, put]

    def _rewritten(self, state: State, put: Put) -> Violation | None:
        before, again = self.answers[state.digest], put in self.recorded.scenario.puts
        which = "the same write again" if again else "the next write"
        right = {key: (ran.status, ran.printed) for key, ran in before.items()}
        right[put.key] = (0, put.value + self.stage.tail)
        with self.stage.places.copy(state.tree) as (folder, output):
            wrote = self.stage.write(put, folder, output)
            if wrote.status:
                said = f"{which} failed with status {wrote.status}: {wrote.said}"
                return Violation("stuck", put.key, state, said, next_write=put)
            for key, expected in right.items():
                ran = self.stage.read(key, folder, output)
                if (ran.status, ran.printed) != expected:
                    kind = "stuck" if key == put.key else "neighbour damaged"
                    said = f"after {which}, --read ends with status {ran.status}: {ran.said}"
                    return Violation(kind, key, state, said, next_write=put)
        return None
