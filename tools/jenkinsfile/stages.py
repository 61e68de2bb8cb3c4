"""From the tree to a whole pipeline: stages, where they may have what, and the cells of a matrix."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from jenkinsfile import rules
from jenkinsfile.model import Pipeline, Section
from jenkinsfile.reading import Node, Wrong
from jenkinsfile.sections import Sections


def understand(file: Node) -> Pipeline:
    """The pipeline of a file. Raises an ExceptionGroup of Wrong, in the order of the lines."""
    reader = Stages()
    pipeline = reader.pipeline(file)
    if reader.wrong:
        raise ExceptionGroup("wrong", sorted(reader.wrong, key=lambda wrong: wrong.line))
    return pipeline


def has_agent(section: Section, above: bool) -> bool:
    """Whether steps of this section have a machine, given whether those around it have."""
    return above if section.agent is None else str(section.agent) != "agent none"


class Stages(Sections):
    """Reads one file."""

    def pipeline(self, file: Node) -> Pipeline:
        if file.kind == "error":
            raise Wrong(file.line, f"no Groovy: {file.value}")
        if [(node.kind, node.value) for node in file.parts] != [("call", "pipeline")]:
            line = next((node.line for node in file.parts if (node.kind, node.value) != ("call", "pipeline")), 1)
            raise Wrong(line, "one pipeline { } is all that may stand here")
        found = self.sections(self.block(file.parts[0]), "pipeline", rules.PIPELINE)
        for name in ("agent", "stages"):
            if name not in found:
                self.refuse(file.parts[0].line, f"pipeline: needs {name}")
        whole = self.section("pipeline", file.parts[0].line, "pipeline", found)
        agent = has_agent(whole, "agent" not in found)  # said once, above
        self.post_has_agent(whole, agent)
        whole = replace(whole, inner=self.stages(found.get("stages"), "stages", agent, False))
        self.names_are_different(whole)
        return Pipeline(
            whole,
            self.calls(found.get("parameters"), "parameters", rules.PARAMETERS),
            self.calls(found.get("triggers"), "triggers", rules.TRIGGERS),
        )

    def stages(self, node: Node | None, where: str, agent: bool, branches: bool) -> tuple[Section, ...]:
        if node is None:
            return ()
        found = tuple(self.stage(call, agent, branches) for call in self.entries(self.block(node), where, ("stage",)))
        if not found:
            self.refuse(node.line, f"{where}: no stage")
        return found

    def stage(self, node: Node, agent: bool, branches: bool) -> Section:
        match node.parts:
            case (Node("constant", _, str(name)), Node("block") as block):
                pass
            case _:
                self.refuse(node.line, "stage: needs a name and a block")
                return Section("", node.line, "steps")
        found = self.sections(block, f"stage {name}", rules.STAGE)
        bodies = [body for body in rules.BODIES if body in found]
        if len(bodies) != 1:
            self.refuse(node.line, f"stage {name}: needs exactly one of {', '.join(rules.BODIES)}; has {len(bodies)}")
            return Section(name, node.line, "steps")
        body = bodies[0]
        stage = self.section(name, node.line, body, found)
        self.only_where_it_belongs(stage, found, branches)
        stage = replace(stage, fail_fast=self.fail_fast(found.get("failFast")))
        agent = has_agent(stage, agent)
        self.post_has_agent(stage, agent)
        if body == "matrix":
            return self.matrix(stage, found[body], agent)
        if body == "steps":
            if not agent:
                self.refuse(node.line, f"stage {name}: has no agent, and none above has one")
            return replace(stage, steps=self.steps(self.block(found[body]), f"stage {name}"))
        return replace(stage, inner=self.stages(found[body], body, agent, branches or body == "parallel"))

    def only_where_it_belongs(self, stage: Section, found: Mapping[str, Node], branches: bool) -> None:
        several = stage.body in ("parallel", "matrix")
        if several and branches:
            self.refuse(stage.line, f"stage {stage.name}: no {stage.body} inside parallel or matrix")
        if several and "agent" in found:
            self.refuse(found["agent"].line, f"stage {stage.name}: agent belongs to the stages in {stage.body}")
        if not several and "failFast" in found:
            self.refuse(found["failFast"].line, f"stage {stage.name}: failFast needs parallel or matrix")

    def names_are_different(self, whole: Section) -> None:
        names = list(whole.names())
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.refuse(whole.line, f"pipeline: two stages are called {name}")

    def fail_fast(self, node: Node | None) -> bool:
        if node is None:
            return False
        if [(part.kind, part.value) for part in node.parts] not in ([("constant", True)], [("constant", False)]):
            self.refuse(node.line, "failFast: true or false")
        return str(node) == "failFast true"

    def post_has_agent(self, section: Section, agent: bool) -> None:
        """A post section of a pipeline with `agent none` has no files: nothing to archive, nowhere to run."""
        for step in [step for steps in section.post.values() for step in steps]:
            if not agent and step.name not in rules.ANYWHERE:
                self.refuse(step.line, f"{section.name} post: {step.name} needs an agent, and there is none")

    # matrix

    def matrix(self, stage: Section, node: Node, agent: bool) -> Section:
        """The stage with one section inside, that is run for each cell."""
        found = self.sections(self.block(node), "matrix", rules.MATRIX)
        for name in ("axes", "stages"):
            if name not in found:
                self.refuse(node.line, f"matrix: needs {name}")
        cell = self.section(f"{stage.name} (cell)", node.line, "cell", found)
        agent = has_agent(cell, agent)
        self.post_has_agent(cell, agent)
        axes = self.axes(found.get("axes"), {})
        all_cells = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
        excluded = [cell for cell in all_cells if any(self.hits(cell, out) for out in self.excludes(found, axes))]
        kept = tuple(cell for cell in all_cells if cell not in excluded)
        if all_cells and not kept:
            self.refuse(node.line, "matrix: no cell is left")
        inner = self.stages(found.get("stages"), "stages", agent, True)
        return replace(stage, inner=(replace(cell, inner=inner),), cells=kept, excluded=tuple(excluded))

    @staticmethod
    def hits(cell: Mapping[str, str], exclude: Mapping[str, list[str]]) -> bool:
        return all(cell[name] in values for name, values in exclude.items())

    def excludes(self, found: Mapping[str, Node], axes: Mapping[str, list[str]]) -> list[dict[str, list[str]]]:
        if "excludes" not in found:
            return []
        entries = self.entries(self.block(found["excludes"]), "excludes", ("exclude",))
        return [self.axes(entry, axes) for entry in entries]

    def axes(self, node: Node | None, known: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The values of each axis; `known` are those of the matrix, when an exclude is read."""
        found: dict[str, list[str]] = {}
        block = self.block(node) if node else Node("block", 0)
        for entry in self.entries(block, node.value if node else "axes", ("axis",)):
            name, values = self.axis(entry, known)
            if name in found:
                self.refuse(entry.line, f"axis: a second {name}")
            found[name] = values
        if node and not found:
            self.refuse(node.line, f"{node.value}: no axis")
        return found

    def axis(self, node: Node, known: Mapping[str, list[str]]) -> tuple[str, list[str]]:
        allowed = ("name", "values", "notValues") if known else ("name", "values")
        found = self.sections(self.block(node), "axis", allowed)
        words = {key: [part.value for part in call.parts if isinstance(part.value, str)] for key, call in found.items()}
        name, values = words.pop("name", [""])[0], [value for listed in words.values() for value in listed]
        if not name or not values or len(found) != 2:
            self.refuse(node.line, "axis: needs a name and values")
        elif known and (name not in known or not set(values) <= set(known[name])):
            self.refuse(node.line, f"exclude: no axis {name} with {', '.join(values)}")
            return next(iter(known)), []
        if "notValues" in found:
            values = [value for value in known.get(name, []) if value not in values]
        return name, values
