"""Scp: files of a machine that lets one run commands by SSH, but has no SFTP. Ours; spelled as Disk spells them."""

from dataclasses import dataclass
from shlex import quote
from typing import ClassVar, cast
from uuid import uuid4

from ..functions import as_bytes
from ..ref import Ref
from ..store import Gone, Missing, Refused
from .folders import SUFFIX, entry
from .sftp import Sftp
from .ssh import Connected

__all__ = ["Scp"]

_NOTHING = b"No such file or directory"
_PUT = """
mkdir -p -- "${1%/*}" && cat >"$1" && [ "$(wc -c <"$1")" -eq "$3" ] || { rm -f -- "$1"; echo "cut short" >&2; exit 1; }
for attempt in 1 2 3 4 5 6 7 8 9; do mkdir -p -- "${2%/*}" && mv -f -- "$1" "$2" && exit 0; done
rm -f -- "$1"; exit 1
"""  # more than one attempt, since a delete may prune the folder in between
_LIST = f"""
exec find "$1/" -mindepth 1 -maxdepth 1 '(' -type d ! -name '*{SUFFIX}' -o ! -type d -name '*{SUFFIX}' ')' -print0
"""  # what is neither a folder nor a value is somebody else's
_DELETE = """
rm -f -- "$1" || exit 1
folder=${1%/*}
while [ "$folder" != "$2" ] && rmdir -- "$folder" 2>/dev/null; do folder=${folder%/*}; done
exit 0
"""


@dataclass(frozen=True)
class Scp(Sftp):
    """Bytes in files, by cat, mv, rm and find: ``scp://`` and the rest as in the URL of Sftp.

    ``Scp("scp:" + x) ≈ Sftp("sftp:" + x)``, without swap. Absence is what the commands say, in the words of POSIX;
    whatever else they say is a failure. A value is renamed into its place after all of its bytes have been counted,
    so that a cut connection leaves the old one. One request for each get, put and delete, one for each folder.

    >>> Scp("scp://me:secret@files.example/data?host_key=SHA256:abc")
    Scp(url='scp://files.example/data?host_key=SHA256:abc')
    """

    claims: ClassVar[dict[str, object]] = {"shared": True, "survives": "kill"}
    without: ClassVar[dict[str, str]] = {"swaps": "SCP has no step that compares and then writes"}
    scheme: ClassVar[str] = "scp"

    def get(self, ref: Ref, /) -> bytes:
        value, absent = self._sh('exec cat -- "$1"', self._file(ref))
        if absent:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: bytes, /) -> None:
        data = as_bytes(value)
        self._sh(_PUT, f"{self._root}/.drafts/{uuid4().hex}", self._file(ref), str(len(data)), data=data)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self._sh(_DELETE, self._file(ref), self._root)

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        raise Refused("SCP has no step that compares and then writes")

    def _holds(self, ref: Ref) -> bool:
        return not self._sh('exec find "$1" -prune', self._file(ref))[1]

    def _scan(self, folder: str) -> list[tuple[str, bool]]:
        listed, _ = self._sh(_LIST, f"{self._root}/{folder}".rstrip("/"))
        names = [path.rpartition("/")[2] for path in listed.decode(errors="replace").split("\0")[:-1]]
        return [kept for name in names if (kept := entry(folder, name, not name.endswith(SUFFIX)))]

    def _sh(self, script: str, *words: str, data: bytes = b"") -> tuple[bytes, bool]:
        """What `script` prints, and whether it failed only because something was not there."""
        command = " ".join(["exec env LC_ALL=C sh -c", *map(quote, [script, "sh", *words])])

        async def run(server: Connected) -> tuple[bytes, bool]:
            done = await server.command(command, data)
            printed, complaints = cast(bytes, done.stdout), cast(bytes, done.stderr).splitlines()
            absent = done.exit_status == 1 and all(line.endswith(_NOTHING) for line in complaints)
            if done.exit_status != 0 and not (absent and complaints):
                raise OSError(f"exit status {done.exit_status}, {b' '.join(complaints).decode(errors='replace')}")
            return printed, absent

        return self.ssh.run(self.url, run)
