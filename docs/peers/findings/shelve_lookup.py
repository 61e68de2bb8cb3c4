"""shelve: asking for a key that is no text is neither False nor a KeyError nor a TypeError."""

import shelve
from tempfile import mkdtemp

with shelve.open(f"{mkdtemp()}/shelf") as shelf:  # its own file
    try:
        found = 1 in shelf
    except AttributeError as error:
        raise AssertionError(f"1 in shelf raised {error!r}") from None
    assert not found
