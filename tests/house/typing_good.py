"""Right stacks, which mypy --strict and pyright accept as they are. Judged, never run."""

from collections.abc import Iterator
from typing import assert_type

from storage_combinators.caching.cache import Cache
from storage_combinators.caching.write_back import WriteBack
from storage_combinators.functions import copy, look, update
from storage_combinators.guarding.locked import Locked
from storage_combinators.leaves.memory import Memory
from storage_combinators.observing.logging import Logging
from storage_combinators.ref import Ref
from storage_combinators.routing.condition import Condition
from storage_combinators.routing.migrate import Migrate
from storage_combinators.routing.mount import Mount
from storage_combinators.routing.overlay import Overlay
from storage_combinators.routing.replica import Replica
from storage_combinators.routing.sequential import Sequential
from storage_combinators.routing.shard import Shard
from storage_combinators.routing.stamped import StampedCodec
from storage_combinators.routing.switch import Switch
from storage_combinators.store import Depth, Gone, Store
from storage_combinators.transforming.bytes_only import Bytes
from storage_combinators.transforming.merging import Merging, merge_patch
from storage_combinators.transforming.relative import Relative
from storage_combinators.transforming.serialized import JSON, Inverse, Json, JsonCodec, PickleCodec, Serialized

leaf: Store[bytes] = Bytes(Memory())
objects: Store[JSON] = Json(leaf)
numbers: Store[int] = Memory()

relative: Store[JSON] = Relative(objects, Ref("tasks"))
merging: Store[JSON] = Merging(objects, merge_patch)
serialized: Store[JSON] = Serialized(leaf, JsonCodec())
pickled: Store[int] = Serialized(leaf, PickleCodec())
server: Store[bytes] = Serialized(objects, Inverse(JsonCodec()))
cached: Store[JSON] = Cache(Memory(), objects)
inferred: Store[JSON] = Locked(Cache(Memory(), Json(Bytes(Memory()))))
write_back: Store[int] = WriteBack(Memory(), numbers)
levels: Store[int] = Sequential((Memory(), numbers))
switched: Store[JSON] = Switch({"a": objects, "b": Memory()})
mounted: Store[bytes] = Mount(leaf, {Ref("tmp"): Memory()})
logged: Store[int] = Logging(numbers, print)
replicas: Store[bytes] = Replica((Serialized(leaf, StampedCodec()), Memory()), 2)
sharded: Store[int] = Shard({"a": numbers, "b": Memory()})
overlaid: Store[JSON] = Overlay(Memory(), objects, leaf)
migrating: Store[int] = Migrate(Memory(), numbers)
by_value: Store[bytes] = Condition(lambda value: len(value) > 1, leaf, Memory())

assert_type(relative.get(Ref("a")), JSON)
assert_type(look(numbers, Ref("a")), int | Gone)
copy(leaf, mounted)
update(numbers, Ref("a"), lambda old: old + 1 if isinstance(old, int) else 1)


class Foreign:
    """Six methods are a store: nothing to inherit, nothing to import but the words."""

    def get(self, ref: Ref, /) -> str:
        return str(ref)

    def put(self, ref: Ref, value: str, /) -> None: ...
    def merge(self, ref: Ref, value: str, /) -> None: ...
    def delete(self, ref: Ref, /) -> None: ...
    def swap(self, ref: Ref, old: str | Gone, new: str | Gone, /) -> None: ...

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter([base])


foreign: Store[str] = Cache(Memory(), Foreign())
