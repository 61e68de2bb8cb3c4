"""Kind: a file system that is tested, by the programs that make, mount and check it.

How each is made: as its own tool makes it, on a device that is small but not below what the tool takes without being
forced, with two exceptions: what the kernel would otherwise go on writing by itself for a while (ext4's lazy inode
tables) is written at once, and nothing is discarded.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from ..readers import BadCommand, Command

__all__ = ["KINDS", "LARGE", "SECONDS", "Kind", "Unknown", "kind_of", "plain", "ran"]

LARGE = 512  # MiB, for what a user makes: enough for the defaults of every tool
SECONDS = 60
STEP = re.compile(r"(Pass|Phase) \d|\s+- |e2fsck \d|\[\d/\d\]|it: |Opening |Checking |UUID")  # of a checker's work


class Unknown(ValueError):
    """A file system that cannot be tested here; the text says what is missing."""


@dataclass(frozen=True)
class Kind:
    """A file system. Commands hold {device} and {dir}; without `mount` the kernel mounts it under its name."""

    name: str
    size: int
    """Of the device, in MiB."""
    mkfs: Command | None
    """None: it is not made here, only a recording of it is looked at."""
    always: str = ""
    """Options that it needs when another file system of the same content may be mounted."""
    check: Command | None = None
    """Exits 0 if {device}, here a file, is clean; changes nothing."""
    part: float = 0.0
    """Of the states, by chance, that it looks at: it takes longer than all the rest."""
    options: str = ""
    mount: Command | None = None
    unmount: Command | None = None
    patience: float = 60.0
    """Seconds for what `mount` serves to do single calls, or to be looked at after a crash."""

    @property
    def all_options(self) -> str:
        """As they are given to the kernel."""
        return ",".join(filter(None, (self.always, self.options)))

    def needs(self) -> list[str]:
        """Programs that are not on this machine."""
        commands = filter(None, (self.mkfs, self.check, self.mount, self.unmount))
        return sorted({command.words[0] for command in commands if not shutil.which(command.words[0])})

    def complaint(self, image: Path) -> str:
        """What its checker says of a file, in one line; "" if it is clean, or has none."""
        if not self.check:
            return ""
        status, said = ran(self.check.filled(device=image))
        return f"{self.check.words[0]} finds it damaged (status {status}): {plain(said, image)}" if status else ""


def ran(words: list[str]) -> tuple[int, str]:
    """Run a program: its status, and what it said."""
    try:
        ended = subprocess.run(  # noqa: S603, PLW1510  # the file system's own program, or the user's; its status is told
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return 124, f"it did not end within {SECONDS} s"
    return ended.returncode, ended.stdout.decode("utf-8", "replace").strip()


def plain(said: str, image: Path) -> str:
    """What a checker complains of, on one line: not which step it had come to."""
    lines = [line for line in said.replace(str(image), "it").splitlines() if not STEP.match(line)]
    return " ".join(" ".join(lines).split())[:300]


def _command(text: str) -> Command:
    return Command(tuple(shlex.split(text)))


FSCK = _command("e2fsck -fn {device}")
EXT = "-q -F -b 4096 -E nodiscard"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("ext4", 32, _command(f"mkfs.ext4 {EXT},lazy_itable_init=0 {{device}}"), "", FSCK, 0.5),
        Kind("ext2", 32, _command(f"mkfs.ext2 {EXT} {{device}}"), "", FSCK, 0.5),
        Kind("xfs", 300, _command("mkfs.xfs -q -f -K {device}"), "nouuid", _command("xfs_repair -n -f {device}"), 0.25),
        Kind("btrfs", 128, _command("mkfs.btrfs -q -f -K {device}"), "", _command("btrfs check {device}"), 0.5),
    )
}


def kind_of(
    name: str, mkfs: str = "", options: str = "", mount: str = "", unmount: str = "", *, recorded: bool = False
) -> Kind:
    """The file system that a user names; if `recorded`, its maker is not needed.

    Raises Unknown, and BadCommand for what cannot work.
    """
    if not re.fullmatch(r"\w[\w.+-]*", name):
        raise BadCommand(f"TYPE is the name of a file system, such as ext4, not {name!r}")
    if unmount and not mount:
        raise BadCommand("--unmount without --mount: the kernel unmounts what it mounted")
    if mount and options:
        raise BadCommand("--options are the kernel's: put yours into --mount")
    if recorded and mkfs:
        raise BadCommand("--replay needs no --mkfs: the recording holds the file system")
    given = {"mkfs": mkfs, "mount": mount, "unmount": unmount}
    made, mounts, unmounts = (_given(option, text) for option, text in given.items())
    base = replace(KINDS.get(name, Kind(name, LARGE, None)), mkfs=None) if recorded else _base(name, made)
    return replace(base, options=options, check=None if mount else base.check, mount=mounts, unmount=unmounts)


def _base(name: str, made: Command | None) -> Kind:
    """A known one, made as the user says or as its tool does; or one that only the user knows."""
    if name in KINDS:
        return replace(KINDS[name], mkfs=made, size=LARGE) if made else KINDS[name]
    if not made and not shutil.which(f"mkfs.{name}"):
        raise Unknown(f"{name} is none of {', '.join(KINDS)}: say how it is made with --mkfs 'PROGRAM {{device}}'")
    return Kind(name, LARGE, made or _command(f"mkfs.{name} {{device}}"))


def _given(option: str, text: str) -> Command | None:
    if not text:
        return None
    command = Command.parse(text, f"--{option}")
    for name in {"mkfs": ("device",), "mount": ("device", "dir"), "unmount": ("dir",)}[option]:
        if not command.has(name):
            raise BadCommand(f"--{option} has no {{{name}}}")
    return command
