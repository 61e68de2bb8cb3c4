"""Mappings that are nearly right."""

from dataclasses import dataclass

from storage_combinators import Bytes, Memory, Missing, Ref, Relative, Serialized


@dataclass(frozen=True)
class HalfRelative(Relative):
    """Puts the base before where it reads, and not where it deletes."""

    def delete(self, ref, /):
        self.source.delete(ref)


@dataclass(frozen=True)
class NotTwice(Relative):
    """Leaves alone what begins with the base, so as not to put it there twice."""

    def down(self, ref):
        return ref if ref.within(self.base) else self.base / ref


def tenant():
    """A tenant called "a", who has a place called "a" of his own."""
    return NotTwice(Bytes(Memory()), Ref("a"))


@dataclass(frozen=True)
class Leaking(Relative):
    """Lists everything, and shows what it cannot shorten as it is."""

    def up(self, ref):
        return ref.under(self.base) if ref.within(self.base) else ref

    def refs(self, base, depth=None, /):
        return map(self.up, self.source.refs(base, depth))


@dataclass(frozen=True)
class Forgiving(Serialized):
    """Takes what cannot be decoded for absent."""

    def get(self, ref, /):
        try:
            return super().get(ref)
        except ValueError:
            raise Missing(ref) from None
