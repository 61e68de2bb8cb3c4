"""Each leaf over a server conforms on the server that this run has: the real one where it can be had."""

import gc
from pathlib import Path

import pytest

from provision.kind import Server
from storage_conformance import judge

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
STEP = 4  # the one for slow stores, so that a verdict does not depend on how busy the machine is


def judged(url: str) -> None:
    report = judge(url, step=STEP)
    assert {law.law: law.why for law in report.laws if law.verdict in ("broken", "not run")} == {}
    assert report.verdict == "conforms"
    gc.collect()  # here, where the warning is expected, and not in some later test


def test_s3(s3_subject: Server) -> None:
    judged(s3_subject.url)


def test_redis(redis_place: Server) -> None:
    judged(redis_place.url)


def test_sftp(sftp_place: Server) -> None:
    judged(sftp_place.url)


def test_scp(sftp_place: Server) -> None:
    judged(sftp_place.url.replace("sftp://", "scp://", 1))


def test_nginx(http_place: Server) -> None:
    Path(http_place.folder, "a").write_bytes(b"x")
    judged(http_place.url)
