"""What happens on the way: the calls of a PUT to the kernel, and the server's own trace of a GET and a PUT."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import Any

from lab.admin import traced
from lab.asking import bits, get, put
from lab.servers import BUCKET, minio
from lab.step import Lab, Step
from lab.syscalls import counted, recorded

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(x\d+)?"


def write_trace(lab: Lab) -> None:
    """strace looks on while one drive takes a small and a large object: every call with a path, in order."""
    server = minio(lab).start()
    client = server.s3()
    for name, data in (("small", bits(100)), ("large", bits(2 << 20))):
        calls = recorded(lab, server.process, name, partial(put, client, name, data))
        lab.saw(f"PUT of {len(data)} bytes: {counted(calls)}")
        for call in calls:
            if f"{BUCKET}/{name}" in call or ".minio.sys/tmp" in call:
                lab.saw("  " + told(call, str(lab.folder)))
        renames = [call for call in calls if call.startswith("rename") and f"{BUCKET}/{name}" in call]
        lab.expect("it becomes visible by a rename into its place", bool(renames))
        at = calls.index(renames[-1])
        folders = [call for call in calls[at:] if re.match(r"(fsync|fdatasync|sync|syncfs)\(", call)]
        lab.expect("nothing is synced after the rename: no folder", not folders, len(folders))
        lab.expect("what it renames was written through to the disk", bool(counted(calls[: at + 1])))


def told(call: str, folder: str) -> str:
    """A call without the lab's folder and without the numbers of random names."""
    return re.sub(UUID, "UUID", call).replace(folder, "").replace("AT_FDCWD</>", "AT_FDCWD")[:180]


def read_trace(lab: Lab) -> None:
    """The server's own trace (the events that `mc admin trace` shows) of one PUT and one GET on four drives."""
    server = minio(lab, drives=4).start()
    client, data = server.s3(), bits(3 << 20)
    seen = {}
    for name, work in (("PUT", lambda: put(client, "o", data)), ("GET", lambda: get(client, "o", data))):
        events = seen[name] = [
            event for event in traced(server, work, "s3=true&storage=true&internal=true") if ours(event)
        ]
        lab.saw(f"{name}: {len(events)} events")
        for kind, count in Counter(short(event) for event in events).items():
            lab.saw(f"  {count} x {kind}")
    for name, call, drives in (
        ("PUT", "CreateFile", 4),
        ("PUT", "RenameData", 4),
        ("GET", "ReadXL", 4),
        ("GET", "ReadFileStream", 2),
    ):
        where = {event["path"].split()[0] for event in seen[name] if event.get("funcname") == f"storage.{call}"}
        lab.expect(f"{name}: {call} on {drives} drives", len(where) == drives, sorted(path[-2:] for path in where))


def ours(event: dict[str, Any]) -> bool:
    """Is the event of our object or of an upload, and not of the scanner's round?"""
    path = event.get("path", "")
    return path == f"/{BUCKET}/o" or f" {BUCKET} o" in path or ".minio.sys/tmp" in path


def short(event: dict[str, Any]) -> str:
    """The call, and what it is about without the drive's name; the bytes that it moved."""
    path = event.get("path", "")
    about = path.partition(" ")[2] if event.get("funcname", "").startswith("storage.") else path
    size = f", {event['bytes']} bytes" if event.get("bytes") else ""
    return f"{event.get('funcname')} {re.sub(UUID, 'UUID', about)}{size}"


STEPS = [
    Step("write-trace", "shards and metadata are written through, renamed, and no folder is synced", write_trace),
    Step("read-trace", "metadata is asked of all four drives, data of two", read_trace),
]
