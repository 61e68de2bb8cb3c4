"""Exercise 1: a log is a store. To write is to append a pair; the last pair of a ref counts, MISSING deletes."""

from threading import RLock

from storage_combinators.functions import as_bytes, look
from storage_combinators.store import Refused

TYPES = {"types": "it does not ask whether a key is a Ref"}


class Log:
    """Level 1: get and delete are wrong. What the log cannot do yet, it refuses and does not claim."""

    without = {"swaps": "comes with level 2", "lists": "comes with level 3"} | TYPES

    def __init__(self):
        self.pairs = []
        self.lock = RLock()

    def get(self, ref, /):
        for written, value in self.pairs:
            if written == ref:
                return value
        return None

    def put(self, ref, value, /):
        with self.lock:
            self.pairs.append((ref, as_bytes(value)))

    merge = put

    def delete(self, ref, /):
        with self.lock:
            self.pairs.remove((ref, self.get(ref)))

    def swap(self, ref, old, new, /):
        raise Refused("a log without swap")

    def refs(self, base, depth=None, /):
        raise Refused("a log without a listing")


class SwappingLog(Log):
    """Level 2: this swap is wrong in four ways."""

    without = {"lists": "comes with level 3"} | TYPES

    def swap(self, ref, old, new, /):
        if look(self, ref) == old:
            self.put(ref, new)


class ListedLog(SwappingLog):
    """Level 3: this listing is wrong in three ways."""

    without = TYPES

    def refs(self, base, depth=None, /):
        refs = {ref for ref, value in self.pairs}
        return (ref for ref in refs if str(ref).startswith(str(base)))


def level_1():
    return Log()


def level_2():
    return SwappingLog()


def level_3():
    return ListedLog()
