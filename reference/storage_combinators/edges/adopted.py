"""adopted: what another library calls a store or file system, as a store of ours. Ours."""

from typing import Any

from ..store import Store

__all__ = ["adopted"]


def adopted(thing: object) -> Store[bytes]:
    """`thing` from its root on: a file system of fsspec, or a store of obstore. TypeError for anything else.

    ValueError for fsspec's local file system, whose root is that of the machine: give ``DirFileSystem(path)``.
    Neither library is imported unless `thing` is of it.

    >>> from obstore.store import MemoryStore
    >>> adopted(MemoryStore())  # doctest: +ELLIPSIS
    Obstore(store=...)
    """
    makers = {type_.__module__.partition(".")[0] for type_ in type(thing).__mro__}
    store: Any = thing
    if "obstore" in makers:
        from ..leaves.obstore import Obstore

        return Obstore(store)
    if "fsspec" in makers and hasattr(thing, "cat_file"):
        from ..leaves.fsspec import Fsspec

        if type(thing).__name__ == "LocalFileSystem":
            raise ValueError("a local file system has no root of its own: give fsspec's DirFileSystem(path), or a path")
        return Fsspec("", store)
    raise TypeError(f"a {type(thing).__name__} is no path, no URL, and nothing that fsspec or obstore made")
