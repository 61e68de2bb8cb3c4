"""A fork server for Python programs, run by any interpreter: this file alone, with the standard library alone.

A line of JSON on standard input asks for a run; the answer is a line with its exit status. The run happens in a
forked child, as the interpreter would have done it: its own `__main__`, arguments, exit status, atexit functions,
and at the end what its own modules hold is let go, so that files are flushed.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import sys
import threading
from types import FrameType
from typing import Any


def serve() -> dict[str, Any] | None:
    """The request that this process, a forked child, has to run; None once nobody asks any more."""
    for line in iter(sys.stdin.readline, ""):
        request: dict[str, Any] = json.loads(line)
        preload(request["modules"])
        gc.freeze()  # so that no child touches, and so copies, what it does not use
        child = os.fork()
        if not child:
            return request
        sys.stdout.write(f"{waited(child, request['seconds'])}\n")
        sys.stdout.flush()
    return None


def preload(names: list[str]) -> None:
    """Import what the program will want of the standard library, so that no child has to."""
    for name in names:
        try:
            __import__(name)
        except ImportError:
            continue


def waited(child: int, seconds: float) -> int:
    """The status of the child as a shell gives it; 124 after so many seconds, and then it is killed."""
    over = []

    def kill(_: int, __: FrameType | None) -> None:
        over.append(child)
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    if over:
        return 124
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def become(request: dict[str, Any]) -> None:
    """Make this child what a fresh process would be: session, input, output, arguments, path."""
    os.setsid()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    made = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", made), (2, "stderr", made)):
        opened = os.open(request[name], flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv[:] = request["argv"]
    if sys.path[:1] == [""]:  # what -c has there; isolated interpreters have nothing
        sys.path[0] = os.getcwd() if request["module"] else os.path.dirname(os.path.realpath(sys.argv[0]))


def run(request: dict[str, Any]) -> None:
    """Run the program as `__main__`."""
    if request["module"]:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        return
    with open(sys.argv[0], "rb") as script:
        code = compile(script.read(), sys.argv[0], "exec")
    names = vars(sys.modules["__main__"])
    builtins, file = names["__builtins__"], os.path.abspath(sys.argv[0])
    names.clear()
    names.update(__name__="__main__", __builtins__=builtins, __file__=file, __doc__=None, __spec__=None)
    exec(code, names)  # noqa: S102  # to run the user's program is what this is for


def status_of(request: dict[str, Any]) -> int:
    """Run the program; its exit status."""
    try:
        run(request)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        sys.stderr.write(f"{end.code}\n")
        return 1
    except BaseException as error:  # noqa: BLE001  # what no program catches ends it, with its traceback
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def end(status: int, known: set[str]) -> None:
    """End as the interpreter would, but leave alone the standard library, and what was there before the program."""
    for finish in (threading._shutdown, atexit._run_exitfuncs):  # type: ignore[attr-defined]  # typeshed has no private names
        finish()
    own = [name for name in sys.modules.keys() - known if name.partition(".")[0] not in sys.stdlib_module_names]
    for name in ("__main__", *own):
        vars(sys.modules[name]).clear()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        if stream and not stream.closed:
            stream.flush()
    os._exit(status)


def main() -> None:
    """Serve; in a child, run and end."""
    asked = serve()
    if asked:
        known = set(sys.modules)
        become(asked)
        end(status_of(asked), known)
