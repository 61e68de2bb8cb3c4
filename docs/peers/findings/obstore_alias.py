"""obstore: a store in memory keeps the caller's buffer, not its bytes."""

from obstore.store import MemoryStore

store, buffer = MemoryStore(), bytearray(b"x")
store.put("a", buffer)
buffer[0] = ord("y")
found = bytes(store.get("a").bytes())
assert found == b"x", f"get answered {found!r}, but b'x' was put there"
