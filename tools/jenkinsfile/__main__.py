"""`python -m jenkinsfile FILE`, with PYTHONPATH=tools: checks a Jenkinsfile and prints its plan; --run runs it here.

Exit status: 0 the file is right, and what ran succeeded; 1 it is not, or failed; 2 it cannot be read on this machine.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jenkinsfile.model import Pipeline, Step
from jenkinsfile.plan import plan
from jenkinsfile.reading import Absent, Wrong, parse
from jenkinsfile.running import Place, Run, Stopped, say
from jenkinsfile.stages import understand
from jenkinsfile.values import Facts, text, value


def main(arguments: list[str]) -> int:
    """Do what the command line says, and tell what is wrong a line each; answers the exit status."""
    options = parser().parse_args(arguments)
    if not options.file.is_file():
        print(f"{options.file}: no such file", file=sys.stderr)
        return 1
    try:
        return work(options)
    except Absent as absent:
        print(f"not run, because it {absent}", file=sys.stderr)
        return 2
    except Wrong as wrong:
        found: Sequence[Exception] = [wrong]
    except ExceptionGroup as group:
        found = group.exceptions
    for wrong_line in found:
        print(f"{options.file}:{wrong_line}", file=sys.stderr)
    return 1


def work(options: argparse.Namespace) -> int:
    """Check, then print the plan or run it. Raises Wrong or a group of them, and Absent."""
    pipeline = understand(parse([options.file])[0])
    given = parameters(pipeline, options.param)
    said = {name: str(worth).lower() if isinstance(worth, bool) else worth for name, worth in given.items()}
    facts = Facts(given, options.branch, options.cause, {**said, "BRANCH_NAME": options.branch})
    lines = list(plan(pipeline, facts))  # evaluates everything once, so that nothing is wrong in mid-run
    if not options.run:
        print(*lines, sep="\n")
        return 0
    if options.only and options.only not in pipeline.whole.names():
        print(f"no stage {options.only} (there are: {', '.join(pipeline.whole.names())})", file=sys.stderr)
        return 1
    try:
        Run(options.only).section(pipeline.whole, Place(options.file.absolute().parent, facts))
    except Stopped as stopped:
        say(f"outcome: {stopped.outcome}")
        return 1
    say("outcome: success")
    return 0


def parameters(pipeline: Pipeline, given: list[str]) -> dict[str, str | bool]:
    """The defaults, and what the command line says instead."""
    found = {text(step.arguments["name"], Facts()): default(step) for step in pipeline.parameters}
    for pair in given:
        name, equals, worth = pair.partition("=")
        if not equals or name not in found:
            raise Wrong(1, f"no parameter {pair} (there are: {', '.join(found)}; give NAME=VALUE)")
        found[name] = worth == "true" if isinstance(found[name], bool) else worth
    return found


def default(step: Step) -> str | bool:
    """What a parameter is when nobody says otherwise: of choices the first."""
    if step.name == "choice":
        choices = value(step.arguments["choices"], Facts())
        return choices[0] if isinstance(choices, list) else str(choices)
    worth = value(step.arguments["defaultValue"], Facts()) if "defaultValue" in step.arguments else ""
    return bool(worth) if step.name == "booleanParam" else str(worth)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="jenkinsfile", description=__doc__)
    found.add_argument("file", type=Path)
    found.add_argument("--run", action="store_true", help="run the stages here, not only print them")
    found.add_argument("--only", metavar="STAGE", help="with --run: this stage alone")
    found.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="in place of its default")
    found.add_argument("--branch", default="main", help="for when { branch }")
    found.add_argument("--cause", default="UserIdCause", help="for when { triggeredBy }, such as TimerTrigger")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
