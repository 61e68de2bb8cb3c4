"""Our suite, run on MinIO; and on its peers, for comparison."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lab.servers import Server, minio, versitygw, weed
from lab.step import Lab, NotRun, Step
from storage_conformance.laws import LAWS

CHECKOUT = Path(__file__).parents[4]
PLAIN = (
    f"{Path(__file__).parents[2] / 'plain.py'}:fresh",
    "--without",
    "shared=each call of the factory is a place of its own",
)
LIMIT = 1100  # seconds for the judging of one setting
BIN = Path(sys.executable).parent  # where the commands are installed
VERDICTS = ("holds", "broken", "exempt", "not run")


def judged(lab: Lab, server: Server, setting: str, *subject: str) -> list[str]:
    """Run store-conform on a subject, with options perhaps; the broken laws.

    The report goes beside the notes if the lab is recorded.
    """
    folder = lab.keeps / "report-card" if lab.keeps else lab.place("reports")
    report = folder / (setting.replace(", ", "-").replace(" ", "-") + ".json")
    written = lab.folder / "report.json"  # an older one beside the notes is not taken for this one's
    written.unlink(missing_ok=True)
    keys = {"AWS_ACCESS_KEY_ID": server.key, "AWS_SECRET_ACCESS_KEY": server.secret}
    env = {**os.environ, **keys, "LAB_ENDPOINT": f"http://{server.address}"}
    command = [str(BIN / "store-conform"), *subject, "--json", str(written), "--time-limit", str(LIMIT)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=LIMIT + 120)
    if not written.exists():
        raise NotRun(f"store-conform said: {done.stderr.strip().splitlines()[-1:]}")
    told = written.read_text().replace(server.address, "127.0.0.1:PORT").replace(f"{CHECKOUT}/", "")
    found = json.loads(told)  # as it is anywhere: scripts are run from the checkout
    about = setting.removeprefix(server.name).lstrip(", ")  # a URL of a free port says nothing
    found["subject"] = ", ".join(filter(None, [f"{server.name} {lab.versions[server.name]}", about]))
    found["suite"] = f"{version('storage-combinators')}, {len(LAWS)} laws"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(found, indent=1) + "\n")
    return shown(lab, setting, found)


def shown(lab: Lab, setting: str, found: dict[str, Any]) -> list[str]:
    """Note what a report says; the broken laws."""
    laws: dict[str, list[dict[str, Any]]] = {
        verdict: [law for law in found["laws"] if law["verdict"] == verdict] for verdict in VERDICTS
    }
    counts = ", ".join(f"{len(several)} {verdict}" for verdict, several in laws.items() if several)
    lab.saw(f"{setting}: {found['verdict']}: {counts}; step {found['step']}, {found['seconds']:.0f} s")
    for law in laws["broken"]:
        lab.saw(f"  {law['law']}: {law['why']}")
    for why in sorted({law["why"] for law in laws["not run"]}):
        lab.lack(f"{setting}: {sum(law['why'] == why for law in laws['not run'])} laws: {why}")
    return [law["law"] for law in laws["broken"]]


def conform(lab: Lab) -> None:
    """store-conform on MinIO with one drive and with four, through our own leaf, which spells its keys."""
    for setting, drives in (("one drive", 1), ("four drives", 4)):
        server = drives_of(lab, drives)
        broken = judged(lab, server, setting, server.url("laws"))
        lab.expect(f"{setting}: no law is broken", not broken)
        server.process.stop()


def conform_plain(lab: Lab) -> None:
    """The same laws over the keys as they are: what is MinIO's own, before a leaf works round it."""
    for setting, drives in (("one drive, plain keys", 1), ("four drives, plain keys", 4)):
        server = drives_of(lab, drives)
        broken = judged(lab, server, setting, *PLAIN)
        lab.expect(f"{setting}: a listing does not show all refs", "refs_that_look_alike_are_listed_apart" in broken)
        server.process.stop()


def drives_of(lab: Lab, drives: int) -> Server:
    """MinIO over so many folders of their own."""
    server = minio(lab, drives=drives, name=f"minio{drives}").start()
    server.name = "minio"
    return server


def conform_peers(lab: Lab) -> None:
    """The same laws on versitygw and SeaweedFS, through our leaf, to hold the card against."""
    for other, broken in judged_peers(lab, "", lambda server: (server.url("laws"),)):
        if other == "versitygw":
            lab.expect("versitygw: no law is broken", not broken)
        else:
            listing = "refs_lists_a_level_of_many"
            lab.expect(f"{other}: a level lists a folder that was emptied", listing in broken)


def conform_peers_plain(lab: Lab) -> None:
    """And with the keys as they are."""
    for other, broken in judged_peers(lab, ", plain keys", lambda _: PLAIN):
        lab.expect(f"{other}: some law is broken", bool(broken))


def judged_peers(
    lab: Lab, setting: str, subject: Callable[[Server], tuple[str, ...]]
) -> Iterator[tuple[str, list[str]]]:
    """Each peer by its maker's name, with the laws that it breaks."""
    for make in (versitygw, weed):
        server = make(lab).start()
        server.name = {"weed": "seaweedfs"}.get(server.name, server.name)
        yield server.name, judged(lab, server, f"{server.name}{setting}", *subject(server))
        server.process.stop()


STEPS = [
    Step("conform", "through our leaf no law is broken", conform, 2 * LIMIT + 120),
    Step(
        "conform-plain",
        "with plain keys an object hides the refs below it from listings",
        conform_plain,
        2 * LIMIT + 120,
    ),
    Step(
        "conform-peers",
        "through our leaf versitygw breaks no law, SeaweedFS some of listing: an emptied folder stays in its level",
        conform_peers,
        2 * LIMIT + 120,
    ),
    Step("conform-peers-plain", "with plain keys each peer breaks some law", conform_peers_plain, 2 * LIMIT + 120),
]
