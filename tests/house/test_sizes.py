"""How long things may be, and that what is switched off says why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.reading import (
    COMBINATORS,
    CONFORMANCE,
    REFERENCE,
    ROOT,
    Documented,
    Module,
    classes,
    code_lines,
    functions,
    lines_of,
    modules,
)

LONGEST = {"module": 150, "function": 25, "combinator": 40, "text": 8, "other module": 300}
NO_STORES = {"Generic", "ABC", "Protocol", "Enum", "Exception", "ValueError", "RuntimeError", "OSError"}
OFF = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore|pragma)\b")
REASON = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore|pragma)[^#]*#\s*\w+")


def long_modules(module: Module, most: int) -> Iterator[str]:
    count = len(module.text.splitlines())
    if count > most:
        yield f"{module.name} has {count} lines, {most} at most"


def long_functions(module: Module) -> Iterator[str]:
    code = code_lines(module)
    for function in functions(module.tree):
        count = lines_of(function, code)
        if count > LONGEST["function"]:
            yield f"{module.name} line {function.lineno}: {function.name} has {count} lines of code"


def long_combinators(module: Module) -> Iterator[str]:
    code = code_lines(module)
    if module.name.split(".")[1:2] and module.name.split(".")[1] in COMBINATORS:
        for found in classes(module.tree):
            if lines_of(found, code) > LONGEST["combinator"]:
                yield f"{module.name}: {found.name} has {lines_of(found, code)} lines of code"


def poor_docstrings(module: Module) -> Iterator[str]:
    """A public class of a combinator or leaf says what it is in few lines, gives an equation, shows a use."""
    if "." in module.name and module.name.split(".")[1] in (*COMBINATORS, "leaves"):
        for found in classes(module.tree):
            if not found.name.startswith("_") and is_a_store(found):
                yield from (f"{module.name}: {found.name} {complaint}" for complaint in complaints(found))


def is_a_store(found: ast.ClassDef) -> bool:
    """A dataclass that reads and lists, or derives from what does."""
    own = {function.name for function in functions(found)}
    bases = {ast.unparse(base).split("[")[0] for base in found.bases}
    decorated = any("dataclass" in ast.unparse(decorator) for decorator in found.decorator_list)
    return decorated and (own >= {"get", "refs"} or bool(bases - NO_STORES))


def complaints(found: Documented) -> Iterator[str]:
    text, _, example = (ast.get_docstring(found) or "").partition(">>>")
    if len([line for line in text.splitlines() if line.strip()]) > LONGEST["text"]:
        yield f"says it in more than {LONGEST['text']} lines"
    if "``" not in text:
        yield "has no equation"
    if not example:
        yield "has no doctest"


@pytest.mark.parametrize("check", [long_functions, long_combinators, poor_docstrings], ids=lambda check: check.__name__)
def test_the_reference_has_no(check) -> None:
    assert not [line for module in modules(REFERENCE) for line in check(module)]


def test_modules_are_read_in_one_sitting() -> None:
    assert not [line for module in modules(REFERENCE) for line in long_modules(module, LONGEST["module"])]
    others = [*modules(CONFORMANCE), *modules(ROOT / "tools"), *modules(ROOT / "tests")]
    assert not [line for module in others for line in long_modules(module, LONGEST["other module"])]


def python_files() -> list[Path]:
    folders = ("reference", "conformance", "tools", "tests", "benchmarks", "demo", "chapters")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "_build" not in path.parts]


def test_what_is_switched_off_says_why() -> None:
    assert not [f"{path.name}:{n}: {line.strip()}" for path, n, line in lines() if silent(line)]


def lines() -> Iterator[tuple[Path, int, str]]:
    for path in python_files():
        yield from ((path, n, line) for n, line in enumerate(path.read_text().splitlines(), 1))


def silent(line: str) -> bool:
    return bool(OFF.search(line)) and not REASON.search(line)


def test_rules_and_ignores_of_the_settings_say_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.M | re.S)
    assert ignored
    assert not [line for line in ignored[1].splitlines() if not re.search(r"# \S+", line)]


LONG = "\n".join(["def f():", '    """One."""', *["    x = 1"] * 25])


def test_the_checks_see_what_is_too_long() -> None:
    assert list(long_modules(Module("m", "x = 1\n" * 151), 150))
    assert not list(long_modules(Module("m", "x = 1\n" * 150), 150))
    assert list(long_functions(Module("m", LONG)))
    assert not list(long_functions(Module("m", LONG.replace("    x = 1\n", "", 1))))
    body = "\n    # why\n\n".join(f"    x{n} = {n}" for n in range(40))
    assert list(long_combinators(Module("storage_combinators.caching.big", f"class Big:\n{body}")))
    assert not list(
        long_combinators(Module("storage_combinators.caching.big", f"class Big:\n{body}".replace("    x0 = 0", "")))
    )


def test_the_checks_see_a_poor_docstring_and_a_silent_noqa() -> None:
    class_ = '@dataclass(frozen=True)\nclass Up(PassThrough):\n    """{}"""'
    assert len(list(poor_docstrings(Module("s.caching.up", class_.format("It."))))) == 2
    assert not list(poor_docstrings(Module("s.caching.up", class_.format("It. ``a = b``\n\n    >>> 1\n    1\n    "))))
    off = "no" + "qa"
    assert silent(f"x = 1  # {off}: S101")
    assert not silent(f"x = 1  # {off}: S101  # why")
