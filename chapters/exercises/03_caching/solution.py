"""One answer to exercise 3."""

from storage_combinators import MISSING, Bytes, Memory, look

WITHOUT = {"threads": "a fill may come after a racing write", "types": "its stores take what they are given"}


class ReadThrough:
    """Level 1: every write drops, writes, drops."""

    without = WITHOUT

    def __init__(self, fast, slow):
        self.fast, self.slow = fast, slow

    def get(self, ref, /):
        value = look(self.fast, ref)
        if value is MISSING:
            value = self.slow.get(ref)
            self.fast.put(ref, value)
        return value

    def written(self, ref, write, *arguments):
        self.fast.delete(ref)
        try:
            write(ref, *arguments)
        finally:
            self.fast.delete(ref)

    def put(self, ref, value, /):
        self.written(ref, self.slow.put, value)

    def merge(self, ref, value, /):
        self.written(ref, self.slow.merge, value)

    def delete(self, ref, /):
        self.written(ref, self.slow.delete)

    def swap(self, ref, old, new, /):
        self.written(ref, self.slow.swap, old, new)

    def refs(self, base, depth=None, /):
        return self.slow.refs(base, depth)


class Forgetful(Memory):
    """Given: a fast store with room for one value."""

    def put(self, ref, value, /):
        self.cells.clear()
        super().put(ref, value)


class OverForgetful(ReadThrough):
    """Level 2: only the slow store can decide a swap and knows all refs, so there is nothing to add."""


class Later(ReadThrough):
    """Level 3: whoever needs the slow store's word writes out first; what is deleted or replaced waits no longer."""

    def __init__(self, fast, slow):
        super().__init__(fast, slow)
        self.waiting = set()

    def put(self, ref, value, /):
        self.fast.put(ref, value)
        self.waiting.add(ref)

    def written(self, ref, write, *arguments):
        self.flush()
        super().written(ref, write, *arguments)

    def refs(self, base, depth=None, /):
        self.flush()
        return super().refs(base, depth)

    def flush(self):
        while self.waiting:
            ref = self.waiting.pop()
            self.slow.put(ref, self.fast.get(ref))


def level_1():
    return ReadThrough(Bytes(Memory()), Bytes(Memory()))


def level_2():
    return OverForgetful(Bytes(Forgetful()), Bytes(Memory()))


def level_3():
    return Later(Bytes(Memory()), Bytes(Memory()))
