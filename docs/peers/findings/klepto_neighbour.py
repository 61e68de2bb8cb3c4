"""klepto: deleting a key that is not there deletes what is below it."""

from tempfile import mkdtemp

from klepto.archives import dir_archive

store = dir_archive(mkdtemp(), cached=False)
store["a/b"] = b"x"
try:
    del store["a"]
except KeyError:
    pass
assert store.get("a/b") == b"x", f"after del store['a'], store.get('a/b') answers {store.get('a/b')!r}"
