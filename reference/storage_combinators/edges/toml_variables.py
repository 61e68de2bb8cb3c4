"""The environment's part in a TOML file: ``${NAME}``, and no word of what it stands for in a message. Ours."""

import os
import re
from urllib.parse import quote

from .open_store import SCHEME

__all__ = ["Wrong", "expanded", "unexpanded"]

VARIABLE = re.compile(r"\$\{(\w+)\}")


class Wrong(ValueError):
    """What is written is not what can be meant; the text says what to write."""


def expanded(text: str) -> str:
    """`text` with ``${NAME}`` from the environment: as it is if it is the whole, percent-encoded inside a URL."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise Wrong(f"the environment has no {found[1]}")
        given = os.environ[found[1]]
        return quote(given, safe="") if SCHEME.match(text) and found[0] != text else given

    return VARIABLE.sub(value, text)


def unexpanded(told: str, written: str) -> str:
    """`told` with ``${NAME}`` again for what the environment says, if `written` has it: that may be secret."""
    for name in VARIABLE.findall(written):
        given = os.environ.get(name, "")
        for form in {given, quote(given, safe=""), repr(given)[1:-1]}:
            if len(form) > 3:  # shorter ones stand in words, and are no secrets
                told = told.replace(form, f"${{{name}}}")
        told = told.replace(f"called {given.partition(':')[0].lower()}:", f"called ${{{name}}}:")  # taken for a scheme
    return told
