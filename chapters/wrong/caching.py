"""Caches that are nearly right."""

from dataclasses import dataclass

from storage_combinators import Cache, Missing


@dataclass(frozen=True)
class CacheFirst(Cache):
    """Writes what is near, then what is far: the paper's order."""

    def put(self, ref, value, /):
        self.fast.put(ref, value)
        self.slow.put(ref, value)


@dataclass(frozen=True)
class DropsOnce(Cache):
    """Drops before it writes, and not again after it."""

    def put(self, ref, value, /):
        self.fast.delete(ref)
        self.slow.put(ref, value)


@dataclass(frozen=True)
class DropsOnSuccess(Cache):
    """Drops what is near only when the swap has succeeded."""

    def swap(self, ref, old, new, /):
        self.slow.swap(ref, old, new)
        self.fast.delete(ref)


@dataclass(frozen=True)
class MergesNear(Cache):
    """Merges as the fast store does, then writes the whole: the paper's merge."""

    def merge(self, ref, value, /):
        try:
            self.get(ref)
        except Missing:
            pass
        self.fast.merge(ref, value)
        self.slow.put(ref, self.fast.get(ref))


@dataclass(frozen=True)
class Hopeful(Cache):
    """Takes a source that fails for one that has nothing."""

    def get(self, ref, /):
        try:
            return super().get(ref)
        except OSError:
            raise Missing(ref) from None
