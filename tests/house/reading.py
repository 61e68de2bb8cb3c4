"""How the checks of this folder read the source: modules, imports, code lines."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference" / "storage_combinators"
CONFORMANCE = ROOT / "conformance" / "storage_conformance"
COMBINATORS = ("transforming", "guarding", "observing", "caching", "routing")
LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A source file: its dotted name, and its text, which a check of the checks makes up."""

    name: str
    text: str
    is_package: bool = False

    @cached_property  # once: the checks tell nodes apart by identity
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


@dataclass(frozen=True)
class Import:
    """What one import statement brings: a dotted name, and whether only in a function, or only for type checkers."""

    target: str
    line: int
    inside: bool
    typed: bool


def modules(package: Path) -> list[Module]:
    return [
        Module(dotted(path.relative_to(package.parent)), path.read_text(), path.name == "__init__.py")
        for path in sorted(package.rglob("*.py"))
    ]


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports(module: Module) -> Iterator[Import]:
    """Every import of a module, TYPE_CHECKING ones too; `from a import b` is a.b, relative ones made absolute."""
    inner = within(functions(module.tree))
    typed = within(
        node for node in ast.walk(module.tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    )
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            start = ""
        elif isinstance(node, ast.ImportFrom):
            start = f"{absolute(module, node)}."
        else:
            continue
        yield from (Import(start + name.name, node.lineno, id(node) in inner, id(node) in typed) for name in node.names)


def within(nodes: Iterable[ast.AST]) -> set[int]:
    return {id(inner) for node in nodes for inner in ast.walk(node)}


def absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*kept, node.module] if node.module else kept)


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def classes(tree: ast.AST) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def code_lines(module: Module) -> set[int]:
    """The numbers of the lines with code: no blanks, comments, docstrings."""
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline)
        if token.type not in LAYOUT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return code - {line for node in ast.walk(module.tree) for line in docstring_lines(node)}


def docstring_lines(node: ast.AST) -> range:
    if not isinstance(node, Documented) or ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def lines_of(node: ast.AST, code: set[int]) -> int:
    """How many of the lines of code belong to a class or function, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return len(code & set(range(first, (node.end_lineno or node.lineno) + 1)))
