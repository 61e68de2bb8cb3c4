"""Real servers of S3, as a lab starts them: one place for every command line."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage_combinators.leaves.s3_client import code

from .process import Program, free_port, said, start
from .programs import built_from
from .step import Lab, NotRun

__all__ = ["BUCKET", "SERVERS", "Server", "minio", "version", "versitygw", "weed"]

BUCKET = "lab"


@dataclass
class Server:
    """A server that runs, and how to start it again where it was."""

    lab: Lab
    name: str
    address: str  # host:port
    command: list[str]
    env: dict[str, str]
    key: str
    secret: str = field(repr=False)
    folders: list[Path]  # where its data is, one for each drive
    program: Program | None = None

    @property
    def process(self) -> Program:
        """The running program; NotRun before the first start."""
        if self.program is None:
            raise NotRun(f"{self.name} was never started")
        return self.program

    def start(self, under: Sequence[str] = ()) -> Server:
        """Start it, perhaps `under` another program such as strace, and wait until it makes the bucket."""
        self.program = start(self.lab, self.name, [*under, *self.command], self.env, self.ready)
        return self

    def ready(self) -> None:
        """Make the bucket unless it is there; OSError until the server can."""
        try:
            self.s3().create_bucket(Bucket=BUCKET)
        except ClientError as error:
            if code(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise OSError(str(error)) from None
        except BotoCoreError as error:
            raise OSError(str(error)) from None

    def s3(self) -> Any:
        """boto3's client, which sends each request once and adds no checksum that was not asked for."""
        plain = Config(
            signature_version="s3v4",
            retries={"total_max_attempts": 1},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"},
            read_timeout=60,
        )
        at = f"http://{self.address}"
        keys = (self.key, self.secret)
        return boto3.session.Session(*keys, region_name="us-east-1").client("s3", endpoint_url=at, config=plain)

    def url(self, prefix: str = "") -> str:
        """For open_store and store-conform; the throw-away credentials go by the environment."""
        return f"s3://{BUCKET}/{prefix}?endpoint=http://{self.address}&region=us-east-1"

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of a plain GET."""
        try:
            with urlopen(f"http://{self.address}{path}", timeout=30) as answer:  # http, of 127.0.0.1
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode(errors="replace")


def minio(lab: Lab, drives: int = 1, name: str = "minio", env: Mapping[str, str] | None = None) -> Server:
    """MinIO over `drives` folders, not yet started; four make one erasure set of two data and two parity shards."""
    program = lab.program("minio")
    lab.versions["minio"] = version(program, "--version")
    folders = [lab.folder / name / f"d{n}" for n in range(1, drives + 1)]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    address, key, secret = f"127.0.0.1:{free_port()}", "lab" + secrets.token_hex(8), secrets.token_hex(16)
    settings = {"MINIO_ROOT_USER": key, "MINIO_ROOT_PASSWORD": secret, "MINIO_BROWSER": "off", "MINIO_UPDATE": "off"}
    settings |= {"MINIO_CI_CD": "1", "MINIO_PROMETHEUS_AUTH_TYPE": "public", "MINIO_CALLHOME_ENABLE": "off"}
    command = [program, "server", "--address", address, *map(str, folders)]
    return Server(lab, name, address, command, settings | dict(env or {}), key, secret, folders)


def versitygw(lab: Lab) -> Server:
    """versitygw over one folder, not yet started."""
    program = lab.program("versitygw")
    lab.versions["versitygw"] = version(program, "--version")
    folder = lab.place("versitygw")
    address, key, secret = f"127.0.0.1:{free_port()}", "lab" + secrets.token_hex(8), secrets.token_hex(16)
    env = {"ROOT_ACCESS_KEY": key, "ROOT_SECRET_KEY": secret}
    command = [program, "--port", address, "posix", str(folder)]
    return Server(lab, "versitygw", address, command, env, key, secret, [folder])


WEED_PORTS = [f"{part}.port{grpc}" for part in ("master", "volume", "filer", "s3") for grpc in ("", ".grpc")]


def weed(lab: Lab) -> Server:
    """SeaweedFS, all its roles in one process, not yet started; it reports nothing to its makers."""
    program = lab.program("weed")
    lab.versions["seaweedfs"] = version(program, "version")
    folder, key, secret = lab.place("weed"), "lab" + secrets.token_hex(8), secrets.token_hex(16)
    identity = {"name": "lab", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": ["Admin"]}
    (lab.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: free_port() for name in WEED_PORTS}
    command = [program, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", "-filer", "-s3"]
    command += ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=50"]
    command += [f"-s3.config={lab.folder / 's3.json'}", *(f"-{name}={port}" for name, port in ports.items())]
    return Server(lab, "weed", f"127.0.0.1:{ports['s3.port']}", command, {}, key, secret, [folder])


def version(program: str, *asked: str) -> str:
    """What a program calls itself; for a build without a name, the module that it was built from."""
    first = (said(program, *asked).splitlines() or [""])[0]
    found = re.search(r"RELEASE\.\S+|v?\d+\.\d+[\w.]*( [0-9a-f]{7,40})?", first)
    return found[0] if found else built_from(program) or f"a build that says {' '.join(first.split())[:40]!r}"


SERVERS = {"minio": minio, "versitygw": versitygw, "weed": weed}
