"""A bucket with the keys as they are: what a server's own habits do to the laws, before a leaf spells round them.

A subject for store-conform: `reading-notes/labs/plain.py:fresh`, with LAB_ENDPOINT and AWS_* in the environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from uuid import uuid4

from storage_combinators.functions import as_ref
from storage_combinators.leaves.s3 import S3
from storage_combinators.leaves.s3_client import Client
from storage_combinators.ref import Ref
from storage_combinators.store import Depth, Refused

CLIENTS: dict[tuple[int, int], Client] = {}
KNOWN: dict[str, bool] = {}


class Plain(S3):
    """S3, but the key of ``tasks/1`` is ``prefix/tasks/1``, and a listing is what the server lists."""

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and base and self._holds(base, sure=depth == 0):
            yield base
        if depth == 0:
            return
        folder, seen = "/".join((self.prefix, *base, "")), set[Ref]()
        for key in listed(self._client(3), self.bucket, folder, level=depth == 1):
            ref = Ref(*base, *key.removeprefix(folder).strip("/").split("/"))
            if ref not in seen:  # "a" and "a/" are one name of a level
                seen.add(ref)
                yield ref

    def _place(self, ref: Ref) -> dict[str, str]:
        if not as_ref(ref):
            raise Refused("a bucket has no key without a name")
        return {"Bucket": self.bucket, "Key": "/".join((self.prefix, *ref))}


def listed(client: Client, bucket: str, folder: str, level: bool) -> Iterator[str]:
    """Every key below `folder`, or what is one name below; not the folder itself, which some servers list."""
    options = {"Delimiter": "/"} if level else {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, **options):
        yield from (entry["Key"] for entry in page.get("Contents", []) if entry["Key"] != folder)
        yield from (entry["Prefix"] for entry in page.get("CommonPrefixes", []))


def fresh() -> Plain:
    """An empty place of its own in the bucket; connections, and what the server has shown, are kept between them."""
    if not (endpoint := os.environ.get("LAB_ENDPOINT")):
        sys.stderr.write("plain.py: set LAB_ENDPOINT=http://127.0.0.1:PORT, the server that has the bucket `lab`\n")
        raise SystemExit(2)
    return Plain("lab", uuid4().hex, endpoint=endpoint, region="us-east-1", clients=CLIENTS, known=KNOWN)
