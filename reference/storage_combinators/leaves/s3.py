"""S3: objects in a bucket, of Amazon's or any server that speaks its protocol. Ours."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import md5
from typing import ClassVar

from botocore.exceptions import ClientError

from ..functions import as_bytes, exists
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused
from .s3_client import Client, body, code, connect, keys, status
from .s3_conditions import Form, attempt, demand, honours
from .s3_keys import folder_of, key_of, longest, ref_of

__all__ = ["S3"]


@dataclass(frozen=True)
class S3:
    """Bytes in the objects of a bucket whose keys begin with ``prefix/``; get, put and delete are one request each.

    ``get(r)`` is GET of ``prefix/spelled(r).v``. Absence is 404 of a key, not of a bucket; what would have a longer key
    is absent and Refused to writers. Any other failure is botocore's, a body cut short too; before, all but merge and
    swap is sent again, three times at most. A form of swap that the server, when tried, does not honour is Refused.

    >>> S3("archive", "2026", endpoint="http://127.0.0.1:9000", key="me", secret="sesame")
    S3(bucket='archive', prefix='2026', endpoint='http://127.0.0.1:9000', region=None, timeout=30.0)
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    timeout: float = 30.0  # seconds of silence
    clients: dict[tuple[int, int], Client] = field(default_factory=dict, repr=False, compare=False)
    known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)  # what the server has shown

    without: ClassVar[dict[str, str]] = {"survives": "the server's word, not the client's"}

    def __post_init__(self) -> None:
        if self.endpoint is not None and not re.fullmatch("https?://[^@]+", self.endpoint):
            raise ValueError("an endpoint is of the form http://host:port, without credentials")
        if (self.key is None) != (self.secret is None):
            raise ValueError("key and secret come together")

    @property
    def claims(self) -> dict[str, object]:
        """What this server is seen to do: asks it, once for each form of swap."""
        forms = (self._honours("create"), self._honours("replace"), self._honours("remove"), False)
        swaps = ("no", "create", "write", "all")[forms.index(False)]
        return {"swaps": swaps, "shared": True, "max_key": longest(self.prefix)}

    def get(self, ref: Ref, /) -> bytes:
        return self._read(ref)[0]

    def put(self, ref: Ref, value: bytes, /) -> None:
        self._client(3).put_object(**self._place(ref), Body=as_bytes(value))

    def merge(self, ref: Ref, value: bytes, /) -> None:
        self._client(1).put_object(**self._place(ref), Body=as_bytes(value))

    def delete(self, ref: Ref, /) -> None:
        with suppress(Refused):  # what has no key is not there
            self._client(3).delete_object(**self._place(ref))

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        expected = old if old is MISSING else as_bytes(old)
        data = new if new is MISSING else as_bytes(new)
        self._place(ref)  # Refused at once
        if expected is not MISSING:
            self._swap_value(ref, expected, data)
        elif data is not MISSING:
            self._attempt("create", ref, data, IfNoneMatch="*")
        else:
            demand(self._honours("create"), "create")
            if exists(self, ref):
                raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if (depth == 0 or (depth is None and base)) and self._holds(base, sure=depth == 0):  # a root is listed below
            yield base
        if depth != 0:
            found = keys(self._client(3), self.bucket, folder_of(self.prefix, base), level=depth == 1)
            refs = (ref for key in found if (ref := ref_of(self.prefix, key)) is not None)
            yield from filter(None, refs) if depth else refs  # one level below the root, the root is none of it

    def _swap_value(self, ref: Ref, expected: bytes, data: bytes | Gone) -> None:
        """Most ETags are the MD5, which saves reading; where one is not, it is read before this is a Conflict."""
        form: Form = "remove" if data is MISSING else "replace"
        try:
            self._attempt(form, ref, data, IfMatch=f'"{md5(expected, usedforsecurity=False).hexdigest()}"')
        except Conflict:
            try:
                found, tag = self._read(ref)
            except Missing:
                raise Conflict(ref) from None
            if found != expected:
                raise
            self._attempt(form, ref, data, IfMatch=tag)

    def _attempt(self, form: Form, ref: Ref, data: bytes | Gone, **condition: str) -> None:
        """Sent once, since a lost answer, resent, would make a swap that won look like a Conflict."""
        demand(self._honours(form), form)
        if not attempt(self._client(1), {**self._place(ref), **condition}, data):
            raise Conflict(ref)

    def _honours(self, form: Form) -> bool:
        if form not in self.known:
            self.known[form] = honours(self._client(3), self.bucket, folder_of(self.prefix, Ref()), form)
        return self.known[form]

    def _read(self, ref: Ref) -> tuple[bytes, str]:
        try:
            answer = self._client(3).get_object(**self._place(ref))
            return body(answer), answer["ETag"]
        except (Refused, ClientError) as error:
            if isinstance(error, ClientError) and code(error) != "NoSuchKey":
                raise
            raise Missing(ref) from None

    def _holds(self, ref: Ref, sure: bool) -> bool:
        """HEAD has no words: to be sure that only the key is absent, the bucket is asked for, once."""
        try:
            self._client(3).head_object(**self._place(ref))
        except Refused:
            return False
        except ClientError as error:
            if status(error) != 404:
                raise
            if sure and "bucket" not in self.known:
                self._client(3).head_bucket(Bucket=self.bucket)
                self.known["bucket"] = True
            return False
        return True

    def _place(self, ref: Ref) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": key_of(self.prefix, ref)}

    def _client(self, attempts: int) -> Client:
        owner = (os.getpid(), attempts)  # a fork must not share connections
        if owner not in self.clients:
            self.clients[owner] = connect(self.endpoint, self.region, self.key, self.secret, attempts, self.timeout)
        return self.clients[owner]
