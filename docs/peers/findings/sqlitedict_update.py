"""sqlitedict: update takes no object that has keys() and [], which a dictionary's does."""

from tempfile import mkdtemp

from sqlitedict import SqliteDict


class Keyed:
    def keys(self) -> list[str]:
        return ["a", "b"]

    def __getitem__(self, key: str) -> bytes:
        return key.encode()


store = SqliteDict(f"{mkdtemp()}/dict.sqlite", autocommit=True)
try:
    store.update(Keyed())
except AttributeError as error:
    raise AssertionError(f"update raised {error!r}") from None
found = dict(store.items())
assert found == {"a": b"a", "b": b"b"}, f"after update there is {found}"
