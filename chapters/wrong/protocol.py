"""Stores that are nearly right."""

from storage_combinators import MISSING, Conflict, Memory, Ref
from storage_combinators.functions import listed


class Emptied(Memory):
    """Takes what is empty for what is absent."""

    def get(self, ref, /):
        return self.cells.get(ref) or super().get(Ref("nowhere"))


class Subtree(Memory):
    """Deletes what is below, too, as a folder would."""

    def delete(self, ref, /):
        for below in [each for each in self.cells if each.within(ref)]:
            super().delete(below)


class Overwriting(Memory):
    """Says Conflict when it has written."""

    def swap(self, ref, old, new, /):
        before = self.cells.get(ref, MISSING)
        self.delete(ref) if new is MISSING else self.put(ref, new)
        if before != old:
            raise Conflict(ref)


class TextPrefix(Memory):
    """Lists by the beginning of the text."""

    def refs(self, base, depth=None, /):
        below = [ref for ref in self.cells if str(ref).startswith(str(base))]
        return iter(below) if depth is None else listed(below, base, depth)
