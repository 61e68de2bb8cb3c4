"""Runs the fenced blocks of a page in order, in one empty folder, and compares what they print with what is shown.

    python     a program; a first line `# name.py` keeps it as that file, `# name.py, run below` does no more.
               Its output is in the text block right after it
    console    lines with `$ ` are commands, with `# exit N` where that is not 0; what follows each is its output
    sh         set-up, typed by a person and by .ci/run: only looked at (see `known`)

In an output, `...` stands for anything, a line of it for any lines; that of a command may be set with other blanks, as
tables are as wide as what is in them.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.M)
STATUS = re.compile(r"# exit (\d+)$")
QUIET = {"NO_COLOR": "1", "COLUMNS": "110", "TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1"}


class Differs(AssertionError):
    """A block that does not do what the page shows."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the text block that follows at once, which is its output."""

    language: str
    text: str
    output: str = ""


def blocks(page: str) -> list[Block]:
    found: list[Block] = []
    for language, text in FENCE.findall(page):
        if language == "text" and found and found[-1].language == "python" and not found[-1].output:
            found[-1] = Block("python", found[-1].text, text)
        else:
            found.append(Block(language, text))
    return found


def run_page(page: str, folder: Path) -> int:
    """Run every block; raises Differs at the first that is not as shown. Answers how many programs were run."""
    return sum(run_block(block, folder) for block in blocks(page))


def run_block(block: Block, folder: Path) -> int:
    if block.language == "python":
        name = re.match(r"# ([\w/]+\.py)(, run below)?\n", block.text)
        file = folder / (name[1] if name else "block.py")
        file.write_text(block.text)
        if name and name[2]:
            return 0
        compare(f"{sys.executable} {file.name}", block.output, folder, 0)
        return 1
    if block.language == "console":
        commands = COMMAND.findall(block.text)
        for command, output in commands:
            compare(command, output, folder, doctest.NORMALIZE_WHITESPACE)
        return len(commands)
    if block.language != "sh":
        raise Differs(f"nobody runs a block of {block.language or 'no language'}: {block.text}")
    return 0


def compare(command: str, expected: str, folder: Path, loosely: int) -> None:
    place = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **QUIET, "PATH": place}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    status = STATUS.search(command)
    if done.returncode != int(status[1] if status else 0):
        raise Differs(f"{command}: exit {done.returncode}\n{done.stdout}")
    if not alike(expected, done.stdout, loosely):
        raise Differs(f"{command}\nshown:\n{expected}\nprinted:\n{done.stdout}")


def alike(expected: str, printed: str, loosely: int = 0) -> bool:
    """Equal, blanks at line ends apart; `...` stands for anything."""
    shown, real = ("".join(f"{line.rstrip()}\n" for line in text.splitlines()) for text in (expected, printed))
    return doctest.OutputChecker().check_output(shown, real, doctest.ELLIPSIS | loosely)


def known(page: str, targets: set[str]) -> Iterator[str]:
    """The lines of sh blocks that are neither a make target nor one of the few other things a person types."""
    for block in blocks(page):
        for line in block.text.splitlines() if block.language == "sh" else []:
            words = shlex.split(line, comments=True)
            if words[:1] == ["make"] and {word for word in words[1:] if "=" not in word} <= targets:
                continue
            if words and words[0] not in ("sudo", "brew", "git", "cd", "bash", "."):
                yield line
