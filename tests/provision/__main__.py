"""`python -m provision build|up|down`: what `make up` and `make down` call, with PYTHONPATH=tests."""

import sys
from hashlib import sha256
from pathlib import Path

from provision import containers, programs
from provision.kind import Failed, Kind, Server
from provision.plan import KINDS
from provision.run import Run, planned

ROOT = Path(__file__).parents[2]


def build() -> None:
    """Build each image that is missing; print their names."""
    for kind in KINDS:
        print(containers.image(kind.image), flush=True)


def up() -> None:
    """Start what is not running; print NAME URL for each, NAME being its folder in docker/."""
    run = ours()
    run.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind in KINDS:
        print(kind.image, again(run, kind).url, flush=True)


def down() -> None:
    """Remove what `up` started here, and nothing else."""
    ours().stop()


def again(run: Run, kind: Kind) -> Server:
    """The server of an earlier `up`, unless it has ended meanwhile or failed."""
    folder = run.folder / kind.name
    try:
        server = run.shared(kind)
        if containers.running(server.container) if server.container else programs.alive(folder):
            return server
    except Failed:  # then, perhaps not now
        pass
    programs.stop(folder)
    (folder / "record.json").unlink(missing_ok=True)
    return run.shared(kind)


def ours() -> Run:
    """One for each checkout."""
    name = containers.KEPT + sha256(str(ROOT).encode()).hexdigest()[:12]
    return planned(name, ROOT / "build" / "up", {"STORAGE_ENGINE": "containers"})


if __name__ == "__main__":
    if sys.argv[1:] not in (["build"], ["up"], ["down"]):
        sys.exit("usage: python -m provision build|up|down")
    try:
        {"build": build, "up": up, "down": down}[sys.argv[1]]()
    except Failed as failure:
        print(f"provision: {failure}", file=sys.stderr)
        sys.exit(2)
