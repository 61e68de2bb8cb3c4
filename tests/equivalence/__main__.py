"""`python -m equivalence`, with PYTHONPATH=tests: asks every server that is here, and writes docs/fakes.md anew.

What a server that is not here answered last time stays as it is written there.
"""

import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from equivalence.sides import TOPICS, Absent, Side, Topic
from equivalence.table import PAGE, committed, page
from provision.kind import Failed
from provision.run import Run, planned


def asked(topic: Topic, side: Side, run: Run) -> dict[tuple[str, str, str], str]:
    """The answers of one server; none where this machine has none."""
    try:
        with side.server(run) as server:
            print(f"{topic.title}: {side.column} ({server.source}, {server.what})", file=sys.stderr)
            return {
                (topic.title, probe.question, side.column): topic.ask(probe, side, server) for probe in topic.probes
            }
    except Absent as absent:
        print(f"{topic.title}: {absent}; its column stays", file=sys.stderr)
        return {}


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else what was started would stay
    answers = dict(committed()) if PAGE.exists() else {}
    with TemporaryDirectory() as folder:
        run = planned(f"equivalence-{Path(folder).name}", Path(folder))
        try:
            for topic in TOPICS:
                for side in topic.sides:
                    answers |= asked(topic, side, run)
        finally:
            run.stop()
    PAGE.write_text(page(answers))


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"equivalence: {failure}")
