"""A proxy under a test's control: it passes bytes between client and server, and breaks off where it is told to."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Literal, Self

from faults.messages import Messages

__all__ = ["Fault", "Proxy"]

Pair = tuple[socket.socket, socket.socket]
TICK = 0.001  # seconds between the pieces of a slow connection
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset


@dataclass(frozen=True)
class Fault:
    """After `after` more bytes "up" to the server, or "down" from it, the next one is not passed; once, or `always`."""

    what: Literal["cut", "reset", "stall", "flip"]
    way: Literal["up", "down"]
    after: int
    always: bool = False  # what connects afterwards meets it at its first byte


class Proxy:
    """On a free port of 127.0.0.1. Passes all, until `arm` or `die`; `calm` and `live` end that.

    `asked` are the requests that reached the server, as `messages` tells them apart; `passed` counts the bytes of each
    way. A stalled connection passes nothing more, either way, and is cut by `calm`. `busy` is how many requests of HTTP
    are answered 503 without asking the server, with a Retry-After of `wait` seconds. `slow`: this many bytes a tick.
    """

    def __init__(self, host: str, port: int, messages: Callable[[], Messages] = Messages) -> None:
        self.target, self.messages = (host, port), messages
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self.struck = 0  # how often a fault has
        self.on_strike: Callable[[], object] = int  # done before the connection is lost
        self.passed = {"up": 0, "down": 0}
        self.busy, self.wait, self.slow = 0, "", 0
        self.calmed, self.lock = Event(), Lock()
        self.pairs: set[Pair] = set()
        self.threads: list[Thread] = []
        self.held = bound(0)  # so that nobody else gets the port while the server is dead
        self.port = self.held.getsockname()[1]
        self.live()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.dead:
            self.die()
        self.held.close()

    def arm(self, fault: Fault) -> None:
        """Count from here, and let `fault` happen."""
        with self.lock:
            self.fault, self.struck, self.passed = fault, 0, {"up": 0, "down": 0}

    def calm(self) -> int:
        """Pass everything again, and let go of what is stalled; how often the fault has struck."""
        with self.lock:
            self.fault, self.busy, self.slow, self.passed = None, 0, 0, {"up": 0, "down": 0}
            self.calmed.set()
            self.calmed = Event()
            return self.struck

    def live(self) -> None:
        """The server is there."""
        self.dead = False
        self.listening = bound(self.port)
        self.listening.listen(64)
        self.accepting = Thread(target=self.accept, args=[self.listening], daemon=True)
        self.accepting.start()

    def die(self) -> None:
        """The server is gone: connections are lost, new ones refused."""
        self.dead = True
        self.calm()
        self.listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts, which closing does not
        self.accepting.join()
        self.listening.close()
        for pair in list(self.pairs):
            end(pair)
        for thread in self.threads:
            thread.join()
        self.threads.clear()

    def accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:  # `die` has shut it down
                return
            self.threads.append(Thread(target=self.carry, args=[client], daemon=True))
            self.threads[-1].start()

    def carry(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection(self.target, 30)
            except OSError:
                return
            server.settimeout(None)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with server, self.counted((client, server)) as pair:
                down = Thread(target=self.pump, args=[pair, server, client, "down", Messages()], daemon=True)
                down.start()
                self.pump(pair, client, server, "up", self.messages())
                down.join()

    @contextmanager
    def counted(self, pair: Pair) -> Iterator[Pair]:
        self.pairs.add(pair)
        if self.dead:  # meanwhile
            end(pair)
        yield pair
        self.pairs.discard(pair)

    def pump(self, pair: Pair, source: socket.socket, sink: socket.socket, way: str, messages: Messages) -> None:
        try:
            while data := source.recv(1 << 16):
                for name, piece in messages.feed(data):
                    if name and self.turned_away(source):
                        return
                    if name:
                        self.asked.append(name)
                    if not self.passes(pair, sink, way, piece):
                        return
        except OSError:  # one of the two hung up
            pass
        finally:
            end(pair)

    def passes(self, pair: Pair, sink: socket.socket, way: str, data: bytes) -> bool:
        """Pass on what may pass; False if the connection is not to be used any more."""
        part, fault = self.allowed(way, data)
        step = self.slow or len(part) or 1
        for start in range(0, len(part), step):
            sink.sendall(part[start : start + step])
            if self.slow:
                time.sleep(TICK)
        if fault is None:
            return True
        self.on_strike()
        if fault.what == "stall":
            self.calmed.wait()
        end(pair, reset=fault.what == "reset")
        return False

    def allowed(self, way: str, data: bytes) -> tuple[bytes, Fault | None]:
        with self.lock:
            fault, passed = self.fault, self.passed[way]
            if fault is None or fault.way != way or passed + len(data) <= fault.after:
                self.passed[way] += len(data)
                return data, None
            left = max(0, fault.after - passed)
            self.passed[way] += left
            self.struck += 1
            if not fault.always:
                self.fault = None
            if fault.what == "flip":
                return data[:left] + bytes([data[left] ^ 1]) + data[left + 1 :], None
            return data[:left], fault

    def turned_away(self, client: socket.socket) -> bool:
        """Answer 503 in the place of the server, if it is busy."""
        with self.lock:
            if not self.busy:
                return False
            self.busy -= 1
        wait = f"Retry-After: {self.wait}\r\n" if self.wait else ""
        client.sendall(f"HTTP/1.1 503 Busy\r\n{wait}Connection: close\r\nContent-Length: 0\r\n\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        while client.recv(1 << 16):  # to the end: closing with bytes unread would send a reset after the answer
            pass
        return True


def bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made


def end(pair: Pair, reset: bool = False) -> None:
    """Wake the two threads that read from `pair`; they close it."""
    for each in pair:
        try:
            if reset:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            each.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
        except OSError:  # it is closed, or was never connected to the end
            pass
