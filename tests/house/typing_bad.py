"""Wrong stacks: mypy --strict and pyright each reject every line that says WRONG, and no other. Judged, never run."""

from storage_combinators.caching.cache import Cache
from storage_combinators.caching.write_back import WriteBack
from storage_combinators.functions import copy, look
from storage_combinators.guarding.locked import Locked
from storage_combinators.leaves.memory import Memory
from storage_combinators.observing.logging import Logging
from storage_combinators.ref import Ref
from storage_combinators.routing.mount import Mount
from storage_combinators.routing.overlay import Overlay
from storage_combinators.routing.replica import Replica
from storage_combinators.routing.sequential import Sequential
from storage_combinators.routing.switch import Switch
from storage_combinators.store import MISSING, Store
from storage_combinators.transforming.bytes_only import Bytes
from storage_combinators.transforming.merging import Merging, merge_patch
from storage_combinators.transforming.relative import Relative
from storage_combinators.transforming.serialized import JSON, Json, JsonCodec, Serialized

leaf: Store[bytes] = Bytes(Memory())
objects: Store[JSON] = Json(leaf)
numbers: Store[int] = Memory()
texts: Store[str] = Memory()


class Half:
    """Two of six verbs."""

    def get(self, ref: Ref, /) -> int:
        return 1

    def put(self, ref: Ref, value: int, /) -> None: ...


codec_over_a_codec = Json(objects)  # WRONG: a codec is over bytes
codec_over_numbers = Serialized(numbers, JsonCodec())  # WRONG: the same
bytes_over_objects = Bytes(objects)  # WRONG: objects are no bytes
mixed_cache: Store[bytes] = Cache(leaf, objects)  # WRONG: fast and slow hold different things
mixed_levels: Store[int] = Sequential((numbers, texts))  # WRONG: so do the levels
mixed_routes: Store[bytes] = Switch({"a": leaf, "b": objects})  # WRONG: so do the routes
mixed_points: Store[bytes] = Mount(leaf, {Ref("tmp"): numbers})  # WRONG: so do the points
bare_replica: Store[int] = Replica((numbers, numbers), 2)  # WRONG: its sources hold stamped values
mixed_overlay: Store[int] = Overlay(numbers, texts, leaf)  # WRONG: upper and lower hold different things
mixed_write_back: Store[int] = WriteBack(texts, numbers)  # WRONG: so do near and far
half_a_store: Store[int] = Half()  # WRONG: six verbs are a store
locked_half = Locked(Half())  # WRONG: the same, under a combinator
merging_bytes: Store[bytes] = Merging(leaf, merge_patch)  # WRONG: encoded values cannot be merged
renamed_values: Store[int] = Relative(leaf, Ref("a"))  # WRONG: a prefix does not change values
text_as_base = Relative(leaf, "tasks")  # WRONG: a base is a Ref
log_as_text = Logging(leaf, "log.txt")  # WRONG: a log is called
narrow: Store[object] = numbers  # WRONG: who may put any object would put text among the numbers

leaf.get("a")  # WRONG: a ref is a Ref
leaf.put(Ref("a"), "text")  # WRONG: text is no bytes
numbers.put(Ref("a"), MISSING)  # WRONG: MISSING is no value
objects.swap(Ref("a"), MISSING, {1, 2})  # WRONG: a set is no JSON
leaf.refs(Ref(), 2)  # WRONG: the depths are 0, 1 and None
found: int = look(numbers, Ref("a"))  # WRONG: it may be MISSING
copy(numbers, texts)  # WRONG: numbers do not go where texts are
