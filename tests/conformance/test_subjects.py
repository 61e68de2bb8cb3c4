"""What can be judged: factories of many kinds, what fsspec and obstore make, and a class that is nearly a mapping."""

import subprocess
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from fsspec import get_mapper
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from obstore.store import LocalStore, MemoryStore

from storage_combinators import Memory
from storage_conformance import LAWS, BadSubject, judge
from storage_conformance.subjects import subject

LAW = ("get_answers_what_was_put", "a_key_holds_what_was_set", "delete_removes", "a_missing_key_is_a_KeyError")
FEW = [law for law in LAWS if law.name in LAW]


def in_folder(directory: Path) -> DirFileSystem:
    return DirFileSystem(str(directory), LocalFileSystem())


KINDS: dict[str, tuple[Callable[..., Any], str, bool, bool]] = {  # factory, kind, takes a directory, shared with others
    "a store": (Memory, "store", False, False),
    "a mapping": (dict, "mapping", False, False),
    "a mapper of fsspec": (lambda: get_mapper("memory://mapper"), "mapping", False, False),
    "a file system of fsspec": (MemoryFileSystem, "store", False, True),
    "one in a folder": (in_folder, "store", True, False),
    "a store of obstore in memory": (MemoryStore, "store", False, False),
    "one in a folder, by its own class": (lambda directory: LocalStore(directory), "store", True, False),
}


@pytest.mark.parametrize("name", KINDS)
def test_one_line_is_enough(name: str) -> None:
    factory, kind, directory, shared = KINDS[name]
    made = subject(factory)
    assert (made.kind, made.directory, made.url) == (kind, directory, shared)
    report = judge(factory, step=4, laws=FEW)
    wrong = name == "a mapper of fsspec"  # where "a" and "a/b" cannot both be keys: docs/peers
    assert bool(report.broken) is wrong


@pytest.mark.parametrize(
    "url", ["memory:", "fsspec+memory://here", "obstore+memory:///", "file://{}", "sqlite:///{}/x.db"]
)
def test_a_url_needs_none(url: str, tmp_path: Path) -> None:
    report = judge(url.format(tmp_path), step=4, laws=FEW)
    assert {result.verdict for result in report.laws if result.law in LAW} == {"holds"}


@pytest.mark.parametrize(
    ("factory", "says"),
    [
        (LocalFileSystem, "DirFileSystem"),
        (lambda: 3, "makes a int, no Store and no mapping"),
        (lambda one, two: {}, "missing 1 required positional argument"),
    ],
)
def test_what_makes_neither_is_told(factory: Callable[..., Any], says: str) -> None:
    with pytest.raises(BadSubject, match=says):
        subject(factory)


NEARLY = """
class Nearly:
    claims, without = {}, {"types": "takes all", "copies": "by reference"}

    def __init__(self):
        self.held = {}

    def __getitem__(self, key):
        return self.held[key]

    def __setitem__(self, key, value):
        self.held[key] = value

    def __delitem__(self, key):
        del self.held[key]

    def __iter__(self):
        return iter(list(self.held))

    def __len__(self):
        return len(self.held)


def make(directory):
    return Nearly()
make.without = {"survives": "in memory", "shared": "each its own"}
"""


@pytest.mark.parametrize("factory", ["Nearly", "make"])
def test_a_class_that_is_nearly_a_mapping_is_told_what_it_lacks_and_judged_all_the_same(
    factory: str, tmp_path: Path
) -> None:
    (tmp_path / f"nearly_{factory}.py").write_text(NEARLY)
    made = subject(f"{tmp_path}/nearly_{factory}.py:{factory}")
    assert isinstance(made.place().store, MutableMapping)
    report = judge(made, step=4)
    (broken,) = report.broken
    assert broken.law == "a_mapping_has_every_method"
    assert "no __contains__, keys, items" in broken.why
    done = subprocess.run([sys.executable, "-c", broken.script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "AssertionError: There is no __contains__" in done.stderr
    if factory == "make":  # what the factory says of itself is still heard
        assert report.claims["without"]["survives"] == "in memory"


@pytest.mark.parametrize(
    "makes", ["text", ["a"], ("a",), b"bytes", Path("path")], ids=lambda makes: type(makes).__name__
)
def test_what_has_brackets_or_is_a_path_is_no_store(makes: object) -> None:
    with pytest.raises(BadSubject, match=f"makes a {type(makes).__name__}, no Store"):
        subject(lambda: makes)
