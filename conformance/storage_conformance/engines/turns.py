"""Threads that take turns, so that an interleaving is a choice and can be repeated.

After CHESS (Musuvathi and others 2008). `Turns` stands alone, for scripts take over its text.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from time import monotonic
from types import CodeType, FrameType
from typing import Any

__all__ = ["Turns"]


class Turns:
    """Threads of which one runs at a time, until it is interrupted, ends, or waits for another.

    `packages`: whose code is run in steps. A step ends with a line, after a call, when a function starts, and when a
    loop starts over. `switch`: is the thread interrupted at the end of step number n?
    """

    def __init__(self, packages: Sequence[str], switch: Callable[[int], bool], patience: float = 30.0) -> None:
        self.packages, self.switch, self.patience = tuple(packages), switch, patience
        self.turn, self.steps, self.threads = -1, 0, 0
        self.waiting: set[int] = set()  # for another thread, as far as can be seen
        self.ended: set[int] = set()
        self.outside: set[int] = set()  # the code of other packages has run since the last step
        self.answers: dict[int, tuple[Any, int, int]] = {}  # with the steps at which the work began and ended
        self.log: list[tuple[int, int, CodeType, int]] = []  # who was interrupted, after which step, and in which line
        self.changed = Condition()
        self.points: dict[CodeType, set[int]] = {}

    def run(self, works: Sequence[Callable[[], Any]], first: int = 0) -> list[Any]:
        """What each of `works` answers, the thread `first` going first. AssertionError where all wait for ever."""
        workers = [Thread(target=self.work, args=each, daemon=True) for each in enumerate(works)]
        for worker in workers:
            worker.start()
        look = 0.0003 if self.state(workers[0]) else 0.02
        self.threads, alike, since = len(works), 0, monotonic()
        seen: dict[int, tuple[int, str]] = {}  # of each thread, at the last look
        with self.changed:
            self.turn = first
            while len(self.ended) < self.threads:
                self.changed.notify_all()
                self.changed.wait(look)
                now = (self.steps, self.state(workers[self.turn]))
                asleep = now == seen.get(self.turn) and now[1][:1] in ("", "S")
                seen[self.turn] = now
                alike, since = (alike + 1, since) if asleep else (0, monotonic())
                if alike > 1 and self.turn not in self.ended:  # it sleeps and takes no time: it waits
                    alike = 0
                    self.waiting.add(self.turn)
                    self.next(among=set(range(self.threads)) - self.waiting)
                assert monotonic() - since < self.patience, "the threads wait for one another for ever"
        return [self.answers[number][0] for number in range(self.threads)]

    def state(self, worker: Thread) -> str:
        """How Linux sees it: S when it sleeps, and what time it took; "" elsewhere."""
        try:
            with open(f"/proc/self/task/{worker.native_id}/stat") as stat, open(f"{stat.name[:-4]}schedstat") as taken:
                return stat.read().rpartition(") ")[2][:1] + taken.read().split()[0]
        except OSError:
            return ""

    def next(self, among: set[int]) -> None:
        """The turn goes on to the next thread `among` these, if there is one, else to the next that there is."""
        ring = [(self.turn + 1 + number) % self.threads for number in range(self.threads)]
        left = [each for each in ring if each not in self.ended]
        self.turn = ([each for each in left if each in among] or left or [self.turn])[0]

    def work(self, me: int, work: Callable[[], Any]) -> None:
        """One thread."""
        with self.changed:
            self.changed.wait_for(lambda: self.turn == me)
        start, answer = self.steps, None
        sys.settrace(lambda frame, event, arg: self.enter(me, frame))
        try:
            answer = work()
        finally:
            sys.settrace(None)
            with self.changed:
                self.answers[me] = (answer, start, self.steps)
                self.steps += 1
                self.ended.add(me)
                if self.turn == me:
                    self.next(among=set(range(self.threads)))
                self.changed.notify_all()

    def enter(self, me: int, frame: FrameType) -> Callable[..., Any] | None:
        """A function is called: run it in steps, if it is of the packages."""
        name = frame.f_globals.get("__name__") or ""
        if not any(name == each or name.startswith(f"{each}.") for each in self.packages):
            self.outside.add(me)
            return None
        self.outside.discard(me)
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        points = self.points.get(frame.f_code) or self.points.setdefault(frame.f_code, self.ends(frame.f_code))

        def each(frame: FrameType, event: str, _arg: Any) -> Any:
            if event == "opcode" and (frame.f_lasti in points or me in self.outside):
                self.outside.discard(me)
                self.step(me, frame)
            return each

        return each

    def ends(self, code: CodeType) -> set[int]:
        """Before which instructions a step ends; not where it did nothing that another thread could see."""
        found, before, touched = {-1}, "", True
        for each in dis.get_instructions(code):
            touched |= each.is_jump_target
            ends = before.startswith(("RESUME", "CALL", "BEFORE_WITH", "WITH_EXCEPT", "YIELD", "SEND"))
            if touched and (ends or (each.starts_line and each.opname != "RESUME")):  # of RESUME nothing is told
                found.add(each.offset)
                touched = False  # from here on, what others may have changed
            touched |= any(word in each.opname for word in ("ATTR", "METHOD", "SUBSCR", "CONTAINS", "DEREF", "WITH"))
            if "JUMP_BACKWARD" in each.opname:
                found.add(each.argval)
            before = each.opname
        return found

    def step(self, me: int, frame: FrameType) -> None:
        """A step has ended: go on, or wait until it is one's turn again."""
        with self.changed:
            if self.turn == me and me not in self.waiting:
                self.steps += 1
                if not self.switch(self.steps):
                    return
                self.log.append((me, self.steps, frame.f_code, frame.f_lineno))
                self.next(among=set(range(self.threads)) - {me})
            self.waiting.discard(me)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.turn == me)
