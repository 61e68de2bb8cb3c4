"""What a store did and should have done, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storage_combinators.store import Conflict, Missing, Refused

from .verbs import Code, failure_of, is_failure, show

__all__ = ["FORESEEN", "SENTENCE", "UNFORESEEN", "answered", "clipped", "operand", "plain", "wanted"]

FORESEEN = (Missing, Conflict, Refused, KeyError)  # answers: anything else that a call raises in a history ends it
UNFORESEEN: Any = object()  # expected: anything but the failure that came


def plain(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments themselves, where some are Code."""
    return tuple([arg.value if type(arg) is Code else arg for arg in args])


def answered(answer: Any, text: Callable[[Any], str] = show) -> str:
    """What a store did, in words."""
    if isinstance(answer, FORESEEN[:3]):
        return f"answered {type(answer).__name__}"
    if isinstance(answer, BaseException):
        return f"raised {type(answer).__name__}" + (f" ({answer})"[:200] if str(answer) else "")
    return f"answered {clipped(text(answer), ANSWER)}"


ANSWER, SENTENCE = 400, 1000  # characters that are told of an answer, and of all that is wrong


def clipped(text: str, most: int) -> str:
    """`text`, with its middle left out where it is longer than `most` characters: an answer may be of any size."""
    return text if len(text) <= most else f"{text[: most // 2]} ... {text[-most // 4 :]}"


def wanted(verb: str, expected: Any, text: Callable[[Any], str] = show) -> str:
    """What the store should have done, in words."""
    if expected is UNFORESEEN:
        return "no law foresees that"
    if is_failure(expected):
        kind = failure_of(expected)
        return "nothing is there" if issubclass(kind, KeyError) else f"{kind.__name__} was due"
    if verb in ("get", "[]"):
        return f"{text(expected)} was put there"
    return "nothing stands against it" if expected is None else f"{text(expected)} is right"


def operand(name: str) -> str:
    """`name` as Python beside an operator: a product (a long name) stands in parentheses."""
    text = show(name)
    return f"({text})" if " * " in text else text
