"""Our suite and our crash tester, run on MinIO; and the suite on its peers, for comparison."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lab.process import said
from lab.servers import Server, minio, versitygw, weed
from lab.step import Lab, NotRun, Step

CHECKOUT = Path(__file__).parents[4]
PLAIN = Path(__file__).parents[2] / "plain.py"
WRITER = Path(__file__).parents[1] / "writer.py"
LIMIT = 420  # seconds for the judging of one setting
BIN = Path(sys.executable).parent  # where the commands are installed


def judged(lab: Lab, server: Server, setting: str, subject: str) -> None:
    """Run store-conform; the report goes beside the notes if the lab is recorded."""
    folder = lab.keeps / "report-card" if lab.keeps else lab.place("reports")
    report = folder / (setting.replace(", ", "-").replace(" ", "-") + ".json")
    report.parent.mkdir(exist_ok=True)
    keys = {"AWS_ACCESS_KEY_ID": server.key, "AWS_SECRET_ACCESS_KEY": server.secret}
    env = {**os.environ, **keys, "LAB_ENDPOINT": f"http://{server.address}"}
    command = [str(BIN / "store-conform"), subject, "--json", str(report), "--time-limit", str(LIMIT)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=LIMIT + 120)
    if not report.exists():
        raise NotRun(f"store-conform said: {done.stderr.strip().splitlines()[-1:]}")
    told = report.read_text().replace(server.address, "127.0.0.1:PORT").replace(f"{CHECKOUT}/", "")
    found = json.loads(told)  # as it is anywhere: scripts are run from the checkout
    version = "2026-02-12 (7aac2a2c5b7c)" if "GOGET" in lab.versions[server.name] else lab.versions[server.name]
    found["subject"] = f"{server.name} {version}, {setting}"  # a URL of a free port says nothing
    report.write_text(json.dumps(found, indent=1) + "\n")
    verdicts = [law["verdict"] for law in found["laws"]]
    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in ("holds", "broken", "exempt", "not run") if v in verdicts)
    lab.saw(f"{setting}: {found['verdict']}: {counts}; step {found['step']}, {found['seconds']:.0f} s")
    for law in found["laws"]:
        if law["verdict"] == "broken":
            lab.saw(f"  {law['law']}: {law['why']}")


def conform(lab: Lab) -> None:
    """store-conform on MinIO with one drive and with four, through our own leaf, which spells its keys."""
    for setting, drives in (("one drive", 1), ("four drives", 4)):
        server = minio(lab, drives=drives, name=f"minio{drives}").start()
        server.name = "minio"
        judged(lab, server, setting, server.url("laws"))
        server.process.stop()


def conform_plain(lab: Lab) -> None:
    """The same laws over the keys as they are: what is MinIO's own, before a leaf works round it."""
    for setting, drives in (("one drive, plain keys", 1), ("four drives, plain keys", 4)):
        server = minio(lab, drives=drives, name=f"minio{drives}").start()
        server.name = "minio"
        judged(lab, server, setting, f"{PLAIN}:fresh")
        server.process.stop()


def conform_peers(lab: Lab) -> None:
    """The same laws on versitygw and SeaweedFS, through our leaf, to hold the card against."""
    for other in (versitygw, weed):
        server, name = peer(lab, other)
        judged(lab, server, name, server.url("laws"))
        server.process.stop()


def conform_peers_plain(lab: Lab) -> None:
    """And with the keys as they are."""
    for other in (versitygw, weed):
        server, name = peer(lab, other)
        judged(lab, server, f"{name}, plain keys", f"{PLAIN}:fresh")
        server.process.stop()


def peer(lab: Lab, other: Callable[[Lab], Server]) -> tuple[Server, str]:
    """A server that runs, and what its makers call it."""
    server = other(lab).start()
    server.name = {"weed": "seaweedfs"}.get(server.name, server.name)
    return server, server.name


def power(lab: Lab) -> None:
    """store-crash on a writer that starts MinIO over a folder, puts one object, and is done when that is answered."""
    lab.program("strace")
    lab.versions["minio"] = said(lab.program("minio"), "--version").splitlines()[0]
    place, report = lab.place("crash"), lab.folder / "crash.json"
    program = f"{sys.executable} {WRITER}"
    command = [str(BIN / "store-crash"), "run", "--dir", str(place), "--json", str(report)]
    command += ["--setup", f"{program} setup {{dir}}", "--write", f"{program} write {{dir}} {{file}}"]
    command += ["--read", f"{program} read {{dir}}", "--time-limit", "600"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=700)
    if not report.exists():
        raise NotRun(f"store-crash said: {' '.join(done.stderr.split())[-300:]}")
    found = json.loads(report.read_text())
    lab.saw(f"verdict: {found['verdict']} {found.get('why', '')}")
    for name, model in found["models"].items():
        lab.saw(
            f"{name}: {model['verdict']}; {model['distinct']} states of {model['states']}, {model['seconds']:.0f} s"
        )
        for counterexample in model["counterexamples"]:
            for line in counterexample["explanation"].splitlines():
                lab.saw(f"  {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', 'UUID', line)}"[:200])
    whys = sorted({why for model in found["models"].values() for why in model["why"]})
    if found["verdict"] == "cannot judge":
        lab.saw(f"no verdict on MinIO: {', '.join(whys)}; each state that was judged costs a start of the server")
    lab.expect("a whole server can be recorded, and its states be made", bool(found["models"]))


STEPS = [
    Step("conform", "through our leaf all laws hold but those of a conditional removal", conform, 1100),
    Step("conform-plain", "with plain keys the laws of listing are broken", conform_plain, 1100),
    Step("conform-peers", "through our leaf each peer keeps all that it claims", conform_peers, 1100),
    Step("conform-peers-plain", "with plain keys each peer breaks other laws", conform_peers_plain, 1100),
    Step("power", "the tester records a whole server and judges its states, as many as there is time for", power, 800),
]
