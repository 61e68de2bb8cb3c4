"""store-conform: says in one line what to install when its extra is missing."""

import sys

__all__ = ["main"]

EXTRA = ("hypothesis", "jinja2", "pytest", "rich", "typer")


def main() -> None:
    """The command: exits 0 if the subject conforms, 1 if a law is broken, 2 if it could not be judged."""
    try:
        from .command import run  # it needs the extra
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.exit(_told("store-conform needs more: pip install 'storage-combinators[conformance]'"))
    sys.exit(run(sys.argv[1:]))


def _told(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 2
