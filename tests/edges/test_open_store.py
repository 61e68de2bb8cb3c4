"""open_store: every kind of place, and one clear line for everything else."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from storage_combinators import Memory, Ref, Store
from storage_combinators.edges.open_store import UsageError, open_store
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.env import Env
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.null import Null
from storage_combinators.leaves.s3 import S3
from storage_combinators.leaves.sqlite import SQLite
from storage_combinators.transforming.bytes_only import Bytes

PLACES: dict[Any, Store[Any]] = {
    "some/where": Disk(Path("some/where")),
    "./with:colon": Disk(Path("with:colon")),
    Path("with:colon"): Disk(Path("with:colon")),
    "12:30": Disk(Path("12:30")),
    "a/b:c": Disk(Path("a/b:c")),
    "file:///a%20b/c%23": Disk(Path("/a b/c#")),
    "file:////a": Disk(Path("/a")),
    "file:a/b": Disk(Path("a/b")),
    "sqlite:///a/b.db": SQLite(Path("/a/b.db")),
    "SQLite:b.db": SQLite(Path("b.db")),
    "memory:": Bytes(Memory()),
    "null:": Null(),
    "env:": Env(),
    "env:HOME_": Env("HOME_"),
    "http://127.0.0.1:1/x": Http("http://127.0.0.1:1/x"),
    "https://127.0.0.1/x": Http("https://127.0.0.1/x"),
    "s3://bucket": S3("bucket"),
    "s3://bucket/a/b%20c/?endpoint=http://127.0.0.1:9000&region=eu-1": S3(
        "bucket", "a/b c", "http://127.0.0.1:9000", "eu-1"
    ),
    "s3://me:p%40ss@bucket/a": S3("bucket", "a", key="me", secret="p@ss"),
}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_each_kind_of_place(place: Any) -> None:
    assert open_store(place) == PLACES[place]


@pytest.mark.parametrize(
    ("place", "says"),
    {
        "ftp://host/x": "no store is called ftp: there are memory, null",
        "my_stores:make": "a path with a colon needs ./",
        "memory:x": "nothing comes after memory:",
        "null://x": "nothing comes after null:",
        "env:a/b": "write env: or env:PREFIX",
        "file://dir": "write file:///path",
        "": "an empty text names no store",
        "file:": "write file:///path",
        "file:///a?b": "%3f for",
        "sqlite://x.db": "write sqlite:///path",
        "s3:///prefix": "write s3://bucket/prefix?endpoint=",
        "s3://bucket?endpont=http://x": "'endpont'; its options: endpoint, region, timeout",
        "s3://bucket?endpoint": "an option stands once and has a value: endpoint=...",
        "s3://key:sesame@bucket?endpoint=": "an option stands once and has a value",
        "s3://bucket?region=a&region=b": "an option stands once and has a value",
        "redis://h:1/0?timeout=1&timeout=2": "an option stands once and has a value",
        "redis://me:1?sesame@h/0": "what stands after the ?",
        "s3://bucket?endpoint=127.0.0.1:9000": "http://",
        "s3://key@bucket": "key and secret",
        "http://me:sesame@[::1": "malformed",
        "http://me:sesame@host:port": "malformed",
        "http://": "http",
    }.items(),
)
def test_what_cannot_be_opened_gets_one_clear_line(place: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        open_store(place)
    line = str(error.value)
    assert says in line
    assert "\n" not in line
    assert "sesame" not in line


@pytest.mark.parametrize(("place", "module", "extra"), [("s3://b", "boto3", "s3"), ("https://h", "httpx", "http")])
def test_a_missing_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, place: str, module: str, extra: str
) -> None:
    for name in [name for name in sys.modules if re.match(rf"storage_combinators\.leaves\.{extra}|{module}", name)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=rf"{module}.*pip install 'storage-combinators\[{extra}\]'"):
        open_store(place)


def test_credentials_are_not_shown() -> None:
    assert "sesame" not in repr(open_store("s3://me:sesame@bucket/x"))


def test_memory_holds_bytes_only_and_each_is_a_fresh_one() -> None:
    store = open_store("memory:")
    with pytest.raises(TypeError):
        store.put(Ref("a"), "text")
    store.put(Ref("a"), b"1")
    assert list(open_store("memory:").refs(Ref())) == []
