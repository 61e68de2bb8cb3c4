"""A fork server for Python programs, started by any interpreter: this file alone, with the standard library alone.

A line of JSON on standard input asks for a run; the answer is a line with its exit status. The run happens in a
forked child, as the interpreter would have done it: its own `__main__`, arguments, exit status, atexit functions.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import time
from typing import Any


def serve() -> dict[str, Any] | None:
    """The request that this process, a forked child, has to run; None once nobody asks any more."""
    for line in iter(sys.stdin.readline, ""):
        request: dict[str, Any] = json.loads(line)
        preload(request["modules"])
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
    """The status of the child as a shell gives it; 124 after so many seconds, and then its whole group is killed."""
    end = time.monotonic() + seconds
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return 124
        time.sleep(0.0005)


def become(request: dict[str, Any]) -> None:
    """Make this child what a fresh process would be: session, input, output, arguments, path."""
    os.setsid()
    made = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", made), (2, "stderr", made)):
        opened = os.open(request[name], flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv[:] = request["argv"]
    sys.path[0] = os.getcwd() if request["module"] else os.path.dirname(os.path.realpath(sys.argv[0]))


def run(request: dict[str, Any]) -> None:
    """Run the program as `__main__`; what it raises ends this process as it would end any."""
    become(request)
    if request["module"]:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        return
    with open(sys.argv[0], "rb") as script:
        code = compile(script.read(), sys.argv[0], "exec")
    names = sys.modules["__main__"].__dict__
    kept = {"__name__": "__main__", "__builtins__": names["__builtins__"], "__file__": os.path.abspath(sys.argv[0])}
    names.clear()  # this file's own: the program must find none of them
    names.update(kept)
    exec(code, names)  # noqa: S102  # to run the user's program is what this is for


if __name__ == "__main__":
    asked = serve()
    if asked:
        run(asked)
