"""A Jenkinsfile as Groovy 2.4, the language of Jenkins, parses it: a tree of nodes that know their line.

The parser runs in Java and comes from Maven Central; nothing of the file itself is run.
"""

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock

HERE = Path(__file__).parent
JARS = HERE.parents[1] / "build" / "jars"
GROOVY = "org.codehaus.groovy:groovy-all:2.4.21"
PROGRAMS = ("java", "mvn")


class Wrong(Exception):
    """What is wrong with a Jenkinsfile, and on which line."""

    def __init__(self, line: int, what: str):
        super().__init__(line, what)
        self.line, self.what = line, what

    def __str__(self) -> str:
        return f"{self.line}: {self.what}"


class Absent(Exception):
    """A program that is needed to read a Jenkinsfile at all is not here."""


@dataclass(frozen=True)
class Node:
    """A piece of Groovy. What `value` and `parts` are depends on the kind.

    call, chain          a name; its arguments, a block last. `a b` is a call, the b of `a.b()` a chain
    block, list          None; its statements, its elements
    constant, name       the constant; the name
    text                 None; the pieces of a string in double quotes
    property             b; a, for `a.b`
    entry                a; b, for `a: b`
    operation, not       the operator; its operands
    error, other         a syntax error; the name of anything else, which is always refused
    """

    kind: str
    line: int
    value: Any = None
    parts: tuple["Node", ...] = ()

    def __str__(self) -> str:
        inner = [str(part) for part in self.parts]
        match self.kind:
            case "constant":
                return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
            case "name" | "other" | "error":
                return str(self.value)
            case "text":
                return "".join(str(part) if part.kind == "constant" else f"${{{part}}}" for part in self.parts)
            case "call" | "chain":
                return " ".join([self.value, *([", ".join(inner)] if inner else [])])
            case "block":
                return f"{{ {'; '.join(inner)} }}"
            case "list":
                return f"[{', '.join(inner)}]"
            case "entry":
                return f"{self.value}: {inner[0]}"
            case "property":
                return f"{inner[0]}.{self.value}"
            case "not":
                return f"!({inner[0]})"
        return f" {self.value} ".join(inner)


def parse(paths: Sequence[Path]) -> list[Node]:
    """The tree of each file, all read by one Java. Raises Absent without Java, or without Maven for the first time."""
    java = ["java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp", str(groovy())]
    command = [*java, "groovy.ui.GroovyMain", str(HERE / "Read.groovy"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise Absent(f"Groovy cannot run here: {(done.stderr.strip() or 'it says nothing').splitlines()[0]}")
    return [node(found) for found in json.loads(done.stdout)]


def node(found: dict[str, Any]) -> Node:
    """A node out of what Read.groovy prints."""
    return Node(found["kind"], found["line"], found["value"], tuple(map(node, found["parts"])))


def missing(programs: Iterable[str] = PROGRAMS) -> list[str]:
    """Which of these programs this machine lacks."""
    return [program for program in programs if which(program) is None]


def groovy() -> Path:
    """The jar, brought once by Maven; other processes wait meanwhile."""
    _, name, version = GROOVY.split(":")
    jar = JARS / f"{name}-{version}.jar"
    JARS.mkdir(parents=True, exist_ok=True)
    with FileLock(JARS / ".lock"), TemporaryDirectory(dir=JARS) as folder:
        needed = missing(("java",) if jar.exists() else PROGRAMS)
        if needed:
            raise Absent(f"needs {' and '.join(needed)} to read Groovy")
        if not jar.exists():
            command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={GROOVY}", f"-DoutputDirectory={folder}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                raise Absent(f"mvn cannot bring {GROOVY}: {done.stdout.strip().splitlines()[:1]}")
            (Path(folder) / jar.name).rename(jar)
    return jar
