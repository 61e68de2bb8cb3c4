"""fsspec: what is left of a deleted key can be deleted as if it were a key."""

import fsspec

mapper = fsspec.get_mapper("memory://folder")
mapper["a/b"] = b"x"
del mapper["a/b"]
assert "a" not in mapper
try:
    del mapper["a"]
except KeyError:
    raise SystemExit from None
raise AssertionError("del m['a'] did it, but nothing was there")
