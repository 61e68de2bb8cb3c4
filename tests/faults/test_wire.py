"""Faults on the wire: a store may fail, must not lie, and works again as it is when the server is back."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from faults.messages import Http1
from faults.model import Model
from faults.proxy import Fault
from faults.wires import LEAVES, READERS, WRITERS, Wire
from storage_combinators import MISSING, Ref

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of those connections
SEEDS = range({"quick": 2, "full": 20, "deep": 200}[os.environ.get("STORAGE_PROFILE", "quick")])
DENSE = {"quick": 16, "full": 300, "deep": 1000}[os.environ.get("STORAGE_PROFILE", "quick")]
REFS = [Ref("a"), Ref("c", "b"), Ref("c", "d", "e"), Ref("a", "b")]
SIZES = [0, 1, 100, 3_000, 70_000, 300_000]
FORMS = {"no": [], "create": ["create"], "write": ["create", "replace"], "all": ["create", "replace", "remove"]}
each_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=str)
each_writer = pytest.mark.parametrize("leaf", WRITERS, ids=str)


def modelled(wire: Wire) -> Model:
    return Model(wire.store(), wire.leaf.failures, wire.leaf.late, wire.secret)


def forms(store: Any) -> list[str]:
    """Of swap, that the store and its server can do."""
    return FORMS["no" if "swaps" in getattr(store, "without", {}) else getattr(store, "claims", {}).get("swaps", "all")]


class Run:
    """Operations and faults, both drawn by a seed."""

    def __init__(self, wire: Wire, seed: int) -> None:
        self.wire, self.random = wire, Random(seed)
        self.model = modelled(wire)
        self.forms = forms(self.model.store)
        self.struck = 0

    def step(self) -> None:
        """One operation under a fault, or none; then, without, one more of the same store."""
        faults = [self.cut, self.cut, self.dead, self.slow, self.quiet]
        fault = self.random.choice(faults + [self.busy] * (self.wire.leaf.messages is Http1))
        self.model.story.append(f"{fault.__name__}: {fault()}")
        self.operation()
        self.struck += self.wire.proxy.calm()
        if self.wire.proxy.dead:
            self.wire.proxy.live()
        works_again(self.model, self.random.choice(REFS))

    def cut(self) -> Fault:
        what, way = self.random.choice(["cut", "reset"]), self.random.choice(["up", "down"])
        after = int(10 ** self.random.uniform(0, 5.5)) - 1
        fault = Fault(what, way, after, always=self.random.random() < 0.3)
        self.wire.proxy.arm(fault)
        return fault

    def dead(self) -> None:
        self.wire.proxy.die()

    def busy(self) -> None:
        self.wire.proxy.busy, self.wire.proxy.wait = self.random.choice([1, 2, 3, 9]), self.random.choice(["", "120"])

    def slow(self) -> None:
        self.wire.proxy.slow = 20_000

    def quiet(self) -> None:
        pass

    def operation(self) -> None:
        ref, value = self.random.choice(REFS), self.random.randbytes(self.random.choice(SIZES))
        verb = self.random.choice(["get", "get", "put", "put", "merge", "delete", "refs", "refs", *self.forms])
        if verb == "refs":
            self.model.refs(self.random.choice([Ref(), Ref("a"), Ref("c")]), self.random.choice([0, 1, None]))
        elif verb in FORMS["all"]:
            there = [*sorted(self.model.values(ref) - {MISSING}), b"something else"]
            old = MISSING if verb == "create" else self.random.choice(there)
            self.model.swap(ref, old, MISSING if verb == "remove" else value)
        else:
            getattr(self.model, verb)(ref, *[value] * (verb in ("put", "merge")))


def works_again(model: Model, ref: Ref) -> None:
    """The server is back: the store answers. That a connection was lost may show when it is used, once."""
    failed = model.failed
    model.get(ref)
    if model.failed > failed and model.late:
        failed += 1
        model.get(ref)
    assert model.failed == failed, "it does not work again, though the server is back"


def told(model: Model, work: Callable[[], None]) -> None:
    """`work`; if it fails, with the steps that led there."""
    try:
        work()
    except Exception as error:
        error.add_note("\n".join(["the last steps were:", *model.story[-20:]]))
        raise


@each_writer
@pytest.mark.parametrize("seed", SEEDS)
def test_it_may_fail_must_not_lie_and_works_again(wire: Wire, seed: int) -> None:
    run = Run(wire, seed)
    told(run.model, lambda: [run.step() for _ in range(30 if run.model.late else 60)])
    assert run.struck > 5
    assert run.model.failed > 5
    for ref in REFS:
        run.model.put(ref, b"last")
        run.model.get(ref)
        run.model.delete(ref)
    run.model.refs(Ref(), None)


OPERATIONS: dict[str, Callable[[Model], None]] = {
    "get": lambda model: model.get(REFS[0]),
    "get nothing": lambda model: model.get(REFS[2]),
    "get an empty value": lambda model: model.get(REFS[1]),
    "put": lambda model: model.put(REFS[0], b"new" * 500),
    "delete": lambda model: model.delete(REFS[0]),
    "create": lambda model: model.swap(REFS[2], MISSING, b"new"),
    "replace": lambda model: model.swap(REFS[0], b"old" * 500, b"new"),
    "remove": lambda model: model.swap(REFS[0], b"old" * 500, MISSING),
    "refs": lambda model: model.refs(Ref(), None),
    "refs of a level": lambda model: model.refs(Ref(), 1),
    "refs of one": lambda model: model.refs(REFS[0], 0),
}


@each_leaf
@pytest.mark.parametrize("way", ["up", "down"])
def test_wherever_the_connection_is_cut(wire: Wire, way: Any) -> None:
    """Each operation, cut after each of the first bytes, and then here and there to the last."""
    model = modelled(wire)
    able = OPERATIONS.keys() - (set(FORMS["all"]) - set(forms(model.store)))
    if wire.leaf in READERS:
        filled(wire, model)
        able -= {"put", "delete"}

    def sweep() -> None:
        for name in sorted(able):
            operation = OPERATIONS[name]
            prepared(wire, model)
            operation(model)
            total = wire.proxy.passed[way]
            assert total > 0
            for after in places(total, 2 if model.late else DENSE):
                prepared(wire, model)
                model.story.append(f"{name}, cut {way} after {after} of {total}")
                wire.proxy.arm(Fault("cut", way, after))
                operation(model)
                wire.proxy.calm()

    told(model, sweep)
    assert model.failed > len(able)


def filled(wire: Wire, model: Model) -> None:
    """A server for reading: its files are written where they are."""
    if wire.folder is None:
        pytest.skip("the files of this server are not on this machine")
    for ref, value in (REFS[0], b"old" * 500), (REFS[1], b""):
        path = wire.folder / str(ref)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(value)
        model.may[ref] = {value}


def prepared(wire: Wire, model: Model) -> None:
    """The same contents before each operation, over a connection that is there."""
    works_again(model, REFS[0])
    if model.values(REFS[0]) != {b"old" * 500}:
        model.put(REFS[0], b"old" * 500)
    if model.values(REFS[1]) != {b""}:
        model.put(REFS[1], b"")
    if model.values(REFS[2]) != {MISSING}:
        model.delete(REFS[2])
    wire.proxy.calm()


@each_leaf
@pytest.mark.parametrize("when", ["connected", "connecting"])
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_server_that_stalls_ends_in_a_failure(wire: Wire, when: str, way: Any) -> None:
    model = modelled(wire)
    model.store = wire.impatient()
    operation = model.merge
    if wire.leaf in READERS:
        filled(wire, model)
        operation = lambda ref, value: model.get(ref)  # noqa: E731  # the one that it has
    if when == "connected":
        after_a_while(model, lambda: operation(REFS[0], b"old" * 500))
    failed = model.failed
    wire.proxy.arm(Fault("stall", way, 0, always=True))
    operation(REFS[0], b"new")
    assert model.failed == failed + 1
    wire.proxy.calm()
    after_a_while(model, lambda: model.get(REFS[0]))


@pytest.mark.parametrize("leaf", [WRITERS[0]], ids=str)
def test_a_body_of_the_right_length_that_is_not_the_value_is_a_failure(wire: Wire) -> None:
    """S3 has checksums; HTTP, Redis and what obstore reads of S3 have the length alone, SSH a code for each packet."""
    model = modelled(wire)
    model.put(REFS[0], b"old" * 500)
    wire.proxy.calm()
    model.get(REFS[0])
    total, failed = wire.proxy.passed["down"], model.failed
    wire.proxy.arm(Fault("flip", "down", total - 5))
    model.get(REFS[0])
    assert model.failed == failed + 1
    model.get(REFS[0])


def after_a_while(model: Model, work: Callable[[], None]) -> None:
    """`work` comes through, now or later: on a busy machine a time-out of a second may pass by itself."""
    for _ in range(20):
        failed = model.failed
        work()
        if model.failed == failed:
            return
    raise AssertionError("it does not work again, though the server is back")


@pytest.mark.parametrize("leaf", [leaf for leaf in WRITERS if leaf.messages is Http1], ids=str)
def test_a_burst_of_503_is_no_answer(wire: Wire) -> None:
    """S3 sends a get three times; what must not be sent twice is not, and nothing waits for as long as it is told."""
    model, tries = modelled(wire), 3 if wire.leaf.name == "s3" else 1
    model.put(REFS[0], b"old")
    wire.proxy.wait = "120"
    for busy in range(5):
        failed, wire.proxy.busy = model.failed, busy
        model.get(REFS[0])
        assert model.failed - failed == (busy >= tries)
        wire.proxy.calm()
    wire.proxy.busy = 1
    sent = len(wire.proxy.asked)
    model.merge(REFS[0], b"new")
    assert (model.failed - failed, len(wire.proxy.asked)) == (2, sent)
    model.get(REFS[0])


def places(total: int, count: int) -> list[int]:
    """Some numbers from 0 to before `total`, the first ones close together."""
    return sorted({int(total * (number / count) ** 2) for number in range(count)} | {total - 1})
