"""MinIO's administration over HTTP, signed as its own client signs: healing and the trace of what it does."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .servers import BUCKET, Server

__all__ = ["DEEP", "NORMAL", "ask", "heal", "traced"]

NORMAL, DEEP = 1, 2  # scan modes of a heal: is the file there, or does every block have the right hash
SETTLE = 1.0  # seconds for the server to subscribe, and to send its last events; no verdict hangs on it


def signed(server: Server, method: str, path: str, body: bytes) -> dict[str, str]:
    request = AWSRequest(method, f"http://{server.address}{path}", data=body)
    S3SigV4Auth(Credentials(server.key, server.secret), "s3", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def opened(server: Server, method: str, path: str, body: bytes = b"") -> tuple[http.client.HTTPConnection, Any]:
    line = http.client.HTTPConnection(server.address, timeout=30)
    line.request(method, path, body, signed(server, method, path, body))
    return line, line.getresponse()


def ask(server: Server, method: str, path: str, body: bytes = b"") -> Any:
    """The JSON that an admin path answers; OSError with the server's words for any status but 200."""
    line, answer = opened(server, method, f"/minio/admin/v3/{path}", body)
    try:
        text = answer.read().decode()
    finally:
        line.close()
    if answer.status != 200:
        raise OSError(f"{path}: {answer.status} {text[:200]}")
    return json.loads(text)


def heal(server: Server, mode: int) -> dict[str, list[str]]:
    """Heal the bucket by NORMAL or DEEP scan and wait: for each object the drives' states before and after."""
    told = {"recursive": True, "scanMode": mode}
    token = ask(server, "POST", f"heal/{BUCKET}/?forceStart=true", json.dumps(told).encode())["clientToken"]
    found: dict[str, list[str]] = {}
    for _ in range(120):
        said = ask(server, "POST", f"heal/{BUCKET}/?clientToken={token}")
        for item in said.get("Items") or []:
            if item["type"] == "object":
                states = [f"{side}: " + ", ".join(sorted(state(item, side))) for side in ("before", "after")]
                found[item["object"]] = states
        if said["Summary"] in {"finished", "stopped"}:
            return found
        time.sleep(0.5)
    raise OSError("the heal did not end within a minute")


def state(item: dict[str, Any], side: str) -> list[str]:
    return [drive["state"] for drive in item[side]["drives"]]


def traced(server: Server, work: Callable[[], object], kinds: str) -> list[dict[str, Any]]:
    """What the server says of itself while `work` is done: its own trace events, in the order of time.

    `kinds` is a query such as ``s3=true&storage=true``.
    """
    line, answer = opened(server, "GET", f"/minio/admin/v3/trace?{kinds}")
    events: list[dict[str, Any]] = []

    def listen() -> None:
        try:
            events.extend(json.loads(text) for text in answer if text.strip())
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return  # the line was cut, in the middle of an event perhaps: that is how a trace ends

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(SETTLE)
    work()
    time.sleep(SETTLE)
    if line.sock:
        line.sock.shutdown(2)
    line.close()
    listener.join(5)
    return sorted(events, key=lambda event: event.get("time", ""))
