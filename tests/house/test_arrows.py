"""What may import what: DESIGN's arrows, read from the source. Each rule is also shown a source that breaks it."""

import ast
from collections.abc import Callable, Iterator

import pytest

from house.reading import CONFORMANCE, REFERENCE, Import, Module, imports, modules

OURS = "storage_combinators"
WORDS = (f"{OURS}.ref", f"{OURS}.store", f"{OURS}.functions")
DOES_IO = ("leaves", "edges", "objects", "lake")
IO = {
    *(
        "asyncio",
        "boto3",
        "botocore",
        "dbm",
        "fcntl",
        "fileinput",
        "ftplib",
        "glob",
        "http",
        "httpx",
        "io",
        "mmap",
        "msvcrt",
    ),
    *(
        "multiprocessing",
        "os",
        "pathlib",
        "requests",
        "select",
        "selectors",
        "shelve",
        "shutil",
        "signal",
        "smtplib",
        "socket",
    ),
    *("socketserver", "sqlite3", "ssl", "starlette", "subprocess", "sys", "tempfile", "urllib", "uvicorn", "zipfile"),
}
IO_CALLS = {"input", "open", "print"}
Rule = Callable[[Module], Iterator[str]]


def is_in(target: str, package: str) -> bool:
    return target == package or target.startswith(f"{package}.")


def told(module: Module, found: Import) -> str:
    return f"{module.name} line {found.line} imports {found.target}"


def reference_never_imports_conformance(module: Module) -> Iterator[str]:
    return (told(module, found) for found in imports(module) if is_in(found.target, "storage_conformance"))


def the_words_import_only_words(module: Module) -> Iterator[str]:
    ours = (found for found in imports(module) if is_in(found.target, OURS) and module.name in WORDS)
    return (told(module, found) for found in ours if not any(is_in(found.target, word) for word in WORDS))


def only_the_outside_does_io(module: Module) -> Iterator[str]:
    if not any(is_in(module.name, f"{OURS}.{folder}") for folder in DOES_IO):
        yield from (told(module, found) for found in imports(module) if found.target.split(".")[0] in IO)
        calls = (
            node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        )
        yield from (f"{module.name} line {c.lineno} calls {c.func.id}" for c in calls if c.func.id in IO_CALLS)


def conformance_imports_only_the_words(module: Module) -> Iterator[str]:
    for found in imports(module):
        opens = module.name == "storage_conformance.subjects" and is_in(found.target, f"{OURS}.edges.open_store")
        if (
            is_in(found.target, OURS)
            and not any(is_in(found.target, w) for w in WORDS)
            and not (opens and found.inside)
        ):
            yield told(module, found)


def the_plugin_imports_only_pytest_at_its_top(module: Module) -> Iterator[str]:
    if module.name == "storage_conformance.plugin":
        harmless = ("pytest", "__future__", "typing", "collections")
        top = (found for found in imports(module) if not found.inside and not found.typed)
        yield from (told(module, found) for found in top if found.target.split(".")[0] not in harmless)


REFERENCE_RULES = [reference_never_imports_conformance, the_words_import_only_words, only_the_outside_does_io]
CONFORMANCE_RULES = [conformance_imports_only_the_words, the_plugin_imports_only_pytest_at_its_top]


@pytest.mark.parametrize("rule", REFERENCE_RULES, ids=lambda rule: rule.__name__)
def test_reference_keeps(rule: Rule) -> None:
    assert not [line for module in modules(REFERENCE) for line in rule(module)]


@pytest.mark.parametrize("rule", CONFORMANCE_RULES, ids=lambda rule: rule.__name__)
def test_conformance_keeps(rule: Rule) -> None:
    assert not [line for module in modules(CONFORMANCE) for line in rule(module)]


def test_there_is_something_to_read() -> None:
    names = {module.name for module in [*modules(REFERENCE), *modules(CONFORMANCE)]}
    assert {*WORDS, "storage_conformance.subjects", "storage_conformance.plugin"} <= names


BROKEN = [
    (reference_never_imports_conformance, f"{OURS}.edges.cli", "def f():\n    import storage_conformance.laws"),
    (reference_never_imports_conformance, f"{OURS}.ref", "from storage_conformance import judge"),
    (the_words_import_only_words, f"{OURS}.functions", "from .leaves.memory import Memory"),
    (the_words_import_only_words, f"{OURS}.store", "from . import edges"),
    (only_the_outside_does_io, f"{OURS}.caching.cache", "from pathlib import Path"),
    (only_the_outside_does_io, f"{OURS}.functions", "import os.path as path"),
    (only_the_outside_does_io, f"{OURS}.observing.logging", "def log(line):\n    print(line)"),
    (
        conformance_imports_only_the_words,
        "storage_conformance.outlaws.torn",
        f"from {OURS}.leaves.memory import Memory",
    ),
    (conformance_imports_only_the_words, "storage_conformance.laws.leaf", f"from {OURS} import Ref"),
    (
        conformance_imports_only_the_words,
        "storage_conformance.subjects",
        f"from {OURS}.edges.open_store import open_store",
    ),
    (conformance_imports_only_the_words, "storage_conformance.cli", f"def f():\n    import {OURS}.edges.open_store"),
    (the_plugin_imports_only_pytest_at_its_top, "storage_conformance.plugin", "from .laws import LAWS"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BROKEN, ids=range(len(BROKEN)))
def test_a_rule_sees_what_breaks_it(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module(name, text)))


FINE = [
    (only_the_outside_does_io, f"{OURS}.leaves.disk", "import os\nopen('x')"),
    (only_the_outside_does_io, f"{OURS}.transforming.serialized", "import json, pickle, zlib"),
    (the_words_import_only_words, f"{OURS}.functions", "from .store import Store\nfrom collections import abc"),
    (conformance_imports_only_the_words, "storage_conformance.laws.leaf", f"from {OURS}.ref import Ref\nimport os"),
    (
        the_plugin_imports_only_pytest_at_its_top,
        "storage_conformance.plugin",
        "if TYPE_CHECKING:\n from .law import Law",
    ),
    (
        conformance_imports_only_the_words,
        "storage_conformance.subjects",
        f"def f():\n from {OURS}.edges.open_store import open_store",
    ),
]


@pytest.mark.parametrize(("rule", "name", "text"), FINE, ids=range(len(FINE)))
def test_a_rule_lets_pass_what_keeps_it(rule: Rule, name: str, text: str) -> None:
    assert not list(rule(Module(name, text)))


def test_relative_imports_are_resolved_and_those_inside_a_function_told_apart() -> None:
    text = "import x\ndef f():\n    from . import y\nfrom ..d import z\nclass C:\n    from .e import w"
    found = sorted(imports(Module("a.b.c", text)), key=lambda one: one.line)
    assert [(one.target, one.inside) for one in found] == [
        ("x", False),
        ("a.b.y", True),
        ("a.d.z", False),
        ("a.b.e.w", False),
    ]
    assert [one.target for one in imports(Module("a.b", "from . import y", is_package=True))] == ["a.b.y"]
