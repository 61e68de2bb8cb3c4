"""Faults on the wire: a store may fail, must not lie, and works again as it is when the server is back."""

import os
from random import Random
from typing import Any

import pytest

from faults.model import Lie, Model
from faults.proxy import Fault
from faults.wires import LEAVES, WRITERS, Leaf, Wire
from storage_combinators import MISSING, Ref

SEEDS = range({"quick": 2, "full": 20, "deep": 200}[os.environ.get("STORAGE_PROFILE", "quick")])
REFS = [Ref("a"), Ref("c", "b"), Ref("c", "d", "e"), Ref("c", "d", "f")]  # MinIO lists nothing below an object
SIZES = [0, 1, 100, 3_000, 70_000, 300_000]
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of those connections
each_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=str)
each_writer = pytest.mark.parametrize("leaf", WRITERS, ids=str)


def modelled(wire: Wire, *options: str) -> Model:
    return Model(wire.store(*options), wire.leaf.failures, wire.leaf.late, wire.secret)


def forms(leaf: Leaf, old: Any) -> list[Any]:
    """What `old` may be swapped for, but for MISSING or else: makers of a value."""
    if old is MISSING:
        return ["new"] * ("create" in leaf.forms)
    return ["new"] * ("replace" in leaf.forms) + [MISSING] * ("remove" in leaf.forms)


class Run:
    """Operations and faults, both drawn by a seed."""

    def __init__(self, wire: Wire, seed: int) -> None:
        self.wire, self.random = wire, Random(seed)
        self.model = modelled(wire)
        self.story = self.model.story
        self.struck = 0

    def step(self) -> None:
        """One operation under a fault, or none; then, without, one more of the same store."""
        fault = self.random.choice([self.cut, self.cut, self.dead, self.slow, self.quiet])
        self.story.append(f"{fault.__name__} {fault() or ''}")
        self.operation()
        self.struck += self.wire.proxy.calm()
        if self.wire.proxy.dead:
            self.wire.proxy.live()
        back(self.model, self.random.choice(REFS))

    def cut(self) -> Fault:
        what, way = self.random.choice(["cut", "reset"]), self.random.choice(["up", "down"])
        after = int(10 ** self.random.uniform(0, 5.5)) - 1
        fault = Fault(what, way, after, always=self.random.random() < 0.3)
        self.wire.proxy.arm(fault)
        return fault

    def dead(self) -> None:
        self.wire.proxy.die()

    def slow(self) -> None:
        self.wire.proxy.slow = 20_000

    def quiet(self) -> None:
        pass

    def operation(self) -> None:
        ref, value = self.random.choice(REFS), self.random.randbytes(self.random.choice(SIZES))
        verb = self.random.choice(["get", "get", "put", "put", "merge", "delete", "swap", "swap", "refs", "refs"])
        if verb == "swap":
            old = self.random.choice([*sorted(self.model.values(ref), key=repr), b"something else", MISSING])
            for form in self.random.sample(forms(self.wire.leaf, old), k=1) if forms(self.wire.leaf, old) else []:
                self.model.swap(ref, old, value if form == "new" else form)
        elif verb == "refs":
            self.model.refs(self.random.choice([Ref(), Ref("a"), Ref("c")]), self.random.choice([0, 1, None]))
        else:
            getattr(self.model, verb)(ref, *[value] * (verb in ("put", "merge")))


def back(model: Model, ref: Ref) -> None:
    """The server is back. A connection that was idle may turn out to be lost once: then it is made anew."""
    failed = model.failed
    model.get(ref)
    if model.failed > failed and model.late:
        model.get(ref)
        failed += 1
    assert model.failed == failed, "it does not work again, though the server is back"


@each_writer
@pytest.mark.parametrize("seed", SEEDS)
def test_it_may_fail_must_not_lie_and_works_again(wire: Wire, seed: int) -> None:
    run = Run(wire, seed)
    try:
        for _ in range(60):
            run.step()
    except Exception as error:
        error.add_note("\n".join(["the last steps were:", *run.story[-20:]]))
        raise
    assert run.struck > 5
    assert run.model.failed > 5
    for ref in REFS:  # the last word: what is there now is what may be there, and can be overwritten
        run.model.put(ref, b"last")
        run.model.get(ref)
        run.model.delete(ref)
    run.model.refs(Ref(), None)
