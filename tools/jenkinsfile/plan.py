"""What a pipeline would do, a line each: for people, and for a test that shows every change of it."""

from collections.abc import Iterator, Mapping

from jenkinsfile import rules
from jenkinsfile.model import Pipeline, Section, Step, Steps
from jenkinsfile.reading import Node, Wrong
from jenkinsfile.values import Facts, holds, text, value


def plan(pipeline: Pipeline, facts: Facts) -> Iterator[str]:
    """The lines, two blanks deeper for each level; what `when` leaves out is shown too, as skipped."""
    whole = pipeline.whole
    yield "pipeline"
    for step in (*pipeline.triggers, *pipeline.parameters):
        yield f"  {step}"
    yield from section(whole, facts, "  ")


def section(found: Section, facts: Facts, indent: str) -> Iterator[str]:
    """What a section says of itself, then its body, then its post."""
    facts = facts.having(environment(found, facts))
    if found.agent:
        yield f"{indent}agent {with_values(found.agent.parts[0], facts)}"
    for option in found.options:
        limits(option)
        yield f"{indent}{option}"
    for name in found.environment:
        yield f"{indent}{name} = {facts.environment[name]}"
    if found.when is not None:
        yield f"{indent}{'runs' if holds(found.when, facts) else 'skipped'} when {found.when}"
    yield from body(found, facts, indent)
    for outcome in rules.OUTCOMES:
        if outcome in found.post:
            yield f"{indent}post {outcome}"
            yield from steps(found.post[outcome], indent + "  ")


def with_values(agent: Node, facts: Facts) -> str:
    """What an agent is; a label in double quotes as it is in this cell."""
    if agent.kind == "block" and agent.parts[0].value == "label":
        return text(agent.parts[0].parts[0], facts)
    return str(agent)


def body(found: Section, facts: Facts, indent: str) -> Iterator[str]:
    """Steps, stages, or every cell of a matrix."""
    yield from steps(found.steps, indent)
    if found.body == "matrix":
        for cell in found.excluded:
            yield f"{indent}excluded {shown(cell)}"
        for cell in found.cells:
            yield f"{indent}cell {shown(cell)}"
            yield from section(found.inner[0], facts.having(cell), indent + "  ")
        return
    for stage in found.inner:
        yield f"{indent}stage {stage.name}{' (parallel)' if found.body == 'parallel' else ''}"
        yield from section(stage, facts, indent + "  ")


def steps(found: Steps, indent: str) -> Iterator[str]:
    """Each step, those inside it deeper."""
    for step in found:
        limits(step)
        yield f"{indent}{step}"
        yield from steps(step.steps, indent + "  ")


def shown(cell: Mapping[str, str]) -> str:
    """A cell of a matrix as people read it."""
    return " ".join(f"{name}={worth}" for name, worth in cell.items())


def environment(found: Section, facts: Facts) -> dict[str, str]:
    """The variables of a section; each may use those above it."""
    worth: dict[str, str] = {}
    for name, node in found.environment.items():
        worth[name] = text(node, facts.having(worth))
    return worth


def limits(step: Step) -> tuple[float | None, int]:
    """Seconds and attempts that a timeout or retry allows."""
    if step.name not in ("timeout", "retry"):
        return None, 1
    name = "time" if step.name == "timeout" else "count"
    number = value(step.arguments[name], Facts()) if name in step.arguments else 0
    if not isinstance(number, int) or number < 1:
        raise Wrong(step.line, f"{step.name}: {name} is a whole number from 1")
    if step.name == "retry":
        return None, number
    unit = text(step.arguments["unit"], Facts()) if "unit" in step.arguments else "MINUTES"
    if unit not in rules.UNITS:
        raise Wrong(step.line, f"timeout: unit is one of {', '.join(rules.UNITS)}, not {unit}")
    return float(number * rules.UNITS[unit]), 1
