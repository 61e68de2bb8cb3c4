"""store: says in one line what to install when its extra is missing. Ours."""

import os
import sys
from threading import Timer

__all__ = ["main"]

EXTRA = ("rich", "typer")
GRACE = 5.0  # seconds at the end for what threads have not finished


def main() -> None:
    """The command: exits 0, 1 where nothing was found, 2 for what could not be done."""
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115  # closed by the caller: the status says enough
    try:
        from .cli_commands import run  # it needs the extra
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        sys.stderr.write("store needs more: pip install 'storage-combinators[cli]'\n")
        sys.exit(2)
    except KeyboardInterrupt:  # the imports take a moment
        sys.stderr.write("store: interrupted\n")
        sys.exit(2)
    status = run(sys.argv[1:])
    late = Timer(GRACE, os._exit, (status,))  # whatever a Timeout gave up on may hang for ever, and is waited for
    late.daemon = True
    late.start()
    sys.exit(status)
