"""One answer to exercise 1."""

from threading import RLock

from storage_combinators.functions import as_bytes, listed, look, same
from storage_combinators.store import MISSING, Conflict, Missing, Refused

TYPES = {"types": "it does not ask whether a key is a Ref"}


class Log:
    """Level 1: read backwards; absence is an answer; to delete is to write, too."""

    without = {"swaps": "comes with level 2", "lists": "comes with level 3"} | TYPES

    def __init__(self):
        self.pairs = []
        self.lock = RLock()

    def get(self, ref, /):
        for written, value in reversed(self.pairs):
            if written == ref and value is not MISSING:
                return value
            if written == ref:
                break
        raise Missing(ref)

    def put(self, ref, value, /):
        with self.lock:
            self.pairs.append((ref, as_bytes(value)))

    merge = put

    def delete(self, ref, /):
        with self.lock:
            self.pairs.append((ref, MISSING))

    def swap(self, ref, old, new, /):
        raise Refused("a log without swap")

    def refs(self, base, depth=None, /):
        raise Refused("a log without a listing")


class SwappingLog(Log):
    """Level 2: under the lock that put takes; same, not ==; Conflict, not silence; MISSING removes."""

    without = {"lists": "comes with level 3"} | TYPES

    def swap(self, ref, old, new, /):
        with self.lock:
            if not same(look(self, ref), old):
                raise Conflict(ref)
            self.delete(ref) if new is MISSING else self.put(ref, new)


class ListedLog(SwappingLog):
    """Level 3: only refs with a value, by names and not by text, to the depth that was asked for."""

    without = TYPES

    def refs(self, base, depth=None, /):
        return listed([ref for ref, value in dict(self.pairs).items() if value is not MISSING], base, depth)


def level_1():
    return Log()


def level_2():
    return SwappingLog()


def level_3():
    return ListedLog()
