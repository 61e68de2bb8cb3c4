"""The trees of docs/trees: each opens without a server, shows no secret, does what is said; so does their page."""

import re
from pathlib import Path

import pytest

from house.blocks import run_page
from storage_combinators import Conflict, Disk, Json, Ref, Refused, SQLite, as_text, look, open_store
from storage_combinators.edges.cli_trees import settle
from storage_combinators.edges.toml_tree import tree_of
from storage_conformance import LAWS, judge

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "trees").glob("*.toml"))
SETTINGS = {
    "APP_HOME": "app",
    "DOCUMENTS_URL": "s3://me:hunter2@bucket/docs",
    "SESSIONS_URL": "redis://:hunter2@127.0.0.1/0",
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_opens_and_connects_to_nothing(path, monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    before = sorted(path.parent.rglob("*"))
    drawn = as_text(open_store(str(path)))
    assert "hunter2" not in drawn
    assert sorted(path.parent.rglob("*")) == before


def test_the_page_does_what_it_shows(tmp_path):
    page = (ROOT / "docs" / "trees" / "README.md").read_text()
    for name, text in re.findall(r"```toml\n# ([\w.]+)\n(.*?)```", page, re.S):
        (tmp_path / name).write_text(f"# {name}\n{text}")
    assert run_page(re.sub(r"```toml\n.*?```", "", page, flags=re.S), tmp_path) == 3


def test_there_are_examples_with_the_papers_stack():
    assert len(EXAMPLES) >= 5
    assert as_text(tree_of(ROOT / "docs" / "trees" / "paper.toml")).splitlines()[:3] == [
        "Cache",
        "├── fast: Memory",
        "└── slow: Mount",
    ]


def copied(name: str, folder: Path) -> Path:
    (folder / name).write_bytes((ROOT / "docs" / "trees" / name).read_bytes())
    return folder / name


@pytest.mark.parametrize("name", ["paper.toml", "write-back.toml"])
def test_an_example_without_servers_conforms(name, tmp_path):
    report = judge(str(copied(name, tmp_path)), step=4, laws=LAWS[:4])
    assert report.verdict == "conforms", [(result.law, result.why) for result in report.broken]


def test_the_paper_tree_keeps_logins_apart(tmp_path):
    tree = open_store(copied("paper.toml", tmp_path))
    tree.put(Ref("login", "ann"), {"token": 1})
    tree.put(Ref("tasks", "1"), "write")
    assert Json(SQLite(tmp_path / "keychain.db")).get(Ref("ann")) == {"token": 1}
    assert Json(Disk(tmp_path / "data" / "objects")).get(Ref("tasks", "1")) == "write"
    assert look(open_store(tmp_path / "paper.toml"), Ref("tasks", "1")) == "write"


def test_the_write_back_tree_writes_to_disk_when_it_is_settled(tmp_path):
    tree = open_store(copied("write-back.toml", tmp_path))
    tree.put(Ref("a"), [1])
    disk = Json(Disk(tmp_path / "data" / "archive"))
    assert not list(disk.refs(Ref()))
    settle(tree)
    assert disk.get(Ref("a")) == [1]


def test_settings_come_from_the_first_who_has_them_and_defaults_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("APP_HOME", str(tmp_path / "home"))
    tree = open_store(copied("settings.toml", tmp_path))
    SQLite(tmp_path / "defaults.db").put(Ref("app", "1.0", "colour"), b"blue")
    assert tree.get(Ref("colour")) == "blue"
    tree.put(Ref("colour"), "red")
    assert Disk(tmp_path / "home" / "settings").get(Ref("colour")) == b"red"
    assert tree.get(Ref("colour")) == "red"
    tree.delete(Ref("colour"))
    assert tree.get(Ref("colour")) == "blue"
    with pytest.raises(Refused):
        tree.sources[1].put(Ref("colour"), "red")


def test_what_is_in_the_outbox_stays_as_it_was_put(tmp_path):
    one, other = (open_store(copied("outbox.toml", tmp_path)) for _ in range(2))
    one.put(Ref("1"), b"hello")
    with pytest.raises((Refused, Conflict)):
        other.put(Ref("1"), b"again")
    assert other.get(Ref("1")) == b"hello"
