"""A tree of stores that a TOML file describes (docs/trees has examples); errors point at the line. Ours.

Each top-level key names a node, ``tree`` the whole. A node is a URL, a path, the name of a node or of a class, or a
table: its ``class`` is exported by storage_combinators, or ``package.module:Name``; its other keys are the fields.
What is named in two places is one node. Relative paths start at the file's folder; ``${NAME}`` is the environment's.
A file can name any code: read a foreign one before you open it, as you would a program.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..store import Store
from .labels import hidden
from .open_store import SCHEME, UsageError, open_store
from .rewrap import is_store
from .toml_fields import fields_of, of_list, of_table
from .toml_lines import Where, line_of, read
from .toml_values import a_function, exported, kinds, located, named, scalar, takes_text
from .toml_variables import Wrong, expanded, unexpanded

__all__ = ["TreeError", "tree_of"]


def tree_of(path: Path, outer: tuple[Path, ...] = ()) -> Store[Any]:
    """The store that the file at `path` describes. Nothing is connected to or made before the first verb.

    UsageError, in one line with file and line, if it is wrong or cannot be read. `outer`: the files that led to it.
    """
    nodes, lines = read(path)
    return _File(path, nodes, lines, (*outer, path.resolve())).tree()


class TreeError(UsageError):
    """What is wrong in a TOML file, with its line."""


class _File:
    """One description, while its nodes are made."""

    def __init__(self, path: Path, nodes: dict[str, Any], lines: dict[Where, int], files: tuple[Path, ...]) -> None:
        self.path, self.nodes, self.lines, self.files = path, nodes, lines, files
        self.made: dict[str, Any] = {}
        self.making: list[str] = []

    def tree(self) -> Store[Any]:
        with self.at(()):
            if "tree" not in self.nodes:
                raise Wrong("no node is called tree, which is the whole")
        made: Store[Any] = self.store("tree", ("tree",))
        for name in self.nodes:
            with self.at((name,)):
                if name not in self.made:
                    raise Wrong(f"nothing uses {name!r}")
        return made

    @contextmanager
    def at(self, where: Where) -> Iterator[None]:
        """What goes wrong inside is told with its line."""
        try:
            yield
        except TreeError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  # what a foreign class raises when it is made
            told = str(error) if isinstance(error, UsageError | Wrong) else f"{type(error).__name__}: {error}"
            told = f"this is no tree: it is too deep ({told})" if isinstance(error, RecursionError) else told
            told = " ".join(unexpanded(told, repr(self.nodes)).split())
            raise TreeError(f"{self.path}:{line_of(where, self.lines)}: {hidden(told)}") from None

    def store(self, spec: Any, where: Where) -> Any:
        with self.at(where):
            made = self.table(spec, where) if isinstance(spec, dict) else self.place(spec, where)
            if not is_store(made):
                raise Wrong(f"a store is meant here, and a {type(made).__name__} is none")
            return made

    def place(self, spec: Any, where: Where) -> Any:
        """The store that a text names."""
        if not isinstance(spec, str):
            raise Wrong(f"a store is meant here: a URL, a path, a name, or a table with a class; not {spec!r}")
        if spec in self.nodes:
            return self.node(spec)
        text = located(expanded(spec), self.path.parent)
        if SCHEME.match(text):
            return open_store(text)
        if "/" in text or text.startswith("."):
            return self.file(self.path.parent / text)
        return self.call(exported(spec), {}, where)

    def file(self, path: Path) -> Any:
        if path.suffix != ".toml" or path.is_dir():
            return open_store(path)
        if path.resolve() in self.files:
            raise Wrong(f"{path} contains itself")
        return tree_of(path, self.files)

    def node(self, name: str) -> Any:
        """The node of that name, made once."""
        if name in self.making:
            raise Wrong(f"a tree cannot contain itself: {' / '.join([*self.making, name])}")
        if name not in self.made:
            self.making.append(name)
            spec = self.nodes[name]
            self.made[name] = self.table(spec, (name,)) if isinstance(spec, dict) else self.store(spec, (name,))
            self.making.pop()
        return self.made[name]

    def table(self, table: dict[str, Any], where: Where) -> Any:
        with self.at(where):
            if not isinstance(table.get("class"), str):
                raise Wrong('a table is a node, and says which: class = "Cache"')
            with self.at((*where, "class")):
                kind = named(table["class"])
                if not callable(kind):
                    raise Wrong(f"{table['class']} is no class, nor a function that makes a store")
            return self.call(kind, {name: spec for name, spec in table.items() if name != "class"}, where)

    def call(self, kind: Any, given: dict[str, Any], where: Where) -> Any:
        """``kind(**given)``, each as its field wants it."""
        called, wanted = getattr(kind, "__name__", kind), fields_of(kind)
        for name in given:
            with self.at((*where, name)):
                if name not in wanted:
                    raise Wrong(f"{called} has no {name!r}; it has {', '.join(wanted) or 'nothing'}")
        lacking = [name for name, field in wanted.items() if field.required and name not in given]
        if lacking:
            raise Wrong(f"{called} needs {' and '.join(lacking)} too")
        return kind(**{name: self.value(spec, wanted[name].hint, (*where, name)) for name, spec in given.items()})

    def value(self, spec: Any, hint: Any, where: Where) -> Any:
        """`spec` as a field with this `hint` wants it."""
        with self.at(where):
            if Store in kinds(hint) and not a_function(spec, hint):
                return self.store(spec, where)
            if isinstance(spec, dict):
                return self.table(spec, where) if "class" in spec else self.mapping(spec, hint, where)
            if isinstance(spec, list):
                make, inner = of_list(hint)
                return make(self.value(part, inner(place), (*where, place)) for place, part in enumerate(spec))
            if isinstance(spec, str) and spec in self.nodes and not takes_text(hint):
                return self.node(spec)
            return scalar(spec, hint, self.path.parent)

    def mapping(self, spec: dict[str, Any], hint: Any, where: Where) -> dict[Any, Any]:
        key, value = of_table(hint)
        keys = [self.value(name, key, (*where, name)) for name in spec]
        return {
            key: self.value(part, value, (*where, name)) for key, (name, part) in zip(keys, spec.items(), strict=True)
        }
