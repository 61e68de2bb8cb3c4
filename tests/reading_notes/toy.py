"""Notes of a system `toy`, its clone made here, and the checker over both: what the tests of tools/cite share."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from cite import __main__ as command  # noqa: E402 # a tool is not installed

SOURCE = """package toy

// Put keeps the value under the key, and answers nothing at all when there was one before it in this place.
func (s *Store) Put(key string) {
\ts.values[key] = 1
}

func Get(key string) int {
\treturn values[key]
}
"""
TEMPLATE = "# Questions\n\n## Write\n\n### write.path What happens?\n\n## Read\n\n### read.path What then?\n"
NOTES = """# Toy

## Write

### write.path What happens?

Put sets one entry of a map {src}`toy@COMMIT:store.go#L4-L6 Store.Put`, and was seen to {lab}`toy/put`:

- it took {number}`toy.put` {lab}`toy/put`;
- a document says so {dated}`https://example.org/toy 2026-01-02`.

| what | evidence |
|---|---|
| no lock | {inference}`from the line above` |

## Read

### read.path What then?

Open.
"""
NUMBER = {
    "id": "toy.put",
    "step": "put",
    "command": "toy put",
    "median": 3,
    "unit": "ms",
    "runs": 5,
    "spread": 1,
    "machine": "two cores",
    "date": "2026-01-02",
}


def git(folder, *arguments):
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": "toy@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env={**outside, **who, **nobody}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(clone, **files):
    for name, text in files.items():
        (clone / name.replace("_", ".")).write_text(text)
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "a change")
    return git(clone, "rev-parse", "HEAD")


class Place:
    """Notes of one system `toy`, its clone, and the command over both."""

    def __init__(self, folder, capsys):
        self.root, self.clone, self.capsys = folder / "reading-notes", folder / "clones" / "toy", capsys
        self.system, self.lab = self.root / "systems" / "toy", self.root / "labs" / "toy"
        for made in (self.clone, self.system, self.lab):
            made.mkdir(parents=True)
        git(self.clone, "init", "--quiet")
        self.commit = commit(self.clone, store_go=SOURCE)
        (self.root / "TEMPLATE.md").write_text(TEMPLATE)
        (self.lab / "observed.jsonl").write_text(json.dumps({"step": "put", "verdict": "as expected"}) + "\n")
        self.numbers(NUMBER)
        self.about(states={"write.path": "answered", "read.path": "open"})
        self.notes(NOTES)
        self("--write", clone=True)

    def about(self, states, **changes):
        given = dict.fromkeys(("title", "licence", "language", "obtained"), "x")
        given |= {"name": "toy", "repository": "https://example.org/toy", "commit": self.commit, "date": "2026-01-02"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in {**given, **changes}.items()]
        lines += ["[entry_points]", '"get" = "store.go#L8 Get"', "[questions]"]
        lines += [f"{json.dumps(name)} = {json.dumps(state)}" for name, state in states.items()]
        (self.system / "system.toml").write_text("\n".join(lines) + "\n")

    def notes(self, text):
        (self.system / "notes.md").write_text(text.replace("COMMIT", self.commit))

    def numbers(self, *records):
        records = [{"commit": self.commit, **record} for record in records]
        (self.system / "numbers.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))

    def __call__(self, *arguments, clone=False):
        given = ["--clones", str(self.clone.parent)] if clone else []
        status = command.main(["--root", str(self.root), *given, *arguments])
        said = self.capsys.readouterr()
        return status, [line for line in (said.out + said.err).splitlines() if not line.startswith("toy: ")]


@pytest.fixture
def place(tmp_path, capsys):
    return Place(tmp_path, capsys)
