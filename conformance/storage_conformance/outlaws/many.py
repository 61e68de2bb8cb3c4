"""Right combinators of many sources, written another way than the reference: outlaws stand on them; controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any, ClassVar

from storage_combinators.functions import look, present, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

from .combinators import Over

__all__ = ["ByVerb", "Compare", "Condition", "FailOver", "Levels", "Migrate", "Overlay", "Shadow", "Shard", "Union"]

ANSWERS = (Missing, Conflict, Refused)
VERBS = ("get", "put", "merge", "delete", "swap", "refs")


class Asked:
    """Every verb is `call(verb, ref, ...)`; a listing is a list by then."""

    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        raise NotImplementedError

    def get(self, ref: Ref, /) -> Any:
        return self.call("get", ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.call("put", ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.call("merge", ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.call("delete", ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.call("swap", ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.call("refs", base, depth))


def ask(store: Any, verb: str, *args: Any) -> Any:
    answer = getattr(store, verb)(*args)
    return list(answer) if verb == "refs" else answer


class FailOver(Asked):
    family: ClassVar[str] = "fail_over"

    def __init__(self, sources: tuple[Any, ...]) -> None:
        self.sources = sources

    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        for source in self.sources[:-1] if verb in ("get", "refs") else ():
            with suppress(OSError):
                return ask(source, verb, ref, *args)
        return ask(self.sources[-1 if verb in ("get", "refs") else 0], verb, ref, *args)


class ByVerb(Asked):
    family: ClassVar[str] = "by_verb"

    def __init__(self, source: Any, verbs: dict[str, Any]) -> None:
        if set(verbs) - set(VERBS):
            raise ValueError(f"no verbs: {set(verbs) - set(VERBS)}")
        self.source, self.verbs = source, verbs

    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        return ask(self.verbs.get(verb, self.source), verb, ref, *args)


class Shadow(Asked):
    family: ClassVar[str] = "shadow"

    def __init__(self, source: Any, second: Any, tell: Callable[[str, Ref, Exception], object]) -> None:
        self.source, self.second, self.tell = source, second, tell

    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        answer = ask(self.source, verb, ref, *args)
        self.also(verb, ref, *args)
        return answer

    def also(self, verb: str, ref: Ref, *args: Any) -> None:
        try:
            ask(self.second, verb, ref, *args)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told
            self.tell(verb, ref, error)


class Compare(Asked):
    family: ClassVar[str] = "compare"

    def __init__(self, one: Any, other: Any) -> None:
        self.one, self.other = one, other

    def answer(self, store: Any, verb: str, *args: Any) -> Any:
        try:
            answer = ask(store, verb, *args)
            return None, sorted(answer) if verb == "refs" else answer
        except Exception as error:  # noqa: BLE001  # whatever it is, it is compared
            return error, None

    def call(self, verb: str, ref: Ref, *args: Any) -> Any:
        one, other = (self.answer(store, verb, ref, *args) for store in (self.one, self.other))
        if type(one[0]) is not type(other[0]) or not same(one[1], other[1]):
            raise AssertionError(f"{verb} of {ref}: {one} and {other}")
        if one[0]:
            raise one[0]
        return one[1]


class Union:
    """Where a value is, is looked up in each; what else has it is deleted from the last to the first."""

    family: ClassVar[str] = "union"

    def __init__(self, sources: tuple[Any, ...], into: int = 0) -> None:
        self.sources, self.into = sources, into

    def place(self, ref: Ref) -> int:
        return next((place for place, each in enumerate(self.sources) if look(each, ref) is not MISSING), -1)

    def home(self, ref: Ref, value: Any) -> int:
        place = self.place(ref)
        return self.into if place < 0 else place

    def get(self, ref: Ref, /) -> Any:
        place = self.place(ref)
        if place < 0:
            raise Missing(ref)
        return self.sources[place].get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        home = self.home(ref, present(value))
        self.sources[home].put(ref, value)
        self.clear(ref, self.sources[:home])

    def merge(self, ref: Ref, value: Any, /) -> None:
        place = self.place(ref)
        self.sources[self.home(ref, value) if place < 0 else place].merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.clear(ref, self.sources)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if not same(look(self, ref), old):
            raise Conflict(ref)
        if new is not MISSING:
            self.put(ref, new)
        elif old is not MISSING:
            self.delete(ref)

    def clear(self, ref: Ref, sources: tuple[Any, ...]) -> None:
        for each in reversed(sources):
            if look(each, ref) is not MISSING:
                each.delete(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter({ref for each in self.sources for ref in each.refs(base, depth)})


class Condition(Union):
    family: ClassVar[str] = "condition"

    def __init__(self, test: Callable[[Any], bool], then: Any, otherwise: Any) -> None:
        super().__init__((then, otherwise))
        self.test = test

    def home(self, ref: Ref, value: Any) -> int:
        return 0 if self.test(value) else 1


class Migrate(Union):
    family: ClassVar[str] = "migrate"

    def __init__(self, new: Any, old: Any) -> None:
        super().__init__((new, old))

    def home(self, ref: Ref, value: Any) -> int:
        return 0

    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        if self.place(ref) == 1:
            self.move(ref, value)
        return value

    def move(self, ref: Ref, value: Any) -> None:
        new, old = self.sources
        try:
            new.swap(ref, MISSING, value)
        except Refused:
            return
        except Conflict:
            pass
        old.delete(ref)


class Overlay(Over):
    family: ClassVar[str] = "overlay"

    def __init__(self, upper: Any, lower: Any, marks: Any) -> None:
        super().__init__(upper)
        self.lower, self.marks = lower, marks

    def get(self, ref: Ref, /) -> Any:
        value = look(self.source, ref)
        if value is MISSING:
            value = look(self.lower, ref) if look(self.marks, ref) is MISSING else MISSING
        if value is MISSING:
            raise Missing(ref)
        return value

    def mark(self, ref: Ref) -> None:
        self.marks.put(ref, b"gone")

    def delete(self, ref: Ref, /) -> None:
        self.mark(ref)
        self.source.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if not same(look(self, ref), old):
            raise Conflict(ref)
        if new is not MISSING:
            self.put(ref, new)
        elif old is not MISSING:
            self.delete(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        above, marked = set(self.source.refs(base, depth)), set(self.marks.refs(base, depth))
        below = set(self.lower.refs(base, depth)) - above
        doubtful = below & marked if depth == 1 else set[Ref]()
        return iter(above | (below - marked) | {ref for ref in doubtful if any(True for _ in self.refs(ref))})


class Levels(Over):
    family: ClassVar[str] = "levels"

    def __init__(self, sources: tuple[Any, ...]) -> None:
        super().__init__(sources[-1])
        self.sources = sources

    def get(self, ref: Ref, /) -> Any:
        for place, each in enumerate(self.sources):
            value = look(each, ref)
            if value is not MISSING:
                self.fill(ref, value, place)
                return value
        raise Missing(ref)

    def fill(self, ref: Ref, value: Any, place: int) -> None:
        for each in self.sources[:place]:
            with suppress(Refused):
                each.put(ref, value)

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        self.drop(ref)
        return self.source, ref

    def drop(self, ref: Ref) -> None:
        for each in self.sources[:-1]:
            each.delete(ref)


class Shard(Over):
    family: ClassVar[str] = "shard"

    def __init__(self, shards: dict[str, Any]) -> None:
        self.shards = shards

    def name(self, ref: Ref) -> str:
        return max(self.shards, key=lambda name: sha256(repr((name, ref)).encode()).digest())

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.shards[self.name(ref)], ref

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter({ref for each in self.shards.values() for ref in each.refs(base, depth)})
