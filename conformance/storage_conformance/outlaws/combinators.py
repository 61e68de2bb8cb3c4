"""Combinators of the suite's own that break no law, as short as can be: outlaws stand on them; they are controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from threading import RLock
from typing import Any, ClassVar

from storage_combinators.functions import look, present, same, update
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

__all__ = ["Cascading", "Codec", "Locked", "Merging", "Mount", "Over", "Redirect", "Relative", "Sequential", "Switch"]


class Over:
    """Every verb goes to the source and ref that `at` says, every write to those that `written` says."""

    family: ClassVar[str] = "pass_through"

    def __init__(self, source: Any) -> None:
        self.source = source

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        """Which store is asked for `ref`, and by which ref."""
        return self.source, ref

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        """The same for writes."""
        return self.at(ref)

    def get(self, ref: Ref, /) -> Any:
        source, inner = self.at(ref)
        return source.get(inner)

    def put(self, ref: Ref, value: Any, /) -> None:
        source, inner = self.written(ref)
        source.put(inner, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        source, inner = self.written(ref)
        source.merge(inner, value)

    def delete(self, ref: Ref, /) -> None:
        source, inner = self.written(ref)
        source.delete(inner)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        source, inner = self.written(ref)
        source.swap(inner, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        source, inner = self.at(base)
        return (base / ref.under(inner) for ref in source.refs(inner, depth))


class Relative(Over):
    family: ClassVar[str] = "relative"

    def __init__(self, source: Any, base: Ref) -> None:
        super().__init__(source)
        self.base = base

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, self.base / ref


class Codec(Over):
    family: ClassVar[str] = "codec"

    def __init__(self, source: Any, codec: Any) -> None:
        super().__init__(source)
        self.codec = codec

    def encoded(self, value: Any) -> Any:
        return MISSING if value is MISSING else self.codec.encode(value)

    def get(self, ref: Ref, /) -> Any:
        return self.codec.decode(self.source.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, self.encoded(present(value)))

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, self.encoded(present(value)))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            self.source.swap(ref, self.encoded(old), self.encoded(new))
        except Conflict:
            raw = look(self.source, ref)
            if MISSING in (raw, old) or not same(self.codec.decode(raw), old):
                raise
            self.source.swap(ref, raw, self.encoded(new))


class Switch(Over):
    family: ClassVar[str] = "switch"

    def __init__(self, routes: Mapping[str, Any]) -> None:
        self.routes = routes

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        if ref[:1] and ref[0] in self.routes:
            return self.routes[ref[0]], ref
        raise Missing(ref)

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        try:
            return self.at(ref)
        except Missing:
            raise Refused(f"no route for {ref!r}") from None

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if base:
            return iter(super().refs(base, depth) if base[0] in self.routes else ())
        every = {name: source.refs(Ref(name)) for name, source in self.routes.items()}
        if depth == 1:
            return (Ref(name) for name, refs in every.items() if any(True for _ in refs))
        return iter(() if depth == 0 else chain.from_iterable(every.values()))


class Mount(Over):
    family: ClassVar[str] = "mount"

    def __init__(self, source: Any, points: Mapping[Ref, Any]) -> None:
        self.points = {Ref(): source, **points}

    def point(self, ref: Ref) -> Ref:
        return max((point for point in self.points if ref.within(point)), key=len)

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        point = self.point(ref)
        return self.points[point], ref.under(point)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        below = [point for point in self.points if point.within(base) and point != base]
        if depth == 0 or not below:
            yield from super().refs(base, depth)
        elif depth is None:
            yield from (ref for ref in super().refs(base) if self.point(ref) == self.point(base))
            for point in below:
                inside = (point / ref for ref in self.points[point].refs(Ref()))
                yield from (ref for ref in inside if self.point(ref) == point)
        else:
            doubtful = {point.cut(len(base) + 1) for point in below}
            yield from (ref for ref in super().refs(base, 1) if ref not in doubtful)
            yield from (ref for ref in doubtful if any(True for _ in self.refs(ref)))


class Sequential(Over):
    family: ClassVar[str] = "sequential"

    def __init__(self, sources: tuple[Any, ...]) -> None:
        super().__init__(sources[0])
        self.sources = sources

    def get(self, ref: Ref, /) -> Any:
        for source in self.sources:
            value = look(source, ref)
            if value is not MISSING:
                return value
        raise Missing(ref)

    def copy_up(self, ref: Ref) -> None:
        value = look(self, ref)
        with suppress(Conflict):
            self.source.swap(ref, MISSING, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.copy_up(ref)
        super().merge(ref, value)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.copy_up(ref)
        super().swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter({ref for source in self.sources for ref in source.refs(base, depth)})


class Merging(Over):
    family: ClassVar[str] = "merging"

    def __init__(self, source: Any, combine: Callable[[Any, Any], Any]) -> None:
        super().__init__(source)
        self.combine = combine

    def merge(self, ref: Ref, value: Any, /) -> None:
        present(value)
        update(self.source, ref, lambda old: value if old is MISSING else self.combine(old, value))


class Locked(Over):
    family: ClassVar[str] = "locked"

    def __init__(self, source: Any) -> None:
        super().__init__(source)
        self.lock = RLock()

    @contextmanager
    def held(self, verb: str) -> Iterator[None]:  # outlaws let some verbs go without
        with self.lock:
            yield

    def get(self, ref: Ref, /) -> Any:
        with self.held("get"):
            return super().get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        with self.held("put"):
            super().put(ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        with self.held("merge"):
            super().merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with self.held("delete"):
            super().delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        with self.held("swap"):
            super().swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self.held("refs"):
            return iter(list(super().refs(base, depth)))


class Cascading(Over):
    family: ClassVar[str] = "cascading"

    def cascade(self, ref: Ref) -> None:
        for each in list(self.source.refs(ref)):
            if each != ref:
                self.source.delete(each)

    def delete(self, ref: Ref, /) -> None:
        self.cascade(ref)
        super().delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        if new is MISSING and old is not MISSING:
            self.cascade(ref)


class Redirect(Over):
    family: ClassVar[str] = "redirect"

    def __init__(self, source: Any, table: Any) -> None:
        super().__init__(source)
        self.table = table

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        for names in range(len(ref), 0, -1):
            final = look(self.table, ref.cut(names))
            if final is not MISSING:
                return self.source, final / ref.under(ref.cut(names))
        return self.source, ref

    def bind(self, local: Ref, final: Ref) -> None:
        moved = list(self.source.refs(local))
        for ref in moved:
            self.source.put(final / ref.under(local), self.source.get(ref))
        self.table.put(local, final)
        for ref in moved:
            self.source.delete(ref)
