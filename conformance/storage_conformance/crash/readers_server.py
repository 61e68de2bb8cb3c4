"""A fork server for Python programs, run by any interpreter: this file alone, with the standard library alone.

A line of JSON on standard input asks for a run; the answer is a line with its exit status. The run happens in a
forked child, as the interpreter would have done it: its own `__main__`, arguments, exit status, atexit functions,
and at the end what its own modules hold is let go, so that files are flushed.

What one program imports is kept for the next ones only where it is known to do nothing but be imported: modules of the
standard library, and numpy. All else each program imports anew, since it may read arguments, folders or other files.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import threading
from types import FrameType, ModuleType
from typing import Any

PIPE = 60_000  # bytes that a pipe takes at once: less than Linux gives one
TASKS = "/proc/self/task"  # the threads, on Linux
STANDARD = os.path.dirname(os.__file__)  # the folder of the standard library
ACTIVE = {"antigravity", "idlelib", "this", "turtledemo"}  # those of its modules that do something as they are imported
LONG = 60  # seconds after which this server ends, if an import has not


def serve() -> dict[str, Any] | None:
    """The request that this process, a forked child, has to run; None once nobody asks any more."""
    requests, answers, nothing = os.fdopen(os.dup(0)), os.dup(1), os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):  # so that no import reads a request, or writes an answer
        os.dup2(nothing, number)
    os.close(nothing)
    for line in iter(requests.readline, ""):
        request: dict[str, Any] = json.loads(line)
        told, request["tell"] = os.pipe()
        gc.freeze()  # so that no child touches, and so copies, what it does not use
        child = os.fork()
        if not child:
            requests.close()
            os.close(answers)
            os.close(told)
            return request
        os.close(request["tell"])
        os.write(answers, f"{waited(child, request['seconds'])}\n".encode())
        preload(told)
    return None


def preload(told: int) -> None:
    """Import what the last program imported, so that no later one has to: names by the folder where they are."""
    os.set_blocking(told, False)  # a child that it left behind may hold the other end
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LONG)
    path = sys.path[:]
    with contextlib.suppress(OSError, ValueError, AttributeError):  # nothing was told, or something else
        for folder, names in json.loads(os.read(told, PIPE)).items():
            sys.path[:] = [place for place in path if is_standard(place) or place == folder]
            for name in names:
                with contextlib.suppress(Exception):  # what cannot be imported by itself is left to the program
                    importlib.import_module(name)
    sys.path[:] = path
    signal.alarm(0)
    os.close(told)


def is_standard(file: str) -> bool:
    """Whether a file or folder is the standard library's own, not what is installed below it."""
    return f"{file}{os.sep}".startswith(STANDARD + os.sep) and "-packages" not in file.removeprefix(STANDARD)


def imported(before: set[str]) -> dict[str, list[str]]:
    """The new modules that are known to be inert, by folder; none where a standard one is hidden by another.

    numpy may have started threads, and no fork has them: then it is left out.
    """
    new = [name for name in sys.modules if name not in before]
    standard = [name for name in new if name.partition(".")[0] in sys.stdlib_module_names]
    if not all(is_standard(file) or file in ("built-in", "frozen") for file in map(origin, standard)):
        return {}
    inert = [name for name in standard if name.partition(".")[0] not in ACTIVE and not name.endswith("__main__")]
    site = os.path.dirname(os.path.dirname(origin("numpy"))) if "numpy" in new else ""
    alone = os.path.isdir(TASKS) and len(os.listdir(TASKS)) == 1
    return {STANDARD: inert} | ({site: ["numpy"]} if alone and site.endswith("-packages") else {})


def origin(name: str) -> str:
    """The file of a module; where it has none, as typing.re, that of what it is in."""
    file: str = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None) or ""
    return file or (origin(name.rpartition(".")[0]) if "." in name else "")


def tell(pipe: int, own: os.stat_result, before: set[str]) -> None:
    """Say what was imported. A program may have closed this descriptor, or have put a file of its own there."""
    with contextlib.suppress(Exception):  # a program is not wrong for what cannot be told of it
        text = json.dumps(imported(before)).encode()
        if os.path.samestat(own, os.fstat(pipe)) and len(text) < PIPE:
            os.set_blocking(pipe, False)
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
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # or each program would draw the same numbers


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
        if isinstance(module := sys.modules.get(name), ModuleType):
            vars(module).clear()
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
        before, own = set(sys.modules), os.fstat(asked["tell"])
        become(asked)
        status = status_of(asked)
        finish()
        tell(asked["tell"], own, before)
        end(status, known)
