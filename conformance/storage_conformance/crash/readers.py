"""Run a user's commands, many times and quickly: words filled in, output caught, Python from a fork server."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from math import inf
from pathlib import Path
from pkgutil import iter_modules
from queue import SimpleQueue
from time import monotonic

__all__ = ["BadCommand", "Command", "Programs", "Ran", "Stopped"]

SERVER = Path(__file__).with_name("readers_server.py")
LAUNCH = "import runpy, sys; runpy.run_path(sys.argv[1])['main']()"
NAMED = re.compile(r"(?<!\$)\{(\w+)\}")
UNFILLED = {"--read": ("file",), "--setup": ("key", "file")}
"""Names that the writer is given, and these are not."""
PYTHON = re.compile(r"(python|pypy)[\d.]*")
PLAIN_OPTION = re.compile(r"-[bBdEIOPqsSuv]+|-[WX].+")  # options of the interpreter that are one word
TWO_WORDS = ("-W", "-X")

TIME_OVER = 124  # the status of a command that was ended: that of timeout(1)
LEAST, PATIENCE = 2.0, 10.0  # seconds, and times the longest run: how long a program may take where one has hung
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""With these numpy starts no threads as it is imported, and so can be imported before a fork."""


class Stopped(Exception):
    """The time is over."""


class BadCommand(ValueError):
    """A command that cannot be run; the text says why."""


@dataclass(frozen=True)
class Command:
    """A command as a user wrote it: words, with {dir}, {key} and {file} anywhere inside."""

    words: tuple[str, ...]

    @staticmethod
    def parse(text: str, option: str) -> Command:
        """Split as a shell would. Raises BadCommand, which names the option."""
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise BadCommand(f"{option} cannot be split into words: {error}") from None
        if not words:
            raise BadCommand(f"{option} is empty: give the command to run")
        if "{" not in words[0] and not shutil.which(words[0]):
            raise BadCommand(f"{option}: there is no program {words[0]}")
        command = Command(tuple(words))
        for name in filter(command.has, UNFILLED.get(option, ())):
            raise BadCommand(f"{option} has {{{name}}}, which is not filled in there: leave it out")
        return command

    def has(self, name: str) -> bool:
        """Whether {name} is in it."""
        return any(name in NAMED.findall(word) for word in self.words)

    def filled(self, **names: str | Path) -> list[str]:
        """The words, with each {name} replaced; other braces stay, also those of ${name}, which a shell fills in."""
        return [NAMED.sub(lambda found: str(names.get(found[1], found[0])), word) for word in self.words]


@dataclass(frozen=True)
class Ran:
    """How a command ended: status (128 + signal, 124 when its time was over), what it printed, its last words."""

    status: int
    printed: bytes
    said: str


@dataclass(frozen=True)
class Python:
    """A Python program: the words that start its interpreter, and the script or module."""

    interpreter: tuple[str, ...]
    module: str
    argv: tuple[str, ...]


def python_program(words: Sequence[str]) -> Python | None:
    """How to run these words as a Python program from a fork server; None where they are another kind."""
    if not PYTHON.fullmatch(Path(words[0]).name):
        shebang = _shebang(shutil.which(words[0]) or "")
        return python_program([*shebang, shutil.which(words[0]) or "", *words[1:]]) if shebang else None
    count = 1
    while count < len(words) and (PLAIN_OPTION.fullmatch(words[count]) or words[count] in TWO_WORDS):
        count += 2 if words[count] in TWO_WORDS else 1
    rest = list(words[count:])
    if len(rest) > 1 and rest[0] == "-m":
        return None if _hides(os.getcwd()) else Python(tuple(words[:count]), rest[1], tuple(rest[1:]))
    if not rest or not Path(rest[0]).is_file() or _hides(os.path.dirname(os.path.realpath(rest[0]))):
        return None
    return Python(tuple(words[:count]), "", tuple(rest))


@cache
def _hides(folder: str) -> bool:
    """Whether a module of the user's hides one of the standard library: a fork server has those before any program."""
    places = [folder, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return any(module.name in sys.stdlib_module_names for module in iter_modules(filter(None, places)))


def _shebang(path: str) -> list[str]:
    """The words of the first line of a Python script, without env; [] for all else."""
    try:
        with open(path, "rb") as file:
            line = file.readline(300).decode("utf-8", "replace")
    except OSError:
        return []
    words = shlex.split(line[2:]) if line.startswith("#!") else []
    words = [word for word in words[1:] if word != "-S"] if words and Path(words[0]).name == "env" else words
    return words if words and PYTHON.fullmatch(Path(words[0]).name) else []


class Server:
    """One fork server: an interpreter that waits for what to run."""

    def __init__(self, python: Python, scratch: Path) -> None:
        """Start it; `scratch` is where its own errors go."""
        with (scratch / "server.err").open("ab") as errors:
            self.process = subprocess.Popen(  # noqa: S603  # the user's own interpreter, as they named it
                [*python.interpreter, "-c", LAUNCH, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True, start_new_session=True, env=ONE_THREAD | os.environ,
            )  # fmt: skip

    def run(self, python: Python, files: dict[str, str], seconds: float) -> int | None:
        """The exit status; None if the server is no more."""
        request = {"argv": python.argv, "module": python.module, "seconds": seconds, **files}
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return int(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            return None

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            with suppress(BrokenPipeError):  # what a server that died has not read
                pipe.close()


@dataclass
class Programs:
    """Runs commands, also several at once; fork servers are kept by interpreter and script until `close`."""

    scratch: Path
    seconds: float = 30.0
    end: float = inf
    """When, by the clock `monotonic`, nothing has time any more; Stopped is raised then."""
    longest: dict[bool, float] = field(default_factory=dict)
    """Seconds that the longest run took that ended by itself: of writers, who are given input, and of all others."""
    hung: set[bool] = field(default_factory=set)
    """Which of the two have hung: others that do are not waited for as long."""
    idle: dict[tuple[str, ...], SimpleQueue[Server]] = field(default_factory=dict)
    started: list[Server] = field(default_factory=list)

    def run(self, words: Sequence[str], place: Path, stdin: Path | None = None) -> Ran:
        """Run one to its end; `place` is a folder of its own for its output. Raises Stopped."""
        files = {name: str(place / name) for name in ("stdout", "stderr")} | {"stdin": str(stdin or os.devnull)}
        python, start = python_program(words), monotonic()
        patience = min(self._patience(bool(stdin)), max(0.0, self.end - start) + 1)
        status = self._served(python, files, patience) if python else None
        if status is None:
            status = _plain(words, files, patience)
        took = monotonic() - start
        hung = status == TIME_OVER and took >= patience  # else it is the program's own status
        if hung and monotonic() > self.end:
            raise Stopped  # it may have done well, given its time
        if hung:
            self.hung.add(bool(stdin))
        else:
            self.learn(took, writer=bool(stdin))
        return Ran(status, (place / "stdout").read_bytes(), _last_words(place / "stderr"))

    def learn(self, took: float, *, writer: bool) -> None:
        """How long a run took that ended by itself."""
        self.longest[writer] = max(self.longest.get(writer, 0.0), took)

    def _patience(self, writer: bool) -> float:
        if writer not in self.hung:
            return self.seconds
        return min(self.seconds, max(LEAST, PATIENCE * self.longest.get(writer, 0.0)))

    def _served(self, python: Python, files: dict[str, str], patience: float) -> int | None:
        with self._server(python) as server:
            return server.run(python, files, patience)

    @contextmanager
    def _server(self, python: Python) -> Iterator[Server]:
        """An idle server for this program, or a new one; there are never more than runs at once."""
        queue = self.idle.setdefault((*python.interpreter, python.module or python.argv[0]), SimpleQueue())
        if queue.empty():
            self.started.append(Server(python, self.scratch))
            queue.put(self.started[-1])
        server = queue.get()
        try:
            yield server
        finally:
            queue.put(server)

    def close(self) -> None:
        """End all servers."""
        while self.started:
            self.started.pop().close()
        self.idle.clear()


def _plain(words: Sequence[str], files: dict[str, str], seconds: float) -> int:
    with (
        open(files["stdin"], "rb") as source,
        open(files["stdout"], "wb") as out,
        open(files["stderr"], "wb") as errors,
    ):
        try:
            process = subprocess.Popen(  # noqa: S603  # the user's own program, as they named it
                words, stdin=source, stdout=out, stderr=errors, start_new_session=True
            )
        except OSError as error:
            raise BadCommand(f"{words[0]} cannot be run: {error.strerror}") from None
        with process:
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                return TIME_OVER
            except BaseException:
                process.kill()
                raise
    return 128 - status if status < 0 else status


def _last_words(path: Path) -> str:
    return path.read_text("utf-8", "replace").strip()[-500:] if path.exists() else ""
