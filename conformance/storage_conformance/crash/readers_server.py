"""A fork server for Python programs, run by any interpreter: this file alone, with the standard library alone.

A line of JSON on standard input asks for a run; the answer is a line with its exit status. The run happens in a
forked child, as the interpreter would have done it: its own `__main__`, arguments, exit status, atexit functions,
and at the end what its own modules hold is let go, so that files are flushed.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib.util
import io
import json
import os
import runpy
import signal
import stat
import sys
import threading
from types import FrameType
from typing import Any

PIPE = 60_000  # bytes that a pipe takes at once: less than Linux gives one
TASKS = "/proc/self/task"  # the threads, on Linux


def serve() -> dict[str, Any] | None:
    """The request that this process, a forked child, has to run; None once nobody asks any more."""
    for line in iter(sys.stdin.readline, ""):
        request: dict[str, Any] = json.loads(line)
        told, request["tell"] = os.pipe()
        gc.freeze()  # so that no child touches, and so copies, what it does not use
        child = os.fork()
        if not child:
            os.close(told)
            return request
        os.close(request["tell"])
        sys.stdout.write(f"{waited(child, request['seconds'])}\n")
        sys.stdout.flush()
        preload(told)
    return None


def preload(told: int) -> None:
    """Import what the last program imported, so that no later one has to: each module from where that one had it.

    Only what is found without the folder of the program; a module that prints is the business of each program.
    """
    os.set_blocking(told, False)  # a child that it left behind may hold the other end
    said, path = io.StringIO(), sys.path[:]
    sys.path[:] = [place for place in path if place]
    with contextlib.redirect_stdout(said), contextlib.suppress(BlockingIOError, ValueError):
        for name, file in json.loads(os.read(told, PIPE)).items():
            with contextlib.suppress(Exception):  # what cannot be imported by itself is left to the program
                spec = importlib.util.find_spec(name)
                if spec and (spec.origin or "") == file:
                    importlib.import_module(name)
    sys.path[:] = path
    os.close(told)
    if said.getvalue():
        sys.exit()  # from now on each program gets an interpreter of its own


def imported(before: set[str]) -> dict[str, str]:
    """The modules that are new, each with its file.

    Where a thread is left only those of the standard library: another may have started it, and no fork has it.
    """
    threads = len(os.listdir(TASKS)) if os.path.isdir(TASKS) else 1
    new = [name for name in sys.modules if name not in before]
    kept = [name for name in new if threads == 1 or name.partition(".")[0] in sys.stdlib_module_names]
    return {name: getattr(getattr(sys.modules[name], "__spec__", None), "origin", None) or "" for name in kept}


def tell(pipe: int, before: set[str]) -> None:
    """Say what was imported. A program may have closed this descriptor, or have put a file of its own there."""
    text = json.dumps(imported(before)).encode()
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(os.fstat(pipe).st_mode) and len(text) < PIPE:
            os.write(pipe, text)


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


def finish() -> None:
    """What the interpreter does before it takes itself apart: threads are waited for, atexit functions called."""
    threading._shutdown()  # type: ignore[attr-defined]  # typeshed has no private names
    atexit._run_exitfuncs()


def end(status: int, known: set[str]) -> None:
    """Let go of what modules hold, but not the standard library, nor what was there before any program; and end."""
    own = [name for name in sys.modules.keys() - known if name.partition(".")[0] not in sys.stdlib_module_names]
    for name in ("__main__", *own):
        vars(sys.modules[name]).clear()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        if stream and not stream.closed:
            stream.flush()
    os._exit(status)


def main() -> None:
    """Serve; in a child, run, tell, and end."""
    known = set(sys.modules)
    del sys.argv[1:]  # they are no program's, so no module shall read them
    asked = serve()
    if asked:
        before = set(sys.modules)
        become(asked)
        status = status_of(asked)
        finish()
        tell(asked["tell"], before)
        end(status, known)
