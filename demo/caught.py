"""A wrong cache caught by the suite, and the shortest script that shows it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import wrong
from stage import Stage, holds, watched

from storage_conformance import judge


def caught(stage: Stage) -> str:
    """A wrong cache: the law that it breaks, and the shortest script, which fails when it is run alone."""
    subject, said = wrong.subject(), {"types": True}  # as its source says, which takes bytes alone
    report = watched(stage, subject.name, lambda watch: judge(subject, step=stage.step, claims=said, watch=watch))
    found = [result for result in report.broken if result.law == "what_is_no_value_is_a_TypeError"]
    holds(found, "the wrong cache is caught", report.verdict)
    last = run_alone(stage, found[0].script)
    console = stage.console
    console.print(f"{subject.name} breaks {len(report.broken)} laws; one of them:", highlight=False)
    for line in (found[0].law.replace("_", " "), found[0].equation, found[0].why):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print("\nThe shortest script that shows it:\n")
    console.print(found[0].script, markup=False, highlight=False, soft_wrap=True)
    console.print(f"Run alone it ends with exit status 1 and\n  {last}", markup=False, highlight=False, soft_wrap=True)
    stage.facts["outlaw"] = {**asdict(found[0]), "name": subject.name, "said": last, "broken": len(report.broken)}
    return f"{subject.name} breaks {len(report.broken)} of {len(report.laws)} laws; its script fails alone"


def run_alone(stage: Stage, script: str) -> str:
    """Run it in a process of its own; what it says last. It must fail by its assertion."""
    file = stage.folder / "caught.py"
    file.write_text(script, "utf-8")
    run = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=60, check=False)
    last = [*run.stderr.strip().splitlines(), ""][-1] if not run.stderr.strip() else run.stderr.strip().splitlines()[-1]
    holds(run.returncode == 1 and last.startswith("AssertionError"), "the script fails when run alone", last)
    return last
