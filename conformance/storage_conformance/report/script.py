"""A trial as text: one string per step, and a stand-alone script, which fails with AssertionError as the trial did."""

from __future__ import annotations

import re

from ..trial import Broken, Recorded, Trial
from ..verbs import SILENT, WITHOUT_ANSWER, call_text, failure_of, is_failure
from ..wording import UNFORESEEN, answered

__all__ = ["hang_script", "script", "steps"]

ANSWER = """

def answer(call, *args):
    try:
        return call(*args)
    except Exception as error:
        return type(error)
"""


def steps(trial: Trial, sentence: str) -> tuple[str, ...]:
    """What was done, a string per line; the last says what was wrong."""
    lines = [_step(trial, each) for each in trial.steps]
    if trial.steps and trial.steps[-1].handle and ", but " in sentence:
        lines[-1] += ", but " + sentence.partition(", but ")[2].partition(".")[0]
    return tuple(line for line in lines if line)


def _step(trial: Trial, each: Recorded) -> str:
    if each.handle == "def":
        return ""
    if not each.handle:
        return each.verb
    call = call_text(each.handle, each.verb, each.args, trial.text)
    quiet = each.answer is None and each.verb in WITHOUT_ANSWER
    return call if quiet else f"{call} -> {answered(each.answer, trial.text).removeprefix('answered ')}"


def script(trial: Trial, broken: Broken) -> str:
    """The trial as a program that fails as it did."""
    if not trial.steps or trial.steps[-1].handle in ("", "def"):
        return _program(trial, [_line(trial, each) for each in trial.steps])
    body = [_line(trial, each) for each in trial.steps[:-1]]
    return _program(trial, [*body, _verdict(trial, trial.steps[-1], broken)])


def hang_script(trial: Trial, sentence: str, seconds: float) -> str:
    """The program of a trial whose last call did not come back."""
    body = [_line(trial, each) for each in trial.steps]
    if trial.pulse.calling is None:
        last = body.pop() if body else "pass"  # a line of Python, which was at work
    else:
        handle, verb, args = trial.pulse.calling
        last = _expression(verb, call_text(handle, verb, args, trial.text))
    body += [
        f"def last():\n    {last}\n",
        "call = threading.Thread(target=last, daemon=True)",
        "call.start()",
        f"call.join({seconds})",
        f"assert not call.is_alive(), {sentence!r}",
    ]
    return _program(trial, body)


def _program(trial: Trial, body: list[str]) -> str:
    lines = trial.place.opening_lines()
    text = "\n".join([*lines, "", *body])
    if re.search(r"\broot\b", text) and not trial.root:
        text = "\n".join(["root = Ref()", *lines, "", *body])
    helper = ANSWER if "answer(" in text else ""
    used = [line for words, line in IMPORTS if re.search(words, text)]
    for module, names in WORDS.items():
        found = [name for name in names if re.search(rf"\b{name}\b", text)]
        used += [f"from {module} import {', '.join(found)}"] if found else []
    return "\n".join([*used, helper, text]).strip() + "\n"


WORDS = {
    "storage_combinators.ref": ("Ref",),
    "storage_combinators.store": ("MISSING", "Conflict", "Missing", "Refused"),
}
IMPORTS = (
    (r"\bupdate\(store", "from storage_combinators.functions import update"),
    (r"\barray\.", "import array"),
    (r"(?<!\.)\barray\(", "from array import array"),
    (r"\bcollections\.", "import collections"),
    (r"\bAny\b", "from typing import Any"),
    (r"\bpickle\.", "import pickle"),
    (r"\brandom\.", "import random"),
    (r"\bre\.sub\(", "import re"),
    (r"\bsocket\.", "import socket"),
    (r"\bb64encode\(", "from base64 import b64encode"),
    (r"\bHTTPConnection\b", "from http.client import HTTPConnection, HTTPException, HTTPSConnection"),
    (r"\burlsplit\(", "from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit"),
    (r"\bsubprocess\.", "import subprocess"),
    (r"\bsys\.", "import sys"),
    (r"\bthreading\.", "import threading"),
    (r"\bcopy\.", "import copy"),
    (r"\bdatetime\.", "import datetime"),
    (r"\btime\.|\btime\b,", "import time"),
    (r"\btypes\.", "import types"),
    (r"\bislice\(", "from itertools import islice"),
    (r"\bPath\(", "from pathlib import Path"),
    (r"\brun_path\(", "from runpy import run_path"),
    (r"\bmkdtemp\(", "from tempfile import mkdtemp"),
    (r"\b(Thread|Barrier)\(", "from threading import Barrier, Thread"),
    (r"\buuid4\(", "from uuid import uuid4"),
)


def _line(trial: Trial, each: Recorded) -> str:
    if each.handle == "def":
        return "\n" + re.sub(r"  # (type: ignore|noqa).*", "", each.verb)
    if not each.handle:
        return each.verb
    call = call_text(each.handle, each.verb, each.args, trial.text)
    return _caught(call, each) if isinstance(each.answer, BaseException) else call


def _caught(call: str, each: Recorded) -> str:
    return f"answer(lambda: {_expression(each.verb, call)})"


def _expression(verb: str, call: str) -> str:
    """A statement as an expression, for a lambda."""
    if verb not in SILENT:
        return call
    handle, _, key = call.removeprefix("del ").partition("[")
    if verb == "del":
        return f"{handle}.__delitem__({key[:-1]})"
    key, _, value = key.partition("] = ")
    return f"{handle}.__setitem__({key}, {value})"


def _verdict(trial: Trial, last: Recorded, broken: Broken) -> str:
    """The assertion about the last call."""
    call, expected = call_text(last.handle, last.verb, last.args, trial.text), broken.expected
    if isinstance(last.answer, BaseException) or is_failure(expected) or last.verb in SILENT:
        call = _caught(call, last)
    if expected is UNFORESEEN:
        return f"assert {call} is not {type(last.answer).__name__}, {broken.sentence!r}"
    if is_failure(expected):
        return f"assert {call} is {failure_of(expected).__name__}, {broken.sentence!r}"
    if last.answer == expected:  # of another type, such as bytearray for bytes
        return f"assert repr({call}) == {repr(expected)!r}, {broken.sentence!r}"
    comparison = "is" if expected is None else "=="
    return f"assert {call} {comparison} {trial.text(expected)}, {broken.sentence!r}"
