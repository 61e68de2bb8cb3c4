"""The program, and what it makes when it starts."""

from __future__ import annotations

import re
from pathlib import Path

from lab.process import said
from lab.servers import minio, version
from lab.step import Lab, NotRun, Step

from ..formats.drive import identity, tree

MODULE = "v0.0.0-20260212201848-7aac2a2c5b7c"


def program(lab: Lab) -> None:
    """The program is asked who it is, and the Go tool what it was built from."""
    path = lab.program("minio")
    lab.saw(said(path, "--version").splitlines()[0])
    lab.versions["minio"] = version(path, "--version")
    go = lab.program("go", needed=False)
    if not go:
        raise NotRun("no program go on PATH, which reads what a program was built from")
    built = said(go, "version", "-m", path)
    module = re.search(r"^\s+mod\s+(\S+)\s+(\S+)", built, re.M)
    lab.saw(f"built from {module[1]} {module[2]}" if module else "built without a module version")
    lab.expect("built from the commit that the notes cite", MODULE in built or "7aac2a2c5b7c" in built)
    for name in ("klauspost/reedsolomon", "minio/highwayhash", "klauspost/compress", "tinylib/msgp"):
        found = re.search(rf"^\s+dep\s+github.com/{name}\s+(\S+)", built, re.M)
        lab.saw(f"{name} {found[1] if found else 'is not in it'}")


def start_one(lab: Lab) -> None:
    """MinIO starts over one empty folder. What it made there is listed, its identity read, its sockets looked at."""
    server = minio(lab).start()
    drive = server.folders[0]
    who = identity(drive)
    lab.saw(f"format.json: this {who.this}, deployment {who.deployment}")
    lab.expect("one set of one drive", [len(each) for each in who.sets] == [1])
    lab.expect(
        "a key's set is chosen by SipHash with the parity in the name", who.placing.startswith("SIPMOD"), who.placing
    )
    heard = server.process.listens()
    lab.expect("told 127.0.0.1, it is heard on this machine only", set(heard) <= {"127.0.0.1", "::1"}, heard)
    for line in tree(drive):
        lab.saw(line)


def start_four(lab: Lab) -> None:
    """MinIO starts over four empty folders: who is each drive, and which quorums are told?"""
    server = minio(lab, drives=4).start()
    drives = [identity(folder) for folder in server.folders]
    lab.expect("the same matrix of sets on each drive", len({drive.sets for drive in drives}) == 1)
    lab.expect("each drive has an id of its own", len({drive.this for drive in drives}) == 4)
    lab.expect("it stands in the matrix in the drive's own place", [d.this for d in drives] == list(drives[0].sets[0]))
    status, metrics = server.page("/minio/v2/metrics/cluster")
    found = dict(re.findall(r"^minio_cluster_health_erasure_set_(read|write)_quorum\{[^}]*\} (\d+)", metrics, re.M))
    lab.expect("its metrics tell quorums of 2 and 3", found == {"read": "2", "write": "3"}, f"{status} {found}")
    status, _ = server.page("/minio/health/cluster")
    lab.expect("healthy as a cluster", status == 200, status)


def root_refused(lab: Lab) -> None:
    """Four folders of the root file system, without the switch that MinIO's own tests set."""
    if lab.folder.stat().st_dev != Path("/").stat().st_dev:
        raise NotRun("the lab's folder is not on the root file system")
    server = minio(lab, drives=4, env={"MINIO_CI_CD": ""})
    server.env.pop("MINIO_CI_CD")
    try:
        server.start()
        lab.expect("it does not serve", False)
    except NotRun as reason:
        lab.saw(str(reason))
        lab.expect("it does not serve", True)
    log = (lab.folder / "minio.log").read_text(errors="replace")
    named = sorted(set(re.findall(r"(?i)root (?:disk|drive)[^\n]{0,60}|drive not found[^\n]{0,60}", log)))
    lab.saw(f"its log: {named or log.strip().splitlines()[-1:]}")


STEPS = [
    Step(
        "program", "the program says no version of its own, but its build information names the cited commit", program
    ),
    Step("start-one", "one folder is enough, and holds an identity and system buckets before any object", start_one),
    Step("start-four", "one set of four drives, two of them enough to read and three to write", start_four),
    Step(
        "root-refused",
        "drives on the root file system are refused, so that a disk that is not mounted fills nothing",
        root_refused,
        150,
    ),
]
