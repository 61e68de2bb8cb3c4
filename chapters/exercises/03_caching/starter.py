"""Exercise 3: caches by hand. The suite calls each level with stores of its own, and holds the laws of its family."""

from contextlib import suppress

from storage_combinators import MISSING, PassThrough, Ref, Refused, look


class ReadThrough:
    """Level 1: three of the four writes are wrong."""

    def __init__(self, fast, slow):
        self.fast, self.slow = fast, slow

    def invalidate(self, ref):
        self.fast.delete(ref)

    def get(self, ref, /):
        value = look(self.fast, ref)
        if value is MISSING:
            value = self.slow.get(ref)
            with suppress(Refused):
                self.fast.put(ref, value)
        return value

    def put(self, ref, value, /):
        self.invalidate(ref)
        self.slow.put(ref, value)
        self.invalidate(ref)

    def merge(self, ref, value, /):
        self.slow.merge(ref, value)

    def delete(self, ref, /):
        self.slow.delete(ref)

    def swap(self, ref, old, new, /):
        self.slow.swap(ref, old, new)

    def refs(self, base, depth=None, /):
        return self.slow.refs(base, depth)


class Forgetful(PassThrough):
    """Given: a fast store with room for one value."""

    def put(self, ref, value, /):
        for other in list(self.refs(Ref())):
            self.delete(other)
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
    """Level 3: puts wait in `fast` until they are written out. Who else has to look at what waits?

    And what if `slow` fails in a flush, or somebody puts meanwhile?
    """

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


def level_1(fast, slow):
    return ReadThrough(fast, slow)


def level_2(fast, slow):
    return OverForgetful(Forgetful(fast), slow)


def level_3(fast, slow):
    return Later(fast, slow)


level_1.family = level_2.family = "cache"
level_3.family = "write_back"
