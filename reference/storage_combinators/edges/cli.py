"""store: says in one line what to install when its extra is missing. Ours."""

import sys

__all__ = ["main"]

EXTRA = ("rich", "typer")


def main() -> None:
    """The command: exits 0, 1 where nothing was found, 2 for what could not be done."""
    try:
        from .cli_commands import run  # it needs the extra
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.stderr.write("store needs more: pip install 'storage-combinators[cli]'\n")
        sys.exit(2)
    sys.exit(run(sys.argv[1:]))
