"""What is decided: how each combinator is made, as a line of Python, and the equations that are no matter of a pair.

``s`` is the source that is compared; ``f`` and ``g`` are two others, which hold something; ``clock`` is the time, in
which only sleeping takes any. A combinator that is new needs one line in WAYS, or in WHOLES if it has several sources.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import Any

from ..outlaws.right import Plain

__all__ = ["EQUATIONS", "EVEN", "LONG", "ROOMY", "WAYS", "WHOLES", "Clock", "maker"]

PACKAGE = "storage_combinators"  # by name, as the subjects are: the suite imports nothing of it but the words

WAYS: dict[str, str] = {  # one source
    "PassThrough": "PassThrough(s)",
    "Bytes": "Bytes(s)",
    "Relative": 'Relative(s, Ref("p"))',
    "Extension": 'Extension(s, ".x")',
    "RenameTable": 'RenameTable(s, {"a": "b", "b": "a"})',
    "Escaped": 'Escaped(s, "b")',
    "Hashed": "Hashed(s, Memory(), 71)",
    "Redirected": 'Redirected(s, Memory({Ref("a"): Ref("b")}))',
    "Serialized": "Serialized(s, PickleCodec())",
    "Compressed": "Compressed(s)",
    "Checked": "Checked(s)",
    "Encrypted": "Encrypted(s, (bytes(16),))",
    "Packed": "Packed(s)",
    "Chunked": "Serialized(Chunked(s, Memory(), 1), JoinCodec())",
    "ContentAddressed": "ContentAddressed(s)",
    "Merging": "Merging(s, add)",
    "CascadingDelete": "CascadingDelete(s)",
    "ReadOnly": "ReadOnly(s)",
    "CreateOnly": "CreateOnly(s)",
    "Required": "Required(s)",
    "Default": 'Default(s, b"0")',
    "Small": "Small(s, 1)",
    "Quota": "Quota(s, Memory(), 2)",
    "DryRun": "DryRun(s)",
    "Retry": "Retry(s, (2,), sleep=clock.sleep)",
    "Timeout": "Timeout(s, 1, InTime(clock))",
    "Throttled": "Throttled(s, 0.5, clock, clock.sleep)",
    "Limited": "Limited(s, 1)",
    "Locked": "Locked(s)",
    "Delayed": "Delayed(s, 2, clock.sleep)",
    "Failing": 'Failing(s, first("put"))',
    "Cache": "Cache(Memory(), s)",
    "WriteThrough": "WriteThrough(Memory(), s)",
    "WriteBack": "WriteBack(Memory(), s)",
    "Negative": "Negative(s, Memory())",
    "TimeToLive": "TimeToLive(s, 10, clock)",
    "Bounded": "Bounded(s, 2)",
    "Logging": "Logging(s, nap)",
    "Counting": "Counting(s)",
    "Measuring": "Measuring(s)",
    "History": "History(s, Memory())",
    "Provenance": 'Provenance(s, Memory(), "me")',
    "Audited": "Audited(s, Memory())",
    "Shadow": "Shadow(s, Memory(), nap)",
    "Traced": "Traced(s, Trace(nap))",
    "Overlay": "Overlay(Memory(), s, Memory())",
    "Inventory": "Inventory(s, Memory())",
}

WHOLES: dict[str, str] = {  # several sources: only which laws they keep is asked of them
    "Switch": 'Switch({"a": s, "b": f})',
    "Mount": 'Mount(s, {Ref("b"): f})',
    "Sequential": "Sequential((s, f))",
    "FailOver": "FailOver((s, f))",
    "ByVerb": 'ByVerb(s, {"get": s})',
    "Condition": "Condition(len, s, f)",
    "SizeSplit": "SizeSplit(s, f, 1)",
    "Union": "Union((s, f))",
    "Levels": "Levels((f, s))",
    "Fanout": "Fanout((s, f), AtOnce())",
    "Shard": 'Shard({"one": s, "two": f})',
    "Migrate": "Migrate(s, f)",
    "Compare": "Compare(s, f)",
    "Replica": "Bytes(Replica((Things(), Things(), Things()), 2))",
    "TemplateRouter": 'TemplateRouter({"{path...}": s})',
}

ROOMY: dict[str, str] = {  # made otherwise where every law of a leaf is asked: with room for all, over bytes alone
    "Hashed": "Hashed(s, Things())",
    "Redirected": "Redirected(s, Things())",
    "Serialized": "Bytes(Serialized(s, PickleCodec()))",
    "Packed": "Packed(Serialized(s, PackCodec()))",
    "Chunked": "Serialized(Chunked(s, Memory(), 10**6), JoinCodec())",
    "Small": "Small(s, 10**9)",
    "Quota": "Quota(s, Things(), 10**9)",
    "Bounded": "Bounded(s, 10**9)",
    "TimeToLive": "Bytes(TimeToLive(Serialized(s, PickleCodec()), 10, clock))",
    "Failing": "Failing(s)",
    "SizeSplit": "SizeSplit(s, f, 3)",
    "History": "History(s, Things())",
    "Provenance": 'Provenance(s, Things(), "me")',
    "Audited": "Audited(s, Things())",
    "Inventory": "Inventory(s, Things())",
}

EQUATIONS: dict[str, list[tuple[str, str]]] = {
    "identity": [
        ("Relative(s, Ref())", "s"),
        ("Mount(s, {})", "s"),
        ("Mount(f, {Ref(): s})", "s"),
        ('Switch({"a": s})', "s"),
        ("Sequential((s,))", "s"),
        ("Union((s,))", "s"),
        ("FailOver((s,))", "s"),
        ("Levels((s,))", "s"),
        ("Fanout((s,), AtOnce())", "s"),
        ("ByVerb(s, {})", "s"),
        ('Shard({"one": s})', "s"),
        ("Redirected(s, Memory())", "s"),
        ("RenameTable(s, {})", "s"),
        ("Sequential((s, Memory()))", "s"),
        ("Sequential((s, f))", "s"),
    ],
    "associativity": [
        ('Relative(Relative(s, Ref("p")), Ref("a"))', 'Relative(s, Ref("p", "a"))'),
        ("Sequential((s, Sequential((f, g))))", "Sequential((s, f, g))"),
        ("Sequential((Sequential((s, f)), g))", "Sequential((s, f, g))"),
        ("Union((s, Union((f, g))))", "Union((s, f, g))"),
        ("Union((Union((s, f)), g))", "Union((s, f, g))"),
        ("FailOver((s, FailOver((f, g))))", "FailOver((s, f, g))"),
        ("Levels((Memory(), Levels((Memory(), s))))", "Levels((Memory(), Memory(), s))"),
        ("Cache(Cache(Memory(), Memory()), s)", "Cache(Memory(), Cache(Memory(), s))"),
        ("Overlay(f, Overlay(g, s, Memory()), Memory())", "Overlay(Overlay(f, g, Memory()), s, Memory())"),
        ("Fanout((s, Fanout((f, g), AtOnce())), AtOnce())", "Fanout((s, f, g), AtOnce())"),
        ('Mount(Mount(s, {Ref("a"): f}), {Ref("b"): g})', 'Mount(s, {Ref("a"): f, Ref("b"): g})'),
        ('Mount(s, {Ref("a"): Mount(f, {Ref("b"): g})})', 'Mount(s, {Ref("a"): f, Ref("a", "b"): g})'),
    ],
    "others": [
        ("Levels((Memory(), s))", "Cache(Memory(), s)"),
        ('Relative(Mount(f, {Ref("p"): s}), Ref("p"))', "s"),
        ('Relative(Switch({"p": s}), Ref("p"))', 'Relative(s, Ref("p"))'),
        ('Relative(Relative(s, Ref("p")), Ref("q"))', 'Relative(Relative(s, Ref("q")), Ref("p"))'),
        ("Limited(s, 1)", "Locked(s)"),
        ("ReadOnly(DryRun(s))", "ReadOnly(s)"),
        ("Required(Default(s, b'0'))", "Default(s, b'0')"),
        ("Overlay(Memory(), s, Memory())", "Sequential((Memory(), s))"),
    ],
}  # fmt: skip  # one line an equation


LONG = {name: name * 72 for name in "abp"}  # of the names that are asked for, such as Hashed does not leave as they are

EVEN: dict[str, str] = {  # what commutes with every one, and why that had to be
    "PassThrough": "it is its source",
    "Limited": "no two threads ask here, so nobody waits",
    "Locked": "no two threads ask here, so nobody waits",
    "Logging": "what it tells is not compared: the nearer to the leaf, the more it sees of refs and values as stored",
    "Counting": "what it counts is not compared: below a Cache it counts less",
    "Measuring": "what it measures is not compared: below a Compressed values are smaller",
    "Traced": "what it tells is not compared: it tells what it is asked where it stands",
    "Provenance": "what it notes beside is not compared: it notes refs as it is asked for them",
    "Audited": "its log is not compared: it holds refs and values as it is given them",
    "Shadow": "its shadow is not compared: that holds refs and values as it is given them",
}


class Clock:
    """A time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """So long, which takes no time outside."""
        self.now += seconds


class AtOnce(Executor):
    """Threads that are none: what is submitted is done before `submit` returns."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **named))
        except Exception as error:  # noqa: BLE001  # it is raised to whoever asks for the result
            done.set_exception(error)
        return done


class InTime(AtOnce):
    """The same, for whom `result` raises TimeoutError if the work took longer by the clock than one waits for it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        begun = self.clock()
        return Took(super().submit(work, *args, **named), self.clock() - begun)


class Took(Future[Any]):
    """Work that is done, and took so many seconds: whoever waits for less does not see it."""

    def __init__(self, work: Future[Any], seconds: float) -> None:
        super().__init__()
        self.work, self.seconds = work, seconds

    def result(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout < self.seconds:
            raise TimeoutError
        return self.work.result()


def first(verb: str) -> Callable[..., None]:
    """What raises when `verb` is asked for the first time."""
    asked: list[str] = []

    def raised(this: str, _: Any) -> None:
        if this == verb and not asked:
            asked.append(this)
            raise OSError("told to fail")

    return raised


def nap(*told: Any) -> None:
    """Nothing, at once."""


def add(old: Any, new: Any) -> Any:
    """How Merging combines here."""
    return old + new


def things() -> Any:
    """A leaf that keeps copies of any values."""
    return maker("Serialized(s, PickleCodec())")(Plain(), None, None, Clock())


def maker(text: str) -> Callable[[Any, Any, Any, Clock], Any]:
    """The function that makes what `text` says, of s, f, g and a clock."""
    ours = {each.__name__: each for each in (AtOnce, InTime, Plain)} | {"first": first, "nap": nap, "add": add}
    names: dict[str, Any] = {**vars(import_module(PACKAGE)), **ours}
    names |= {"Things": things, "LONG": LONG, "SHORT": {long: short for short, long in LONG.items()}}
    made: Callable[[Any, Any, Any, Clock], Any] = eval(f"lambda s, f, g, clock: {text}", names)  # noqa: S307  # ours
    return made
