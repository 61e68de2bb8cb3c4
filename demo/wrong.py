"""A cache that is wrong, for the suite to catch: it works for as long as its source takes every value."""

from inspect import getsource

from storage_combinators import Bytes, Cache, Memory
from storage_conformance import Subject

IMPORTS = ("from storage_combinators import Bytes, Cache, Memory",)


class WritesItselfFirst(Cache):
    def put(self, ref, value, /):
        self.fast.put(ref, value)
        self.slow.put(ref, value)  # what if this raises?


def make():
    return WritesItselfFirst(fast=Memory(), slow=Bytes(Memory()))


def subject() -> Subject:
    """It as a subject whose scripts have its text in them, so that they run wherever the library is installed."""
    code = f"{getsource(WritesItselfFirst)}\n\n{getsource(make)}"
    return Subject("WritesItselfFirst", make, (*IMPORTS, "", "", *code.splitlines(), "", ""))
