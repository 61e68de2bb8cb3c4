"""What every store can do, as plain functions over the six methods that nobody overrides. Ours."""

from collections.abc import Callable, Collection, Iterator, Sized
from typing import Any, TypeVar

from .ref import Ref
from .store import MISSING, Conflict, Depth, Gets, Gone, Missing, Store

__all__ = [
    "apart", "as_bytes", "as_ref", "children", "copy", "exists", "listed", "look", "present", "same", "size", "update",
    "walk",
]  # fmt: skip  # one list

V = TypeVar("V")


def look(store: Gets[V], ref: Ref) -> V | Gone:
    """The value at `ref`, or MISSING."""
    try:
        return store.get(ref)
    except Missing:
        return MISSING


def update(store: Store[V], ref: Ref, change: Callable[[V | Gone], V | Gone], attempts: int = 1000) -> V | Gone:
    """Read, change, swap, and again after a Conflict: ``update(s, r, f)`` puts ``f(look(s, r))`` and returns it.

    `change` gets MISSING where nothing is, may return it to remove, and may be called more than once. The last
    of `attempts` Conflicts is raised; a swap that failed otherwise is not resent.
    """
    while True:
        old = look(store, ref)
        new = change(old)
        try:
            store.swap(ref, old, new)
            return new
        except Conflict:
            attempts -= 1
            if attempts <= 0:
                raise


def exists(store: Store[Any], ref: Ref) -> bool:
    """Is there a value at `ref`? Without fetching it."""
    return any(True for _ in store.refs(ref, 0))


def children(store: Store[Any], base: Ref) -> Iterator[Ref]:
    """The refs one name below `base` that have a value or have refs below."""
    return store.refs(base, 1)


def walk(store: Store[Any], base: Ref) -> Iterator[Ref]:
    """Every ref at or under `base` that has a value."""
    return store.refs(base, None)


def copy(source: Store[V], target: Store[V], base: Ref = Ref()) -> None:
    """Put every value at or under `base` of `source` at the same ref of `target`; what goes meanwhile is left out."""
    for ref in list(walk(source, base)):  # taken first, for target may lie within source
        value = look(source, ref)
        if value is not MISSING:
            target.put(ref, value)


def same(one: object, other: object) -> bool:
    """One object, or equal. An ``==`` that raises, or answers something without a truth value, says different."""
    if one is other:
        return True
    if one is MISSING or other is MISSING:
        return False
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001  # arrays raise ValueError, but any class may raise anything here
        return False


def changes_nothing(old: object, new: object) -> bool:
    """Does ``swap(r, old, new)`` change nothing? 1 and True are equal, and another value."""
    return old is new or (same(old, new) and repr(old) == repr(new))


def present(value: V | Gone) -> V:
    """`value`, which must be one: MISSING is a TypeError, since storing it must neither delete nor create."""
    if value is MISSING:
        raise TypeError("MISSING is no value and cannot be stored; use delete")
    return value


def as_ref(ref: Ref) -> Ref:
    """`ref`, which must be one: a text in its place is a TypeError, since it would be a cell that no ref finds."""
    if not isinstance(ref, Ref):
        raise TypeError(f"{ref!r} is no Ref: Ref.parse makes one of a text")
    return ref


def apart(*stores: object) -> None:
    """ValueError if two of `stores` are one: what is deleted in the one place would be the value in the other."""
    if len({*map(id, stores)}) < len(stores):
        raise ValueError("one store in two places that must be two stores: deleted in one, it would be gone in both")


def as_bytes(value: object) -> bytes:
    """A copy of `value` as bytes: bytes, bytearray or memoryview; anything else is a TypeError."""
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(f"this store holds bytes, not {type(value).__name__}")
    return bytes(value)


def listed(refs: Collection[Ref], base: Ref, depth: Depth) -> Iterator[Ref]:
    """The listing of `base` to `depth` in a store that holds just `refs`: what the three depths mean."""
    if depth == 0:
        return iter([base] if base in refs else [])
    inside = (ref for ref in refs if ref.within(base))
    if depth is None:
        return inside
    return iter({ref.cut(len(base) + 1) for ref in inside if ref != base})


def size(value: object) -> int:
    """How big `value` is: bytes, of bytes or a buffer; else items; 0 of what has no length."""
    return value.nbytes if isinstance(value, memoryview) else len(value) if isinstance(value, Sized) else 0
