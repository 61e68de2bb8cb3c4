"""Compare: two stores that should be alike, asked the same (ours; field: differential testing, consistency check)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ..functions import same
from ..ref import Ref
from ..store import Depth, Gone, Store

V = TypeVar("V")


class Different(Exception):
    """Two stores answered one question differently. Carries verb, ref, and both answers: values or exceptions."""

    def __str__(self) -> str:
        verb, ref, one, other = self.args
        return f"{verb} {str(ref)!r} answered {one!r} and {other!r}"


@dataclass(frozen=True)
class Compare(Generic[V]):
    """Every verb is asked of `one` and of `other`, and the answer is that of both; else it raises Different.

    ``Compare(s, t) ≈ s`` exactly if ``s ≈ t``. Exceptions are alike when they are of one type; listings in any order.
    Both are always asked, also when one fails: they stay in step, and a failure of one alone is a difference. What
    both raise is raised. refs holds both listings in memory, read by the call. Stopped midway, other lacks the last
    write, and the next read of it tells.

    >>> from storage_combinators import Memory
    >>> Compare(Memory({Ref("a"): 1}), Memory()).get(Ref("a"))
    Traceback (most recent call last):
    storage_combinators.routing.compare.Different: get 'a' answered 1 and Missing(Ref('a'))
    """

    one: Store[V]
    other: Store[V]

    without: ClassVar[dict[str, str]] = {
        "threads": "two writes at once may come to the two in another order, which is a difference; Locked over it",
    }

    def get(self, ref: Ref, /) -> V:
        return self._both("get", ref, lambda store: store.get(ref))  # type: ignore[no-any-return]  # of one of the two

    def put(self, ref: Ref, value: V, /) -> None:
        self._both("put", ref, lambda store: store.put(ref, value))

    def merge(self, ref: Ref, value: V, /) -> None:
        self._both("merge", ref, lambda store: store.merge(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self._both("delete", ref, lambda store: store.delete(ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._both("swap", ref, lambda store: store.swap(ref, old, new))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self._both("refs", base, lambda store: sorted(store.refs(base, depth))))

    def _both(self, verb: str, ref: Ref, ask: Callable[[Store[V]], Any]) -> Any:
        (one, failed), (other, failed_too) = _answer(ask, self.one), _answer(ask, self.other)
        if type(failed) is not type(failed_too) or not (failed or same(one, other)):
            raise Different(verb, ref, failed or one, failed_too or other)
        if failed:
            raise failed
        return one


def _answer(ask: Callable[[Store[V]], Any], store: Store[V]) -> tuple[Any, Exception | None]:
    """What it returned, and what it raised."""
    try:
        return ask(store), None
    except Exception as answer:  # noqa: BLE001  # whatever it is, it is compared
        return None, answer
