"""weave: fill the code blocks of chapters from the sources that they name. Sources carry no markers: names are anchors.

    python tools/weave.py chapters            rewrite each block that is stale
    python tools/weave.py --check chapters    change nothing; name what is stale or unknown, exit 1
    python tools/weave.py --cover chapters    name the public symbols of reference/ that no chapter or several show

A block is a fence with the info string ``python FILE.py#Symbol``: a class, function, constant or ``Class.method``;
without ``#Symbol`` it is the whole file. FILE is looked up from the folder above the chapters.
The book loads this file as a Sphinx extension: a stale block ends the build, and captions say where blocks are from.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FENCE = re.compile(
    r"^(?P<margin>[ \t]*)(?P<fence>`{3,})(?P<info>[^`\n]*\.py\b[^`\n]*)\n(?P<body>.*?)^(?P<close>(?P=fence)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
INFO = re.compile(r"python (?P<file>[\w./-]+\.py)(?:#(?P<symbol>[\w.]+))?")


class Unknown(Exception):
    """A block that cannot be filled, with the reason."""


def names(node: ast.AST) -> list[str]:
    """What a statement gives a name to."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def source(file: Path, symbol: str | None) -> str:
    """The lines of `symbol` in `file`, its decorators with it, at the margin; raises Unknown."""
    if not file.is_file():
        raise Unknown("no such file")
    text = file.read_text(encoding="utf-8")
    if symbol is None:
        return text
    found: Any = ast.parse(text)
    for name in symbol.split("."):
        here = [node for node in getattr(found, "body", []) if name in names(node)]
        if len(here) != 1:
            raise Unknown(f"{name} is there {len(here)} times" if here else f"no symbol {name}")
        found = here[0]
    first = min([found.lineno, *(decorator.lineno for decorator in getattr(found, "decorator_list", []))])
    lines = text.splitlines(keepends=True)[first - 1 : found.end_lineno]
    return "".join(line.removeprefix(" " * found.col_offset) for line in lines)


def fill(block: re.Match[str], root: Path) -> str:
    """What the body of `block` must be; raises Unknown."""
    info = INFO.fullmatch(block["info"].strip())
    if not info:
        raise Unknown("write python FILE.py#Symbol")
    if block["margin"] or not block["close"]:
        raise Unknown("the fence must start at the margin, and be closed")
    body = source(root / info["file"], info["symbol"])
    if re.search(rf"^{block['fence']}", body, re.MULTILINE):
        raise Unknown("the source holds such a fence itself: use a longer one")
    return body if body.endswith("\n") or not body else body + "\n"


def weave(text: str, chapter: Path, root: Path) -> tuple[str, list[str], list[str]]:
    """The chapter's text with every block filled, a line for each that was stale, and for each that is unknown."""
    stale: list[str] = []
    unknown: list[str] = []

    def refill(block: re.Match[str]) -> str:
        where = f"{chapter}:{text.count(chr(10), 0, block.start()) + 1}: {block['info'].strip()}"
        try:
            body = fill(block, root)
        except Unknown as reason:
            unknown.append(f"{where}: unknown: {reason}")
            return block[0]
        if body != block["body"]:
            stale.append(f"{where}: stale")
        return f"{block['fence']}{block['info']}\n{body}{block['close']}"

    return FENCE.sub(refill, text), stale, unknown


def chapters_of(folder: Path) -> list[Path]:
    """The chapters in `folder`, without what the book's build made."""
    return sorted(path for path in folder.rglob("*.md") if "_build" not in path.relative_to(folder).parts)


def run(folder: Path, write: bool) -> Iterator[str]:
    """Weave every chapter of `folder`; a line for each problem that is left."""
    for chapter in chapters_of(folder):
        text = chapter.read_text(encoding="utf-8")
        woven, stale, unknown = weave(text, chapter, folder.resolve().parent)
        if write and woven != text:
            chapter.write_text(woven, encoding="utf-8")
        yield from unknown if write else stale + unknown


def public(file: Path) -> list[str]:
    """The public symbols that a module defines: those in ``__all__``, else classes and functions without underscore."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    defined = {name: node for node in body for name in names(node)}
    listed = defined.get("__all__")
    if isinstance(listed, ast.Assign):
        return [name for name in ast.literal_eval(listed.value) if name in defined]
    code = (ast.ClassDef, ast.FunctionDef)
    return [name for name, node in defined.items() if isinstance(node, code) and not name.startswith("_")]


def shown(folder: Path) -> Counter[tuple[str, str]]:
    """How often the chapters show each (file, symbol); a whole file shows all its public symbols."""
    count: Counter[tuple[str, str]] = Counter()
    for chapter in chapters_of(folder):
        infos = (INFO.fullmatch(block["info"].strip()) for block in FENCE.finditer(chapter.read_text(encoding="utf-8")))
        for info in filter(None, infos):
            whole = folder.resolve().parent / info["file"]
            count.update((info["file"], name) for name in ([info["symbol"]] if info["symbol"] else public(whole)))
    return count


def cover(folder: Path) -> Iterator[str]:
    """A line for each public symbol of reference/ that is not shown exactly once."""
    root, count = folder.resolve().parent, shown(folder)
    for file in sorted((root / "reference").rglob("*.py")):
        where = file.relative_to(root).as_posix()
        for name in public(file) if file.name != "__init__.py" else []:
            if count[where, name] != 1:
                yield f"{where}#{name}: shown {count[where, name]} times"


def main(arguments: list[str] | None = None) -> int:
    """The command: 0 when nothing is left to say, else 1; --cover only reports, and is 0."""
    parser = argparse.ArgumentParser(prog="weave", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="change nothing; exit 1 when a block is stale")
    mode.add_argument("--cover", action="store_true", help="report symbols that are not shown exactly once")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    lines = list(cover(options.folder) if options.cover else run(options.folder, write=not options.check))
    for line in lines:
        print(line)
    return int(bool(lines) and not options.cover)


def captioned(app: Sphinx, document: str, content: list[str]) -> None:
    """Sphinx, on reading a page: warn of stale blocks, which ends a strict build; let each say where it is from."""
    from sphinx.util import logging

    _, stale, unknown = weave(content[0], Path(document + ".md"), Path(app.srcdir).parent)
    for problem in stale + unknown:
        logging.getLogger(__name__).warning(problem)
    content[0] = FENCE.sub(_caption, content[0])


def _caption(block: re.Match[str]) -> str:
    where = block["info"].strip().removeprefix("python ")
    return f"{block['fence']}{{code-block}} python\n:caption: {where}\n\n{block['body']}{block['close']}"


def setup(app: Sphinx) -> dict[str, bool]:
    """The Sphinx extension. Every page is read again, for it is out of date when the library is: Sphinx cannot know."""
    app.connect("source-read", captioned)
    app.connect("env-get-outdated", lambda app, env, added, changed, removed: sorted(env.found_docs))
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    sys.exit(main())
