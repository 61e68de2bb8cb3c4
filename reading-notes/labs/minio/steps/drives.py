"""Drives that go away while the server runs, and what the server says of it."""

from __future__ import annotations

import re

from lab.asking import answer, bits, get, keys, put
from lab.process import until
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

from ..damage import away, back, intact

DATA = bits(1 << 20)


def gone(lab: Lab, count: int) -> Server:
    """Four drives with an object "before", then `count` of them moved away."""
    server = minio(lab, drives=4).start()
    put(server.s3(), "before", DATA)
    for folder in server.folders[:count]:
        away(lab, folder)
    return server


def drive_away(lab: Lab) -> None:
    """One of four drives is moved away under the running server; then it comes back."""
    server = gone(lab, 1)
    client = server.s3()
    lab.expect("GET", get(client, "before", DATA) == "200 right", get(client, "before", DATA))
    lab.expect("PUT", (said := put(client, "during", DATA)) == "200", said)
    lab.expect("LIST", keys(client) == ["before", "during"], keys(client))
    back(lab, server.folders[0])
    lab.saw(
        f"the drive is back; it has of 'before', 'during': {intact(server, 'before')[0]}, {intact(server, 'during')[0]}"
    )
    healed = until(lambda: get(client, "during", DATA) == "200 right" and all(intact(server, "during")), 45)
    lab.saw(f"after up to 45 s and reads, 'during' is whole on all four: {healed}")


def two_drives_away(lab: Lab) -> None:
    """Two of four are moved away: as many as there are parity shards."""
    server = gone(lab, 2)
    client = server.s3()
    lab.expect("GET goes on", (said := get(client, "before", DATA)) == "200 right", said)
    first = listed(server)
    lab.saw(f"LIST at once: {first}")
    lab.expect("LIST goes on, once the server knows", until(lambda: listed(server) == "200", 30), listed(server))
    lab.expect(
        "PUT is refused: three are needed to write", (said := put(client, "during", DATA)) == "503 SlowDownWrite", said
    )
    lab.expect("and leaves nothing behind", (said := get(client, "during", DATA)).startswith("404"), said)
    status, _ = server.page("/minio/health/cluster")
    lab.expect("the cluster's health is 503", status == 503, status)
    status, _ = server.page("/minio/health/live")
    lab.expect("the process's health is 200", status == 200, status)
    for folder in server.folders[:2]:
        back(lab, folder)
    came = until(lambda: put(client, "after", DATA) == "200", 45)
    lab.expect("both back: PUT goes on without a restart", came)


def listed(server: Server) -> str:
    """The answer to a listing."""
    return answer(server.s3().list_objects_v2, Bucket=BUCKET)


def metrics(lab: Lab) -> None:
    """What can be watched: health paths and metrics, all well and with two drives away."""
    server = minio(lab, drives=4).start()
    put(server.s3(), "before", DATA)
    for path in ("live", "ready", "cluster", "cluster/read"):
        lab.saw(f"/minio/health/{path}: {server.page('/minio/health/' + path)[0]}")
    for path in ("v2/metrics/cluster", "v2/metrics/node", "v2/metrics/bucket", "v2/metrics/resource", "metrics/v3"):
        status, text = server.page("/minio/" + path)
        lab.saw(f"/minio/{path}: {status}, {len(families(text))} families of metrics")
    lab.saw(f"all well: {told(server)}")
    for folder in server.folders[:2]:
        away(lab, folder)
    seen = until(lambda: told(server).get("minio_cluster_health_status") == "0", 60)
    lab.expect("with two away the metrics say that writes are not healthy, within a minute", seen, told(server))


def families(text: str) -> set[str]:
    """The names of the metrics that a page has."""
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}


def told(server: Server) -> dict[str, str]:
    """The few metrics that matter here."""
    names = "drive_offline_total|drive_online_total|health_status|health_erasure_set_healing_drives|write_quorum"
    _, text = server.page("/minio/v2/metrics/cluster")
    return dict(re.findall(rf"^(minio_cluster_(?:{names}))\{{[^}}]*\}} (\S+)", text, re.M))


STEPS = [
    Step("drive-away", "one drive less is noticed by nobody who reads or writes", drive_away),
    Step("two-drives-away", "with half the drives one can read and not write", two_drives_away),
    Step("metrics", "health and metrics tell what reads do not show", metrics, 180),
]
