"""Each leaf over a server conforms on the server that this run has: the real one where it can be had.

The report page of each is kept as build/reports/NAME.html, NAME being the leaf's and, behind it, the server's.
"""

from pathlib import Path

import pytest

from provision.kind import Server
from storage_conformance import judge
from storage_conformance.report.html import html

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
REPORTS = Path(__file__).parents[2] / "build" / "reports"
STEP = 4  # the one for slow stores, so that a verdict does not depend on how busy the machine is


def judged(leaf: str, place: Server, url: str = "") -> None:
    report = judge(url or place.url, step=STEP)
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{leaf}-{place.what.split()[0].lower()}.html").write_text(html(report, frozenset()), "utf-8")
    assert {law.law: law.why for law in report.laws if law.verdict in ("broken", "not run")} == {}
    assert report.verdict == "conforms"


def test_s3(s3_subject: Server) -> None:
    judged("s3", s3_subject)


def test_redis(redis_place: Server) -> None:
    judged("redis", redis_place)


def test_sftp(sftp_place: Server) -> None:
    judged("sftp", sftp_place)


def test_scp(sftp_place: Server) -> None:
    judged("scp", sftp_place, sftp_place.url.replace("sftp://", "scp://", 1))


def test_nginx(http_place: Server) -> None:
    Path(http_place.folder, "a").write_bytes(b"x")
    judged("nginx", http_place)
