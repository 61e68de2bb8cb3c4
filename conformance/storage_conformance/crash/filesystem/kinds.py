"""Kind: a file system that is tested, by the programs that make, mount and check it.

How each is made: as its own tool makes it, on a device that is small but not below what the tool takes without being
forced, with two exceptions: what the kernel would otherwise go on writing by itself for a while (ext4's lazy inode
tables) is written at once, and nothing is discarded.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from ..readers import BadCommand, Command

__all__ = ["KINDS", "Kind", "Unknown", "kind_of"]

LARGE = 512  # MiB, for what a user makes: enough for the defaults of every tool
SECONDS = 60


class Unknown(ValueError):
    """A file system that cannot be tested here; the text says what is missing."""


@dataclass(frozen=True)
class Kind:
    """A file system. Commands hold {device} and {dir}; without `mount` the kernel mounts it under its name."""

    name: str
    size: int
    """Of the device, in MiB."""
    mkfs: Command
    always: str = ""
    """Options that it needs when another file system of the same content may be mounted."""
    check: Command | None = None
    """Exits 0 if {device}, here a file, is clean; changes nothing."""
    options: str = ""
    mount: Command | None = None
    unmount: Command | None = None

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
        return f"{self.check.words[0]} finds it damaged (status {status}): {said}" if status else ""


def ran(words: list[str]) -> tuple[int, str]:
    """Run a program: its status, and the last of what it said, on one line."""
    try:
        ended = subprocess.run(  # noqa: S603  # the file system's own program, or the user's
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return 124, f"it did not end within {SECONDS} s"
    return ended.returncode, " ".join(ended.stdout.decode("utf-8", "replace").split())[-400:]


def _command(text: str) -> Command:
    return Command(tuple(shlex.split(text)))


EXT = "-q -F -b 4096 -E nodiscard"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("ext4", 32, _command(f"mkfs.ext4 {EXT},lazy_itable_init=0 {{device}}"), "", _command("e2fsck -fn {device}")),
        Kind("ext2", 32, _command(f"mkfs.ext2 {EXT} {{device}}"), "", _command("e2fsck -fn {device}")),
        Kind("xfs", 300, _command("mkfs.xfs -q -f -K {device}"), "nouuid", _command("xfs_repair -n -f {device}")),
        Kind("btrfs", 128, _command("mkfs.btrfs -q -f -K {device}"), "", _command("btrfs check {device}")),
    )
}


def kind_of(name: str, mkfs: str = "", options: str = "", mount: str = "", unmount: str = "") -> Kind:
    """The file system that a user names. Raises Unknown, and BadCommand for what cannot work."""
    if unmount and not mount:
        raise BadCommand("--unmount without --mount: the kernel unmounts what it mounted")
    if mount and options:
        raise BadCommand("--options are the kernel's: put yours into --mount")
    given = {
        option: Command.parse(text, f"--{option}")
        for option, text in (("mkfs", mkfs), ("mount", mount), ("unmount", unmount))
        if text
    }
    _has_places(given)
    known = KINDS.get(name)
    if not known and "mkfs" not in given:
        raise Unknown(f"{name} is none of {', '.join(KINDS)}: say how it is made with --mkfs 'PROGRAM {{device}}'")
    if not mount and not _in_kernel(name):
        raise Unknown(f"the kernel of this machine has no file system {name}: say --mount CMD for one of your own")
    base = known or Kind(name, LARGE, given["mkfs"])
    return replace(base, options=options, size=LARGE if mkfs else base.size, **given)


def _has_places(given: dict[str, Command]) -> None:
    wanted = {"mkfs": ("device",), "mount": ("device", "dir"), "unmount": ("dir",)}
    for option, command in given.items():
        for name in wanted[option]:
            if not command.has(name):
                raise BadCommand(f"--{option} has no {{{name}}}")


def _in_kernel(name: str) -> bool:
    """Whether it is there, or a module of that name can be loaded."""
    if name in Path("/proc/filesystems").read_text().split():
        return True
    return bool(shutil.which("modprobe")) and ran(["modprobe", name])[0] == 0
