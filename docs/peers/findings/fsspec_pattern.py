"""fsspec: a key that reads as a pattern answers a dictionary of what it matches."""

import fsspec

mapper = fsspec.get_mapper("memory://pattern")
mapper["e"] = b"1"
mapper["?"] = b"2"
assert mapper["?"] == b"2", f"m['?'] answered {mapper['?']}, but b'2' was put there"
