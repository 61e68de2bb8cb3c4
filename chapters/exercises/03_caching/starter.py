"""Exercise 3: caches by hand. None of them claims threads."""

from storage_combinators import MISSING, Bytes, Memory, look

WITHOUT = {"threads": "a fill may come after a racing write", "types": "its stores take what they are given"}


class ReadThrough:
    """Level 1: three of the four writes are wrong."""

    without = WITHOUT

    def __init__(self, fast, slow):
        self.fast, self.slow = fast, slow

    def get(self, ref, /):
        value = look(self.fast, ref)
        if value is MISSING:
            value = self.slow.get(ref)
            self.fast.put(ref, value)
        return value

    def put(self, ref, value, /):
        self.fast.delete(ref)
        self.slow.put(ref, value)
        self.fast.delete(ref)

    def merge(self, ref, value, /):
        self.slow.merge(ref, value)

    def delete(self, ref, /):
        self.slow.delete(ref)

    def swap(self, ref, old, new, /):
        self.slow.swap(ref, old, new)

    def refs(self, base, depth=None, /):
        return self.slow.refs(base, depth)


class Forgetful(Memory):
    """Given: a fast store with room for one value."""

    def put(self, ref, value, /):
        self.cells.clear()
        super().put(ref, value)


class OverForgetful(ReadThrough):
    """Level 2: right as long as the fast store keeps everything, and this one does not."""

    def swap(self, ref, old, new, /):
        self.fast.swap(ref, old, new)
        if new is MISSING:
            self.slow.delete(ref)
        else:
            self.slow.put(ref, new)

    def refs(self, base, depth=None, /):
        return self.fast.refs(base, depth)


class Later(ReadThrough):
    """Level 3: puts wait in `fast` until they are written out. Who else has to look at what waits?"""

    def __init__(self, fast, slow):
        super().__init__(fast, slow)
        self.waiting = set()

    def put(self, ref, value, /):
        self.fast.put(ref, value)
        self.waiting.add(ref)

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
