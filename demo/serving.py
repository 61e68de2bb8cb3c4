"""The two servers of the demo, on free ports of 127.0.0.1: an API that counts what it is asked, and moto for S3."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from storage_combinators import Bytes, Memory, PassThrough, Ref
from storage_combinators.edges.http_server import serve
from storage_combinators.store import Depth
from storage_combinators.transforming.serialized import JSON

BUCKET = "demo"


@dataclass(frozen=True)
class Counted(PassThrough[bytes]):
    """A store that notes which refs were read or listed."""

    asked: list[Ref] = field(default_factory=list, repr=False, compare=False)

    def get(self, ref: Ref, /) -> bytes:
        self.asked.append(ref)
        return self.source.get(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        self.asked.append(base)
        return self.source.refs(base, depth)


@dataclass(frozen=True)
class Api:
    """A running API: where it is, what it serves, and the requests for data that it has had."""

    url: str
    pages: dict[Ref, bytes]
    asked: list[Ref]


@contextmanager
def api(records: Mapping[str, JSON]) -> Iterator[Api]:
    """An API of one JSON page a record, at the record's name, for as long as the block runs."""
    pages = {Ref.parse(name): json.dumps(record, indent=1).encode() for name, record in records.items()}
    store = Counted(Bytes(Memory(dict(pages))))
    with serve(store) as url:
        yield Api(url, pages, store.asked)


@contextmanager
def s3() -> Iterator[str]:
    """An S3 server with one bucket, for as long as the block runs; the URL of the bucket, for open_store."""
    from moto.server import ThreadedMotoServer

    from storage_combinators.leaves.s3_client import connect

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        connect(endpoint, "us-east-1", "demo", "demo", 1).create_bucket(Bucket=BUCKET)
        yield f"s3://demo:demo@{BUCKET}?endpoint={endpoint}&region=us-east-1"
    finally:
        server.stop()
