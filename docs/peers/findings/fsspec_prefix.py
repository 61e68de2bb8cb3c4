"""fsspec: "a" and "a/b" cannot both be keys, since one is a file and the other asks for a folder of that name."""

import fsspec

mapper = fsspec.get_mapper("memory://prefix")
mapper["a"] = b"x"
try:
    mapper["a/b"] = b"y"
except FileExistsError as error:
    raise AssertionError(f"m['a/b'] = b'y' raised {error!r} beside m['a']") from None
