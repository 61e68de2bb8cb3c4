"""S3: MinIO in a container or as a program, moto; versitygw and SeaweedFS as further subjects, as programs."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from provision import programs
from provision.kind import Failed, Server

BUCKET = "tests"


def client(url: str, secret: str = "") -> Any:
    """boto3's client for the server of this URL, with another `secret` if one is given."""
    from storage_combinators.edges.open_store import open_store

    store: Any = open_store(url)
    return connected(store.endpoint, store.region, store.key, secret or store.secret)


@cache
def connected(*place: str) -> Any:
    """A client for each server, since one takes long to make."""
    from storage_combinators.leaves.s3_client import connect

    return connect(*place, 1)


def url_of(address: str, key: str, secret: str) -> str:
    return f"s3://{key}:{secret}@{BUCKET}?endpoint=http://{address}&region=us-east-1"


def ready(url: str) -> None:
    """Make the bucket unless it is there. Failed when the server does not do it."""
    try:
        client(url).create_bucket(Bucket=BUCKET)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise Failed(f"no bucket can be made: {error}") from None
    except BotoCoreError as error:
        raise Failed(f"no bucket can be made: {error}") from None


def empty(url: str, prefix: str) -> None:
    """Remove every object whose key begins with `prefix`, and unfinished uploads there."""
    s3, bucket = client(url), {"Bucket": bucket_of(url)}
    for page in s3.get_paginator("list_objects_v2").paginate(**bucket, Prefix=prefix):
        found = [entry["Key"] for entry in page.get("Contents", [])]
        if several := [{"Key": key} for key in found if key.isprintable()]:
            s3.delete_objects(**bucket, Delete={"Objects": several, "Quiet": True})
        for key in [key for key in found if not key.isprintable()]:  # XML has no way to write some of these
            s3.delete_object(**bucket, Key=key)
    for upload in s3.list_multipart_uploads(**bucket, Prefix=prefix).get("Uploads", []):
        s3.abort_multipart_upload(**bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def bucket_of(url: str) -> str:
    return re.sub("^s3://(.*@)?", "", url).partition("?")[0].partition("/")[0]


@dataclass(frozen=True)
class S3:
    """What all servers of S3 have in common."""

    name: str = "s3"
    variable: str = ""
    image: str = ""
    program: str = ""
    title: str = ""  # what its makers call it

    def asked(self, url: str, /) -> str:
        try:
            answer = client(url).head_bucket(Bucket=bucket_of(url))
        except (BotoCoreError, ClientError) as error:
            raise Failed(f"the bucket does not answer: {error}") from None
        return str(answer["ResponseMetadata"]["HTTPHeaders"].get("server", "a server without a name"))

    def program_version(self, path: str, /) -> str:
        line = programs.said(path, "--version").partition("\n")[0]
        return f"{self.title} {re.sub('^(minio version|Version *:|Version)', '', line).strip()}"

    def started(self, command: list[str], folder: Path, env: dict[str, str], url: str) -> Server:
        programs.start(self.name, command, folder, env, lambda: ready(url))
        return Server(url, "program", self.program_version(command[0]), str(folder))

    @contextmanager
    def place(self, server: Server, /) -> Iterator[Server]:
        before, mark, options = server.url.partition("?")
        name = f"test-{uuid4().hex}"
        place = replace(server, url=f"{before.rstrip('/')}/{name}{mark}{options}")
        try:
            yield place
        finally:
            _, _, folder = re.sub("^s3://(.*@)?", "", before.rstrip("/")).partition("/")
            empty(server.url, f"{folder}/{name}/".lstrip("/"))


@dataclass(frozen=True)
class Minio(S3):
    """The S3 that tests use by default."""

    variable: str = "STORAGE_S3_URL"
    image: str = "minio"
    program: str = "minio"
    title: str = "MinIO"

    def embedded_version(self) -> str:
        return f"moto {version('moto')}"

    def in_container(self, run: str, folder: Path, /) -> Server:
        from provision import containers

        key, secret = secrets.token_hex(8), secrets.token_hex(16)
        env = {"MINIO_ROOT_USER": key, "MINIO_ROOT_PASSWORD": secret}
        container, address = containers.start(self.image, 9000, run, env, {})
        url = url_of(address, key, secret)
        ready(url)
        return Server(url, "container", containers.version(self.image), container=container)

    def as_program(self, path: str, folder: Path, /) -> Server:
        address, key, secret = f"127.0.0.1:{programs.free_port()}", secrets.token_hex(8), secrets.token_hex(16)
        env = {"MINIO_ROOT_USER": key, "MINIO_ROOT_PASSWORD": secret, "MINIO_BROWSER": "off", "MINIO_CI_CD": "1"}
        command = [path, "server", "--address", address, str(folder / "data")]
        return self.started(command, folder, env, url_of(address, key, secret))

    @contextmanager
    def embedded(self) -> Iterator[Server]:
        from embedded import embedded_s3

        with embedded_s3() as url:
            yield Server(url, "embedded", self.embedded_version())


@dataclass(frozen=True)
class Versitygw(S3):
    """A second S3, so that MinIO's habits do not become law: it can delete conditionally."""

    name: str = "versitygw"
    program: str = "versitygw"
    title: str = "versitygw"

    def as_program(self, path: str, folder: Path, /) -> Server:
        address, key, secret = f"127.0.0.1:{programs.free_port()}", secrets.token_hex(8), secrets.token_hex(16)
        (folder / "data").mkdir(exist_ok=True)
        env = {"ROOT_ACCESS_KEY": key, "ROOT_SECRET_KEY": secret}
        command = [path, "--port", address, "posix", str(folder / "data")]
        return self.started(command, folder, env, url_of(address, key, secret))


@dataclass(frozen=True)
class Weed(S3):
    """SeaweedFS, a third one: master, volume server, filer and gateway in one process."""

    name: str = "weed"
    program: str = "weed"
    title: str = "SeaweedFS"

    def program_version(self, path: str, /) -> str:
        return f"{self.title} " + re.findall(r"version \S*B (\S+)", programs.said(path, "version"))[0]

    def as_program(self, path: str, folder: Path, /) -> Server:
        key, secret = secrets.token_hex(8), secrets.token_hex(16)
        (folder / "data").mkdir(exist_ok=True)
        identity = {"name": "tests", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": ["Admin"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        ports = {name: programs.free_port() for name in WEED_PORTS}
        command = [path, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}", "-filer", "-s3"]
        # It would report to its makers, and serve two catalogues at ports that another one may have.
        command += ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += [f"-s3.config={folder / 's3.json'}", *(f"-{name}={port}" for name, port in ports.items())]
        return self.started(command, folder, {}, url_of(f"127.0.0.1:{ports['s3.port']}", key, secret))


# A gRPC port that is not named is 10,000 above its HTTP port, which no free port promises to be.
WEED_PORTS = [f"{part}.port{grpc}" for part in ("master", "volume", "filer", "s3") for grpc in ("", ".grpc")]
