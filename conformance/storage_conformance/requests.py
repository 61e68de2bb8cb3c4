"""What goes over the wire while a trial runs, as the HTTP client tells its log."""

from __future__ import annotations

import logging
from collections import deque
from urllib.parse import urlsplit

__all__ = ["Requests"]

CLIENT = logging.getLogger("httpx")
KEPT = 100  # requests, the last ones


class Requests(logging.Handler):
    """Hears every request from `start` to `stop`; `told` has "METHOD PATH STATUS" of the last of them."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.told: deque[str] = deque(maxlen=KEPT)
        self.before = (CLIENT.level, CLIENT.propagate)

    def start(self) -> None:
        self.before = (CLIENT.level, CLIENT.propagate)
        CLIENT.setLevel(logging.INFO)
        CLIENT.propagate = False  # told in the report, not in everybody's log
        CLIENT.addHandler(self)

    def stop(self) -> None:
        if self in CLIENT.handlers:
            CLIENT.removeHandler(self)
            CLIENT.setLevel(self.before[0])
            CLIENT.propagate = self.before[1]

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            method, url, _, status, _ = record.args
            parts = urlsplit(str(url))
            self.told.append(f"{method} {parts.path}{parts.query and '?'}{parts.query} {status}")
