"""A trial: one run of one law against one fresh place. Its choices are resolved by an engine, its calls recorded."""

from __future__ import annotations

import array
import collections
import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from inspect import getsource
from textwrap import dedent
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from storage_combinators import ref as ref_module
from storage_combinators import store as store_module
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused

from .content import Group, groups
from .endings import Broken, Chooser, Exempted, OwnBytes, OwnText, Pulse, Recorded, Stopped, Void
from .model import model_of
from .names import Family
from .scope import Scope
from .verbs import WITHOUT_ANSWER, Code, alike, answer_of, call_text, show
from .wording import FORESEEN, UNFORESEEN, answered, operand, plain, wanted

if TYPE_CHECKING:
    from .subjects import Place

__all__ = ["Broken", "Chooser", "Exempted", "Pulse", "Recorded", "Stopped", "Trial", "Void"]

T = TypeVar("T")
HANDLES = ("store", "other")
UNDONE = (Conflict, Refused, TypeError)
NAMES: dict[str, Any] = {"array": array, "collections": collections, "copy": copy, "random": random}  # in lines
NAMES |= {name: getattr(module, name) for module in (ref_module, store_module) for name in module.__all__}


@dataclass
class Trial:
    """What a law is a function of. Choices: history, ref, other, value, base, depth, choose. Calls: the verbs,
    `expect`, `ask`. What is no call: `line` (a line of Python) and `program` (a function with asserts).
    """

    place: Place
    chooser: Chooser
    scope: Scope
    claims: Any
    pulse: Pulse
    initial: dict[Any, Any] = field(default_factory=dict)
    families: tuple[Family, ...] = ()
    hostile: tuple[Any, ...] = ()
    rounds: int = 10  # how often a law that depends on chance or on size may repeat itself
    reopens: bool = False  # the place can be opened again, and what it keeps then is claimed

    def __post_init__(self) -> None:
        self.pulse.trial = self
        self.root: Ref = self.place.root
        self.model: Any = model_of(self.place.subject.kind, self.initial)
        self.steps: list[Recorded] = []
        self.remark = ""
        self.before = 0  # how many of the steps are history, in which the law has no part
        self.coded = False  # some argument is a Code
        self.aside = False  # the law has called the store itself: `steps` does not tell all
        self.drawn = False  # a ref or value was drawn from the scope, of which there are larger ones
        self.used = 0  # how many of the scope's values occurred: the next new one is taken in order, not by choice
        self.names: dict[str, Any] = {**NAMES, "root": self.root, **self.place.names()}

    # Choices

    def choose(self, options: Sequence[T]) -> T:
        """One of `options`."""
        if not options:
            raise Void("nothing to choose from")
        return self.chooser.choose(options)

    def ref(self) -> Any:
        """Any ref of the scope; for a mapping, any key."""
        self.drawn = True
        return self.choose(self.scope.refs)

    def other(self, *than: Any) -> Any:
        """A ref that is none of `than`."""
        return self.choose([ref for ref in self.scope.refs if ref not in than])

    def value(self) -> Any:
        """Any value of the scope."""
        self.drawn = True
        value = self.choose(self.scope.values[: self.used + 1])
        self.used = self.scope.used((value,), self.used)
        return value

    def nth(self, number: int) -> Any:
        """A value of its own for each number, of the type that the store holds."""
        return {"json": [number], "text": str(number)}.get(self.claims.values, str(number).encode())

    def base(self) -> Ref:
        """Any base: the root, or a ref, with a value or without."""
        return self.choose(self.scope.bases)

    def depth(self) -> int | None:
        """Any of the three depths of a listing."""
        return self.choose((None, 0, 1))

    def family(self) -> tuple[Any, ...]:
        """Refs that some store takes for one another. What they differ in is said when the law breaks."""
        family = self.choose(self.families)
        self.remark = f" The refs differ in this: {family.differ}."
        return tuple(self.place.key(ref) for ref in family.refs)

    def group(self) -> Group:
        """Values of one kind that some store does not give back as they were; fewer for a slow store."""
        group = self.choose(groups(self.claims.values, self.claims.max_value))
        self.remark = f" It is one of these: {group.alike}."
        return group

    def hostile_value(self) -> Any:
        """A value that some store does not give back as it was."""
        return self.choose(self.hostile)

    def history(self, *, judged: bool = False, reads: bool = True) -> None:
        """Any steps that came before; when `judged`, each must answer as the model does."""
        menu = self.scope.menu(self.claims, reads=reads, only=self.chooser.only)
        for verb, args in self.chooser.history(lambda: menu[self.used]) if menu[0] else ():
            self.used = self.scope.used(args, self.used)
            if judged:
                self.do(verb, *args)
            else:
                self._unjudged(verb, args)
        if self.chooser.again:
            self.reopen()
        self.before = 0 if judged else len(self.steps)

    def _unjudged(self, verb: str, args: tuple[Any, ...]) -> None:
        answer_of(self.model, verb, args)
        answer = self.call("store", verb, args)
        if isinstance(answer, BaseException) and not isinstance(answer, FORESEEN):
            raise Void("the history itself failed, which another law tells")

    # Calls

    def call(self, handle: str, verb: str, args: tuple[Any, ...]) -> Any:
        """Call and record; the answer is a value or the exception raised. Nothing is judged, the model is not told."""
        pulse = self.pulse
        if pulse.stop:
            raise Stopped
        pulse.calling, pulse.since = (handle, verb, args), monotonic()
        answer = answer_of(self.handle(handle), verb, plain(args) if self.coded else args)
        self.steps.append(Recorded(handle, verb, args, answer))
        pulse.calling = None
        return answer

    def left(self) -> list[Ref] | None:
        """The refs that may have a value now; None where that is for a listing to tell.

        Where nothing is listed, they are all that were written: no later look finds what a wrong store kept.
        """
        opening = [self.place.again_line(name) for name in ("store", "other")]
        known = not self.aside and all(step.handle in HANDLES or step.verb in opening for step in self.steps)
        if self.claims.lists and not known:
            return None
        there: dict[Any, bool] = {}
        for step in self.steps:
            if step.verb in ("put", "merge", "swap") and not isinstance(step.answer, UNDONE):
                there[step.args[0]] = step.args[-1] is not MISSING or isinstance(step.answer, BaseException)
            elif step.verb == "delete" and step.answer is None:
                there[step.args[0]] = False
        return [ref for ref, held in there.items() if (held or not self.claims.lists) and isinstance(ref, Ref)]

    def handle(self, path: str) -> Any:
        """The store called `path`: "store", another one that a line opened, or a port such as "store.source"."""
        if path in self.names:
            return self.names[path]
        name, *ports = path.split(".")
        found = self.names[name]
        for port in ports:
            found = getattr(found, port)
        return found

    def expect(self, expected: Any, verb: str, *args: Any, on: str = "store", because: str = "") -> None:
        """The call must answer `expected`: a value, or a class of exception. Else the law is broken."""
        if not isinstance(expected, type | BaseException) and "." not in on:
            answer_of(self.model, verb, plain(args))
        answer = self.call(on, verb, args)
        if not alike(answer, expected):
            raise Broken(self.sentence(on, verb, args, answer, expected, because), expected)

    def do(self, verb: str, *args: Any, on: str = "store") -> None:
        """The call must answer what the model answers."""
        expected = answer_of(self.model, verb, args)
        answer = self.call(on, verb, args)
        if not alike(answer, expected):
            raise Broken(self.sentence(on, verb, args, answer, expected, ""), expected)

    def ask(self, verb: str, *args: Any, on: str = "store") -> Any:
        """The answer, unjudged, unless it is one that no law foresees. An exception is returned, not raised."""
        answer = self.call(on, verb, args)
        if isinstance(answer, BaseException) and not isinstance(answer, FORESEEN):
            raise Broken(self.sentence(on, verb, args, answer, UNFORESEEN, ""), UNFORESEEN)
        return answer

    def get(self, ref: Any) -> None:
        """store.get(ref) must answer as the model does; so the other verbs below."""
        self.do("get", ref)

    def put(self, ref: Any, value: Any) -> None:
        self.do("put", ref, value)

    def merge(self, ref: Any, value: Any) -> None:
        self.do("merge", ref, value)

    def delete(self, ref: Any) -> None:
        self.do("delete", ref)

    def swap(self, ref: Any, old: Any, new: Any) -> None:
        self.do("swap", ref, old, new)

    def refs(self, base: Ref, depth: int | None = None) -> None:
        self.do("refs", base, depth)

    def reopen(self, name: str = "store") -> None:
        """Open the same place again, as `name`; as "store" after closing the old handle. Void when it cannot be."""
        if not self.place.opens_again:
            raise Void("the place cannot be opened again: the factory takes no directory")
        if name == "store" and self.place.directory:
            self.line("store.close()" if callable(getattr(self.names["store"], "close", None)) else "del store")
            self.place.forget()
            self.names.pop("below", None)
        self.line(self.place.again_line(name))

    # What is no call

    def line(self, text: str) -> None:
        """Run one line of Python, such as ``buffer[0] = 0``; it is part of the script. What it raises is a break."""
        try:
            self._run(text)
        except Exception as error:  # what no law foresees breaks it, whatever it is
            raise Broken(f"{text} raised {type(error).__name__}: {error}.") from error

    def define(self, name: str, base: type) -> None:
        """The line ``class NAME(BASE): pass``; here a class that can be pickled, as one of a script can."""
        self.steps.append(Recorded("", f"class {name}({base.__name__}): pass", ()))
        self.names[name] = OwnText if base is str else OwnBytes

    def _run(self, text: str) -> None:
        self.pulse.since = monotonic()
        self.steps.append(Recorded("", text, ()))
        exec(text, self.names)  # noqa: S102  # the text is the law's own

    def code(self, text: str) -> Code:
        """An argument that is written as `text` and evaluated now, so that it is one object in trial and script."""
        self.coded = True
        return Code(text, eval(text, self.names))  # noqa: S307  # the text is the law's own

    def program(
        self,
        function: Callable[..., None],
        *args: str,
        patience: float = 4.0,
        helpers: tuple[Callable[..., Any], ...] = (),
    ) -> None:
        """Call ``function(*args)``, with args as Python text; its AssertionError breaks the law. Script: its source.

        `helpers`: the functions that it calls.
        """
        for each in (*helpers, function):
            self.names[each.__name__] = each
            self.steps.append(Recorded("def", dedent(getsource(each)), ()))
        self.pulse.since, self.pulse.patience = monotonic(), patience
        try:
            self._run(f"{function.__name__}({', '.join(args)})")
        except AssertionError as error:
            said = str(error).partition("\n")[0]  # pytest, which rewrites plugins, adds lines of its own
            raise Broken(f"{said or 'an assertion failed'}.") from None
        except Exception as error:  # what no law foresees breaks it, whatever it is
            raise Broken(f"It raised {type(error).__name__}: {error}.") from error
        finally:
            self.pulse.since, self.pulse.patience = monotonic(), 1.0

    def text(self, value: Any) -> str:
        """`value` as Python in this trial: refs of a shared place are written from `root`."""
        if isinstance(value, Ref) and self.root and value.within(self.root):
            return "root" + "".join(f" / {operand(name)}" for name in value[len(self.root) :])
        if isinstance(value, list) and self.root:
            return f"[{', '.join(map(self.text, value))}]"
        return show(value)

    def sentence(self, on: str, verb: str, args: tuple[Any, ...], answer: Any, expected: Any, because: str) -> str:
        """What went wrong, in words."""
        call = call_text(on, verb, args, self.text)
        said = because or f"{wanted(verb, expected, self.text)}"
        done = answer is None and verb in WITHOUT_ANSWER
        return f"{call} {'did it' if done else answered(answer, self.text)}, but {said}.{self.remark}"
