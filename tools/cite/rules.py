"""What holds of notes without the foreign source: the sections, the states, the evidence, the form of citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from cite.notes import Block, Citation, Defect, Question, Role, citation
from cite.pages import seal
from cite.systems import STATES, System, numbers, steps

__all__ = ["LONGEST", "broken", "floating", "written_out"]

LONGEST = 80  # lines: whoever cites more has not said which
URL = re.compile(r"https?://[^\s<>)\]`|\"']+")
BRANCH = re.compile(r"/(?:-/)?(?:blob|tree|raw|blame|commits?|src|archive)/|//raw\.|@(?:latest|main|master|HEAD)\b")
MANUAL = re.compile(r"/(?:latest|stable|current|master|main|trunk|nightly|HEAD)(?=[/?#]|[.,;:!]*$)")
PINNED = re.compile(r"/[0-9a-f]{40}(?![0-9a-f])")
DOCUMENT = re.compile(r"(?P<address>https://\S+) (?P<date>\d{4}-\d{2}-\d{2})")
MARK = re.compile(r"\{(src|lab|number|dated|inference)\}")
UNIT = r"(?:ms|µs|us|ns|s|sec|seconds?|minutes?|min|hours?|days?|weeks?|months?|years?)"
RATE = (
    r"(?:[kKMGT]i?[bB](?:ytes?)?|bytes?|requests?|objects?|operations?|ops|calls?)(?: ?/ ?s(?:ec)?\b| (?:a|per) second)"
)
FIGURE = re.compile(rf"\d[\d.,]* ?(?:{RATE}|{UNIT}\b)")
WORDS = 4  # of an inference, at least: with fewer nobody says what it was drawn from
SOURCES = {"src", "dated"}  # what a figure that is written out can be from; a measured one is written {number}


def broken(system: System, template: list[Question], root: Path) -> Iterator[Defect]:
    """Every defect that can be seen without a clone."""
    yield from _about(system)
    yield from _sections(system, template)
    known, wrong = numbers(system)
    yield from wrong
    run = steps(root, system.name)
    for question in system.questions():
        yield from _state(system, question)
        for block in question.blocks:
            yield from _evidence(system, block)
            for role in block.roles():
                said = _role(role, system, known, run)
                yield from (Defect(system.file, role.line, what) for what in said)
    yield from _kept(system)


def _about(system: System) -> Iterator[Defect]:
    file = system.folder / "system.toml"
    wanted = {
        "commit": r"[0-9a-f]{40}",
        "date": r"\d{4}-\d{2}-\d{2}",
        "repository": r"https://\S+",
        "name": system.name,
    }
    for name, pattern in wanted.items():
        if not re.fullmatch(pattern, system.about[name]):
            yield Defect(file, 1, f"{name} = {system.about[name]!r} does not fit {pattern}")
    for role, found in zip(system.about["entry_points"], system.entry_points(), strict=True):
        if found is None:
            yield Defect(file, 1, f"the entry point {role} is not PATH#L1-L2 SYMBOL")


def _sections(system: System, template: list[Question]) -> Iterator[Defect]:
    """The questions are those of the template, once each, in its order, under its titles."""
    asked = {question.id: question.title for question in template}
    there = [question.id for question in system.questions()]
    for question in system.questions():
        if question.id not in asked:
            yield Defect(system.file, question.line, f"{question.id} is no question of the template")
        elif question.title != asked[question.id]:
            yield Defect(system.file, question.line, f"the title of {question.id} is: {asked[question.id]}")
    place = 1  # of what is missing: where the question before it in the template is
    for name in asked:
        place = next((question.line for question in system.questions() if question.id == name), place)
        if there.count(name) != 1:
            yield Defect(
                system.file, place, f"{name} is there {there.count(name)} times; once, with its answer or Open"
            )
    if sorted(there) == sorted(asked) and there != list(asked):
        first = next(here for here, due in zip(there, asked, strict=True) if here != due)
        yield Defect(system.file, 1, f"{first} is not in the template's order")
    for name in sorted({*asked} ^ {*system.states}):
        what = "is no question of the template" if name in system.states else "has no state"
        yield Defect(system.folder / "system.toml", 1, f"{name} {what}")


def _state(system: System, question: Question) -> Iterator[Defect]:
    """The state says what the text is: open says only so, partly says what is missing, answered leaves nothing open."""
    state = system.states.get(question.id, STATES[-1])
    lacks = [block for block in question.blocks if _is_open(block)]
    says = [block for block in question.blocks if not _is_open(block)]
    fits = {"answered": says and not lacks, "partly": says and lacks, "open": lacks and not says}
    if state not in STATES:
        yield Defect(system.folder / "system.toml", 1, f"{question.id} = {state!r}: one of {', '.join(STATES)}")
    elif not fits[state]:
        due = {"answered": "an answer and no Open", "partly": "an answer, and after Open what is missing"}
        yield Defect(system.file, question.line, f"{question.id} is {state}, which needs {due.get(state, 'only Open')}")


def _is_open(block: Block) -> bool:
    return bool(re.match(r"Open[.:]", block.text))


def _evidence(system: System, block: Block) -> Iterator[Defect]:
    kinds = {role.kind for role in block.roles()}
    if not kinds and not _is_open(block) and not _claims_nothing(block, system.text.splitlines()):
        yield Defect(
            system.file, block.line, "no evidence: cite {src}, {lab}, {number} or {dated}, or write {inference}"
        )
    figures = written_out(block)
    if figures and not kinds & SOURCES:
        what = f"{figures[0]!r} is a figure from nowhere: write {{number}} in its place, or cite {{src}} or {{dated}}"
        yield Defect(system.file, block.line, what)
    for number, line in enumerate(block.text.splitlines(), block.line):
        if len(MARK.findall(line)) != len([role for role in block.roles() if role.line == number]):
            yield Defect(system.file, number, "a role is not closed: write {src}`...` on one line")


def written_out(block: Block) -> list[str]:
    """The figures of a block that stand in its text, and not in a role or between backticks."""
    return [found[0] for found in FIGURE.finditer(re.sub(r"\{\w+\}`[^`]*`|`[^`]*`", "", block.text))]


def _claims_nothing(block: Block, lines: list[str]) -> bool:
    """One sentence that leads to a list; a table's first row and the rule below it."""
    if not block.text.startswith("|"):
        return re.fullmatch(r"[^.!?|]*:", block.text) is not None
    ruled = [re.fullmatch(r"\|[-:| ]+\|", lines[n]) for n in (block.line - 1, block.line) if n < len(lines)]
    return any(ruled)


def _role(role: Role, system: System, known: dict[str, dict[str, object]], run: dict[str, str]) -> Iterator[str]:
    match role.kind:
        case "src":
            found = citation(role.text)
            yield from _source(found, system) if found else (_malformed(role),)
        case "lab" if role.text not in run:
            near = get_close_matches(role.text, run, n=1)
            yield f"no run of the lab step {role.text} is kept" + "".join(f"; do you mean {name}?" for name in near)
        case "lab" if run[role.text] == "not run":
            yield f"the lab step {role.text} was not run: it is no evidence"
        case "number" if role.text not in known:
            yield f"no number {role.text} in {system.name}/numbers*.jsonl"
        case "number" if known[role.text].get("status") == "not run":
            yield f"the number {role.text} was not measured: it is no evidence"
        case "dated":
            found_date = DOCUMENT.fullmatch(role.text)
            if not found_date or not _is_date(found_date["date"]):
                yield "a document is {dated}`https://ADDRESS YYYY-MM-DD`"
        case "inference" if len(re.findall(r"\w+", role.text)) < WORDS:
            yield f"{role.text!r} does not say what it is inferred from: at least {WORDS} words"


def _malformed(role: Role) -> str:
    floats = not re.match(r"[^@]+@[0-9a-f]{40}:", role.text)
    why = "floats: a commit has 40 hex digits" if floats else "lines and a symbol are missing"
    return f"{role.text[:60]!r} {why}; write {{src}}`NAME@<40 hex>:PATH#L1-L2 SYMBOL`"


def _source(found: Citation, system: System) -> Iterator[str]:
    if (found.name, found.commit) != (system.name, system.commit):
        yield f"cites {found.name}@{found.commit[:12]}, but these notes are of {system.name}@{system.commit[:12]}"
    if not 1 <= found.first <= found.last:
        yield f"lines {found.first} to {found.last} are no range"
    elif found.last - found.first >= LONGEST:
        yield f"cites {found.last - found.first + 1} lines, {LONGEST} at most: say which"


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def floating(root: Path) -> Iterator[Defect]:
    """Every link, on any page of the notes, the labs or the kit, whose target changes when a branch does."""
    for file in sorted(root.rglob("*.md")):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for found in URL.finditer(line):
                if PINNED.search(found[0]):
                    continue
                if BRANCH.search(found[0]):
                    yield Defect(file, number, f"{found[0]} floats: link to a commit, by its 40 hex digits")
                elif MANUAL.search(found[0]) and not line[: found.start()].endswith("{dated}`"):
                    what = "link to a version of it, or cite it as {dated}`ADDRESS YYYY-MM-DD`"
                    yield Defect(file, number, f"{found[0]} floats: {what}")


def _kept(system: System) -> Iterator[Defect]:
    """Every citation has the hash of its lines in the lock, and no hash is left over."""
    cited = {str(found): (file, line) for found, file, line in reversed(system.citations())}
    for text, (file, line) in cited.items():
        if text not in system.lock:
            where = text.partition(":")[2]
            yield Defect(file, line, f"no hash is kept of {where}: make notes CLONES=... ARGS=--write")
    found = system.folder / "checked.txt"
    if not found.is_file() or found.read_text(encoding="utf-8") != seal(system):
        yield Defect(found, 1, "not of this text and these hashes: make notes CLONES=... ARGS=--write")
    for number, text in enumerate(system.lock, 1):
        if text not in cited:
            yield Defect(system.folder / "citations.lock", number, "nobody cites this any more: ARGS=--write")
