"""What is asked of servers of S3, by boto3, or by bare HTTP where boto3 would be in the way. Right is what AWS says."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError

from equivalence.meeting import WRITERS, writers_meet
from equivalence.probe import Probe, probe
from provision.kind import Server
from provision.s3 import bucket_of, client

TAG, OTHER = '"c4ca4238a0b923820dcc509a6f75849b"', '"00000000000000000000000000000000"'  # the ETag of b"1", of nothing
FILES, EMPTY = "it keeps objects as files, and a path is a file or a folder", "a path has no empty names"
SHORT = "the names of files have 255 bytes at most"


def fake(why: str) -> dict[str, str]:
    """A difference that moto has as it is made, and as the tests use it."""
    return {"bare_moto": why, "moto": why}


class Bucket:
    """An empty prefix of a bucket; keys are those below it."""

    def __init__(self, server: Server) -> None:
        self.url, self.client, self.bucket = server.url, client(server.url), bucket_of(server.url)
        self.folder = server.url.partition("?")[0].rpartition("@")[2].partition("/")[2] + "/"

    def ask(self, verb: str, key: str = "a", **more: Any) -> dict[str, Any]:
        """What the server answers, errors too."""
        try:
            return getattr(self.client, verb)(Bucket=self.bucket, Key=self.folder + key, **more)
        except ClientError as error:
            return error.response

    def status(self, verb: str, key: str = "a", **more: Any) -> str:
        return str(self.ask(verb, key, **more)["ResponseMetadata"]["HTTPStatusCode"])

    def put(self, key: str = "a", body: bytes = b"1", **more: str) -> str:
        return self.status("put_object", key, Body=body, **more)

    def delete(self, key: str = "a", **more: str) -> str:
        return self.status("delete_object", key, **more)

    def get(self, key: str = "a") -> bytes | None:
        found = self.ask("get_object", key)
        return found["Body"].read() if "Body" in found else None

    def state(self, key: str = "a") -> str:
        """What became of a value that was b"1"."""
        return {b"1": "kept", None: "nothing there"}.get(self.get(key), "overwritten")

    def page(self, **more: Any) -> dict[str, Any]:
        return self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.folder, **more)

    def keys(self) -> list[str]:
        return [entry["Key"].removeprefix(self.folder) for entry in self.page().get("Contents", [])]


@probe("PUT where a value is, If-None-Match: *", "412, kept")
def create_over(bucket: Bucket) -> str:
    bucket.put()
    return f"{bucket.put(body=b'2', IfNoneMatch='*')}, {bucket.state()}"


@probe("PUT where nothing is, If-None-Match: *", "200, kept")
def create(bucket: Bucket) -> str:
    return f"{bucket.put(IfNoneMatch='*')}, {bucket.state()}"


@probe(
    "PUT of a where a/b is, If-None-Match: *",
    "200, kept",
    versitygw=FILES,
    SeaweedFS="a folder counts as something that is there",
)
def create_above(bucket: Bucket) -> str:
    bucket.put("a/b")
    return f"{bucket.put(IfNoneMatch='*')}, {bucket.state()}"


@probe(
    f"{WRITERS} PUT at once where nothing is, If-None-Match: *",
    "1 of 4 wins",
    bare_moto="it checks, and then writes; the tests' moto answers one request at a time",
)
def race(bucket: Bucket) -> str:
    with writers_meet(), ThreadPoolExecutor(WRITERS) as pool:
        statuses = list(pool.map(lambda number: bucket.put(body=b"%d" % number, IfNoneMatch="*"), range(WRITERS)))
    return f"{statuses.count('200')} of {WRITERS} {'wins' if statuses.count('200') == 1 else 'win'}"


@probe("PUT where a value is, If-Match with its ETag", "200, overwritten")
def replace(bucket: Bucket) -> str:
    bucket.put()
    return f"{bucket.put(body=b'2', IfMatch=TAG)}, {bucket.state()}"


@probe("PUT where a value is, If-Match with another ETag", "412, kept")
def replace_other(bucket: Bucket) -> str:
    bucket.put()
    return f"{bucket.put(body=b'2', IfMatch=OTHER)}, {bucket.state()}"


@probe(
    "PUT where nothing is, If-Match",
    "404, nothing there",
    SeaweedFS="412 for what is absent too, so a client takes both for a Conflict",
)
def replace_nothing(bucket: Bucket) -> str:
    return f"{bucket.put(IfMatch=OTHER)}, {bucket.state()}"


@probe("DELETE where a value is, If-Match with its ETag", "204, nothing there")
def remove(bucket: Bucket) -> str:
    bucket.put()
    return f"{bucket.delete(IfMatch=TAG)}, {bucket.state()}"


@probe(
    "DELETE where a value is, If-Match with another ETag",
    "412, kept",
    MinIO="it ignores the condition of a DELETE, so swap cannot remove",
)
def remove_other(bucket: Bucket) -> str:
    bucket.put()
    return f"{bucket.delete(IfMatch=OTHER)}, {bucket.state()}"


@probe(
    "DELETE where nothing is, If-Match",
    "404",
    MinIO="it ignores the condition of a DELETE",
    versitygw="to delete nothing always succeeds, so swap cannot remove",
    SeaweedFS="412 for what is absent too",
)
def remove_nothing(bucket: Bucket) -> str:
    return bucket.delete(IfMatch=OTHER)


@probe("DELETE where nothing is", "204")
def delete_nothing(bucket: Bucket) -> str:
    return bucket.delete()


@probe("GET where a value is, If-None-Match with its ETag", "304")
def unchanged(bucket: Bucket) -> str:
    bucket.put()
    return bucket.status("get_object", IfNoneMatch=TAG)


@probe("the ETag of a value put whole", "its MD5")
def etag(bucket: Bucket) -> str:
    bucket.put()
    return "its MD5" if bucket.ask("head_object").get("ETag") == TAG else "another"


@probe(
    "a key with a line end",
    "200, kept, listed",
    bare_moto="the pattern of its routes takes no line end; the tests' moto has one that does",
)
def line_end(bucket: Bucket) -> str:
    return stored(bucket, "a\nb")


@probe(
    "a key with a control character, U+0001",
    "200, kept, listed",
    versitygw="it lists the key raw in XML, which cannot hold it",
)
def control(bucket: Bucket) -> str:
    return stored(bucket, "\x01")


@probe("a key with a backslash", "200, kept, listed", SeaweedFS="it takes a backslash for a slash")
def backslash(bucket: Bucket) -> str:
    return stored(bucket, "\\")


@probe(
    "a key that ends in a slash",
    "200, kept, listed",
    versitygw="it stands for a folder, which holds no bytes",
    SeaweedFS="it stands for a folder, which holds no bytes",
)
def slash(bucket: Bucket) -> str:
    return stored(bucket, "a/")


@probe("a key with two slashes", "200, kept, listed", MinIO=EMPTY, versitygw=EMPTY, SeaweedFS=EMPTY)
def slashes(bucket: Bucket) -> str:
    return stored(bucket, "a//b")


@probe("a name of 256 bytes in a key", "200, kept, listed", MinIO=SHORT, versitygw=SHORT, SeaweedFS=SHORT)
def long_name(bucket: Bucket) -> str:
    return stored(bucket, "n" * 256)


def stored(bucket: Bucket, key: str) -> str:
    return f"{bucket.put(key)}, {bucket.state(key)}, {'listed' if bucket.keys() == [key] else 'not listed'}"


@probe(
    "PUT of a/b where a is",
    "200, both kept, both listed",
    MinIO="no listing looks below an object, whatever its prefix",
    versitygw=FILES,
)
def below(bucket: Bucket) -> str:
    bucket.put()
    status = bucket.put("a/b")
    kept = "both" if (bucket.state(), bucket.state("a/b")) == ("kept", "kept") else "one"
    return f"{status}, {kept} kept, {'both' if set(bucket.keys()) == {'a', 'a/b'} else 'one'} listed"


@probe("é in one code point and in two", "two keys")
def composed(bucket: Bucket) -> str:
    bucket.put("é")
    bucket.put("e\u0301")
    return "two keys" if len(bucket.keys()) == 2 else "one key"


@probe(
    "the order of a listing",
    "by the bytes of UTF-8",
    versitygw="name by name, as folders are walked",
    SeaweedFS="name by name, as folders are walked",
)
def order(bucket: Bucket) -> str:
    names = ["B", "a/b", "a-b", "a0", "\uffff", "\U00010000"]
    _ = [bucket.put(name) for name in names]
    return "by the bytes of UTF-8" if bucket.keys() == sorted(names, key=str.encode) else "another"


@probe("a request signed with a wrong secret", "403", **fake("it checks no signature"))
def forged(bucket: Bucket) -> str:
    bucket.client = client(bucket.url, "another")
    return bucket.put()


@probe(
    "PUT into a bucket that is not there", "404, no bucket", SeaweedFS="it makes the bucket; then it has room, or fails"
)
def no_bucket(bucket: Bucket) -> str:
    bucket.bucket = f"no-such-{uuid4().hex}"
    status = bucket.put()
    if bucket.bucket not in {each["Name"] for each in bucket.client.list_buckets()["Buckets"]}:
        return f"{status}, no bucket"
    bucket.delete()
    bucket.client.delete_bucket(Bucket=bucket.bucket)
    return "a new bucket"


@probe("PUT whose Content-MD5 is another value's", "400, nothing there", **fake("it checks no digest"))
def digest(bucket: Bucket) -> str:
    return f"{bucket.put(ContentMD5='AAAAAAAAAAAAAAAAAAAAAA==')}, {bucket.state()}"


@probe("PUT that is cut off in its body", "nothing there")
def cut(bucket: Bucket) -> str:
    place = {"Bucket": bucket.bucket, "Key": bucket.folder + "a"}
    url = urlsplit(bucket.client.generate_presigned_url("put_object", place))
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((url.hostname, url.port), 10) as connection:
        connection.sendall(head.encode() + b"1")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    return bucket.state()


@probe("GET of bytes 1 to 2 of 4", "206, the two")
def part(bucket: Bucket) -> str:
    bucket.put(body=b"0123")
    found = bucket.ask("get_object", Range="bytes=1-2")
    got = "the two" if "Body" in found and found["Body"].read() == b"12" else "others"
    return f"{found['ResponseMetadata']['HTTPStatusCode']}, {got}"


PROBES = [each for each in list(globals().values()) if isinstance(each, Probe)]
