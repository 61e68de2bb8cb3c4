"""store-crash: says in one line what to install when its extra is missing."""

import sys

__all__ = ["main"]

EXTRA = ("jinja2", "rich", "typer")


def main() -> None:
    """The command: exits 0 if the programs are safe, 1 if a power cut can lose data, 2 if it cannot be judged."""
    try:
        from .run_command import command  # it needs the extra
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.stderr.write("store-crash needs more: pip install 'storage-combinators[crash]'\n")
        sys.exit(2)
    except KeyboardInterrupt:  # in the first second, while it is being imported
        sys.stderr.write("store-crash: interrupted\n")
        sys.exit(2)
    sys.exit(command(sys.argv[1:]))
