"""diskcache: comparing an index with what is no mapping raises instead of answering False."""

from tempfile import mkdtemp

from diskcache import Index

index = Index(mkdtemp())
index["a"] = b"x"
try:
    same = index == ["a"]
except AttributeError as error:
    raise AssertionError(f"index == ['a'] raised {error!r}") from None
assert same is False
