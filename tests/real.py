"""Real servers where their programs are installed: each a context manager over an empty folder that yields a URL."""

import getpass
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from provision.programs import found, free_port, start, stop

__all__ = ["found", "nginx", "redis_server", "sshd"]

NGINX = """user {user}; daemon off; pid {folder}/nginx.master; error_log stderr warn; events {{}}
http {{ access_log off; client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp;
        fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
        server {{ listen 127.0.0.1:{port}; root {folder}/data; autoindex on; autoindex_format json; index .none; }} }}
"""
# SHLVL: bash would read the start-up files of whoever runs the tests before each command
SSHD = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
Subsystem sftp internal-sftp
SetEnv SHLVL=2
"""


@contextmanager
def started(name: str, folder: Path, port: int, *command: str) -> Iterator[None]:
    start(name, command, folder, {}, lambda: socket.create_connection(("127.0.0.1", port), 1).close())
    try:
        yield
    finally:
        stop(folder)


@contextmanager
def redis_server(folder: Path, password: str = "") -> Iterator[str]:
    port = free_port()
    options = f"--port {port} --bind 127.0.0.1 --save".split()
    with started("redis", folder, port, str(found("redis-server")), *options, "", "--requirepass", password):
        yield f"redis://:{quote(password, safe='')}@127.0.0.1:{port}/0"


@contextmanager
def sshd(folder: Path) -> Iterator[str]:
    """OpenSSH that lets in who runs the tests, by a key that is made for it."""
    port = free_port()
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "sshd_config").write_text(SSHD.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it locks itself up before anybody is let in
    with started("sshd", folder, port, str(found("sshd")), "-D", "-e", "-f", str(folder / "sshd_config")):
        told = subprocess.run(["ssh-keygen", "-lf", folder / "host"], check=True, capture_output=True, text=True).stdout
        place = f"{getpass.getuser()}@127.0.0.1:{port}{folder}/data"
        yield f"sftp://{place}?host_key={told.split()[1]}&key={folder}/user"


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """nginx over the folder `data`, which is made."""
    port = free_port()
    for made in ("data", "tmp"):
        (folder / made).mkdir(exist_ok=True)
    (folder / "nginx.conf").write_text(NGINX.format(user=getpass.getuser(), folder=folder, port=port))
    with started("nginx", folder, port, str(found("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")):
        yield f"nginx+http://127.0.0.1:{port}/"
