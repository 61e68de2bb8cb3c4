"""A writer and a reader for store-crash: each starts MinIO over a folder, asks for one thing, and stops it.

    writer.py setup DIR | write DIR FILE | read DIR

The exit status is what store-crash wants: 0 done, 3 nothing there, 1 it answered that it cannot.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[3] / "tools"), str(Path(__file__).parents[2])]

from botocore.exceptions import ClientError  # noqa: E402  # the path above comes first

from lab.servers import BUCKET, Server, minio  # noqa: E402  # the path above comes first
from lab.step import Lab  # noqa: E402  # the path above comes first
from storage_combinators.leaves.s3_client import code  # noqa: E402  # the same


def asked(server: Server, verb: str, file: str) -> int:
    """One request to a server that runs."""
    client = server.s3()
    if verb == "write":
        client.put_object(Bucket=BUCKET, Key="o", Body=Path(file).read_bytes())
    if verb == "read":
        try:
            sys.stdout.buffer.write(client.get_object(Bucket=BUCKET, Key="o")["Body"].read())
        except ClientError as error:
            return 3 if code(error) in {"NoSuchKey", "NoSuchBucket"} else 1
    return 0


def main(verb: str, folder: str, file: str = "") -> int:
    """Start, ask, stop; the exit status."""
    with tempfile.TemporaryDirectory() as log, ExitStack() as ends:
        server = minio(Lab(Path(log), ends=ends))
        server.command[-1] = str(Path(folder) / "drive")
        Path(server.command[-1]).mkdir(exist_ok=True)
        server.start()
        return asked(server, verb, file)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
