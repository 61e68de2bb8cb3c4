"""What a Jenkinsfile says: a pipeline of sections of steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jenkinsfile.reading import Node

Steps = tuple["Step", ...]


@dataclass(frozen=True)
class Step:
    """A step, option, parameter or trigger: a name, arguments by name, and the steps inside."""

    name: str
    line: int
    arguments: Mapping[str, Node]
    steps: Steps = ()

    def __str__(self) -> str:
        return " ".join([self.name, ", ".join(f"{name}: {node}" for name, node in self.arguments.items())]).strip()


@dataclass(frozen=True)
class Section:
    """The pipeline, a stage, or what a matrix repeats. Of `steps` and `inner` one is empty.

    `body` is what the section holds, or "pipeline" or "cell" for those two, which are no stages. `agent` is the call as
    it stands, None where the section has none of its own; `cells` are the values of the axes.
    """

    name: str
    line: int
    body: str
    agent: Node | None = None
    environment: Mapping[str, Node] = field(default_factory=dict)
    options: Steps = ()
    when: Node | None = None
    steps: Steps = ()
    inner: tuple["Section", ...] = ()
    cells: tuple[Mapping[str, str], ...] = ()
    excluded: tuple[Mapping[str, str], ...] = ()
    fail_fast: bool = False
    post: Mapping[str, Steps] = field(default_factory=dict)

    def names(self) -> Iterator[str]:
        for section in self.inner:
            yield from ([section.name] if section.body != "cell" else [])
            yield from section.names()


@dataclass(frozen=True)
class Pipeline:
    """What a Jenkinsfile says."""

    whole: Section
    parameters: Steps
    triggers: Steps
