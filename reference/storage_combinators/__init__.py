"""Storage combinators: stores over stores, after Weiher and Hirschfeld (Onward! 2019).

Everything that needs nothing but the standard library is here; `edges.open_store` reaches the rest by URL.
"""

from .caching.bounded import Bounded
from .caching.cache import Cache
from .caching.negative import Negative
from .caching.ttl import TimeToLive
from .caching.write_back import WriteBack
from .caching.write_through import WriteThrough
from .edges.compose import compose
from .edges.draw import as_text, print_tree
from .edges.mapping import as_mapping, from_mapping
from .edges.open_store import open_store
from .edges.tracing import traced
from .edges.twin import twin
from .functions import children, copy, exists, look, same, update, walk
from .guarding.around import Around
from .guarding.create_only import CreateOnly
from .guarding.default import Default
from .guarding.delayed import Delayed
from .guarding.dry_run import DryRun
from .guarding.failing import Failing
from .guarding.limited import Limited
from .guarding.locked import Locked
from .guarding.quota import Quota
from .guarding.read_only import ReadOnly
from .guarding.required import Required
from .guarding.retry import Retry
from .guarding.small import Small
from .guarding.throttled import Throttled
from .guarding.timeout import Timeout
from .leaves.disk import Disk
from .leaves.env import Env
from .leaves.memory import Memory
from .leaves.null import Null
from .leaves.sqlite import SQLite
from .observing.audit_log import Entry, EntryCodec, replay
from .observing.audited import Audited
from .observing.copier import Copier
from .observing.counting import Counting
from .observing.history import History
from .observing.logging import Logging
from .observing.measuring import Measuring
from .observing.notify import Notify
from .observing.operation import Operation
from .observing.provenance import Provenance
from .observing.queue import Queue
from .observing.spans import Span, Trace
from .observing.traced import Traced
from .ref import Ref
from .routing.asking import at_once, in_turn
from .routing.by_verb import ByVerb
from .routing.compare import Compare, Different
from .routing.condition import Condition
from .routing.fail_over import FailOver
from .routing.fanout import Fanout
from .routing.gathered import Gathered
from .routing.levels import Levels
from .routing.migrate import Migrate, migrate
from .routing.mount import Mount
from .routing.overlay import Overlay
from .routing.replica import Replica
from .routing.sequential import Sequential
from .routing.shadow import Shadow
from .routing.shard import Shard, settle
from .routing.size_split import SizeSplit
from .routing.stamped import Stamped, StampedCodec
from .routing.switch import Switch
from .routing.template_router import TemplateRouter
from .routing.union import Union
from .store import MISSING, Conflict, Missing, Refused, Store
from .transforming.bytes_only import Bytes
from .transforming.cascading import CascadingDelete
from .transforming.checked import Checked, Damaged
from .transforming.chunked import Chunked, JoinCodec
from .transforming.compressed import Compressed
from .transforming.content_addressed import ContentAddressed
from .transforming.encrypted import Encrypted
from .transforming.escaped import Escaped
from .transforming.extension import Extension
from .transforming.hashed import Hashed
from .transforming.inventory import Inventory
from .transforming.mapped import Mapped
from .transforming.merging import Merging, merge_patch
from .transforming.packed import PackCodec, Packed
from .transforming.pass_through import PassThrough
from .transforming.redirected import Redirected
from .transforming.relative import Relative
from .transforming.rename_table import RenameTable
from .transforming.renamed import Renamed
from .transforming.serialized import AsIs, Inverse, Json, JsonCodec, PickleCodec, Serialized, TextCodec, TupleCodec
from .transforming.spread import Spread

__all__ = [
    "MISSING", "Around", "AsIs", "Audited", "Bounded", "ByVerb", "Bytes", "Cache", "CascadingDelete", "Checked",
    "Chunked", "Compare", "Compressed", "Condition", "Conflict", "ContentAddressed", "Copier", "Counting",
    "CreateOnly", "Damaged", "Default", "Delayed", "Different", "Disk", "DryRun", "Encrypted", "Entry", "EntryCodec",
    "Env", "Escaped", "Extension", "FailOver", "Failing", "Fanout", "Gathered", "Hashed", "History", "Inventory",
    "Inverse", "JoinCodec", "Json", "JsonCodec", "Levels", "Limited", "Locked", "Logging", "Mapped", "Measuring",
    "Memory", "Merging", "Migrate", "Missing", "Mount", "Negative", "Notify", "Null", "Operation", "Overlay",
    "PackCodec", "Packed", "PassThrough", "PickleCodec", "Provenance", "Queue", "Quota", "ReadOnly", "Redirected",
    "Ref", "Refused", "Relative", "RenameTable", "Renamed", "Replica", "Required", "Retry", "SQLite", "Sequential",
    "Serialized", "Shadow", "Shard", "SizeSplit", "Small", "Span", "Spread", "Stamped", "StampedCodec", "Store",
    "Switch", "TemplateRouter", "TextCodec", "Throttled", "TimeToLive", "Timeout", "Trace", "Traced", "TupleCodec",
    "Union", "WriteBack", "WriteThrough", "as_mapping", "as_text", "at_once", "children", "compose", "copy", "exists",
    "from_mapping", "in_turn", "look", "merge_patch", "migrate", "open_store", "print_tree", "replay", "same",
    "settle", "traced", "twin", "update", "walk",
]  # fmt: skip  # one list
