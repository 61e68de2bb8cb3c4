"""SFTP, and SCP beside it: OpenSSH in a container or as a program, or asyncssh."""

import getpass
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

from provision import programs
from provision.kind import Failed, Server

HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
SSHD = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
MaxSessions 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Sftp:
    name: str = "sftp"
    variable: str = "STORAGE_SFTP_URL"
    image: str = "sftp"
    program: str = "sshd"

    def asked(self, url: str, /) -> str:
        """What the server greets with, which is before anybody is let in."""
        parts = urlsplit(url)
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 22), 10) as connection:
                greeting = connection.makefile("rb").readline(255).decode(errors="replace").split()
        except OSError as error:
            raise Failed(f"it does not answer: {error}") from None
        if not greeting or not greeting[0].startswith("SSH-2.0-"):
            raise Failed("what answers is no SSH server")
        return greeting[0].removeprefix("SSH-2.0-").replace("_", " ")

    def program_version(self, path: str, /) -> str:
        return programs.said(path, "-V").split(",")[0].replace("_", " ")

    def embedded_version(self) -> str:
        return f"asyncssh {version('asyncssh')}"

    def in_container(self, run: str, folder: Path, /) -> Server:
        from provision import containers

        password = secrets.token_hex(16)
        container, address = containers.start(self.image, 2222, run, {"STORE_PASSWORD": password}, {})
        _, told = containers.engine().containers.get(container).exec_run(["ssh-keygen", "-lf", HOST_KEY])
        url = f"sftp://store:{password}@{address}/data?host_key={told.decode().split()[1]}"
        return Server(url, "container", containers.version(self.image), container=container)

    def as_program(self, path: str, folder: Path, /) -> Server:
        """It lets in who runs the tests, by a key made for it: a password would be the account's."""
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        port = programs.free_port()
        (folder / "sshd_config").write_text(SSHD.format(port=port, folder=folder))
        (folder / "data").mkdir()
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where it locks itself up before anybody is let in
        told = programs.said("ssh-keygen", "-lf", str(folder / "host")).split()[1]
        url = f"sftp://{getpass.getuser()}@127.0.0.1:{port}{folder}/data?host_key={told}&key={folder}/user"
        command = [path, "-D", "-e", "-f", str(folder / "sshd_config")]
        programs.start(self.name, command, folder, {}, lambda: self.asked(url))
        return Server(url, "program", self.program_version(path), str(folder / "data"))

    @contextmanager
    def embedded(self) -> Iterator[Server]:
        from embedded import asyncssh_server

        with ExitStack() as until:
            folder = until.enter_context(TemporaryDirectory())
            url = until.enter_context(asyncssh_server(Path(folder)))
            yield Server(url, "embedded", self.embedded_version(), folder)

    @contextmanager
    def place(self, server: Server, /) -> Iterator[Server]:
        before, mark, options = server.url.partition("?")
        place = replace(server, url=f"{before.rstrip('/')}/test-{uuid4().hex}{mark}{options}")
        try:
            yield place
        finally:
            remove_tree(place.url)


def remove_tree(url: str) -> None:
    """Remove the folder of this URL with all that is in it; where there is none, nothing happens."""
    import asyncssh

    from storage_combinators.leaves.ssh import Connected, Ssh

    async def remove(server: Connected) -> None:
        sftp = await server.sftp()
        path = urlsplit(url).path
        if await sftp.exists(path):
            await sftp.rmtree(path)

    ssh = Ssh()
    try:
        ssh.run(url, remove)
    except asyncssh.SFTPNoSuchFile:
        pass
    finally:
        ssh.close()
