"""The class of a bug in words, where a break has a known look: two names or two values that a known habit makes one."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import combinations
from os.path import commonprefix
from posixpath import normpath
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote, unquote_plus

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .trial import Broken, Recorded, Trial

__all__ = ["diagnosed"]

SHORT = 50  # bytes, fewer than any limit that was met
LONG = 50  # calls: where there are more, some habit makes one of some two names
CUT = 30  # characters that two names have in common, if one of them seems cut


def diagnosed(trial: Trial, broken: Broken) -> Broken:
    """`broken` with a last sentence that names the class of the bug, if it is a known one."""
    calls = [step for step in trial.steps if step.handle and step.handle != "def"]
    if not calls or broken.history:
        return broken
    last, found = calls[-1], ""
    for look in (_of_types, _of_failures, _of_values, _of_names, _of_order):
        found = found or look(trial, calls, last, broken.expected)
    said = broken.sentence.removesuffix(trial.remark)  # the family that met it may be another one than what it is about
    return Broken(f"{said} Diagnosis: {found}.", broken.expected) if found else broken


def _of_types(trial: Trial, _calls: list[Recorded], last: Recorded, expected: Any) -> str:
    if isinstance(expected, bytes) and isinstance(last.answer, bytearray | memoryview):
        return "a buffer is kept and handed out, where bytes, which nobody can change, are due (aliasing)"
    changed = any(not step.handle and step.verb.endswith("[0] = 0") for step in trial.steps)
    if changed and last.answer is not None and not isinstance(last.answer, BaseException):
        return "a buffer is kept as it is, not copied, and changes with its owner (aliasing)"
    if isinstance(expected, bytes) and isinstance(last.answer, str):
        return "bytes come back as text"
    if expected is TypeError and not isinstance(last.answer, BaseException):
        given = last.args[0] if last.args else None
        named = isinstance(given, str if trial.place.subject.kind == "mapping" else Ref)
        what = "values" if named else "values and keys" if isinstance(given, dict | list) else "refs or keys"
        return f"{what} are not looked at before they are stored"
    return ""


FAILURES = (
    ("File name too long", "a name, as it is spelled on disk, is too long for one file"),
    ("Not a directory", "a slash in a name makes a folder, so that a value and what is below it cannot both be there"),
    ("Is a directory", "a slash in a name makes a folder, so that a value and what is below it cannot both be there"),
    ("null byte", "NUL in a name is handed to the file system as it is"),
    ("null character", "NUL in a name is handed to the file system as it is"),
    ("can't encode", "names or values pass through an encoding that does not know them all"),
    ("can't decode", "values pass through text, which not all bytes are"),
    ("changed size during iteration", "a dictionary is iterated that changes meanwhile"),
    ("ompressed", "what looks packed is unpacked"),
    ("recursion", "the depth of the stack grows with the data"),
)


def _of_failures(_trial: Trial, _calls: list[Recorded], last: Recorded, _expected: Any) -> str:
    text = str(last.answer) if isinstance(last.answer, Exception) else ""
    return next((said for words, said in FAILURES if words in text), "")


Look = Callable[[bytes], bytes]
VALUES: tuple[tuple[str, Look], ...] = (
    ("line ends are translated", lambda v: v.replace(b"\r\n", b"\n").replace(b"\r", b"\n")),
    ("line ends are translated", lambda v: v.replace(b"\n", b"\r\n")),
    ("a NUL ends a value", lambda v: v.partition(b"\0")[0]),
    ("NUL at the end of a value is lost", lambda v: v.rstrip(b"\0")),
    ("a line end at the end of a value is lost", lambda v: v.rstrip(b"\r\n")),
    ("blanks at the end of a value are lost", bytes.rstrip),
    ("blanks at the start of a value are lost", bytes.lstrip),
    ("blanks at the ends of a value are lost", bytes.strip),
    ("a byte order mark is lost", lambda v: v.removeprefix(b"\xef\xbb\xbf")),
    ("values pass through text, and what is no UTF-8 is replaced", lambda v: v.decode(errors="replace").encode()),
    ("values pass through text, and what is no UTF-8 is dropped", lambda v: v.decode(errors="ignore").encode()),
    ("values pass through Latin-1 and UTF-8", lambda v: v.decode("latin-1").encode()),
    ("digits are read as a number", lambda v: b"%d" % int(v)),
    ("values are changed in case", bytes.lower),
    ("what looks packed is unpacked", zlib.decompress),
    ("what looks packed is unpacked", gzip.decompress),
    ("what looks packed is unpacked", bz2.decompress),
    ("what looks packed is unpacked", lzma.decompress),
    ("a doubled byte is taken for an escape", lambda v: re.sub(rb"(.)\1", rb"\1", v, flags=re.S)),
)


def _of_values(trial: Trial, calls: list[Recorded], last: Recorded, expected: Any) -> str:
    found = last.answer
    if isinstance(expected, bytes) and isinstance(found, bytes) and last.verb in ("get", "[]"):
        told = next((said for said, look in VALUES if _does(look, expected, found)), "")
        if told and found in [call.args[1] for call in calls[:-1] if call.args[:1] == last.args and len(call.args) > 1]:
            return f"{told}, or an older value is answered"  # both would show so
        return told or _of_parts(trial, calls, expected, found)
    if expected == b"" and isinstance(found, KeyError):
        return "an empty value counts as none"
    return ""


def _does(look: Look, expected: bytes, found: bytes) -> bool:
    try:
        return look(expected) == found
    except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return False


def _of_parts(trial: Trial, calls: list[Recorded], expected: bytes, found: bytes) -> str:
    if found and expected.startswith(found):
        longer = any(isinstance(call.answer, bytes) and len(call.answer) > len(found) for call in calls[:-1])
        short = longer or len(found) < SHORT
        return "the end of a value is lost" if short else f"values are cut at {len(found)} bytes"
    if expected and found.startswith(expected):
        return "what was there before is not cut to the length of a shorter value"
    if len(found) == len(expected) and sorted(found) == sorted(expected):
        return "parts of a value come back in another order"
    here = [call.args[0] for call in calls[-1:] if call.args]
    held = [call.args[0] for call in calls[:-1] if call.verb in WRITES and call.args[-1] == found]
    if any(name in here for name in held):
        return "an older value is answered: a write was lost, or a copy of it is stale"
    return "two names share one value" if held and len(calls) < LONG and not _known_names(trial, calls) else ""


def _slots(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "_", text)


NAMES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("percent escapes are compared without case", lambda k: re.sub("%..", lambda found: found[0].lower(), k)),
    ("keys are compared without case", str.lower),
    ("keys are compared without case", str.casefold),
    ("composed and decomposed accents are taken for one (Unicode NFC)", lambda k: normalize("NFC", k)),
    ("compatibility forms are taken for one (Unicode NFKC)", lambda k: normalize("NFKC", k)),
    ("blanks at the ends of keys are lost", str.strip),
    ("dots and blanks at the end of keys are lost", lambda k: k.rstrip(". ")),
    ("characters that are not seen are dropped from keys", lambda k: "".join(c for c in k if c.isprintable())),
    ("a byte order mark is dropped from keys", lambda k: k.removeprefix("\ufeff")),
    ("slashes are folded: a//b, a/b/ and /a/b become a/b", lambda k: "/".join(part for part in k.split("/") if part)),
    (". and .. in keys are resolved as in paths", lambda k: normpath("/" + k)),
    ("a backslash is taken for a slash", lambda k: k.replace("\\", "/")),
    ("keys are unquoted: %20 becomes a blank", unquote),
    ("keys are unquoted: + becomes a blank", unquote_plus),
    ("numbers in keys are read as numbers", lambda k: str(float(k))),
    ("characters beyond ASCII are lost from keys", lambda k: k.encode("ascii", "ignore").decode()),
    ("characters that cannot be encoded become ?", lambda k: k.encode("ascii", "replace").decode()),
    ("lone surrogates are replaced in keys", lambda k: k.encode("utf-8", "replace").decode()),
    ("the names of a key are joined without a separator", lambda k: k.replace("/", "")),
    ("keys end at a NUL", lambda k: k.partition("\0")[0]),
    ("characters are replaced in names, and what stands for them is not escaped", _slots),
    ("characters are replaced in names, and what stands for them is not escaped", lambda k: _slots(unquote(k))),
)


def _of_names(trial: Trial, calls: list[Recorded], last: Recorded, expected: Any) -> str:
    """A habit is told of a listing only where there are as many names in it as the habit leaves."""
    said = _known_names(trial, calls)
    if last.verb == "values" or not (isinstance(last.answer, list) and isinstance(expected, list)):
        return said
    looks = [look for words, look in NAMES if words == said]
    keys = [_text(trial, each[0] if last.verb == "items" else each) for each in expected]
    return said if not looks or any(_left(look, keys) == len(last.answer) for look in looks) else ""


def _left(look: Callable[[str], str], keys: list[str]) -> int:
    try:
        return len({look(key) for key in keys})
    except (ValueError, OverflowError):
        return len(keys)


def _known_names(trial: Trial, calls: list[Recorded]) -> str:
    """What makes one of two names that occur in the calls; the last one first, for it is there that it went wrong."""
    keys = list(dict.fromkeys(_text(trial, call.args[0]) for call in reversed(calls) if call.args))
    pairs = [pair for pair in combinations([key for key in keys if key], 2) if _shows(trial, calls, pair)]
    for one, other in pairs[:50]:
        for said, look in NAMES:
            if _same(look, one, other):
                return said
        common = len(commonprefix([one, other]))  # noqa: RUF071  # characters are meant
        if common >= CUT:
            return f"keys are cut at {common} characters or fewer"
    return next(_hashed(pairs), "")


def _shows(trial: Trial, calls: list[Recorded], pair: tuple[str, str]) -> bool:
    """Is the wrong answer what the other name of the pair has? Where no value was asked for, a short run will do."""
    *before, last = calls
    answer, here = last.answer, _text(trial, last.args[0]) if last.args else ""
    failed = isinstance(answer, BaseException) and not isinstance(answer, KeyError)
    if last.verb not in ("get", "[]", "pop") or failed:
        return len(calls) < LONG
    writes = [call for call in before if call.verb in WRITES and _text(trial, call.args[0]) in {*pair} - {here}]
    if here not in pair or not writes:
        return False
    gone = writes[-1].verb in ("delete", "del", "pop") or writes[-1].args[-1] is MISSING
    return gone if isinstance(answer, KeyError) else not gone and writes[-1].args[-1] == answer


def _hashed(pairs: list[tuple[str, str]]) -> Iterator[str]:
    for one, other in pairs:
        if {one, other} in ({"plumless", "buckeroo"}, {"3fc1d2", "1531467"}, {"kdd3366", "k15b7ba7"}, {"Aa", "BB"}):
            yield "keys are kept by a short hash, and what is hashed alike is taken for one"


def _same(look: Callable[[str], str], one: str, other: str) -> bool:
    try:
        return look(one) == look(other)
    except (ValueError, OverflowError):
        return False


def _text(trial: Trial, key: Any) -> str:
    if isinstance(key, Ref):
        return str(key.under(trial.root) if key.within(trial.root) else key)
    return key if isinstance(key, str) else ""


WRITES = ("delete", "del", "pop", "put", "[]=", "merge", "swap")


def _of_order(trial: Trial, calls: list[Recorded], last: Recorded, expected: Any) -> str:
    """What the last write did to a name that was not its own, or did not do to its own."""
    writes = [call for call in calls[:-1] if call.verb in WRITES]
    here = _text(trial, last.args[0]) if last.args else ""
    if not writes or not here:
        return ""
    there, verb = _text(trial, writes[-1].args[0]), writes[-1].verb
    gone = isinstance(last.answer, KeyError) and not isinstance(expected, type)
    if there == here and isinstance(writes[-1].answer, BaseException):
        return "a call that fails changes something all the same"
    if gone and verb in ("delete", "del", "pop") and there != here:
        return _reach(there, here)
    if gone and there == here:
        return "what was put is not found"
    back = isinstance(expected, type) and not isinstance(last.answer, Exception)
    return "what was deleted is still there" if back and there == here and verb in ("delete", "del") else ""


def _reach(there: str, here: str) -> str:
    if here.startswith(there + "/"):
        return "deleting a ref deletes what is below it"
    if here.startswith(there):
        return "deleting goes by the beginning of a key: what begins alike goes along"
    if there.startswith(here + "/"):
        return "deleting the last ref below another deletes that, too"
    return "deleting one key takes another one along"
