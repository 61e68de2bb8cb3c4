"""What expressions and conditions of a Jenkinsfile are worth. What only a server can tell is Wrong, never true."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jenkinsfile.reading import Node, Wrong

Value = str | int | bool | list[str]
FLAGS = ("beforeAgent", "beforeInput", "beforeOptions")
CONDITIONS = ("allOf", "anyOf", "branch", "environment", "equals", "expression", "not", "triggeredBy")


@dataclass(frozen=True)
class Facts:
    """What a build knows when it starts, and what the stages around the present one add."""

    parameters: Mapping[str, str | bool] = field(default_factory=dict)
    branch: str = "main"
    cause: str = "UserIdCause"
    environment: Mapping[str, str] = field(default_factory=dict)

    def having(self, more: Mapping[str, str]) -> "Facts":
        return replace(self, environment={**self.environment, **more})


def value(node: Node, facts: Facts) -> Value:
    """Worth of an expression: constants, strings, lists, env.X, params.X, X, ==, !=, &&, || and !."""
    match node.kind:
        case "constant" if isinstance(node.value, str | int):
            return node.value
        case "text":
            return "".join(str(value(part, facts)) for part in node.parts)
        case "list":
            return [text(part, facts) for part in node.parts]
        case "name" if node.value in facts.environment:
            return facts.environment[node.value]
        case "property" if str(node.parts[0]) == "env" and node.value in facts.environment:
            return facts.environment[node.value]
        case "property" if str(node.parts[0]) == "params" and node.value in facts.parameters:
            return facts.parameters[node.value]
        case "not":
            return not value(node.parts[0], facts)
        case "operation" if node.value in ("==", "!=", "&&", "||"):
            return operation(node, facts)
    raise Wrong(node.line, f"'{node}' cannot be evaluated here")


def operation(node: Node, facts: Facts) -> bool:
    """Worth of a comparison, `and` or `or`."""
    left, right = (value(part, facts) for part in node.parts)  # both, so that neither is wrong unseen
    if node.value in ("==", "!="):
        return (left == right and type(left) is type(right)) is (node.value == "==")
    return bool(left and right) if node.value == "&&" else bool(left or right)


def text(node: Node, facts: Facts) -> str:
    """Worth as a string, true and false as Groovy writes them."""
    found = value(node, facts)
    return str(found).lower() if isinstance(found, bool) else str(found)


def holds(when: Node, facts: Facts) -> bool:
    """Whether all conditions of a `when` block hold."""
    found = [condition(part, facts) for part in when.parts if part.value not in FLAGS]
    return all(found)


def condition(node: Node, facts: Facts) -> bool:
    """Worth of one condition; every part of it is looked at, so that none is wrong unseen."""
    inner = node.parts[-1] if node.parts and node.parts[-1].kind == "block" else Node("block", node.line)
    if node.kind == "call" and node.value in ("allOf", "anyOf", "not", "expression"):
        if not inner.parts or (node.value in ("not", "expression") and len(inner.parts) != 1):
            raise Wrong(node.line, f"when: {node.value} needs {'conditions' if 'Of' in node.value else 'exactly one'}")
        if node.value == "expression":
            return bool(value(inner.parts[0], facts))
        found = [condition(part, facts) for part in inner.parts]
        return any(found) if node.value == "anyOf" else all(found) is (node.value == "allOf")
    return simple(node, facts)


def simple(node: Node, facts: Facts) -> bool:
    """Worth of a condition without conditions inside."""
    named = {part.value: part.parts[0] for part in node.parts if part.kind == "entry"}
    match node.kind, node.value, sorted(named) or len(node.parts):
        case "call", "branch", 1:
            return plain(node.parts[0], facts) == facts.branch
        case "call", "triggeredBy", 1:
            return text(node.parts[0], facts) == facts.cause
        case "call", "environment", ["name", "value"]:
            return facts.environment.get(text(named["name"], facts)) == text(named["value"], facts)
        case "call", "equals", ["actual", "expected"]:
            return value(named["actual"], facts) == value(named["expected"], facts)
    raise Wrong(node.line, f"when: '{node}' cannot be evaluated here (allowed: {', '.join((*CONDITIONS, *FLAGS))})")


def plain(node: Node, facts: Facts) -> str:
    """A branch, by its name. Raises Wrong for a pattern, whose rules are the server's."""
    found = text(node, facts)
    if set(found) & set("*?"):
        raise Wrong(node.line, f"when: branch takes a plain name here, no pattern such as {found}")
    return found
