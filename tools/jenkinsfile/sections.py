"""From the tree to sections, by rules.py. Goes on after a mistake, so that all are told at once."""

from collections.abc import Iterator, Mapping

from jenkinsfile import rules
from jenkinsfile.model import Section, Step, Steps
from jenkinsfile.reading import Node, Wrong


class Sections:
    """Reads one file; what is wrong with it gathers in `wrong`."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []

    def refuse(self, line: int, what: str) -> None:
        self.wrong.append(Wrong(line, what))

    # blocks and calls

    def block(self, call: Node) -> Node:
        """The block of a call that takes nothing else."""
        if len(call.parts) == 1 and call.parts[0].kind == "block":
            return call.parts[0]
        self.refuse(call.line, f"{call.value}: needs {{ }} and nothing else")
        return Node("block", call.line)

    def entries(self, block: Node, where: str, allowed: Mapping[str, object] | tuple[str, ...]) -> Iterator[Node]:
        """The calls of a block, those apart that are not allowed."""
        for node in block.parts:
            if node.kind == "chain":
                self.refuse(node.line, f"{where}: '{node.value}' must start a line of its own")
            elif node.kind == "call" and node.value in allowed:
                yield node
            else:
                what = "unknown" if node.kind == "call" else "not a call:"
                shown = node.value if node.kind == "call" else node
                self.refuse(node.line, f"{where}: {what} '{shown}' (allowed: {', '.join(sorted(allowed))})")

    def sections(self, block: Node, where: str, allowed: Mapping[str, object] | tuple[str, ...]) -> dict[str, Node]:
        """The same, each once."""
        found: dict[str, Node] = {}
        for node in self.entries(block, where, allowed):
            if node.value in found:
                self.refuse(node.line, f"{where}: a second '{node.value}'")
            found.setdefault(node.value, node)
        return found

    def calls(self, node: Node | None, where: str, allowed: Mapping[str, tuple[str, ...]]) -> Steps:
        block = self.block(node) if node else Node("block", 0)
        return tuple(self.call(entry, allowed[entry.value]) for entry in self.entries(block, where, allowed))

    def call(self, node: Node, names: tuple[str, ...], steps: Steps = ()) -> Step:
        """The arguments of a call; the first may go without its name."""
        given = [part for part in node.parts if part.kind != "block"]
        found = {part.value: part.parts[0] for part in given if part.kind == "entry"}
        plain = [part for part in given if part.kind != "entry"]
        if len(plain) > min(1, len(names)) or (plain and names[0] in found):
            self.refuse(node.line, f"{node.value}: too many arguments")
        elif plain:
            found[names[0]] = plain[0]
        for name in found:
            if name not in names:
                self.refuse(node.line, f"{node.value}: unknown argument '{name}' (allowed: {', '.join(names)})")
        return Step(node.value, node.line, found, steps)

    # what all sections have

    def section(self, name: str, line: int, body: str, found: Mapping[str, Node]) -> Section:
        options = rules.OPTIONS if body == "pipeline" else rules.STAGE_OPTIONS
        once = self.sections(self.block(found["options"]), "options", options) if "options" in found else {}
        return Section(
            name, line, body,
            agent=self.agent(found["agent"]) if "agent" in found else None,
            environment=self.environment(found.get("environment")),
            options=tuple(self.call(node, options[option]) for option, node in once.items()),
            when=self.block(found["when"]) if "when" in found else None,
            post=self.post(found.get("post")),
        )  # fmt: skip

    def agent(self, node: Node) -> Node:
        match [(part.kind, part.value) for part in node.parts]:
            case [("name", "any" | "none")]:
                pass
            case [("block", _)] if len(node.parts[0].parts) == 1:
                for inner in self.entries(node.parts[0], "agent", rules.AGENT):
                    if inner.value == "node":
                        names = dict.fromkeys(rules.AGENT["node"], ("value",))
                        tuple(self.calls(inner, "node", names))
                    elif not self.call(inner, rules.AGENT["label"]).arguments:
                        self.refuse(inner.line, "label: needs a label")
            case _:
                self.refuse(node.line, f"agent: any, none, or one of {', '.join(rules.AGENT)} in {{ }}, not '{node}'")
        return node

    def environment(self, node: Node | None) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for entry in self.block(node).parts if node else ():
            match entry:
                case Node("operation", _, "=", (Node("name", _, name), Node("constant" | "text") as worth)):
                    found[name] = worth
                case _:
                    self.refuse(entry.line, f"environment: NAME = 'value', not '{entry}'")
        return found

    def post(self, node: Node | None) -> dict[str, Steps]:
        found = self.sections(self.block(node), "post", rules.OUTCOMES) if node else {}
        return {name: self.steps(self.block(call), f"post {name}", name == "always") for name, call in found.items()}

    def steps(self, block: Node, where: str, always: bool = False) -> Steps:
        if not block.parts:
            self.refuse(block.line, f"{where}: no step")
        return tuple(self.step(node, where, always) for node in self.entries(block, where, rules.STEPS))

    def step(self, node: Node, where: str, always: bool) -> Step:
        if node.value == "junit" and not always:
            self.refuse(node.line, f"{where}: junit belongs in post always, or a failed stage has no results")
        last = node.parts[-1] if node.parts and node.parts[-1].kind == "block" else None
        if (last is not None) is not (node.value in rules.WITH_STEPS):
            self.refuse(node.line, f"{node.value}: {'takes no' if last else 'needs a'} block")
        inner = self.steps(last, where, always) if last else ()
        step = self.call(node, rules.STEPS[node.value], inner)
        if rules.STEPS[node.value] and rules.STEPS[node.value][0] not in step.arguments:
            self.refuse(node.line, f"{node.value}: needs {rules.STEPS[node.value][0]}")
        elif node.value == "sh" and step.arguments["script"].kind != "constant":
            self.refuse(node.line, "sh: takes single quotes; in double ones Groovy, not the shell, fills in ${ }")
        return step
