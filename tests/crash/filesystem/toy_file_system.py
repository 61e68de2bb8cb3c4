"""A file system in user space, small enough to be read, with a crash bug that can be planted in it.

    python toy_file_system.py make DEVICE
    python toy_file_system.py mount DEVICE FOLDER [BUG]

All of it is in memory; the device holds a log of what was done. fsync appends one record of what was done since, with
its length and checksum, and waits until the device has kept it; mounting replays the records up to the first that is
not whole. The bugs:

- early: fsync returns before the device has kept the record;
- unchecked: a record is believed whatever its checksum says;
- last: after a crash the last record is not replayed;
- other: fsync keeps what was done to all files but the one that it is asked for;
- halves: a rename is kept as two records, that the old name goes and that the new one comes;
- entry: a new name is kept before the file that it is a name of;
- stale: the bytes of a file lie beside the log, where those of a removed one lay, and no flush comes before the record;
- silent: after a crash, who asks for anything but the root waits for ever; mute: always. That it is asked it tells by
  making the file that ASKED names;
- dead: after a crash it mounts, and ends;
- anonymous: the names of one file have inode numbers of their own, crash or not;
- slow: no bug: it goes on in the background, and takes its time after it was unmounted.
"""

import errno
import os
import pickle  # a record is a list of plain tuples, read back by this program alone
import stat
import struct
import sys
import time
import zlib

from mfusepy import FUSE, FuseOSError, Operations

HEAD = struct.Struct("<4sII")  # sign, length of the record, its checksum
SIGN = b"toy1"
ROOT = 1
UNMOUNTED = pickle.dumps([])
SLOT = 1 << 20  # bytes of the device for each write that lies beside the log, the first behind the log


class Log:
    """Records on a device, one after the other from its start."""

    def __init__(self, device: str, bug: str = "") -> None:
        self.file, self.end, self.bug = os.open(device, os.O_RDWR), 0, bug

    def records(self):
        found = list(self._whole())
        return found[:-1] if self.bug == "last" else found

    def _whole(self):
        while True:
            sign, length, checksum = HEAD.unpack(os.pread(self.file, HEAD.size, self.end))
            record = os.pread(self.file, length, self.end + HEAD.size)
            if sign != SIGN or (zlib.crc32(record) != checksum and self.bug != "unchecked"):
                return
            self.end += HEAD.size + length
            yield record

    def append(self, record: bytes) -> None:
        """A sign of what is no record any more is written over first: the device may hold old ones behind the end."""
        whole = HEAD.pack(SIGN, len(record), zlib.crc32(record)) + record
        os.pwrite(self.file, whole + bytes(HEAD.size), self.end)
        self.end += len(whole)
        if self.bug != "early":
            os.fsync(self.file)


class Toy(Operations):
    """Folders are dictionaries of names, files are byte strings, by number; what is done is done to both by `do`."""

    use_ns = True

    def __init__(self, device: str, bug: str = "") -> None:
        self.log, self.folders, self.files, self.pending = Log(device, bug), {ROOT: {}}, {}, []
        self.bug, self.slots, crashed = bug, {}, False
        for record in self.log.records():
            crashed = record != UNMOUNTED
            for what, *words in pickle.loads(record):
                getattr(self, f"_{what}")(*words)
        self.damaged = bug == "mute" or (crashed and bug in ("silent", "dead"))

    def init_with_config(self, conn_info, config_3) -> None:
        if self.damaged and self.bug == "dead":
            os._exit(7)
        config_3.use_ino, config_3.attr_timeout, config_3.entry_timeout = int(self.bug != "anonymous"), 0.0, 0.0

    def do(self, what: str, *words) -> int:
        self.pending.append((what, *words))
        getattr(self, f"_{what}")(*words)
        return 0

    def _name(self, folder: int, name: str, number: int, kind: str) -> None:
        if kind == "folder":
            self.folders[number] = {}
        else:
            self.files.setdefault(number, b"")
        self.folders[folder][name] = number

    def _enter(self, folder: int, name: str, number: int) -> None:
        self.folders[folder][name] = number

    def _forget(self, folder: int, name: str) -> None:
        self.slots.pop(self.folders[folder].pop(name), None)

    def _move(self, folder: int, name: str, to: int, new: str) -> None:
        self.folders[to][new] = self.folders[folder].pop(name)

    def _put(self, number: int, offset: int, data: bytes) -> None:
        held = self.files[number].ljust(offset, b"\0")
        self.files[number] = held[:offset] + data + held[offset + len(data) :]

    def _put_beside(self, number: int, offset: int, size: int, slot: int) -> None:
        self.slots[number] = slot
        self._put(number, offset, os.pread(self.log.file, size, slot * SLOT))

    def _cut(self, number: int, size: int) -> None:
        self.files[number] = self.files[number][:size].ljust(size, b"\0")

    def number(self, path: str) -> int:
        found = ROOT
        for name in path.strip("/").split("/") if path != "/" else ():
            if name not in self.folders.get(found, {}):
                raise FuseOSError(errno.ENOENT)
            found = self.folders[found][name]
        return found

    def at(self, path: str) -> tuple[int, str]:
        above, _, name = path.rpartition("/")
        return self.number(above or "/"), name

    def getattr(self, path, fh=None):
        while self.damaged and path != "/":
            open(os.environ.get("ASKED", os.devnull), "w").close()
            time.sleep(1)
        number = self.number(path)
        names = sum(child == number for held in self.folders.values() for child in held.values())
        if number in self.folders:
            return {"st_ino": number, "st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        size = len(self.files[number])
        return {"st_ino": number, "st_mode": stat.S_IFREG | 0o644, "st_nlink": names, "st_size": size}

    def readdir(self, path, fh):
        entries = {".": ROOT, "..": ROOT, **self.folders[self.number(path)]}
        return [(name, {"st_ino": number}, 0) for name, number in entries.items()]  # one of number 0 is not listed

    def create(self, path, mode, fi=None):
        number = self.unused()
        if self.bug == "entry":
            self.do("enter", *self.at(path), number)
        return self.do("name", *self.at(path), number, "file")

    def mkdir(self, path, mode):
        return self.do("name", *self.at(path), self.unused(), "folder")

    def unused(self) -> int:
        return max(*self.folders, *self.files, ROOT) + 1

    def link(self, target, source):
        return self.do("name", *self.at(target), self.number(source), "file")

    def unlink(self, path):
        return self.do("forget", *self.at(path))

    def rmdir(self, path):
        if self.folders[self.number(path)]:
            raise FuseOSError(errno.ENOTEMPTY)
        return self.do("forget", *self.at(path))

    def rename(self, old, new):
        if self.bug != "halves":
            return self.do("move", *self.at(old), *self.at(new))
        number = self.number(old)
        self.do("forget", *self.at(old))
        return self.do("enter", *self.at(new), number)

    def read(self, path, size, offset, fh):
        return self.files[self.number(path)][offset : offset + size]

    def write(self, path, data, offset, fh):
        number = self.number(path)
        if self.bug != "stale":
            self.do("put", number, offset, bytes(data))
            return len(data)
        slot = next(each for each in range(1, 100) if each not in self.slots.values())
        os.pwrite(self.log.file, data, slot * SLOT)
        self.do("put_beside", number, offset, len(data), slot)
        return len(data)

    def truncate(self, path, length, fh=None):
        return self.do("cut", self.number(path), length)

    def fsync(self, path, datasync, fh):
        left = [done for done in self.pending if self.bug == "other" and done[:2] == ("put", self.number(path))]
        kept = [done for done in self.pending if done not in left]
        self.pending = left
        for record in [[done] for done in kept] if self.bug in ("halves", "entry") else filter(None, [kept]):
            self.log.append(pickle.dumps(record))
        return 0

    fsyncdir = fsync

    def destroy(self, path):
        time.sleep(0.5 if self.bug == "slow" else 0)
        self.fsync(path, 0, 0)
        if self.bug in ("last", "silent", "dead"):  # so that a whole one follows when it did not crash
            self.log.append(UNMOUNTED)


if __name__ == "__main__":
    what, device, *rest = sys.argv[1:]
    if what == "make":
        os.pwrite(os.open(device, os.O_RDWR), bytes(HEAD.size), 0)
    else:
        FUSE(Toy(device, *rest[1:]), rest[0], foreground=rest[1:] != ["slow"], nothreads=True, direct_io=True)
