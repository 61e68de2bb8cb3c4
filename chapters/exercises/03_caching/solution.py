"""One answer to exercise 3."""

from contextlib import suppress

from storage_combinators import MISSING, PassThrough, Ref, Refused, look


class ReadThrough:
    """Level 1: every write drops, writes, drops."""

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

    def written(self, ref, write, *arguments):
        self.invalidate(ref)
        try:
            write(ref, *arguments)
        finally:
            self.invalidate(ref)

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


class Forgetful(PassThrough):
    """Given: a fast store with room for one value."""

    def put(self, ref, value, /):
        for other in list(self.refs(Ref())):
            self.delete(other)
        super().put(ref, value)


class OverForgetful(ReadThrough):
    """Level 2: only the slow store can decide a swap and knows all refs, so there is nothing to add."""


class Later(ReadThrough):
    """Level 3: whoever needs the slow store's word writes out first.

    A ref stops waiting before it is written, for a put may come meanwhile, and waits again if slow failed. A put that
    failed waits too, for it may be done.
    """

    def __init__(self, fast, slow):
        super().__init__(fast, slow)
        self.waiting = set()

    def put(self, ref, value, /):
        try:
            self.fast.put(ref, value)
        finally:
            self.waiting.add(ref)

    def invalidate(self, ref):
        self.flush()
        super().invalidate(ref)

    def refs(self, base, depth=None, /):
        self.flush()
        return super().refs(base, depth)

    def flush(self):
        for ref in list(self.waiting):
            self.waiting.discard(ref)
            try:
                self.write_out(ref)
            except BaseException:  # Ctrl-C, too: what may not have been written waits again
                self.waiting.add(ref)
                raise

    def write_out(self, ref):
        value = look(self.fast, ref)
        if value is not MISSING:
            self.slow.put(ref, value)


def level_1(fast, slow):
    return ReadThrough(fast, slow)


def level_2(fast, slow):
    return OverForgetful(Forgetful(fast), slow)


def level_3(fast, slow):
    return Later(fast, slow)


level_1.family = level_2.family = "cache"
level_3.family = "write_back"
