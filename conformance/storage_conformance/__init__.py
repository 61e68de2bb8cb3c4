"""The conformance suite: laws, subjects, and the judge who brings them together.

Names are loaded when they are first used, so that the pytest plugin costs nothing where no store is judged.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .law import Law, law  # at once: later, the module of that name would be found in its place

if TYPE_CHECKING:
    from .claims import BadClaim, Claims
    from .closure import under
    from .judging import judge
    from .laws import LAWS
    from .plugin import test
    from .report.result import Report, Result
    from .subjects import BadSubject, Subject
    from .trial import Trial

__all__ = [
    "LAWS", "BadClaim", "BadSubject", "Claims", "Law", "Report", "Result", "Subject", "Trial",
    "judge", "law", "test", "under",
]  # fmt: skip  # one list
_HOMES = {
    "LAWS": "laws", "BadClaim": "claims", "BadSubject": "subjects", "Claims": "claims", "Report": "report.result",
    "Result": "report.result", "Subject": "subjects", "Trial": "trial", "judge": "judging",
    "test": "plugin", "under": "closure",
}  # fmt: skip  # one table


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
