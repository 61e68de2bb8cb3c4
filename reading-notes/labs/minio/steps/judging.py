"""Our suite and our crash tester, run on MinIO; and the suite on its peers, for comparison."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lab.servers import Server, minio, version, versitygw, weed
from lab.step import Lab, NotRun, Step

CHECKOUT = Path(__file__).parents[4]
PLAIN = Path(__file__).parents[2] / "plain.py"
WRITER = Path(__file__).parents[1] / "writer.py"
LIMIT = 1100  # seconds for the judging of one setting
STATES_LIMIT = 1500  # seconds for the states of a power cut: each costs a start of the server
BIN = Path(sys.executable).parent  # where the commands are installed
VERDICTS = ("holds", "broken", "exempt", "not run")


def judged(lab: Lab, server: Server, setting: str, subject: str) -> list[str]:
    """Run store-conform; the broken laws. The report goes beside the notes if the lab is recorded."""
    folder = lab.keeps / "report-card" if lab.keeps else lab.place("reports")
    report = folder / (setting.replace(", ", "-").replace(" ", "-") + ".json")
    written = lab.folder / "report.json"  # an older one beside the notes is not taken for this one's
    written.unlink(missing_ok=True)
    keys = {"AWS_ACCESS_KEY_ID": server.key, "AWS_SECRET_ACCESS_KEY": server.secret}
    env = {**os.environ, **keys, "LAB_ENDPOINT": f"http://{server.address}"}
    command = [str(BIN / "store-conform"), subject, "--json", str(written), "--time-limit", str(LIMIT)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=LIMIT + 120)
    if not written.exists():
        raise NotRun(f"store-conform said: {done.stderr.strip().splitlines()[-1:]}")
    told = written.read_text().replace(server.address, "127.0.0.1:PORT").replace(f"{CHECKOUT}/", "")
    found = json.loads(told)  # as it is anywhere: scripts are run from the checkout
    found["subject"] = f"{server.name} {lab.versions[server.name]}, {setting}"  # a URL of a free port says nothing
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
        broken = judged(lab, server, setting, f"{PLAIN}:fresh")
        lab.expect(f"{setting}: a listing does not show all refs", "refs_that_look_alike_are_listed_apart" in broken)
        server.process.stop()


def drives_of(lab: Lab, drives: int) -> Server:
    """MinIO over so many folders of their own."""
    server = minio(lab, drives=drives, name=f"minio{drives}").start()
    server.name = "minio"
    return server


def conform_peers(lab: Lab) -> None:
    """The same laws on versitygw and SeaweedFS, through our leaf, to hold the card against."""
    for other, broken in judged_peers(lab, "", lambda server: server.url("laws")):
        if other == "versitygw":
            lab.expect("versitygw: no law is broken", not broken)
        else:
            listing = "refs_lists_a_level_of_many"
            lab.expect(f"{other}: a level lists a folder that was emptied", listing in broken)


def conform_peers_plain(lab: Lab) -> None:
    """And with the keys as they are."""
    for other, broken in judged_peers(lab, ", plain keys", lambda _: f"{PLAIN}:fresh"):
        lab.expect(f"{other}: some law is broken", bool(broken))


def judged_peers(lab: Lab, setting: str, subject: Callable[[Server], str]) -> Iterator[tuple[str, list[str]]]:
    """Each peer by its maker's name, with the laws that it breaks."""
    for make in (versitygw, weed):
        server = make(lab).start()
        server.name = {"weed": "seaweedfs"}.get(server.name, server.name)
        yield server.name, judged(lab, server, f"{server.name}{setting}", subject(server))
        server.process.stop()


def power(lab: Lab) -> None:
    """store-crash on a writer that starts MinIO over a folder, puts one object, and is done when that is answered."""
    lab.program("strace")
    lab.versions["minio"] = version(lab.program("minio"), "--version")
    place, report = lab.place("crash"), lab.folder / "crash.json"
    program = f"{sys.executable} {WRITER}"
    command = [str(BIN / "store-crash"), "run", "--dir", str(place), "--json", str(report)]
    command += ["--setup", f"{program} setup {{dir}}", "--write", f"{program} write {{dir}} {{file}}"]
    command += ["--read", f"{program} read {{dir}}", "--time-limit", str(STATES_LIMIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=STATES_LIMIT + 200)
    if not report.exists():
        raise NotRun(f"store-crash said: {' '.join(done.stderr.split())[-300:]}")
    found = json.loads(report.read_text())
    for name, model in found["models"].items():
        states = f"{model['distinct']} states of {model['states']}, {model['seconds']:.0f} s"
        lab.saw(f"{name}: {model['verdict']}; {states}")
        for counterexample in model["counterexamples"]:
            for line in counterexample["explanation"].splitlines():
                lab.saw(f"  {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', 'UUID', line)}"[:200])
        if model["verdict"] == "cannot judge":
            lab.lack(f"{name}: {', '.join(model['why'])}")
    lab.expect("a power cut can take what was answered 200", found["verdict"] == "unsafe", found["verdict"])


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
    Step("power", "no folder is synced, so a power cut can take what was answered 200", power, STATES_LIMIT + 300),
]
