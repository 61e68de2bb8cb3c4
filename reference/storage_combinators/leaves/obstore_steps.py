"""What Obstore asks of an object store in one step, and how its answers and failures are told apart. Ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError, PreconditionError
from obstore.store import ObjectStore, from_url

from ..store import Refused
from .addresses import Url, seconds

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, PutResult, UpdateVersion  # which obstore has for type checkers alone

__all__ = ["Form", "absent", "one_line", "opened", "probe", "put_if", "unchanged"]

Form = Literal["create", "update"]
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "bucket does not exist")


def opened(url: Url) -> ObjectStore:
    """The store at `url`, which resends nothing, and gives each request 30 seconds, or the option `timeout`."""
    given, (key, secret) = url.options("endpoint", "region", "timeout"), url.credentials()
    given |= {"access_key_id": key, "secret_access_key": secret} if key else {}
    client: dict[str, Any] = {"timeout": timedelta(seconds=seconds(given.pop("timeout", "30")))}
    client |= {"allow_http": True} if given.get("endpoint", "").startswith("http:") else {}
    options: dict[str, Any] = {"retry_config": {"max_retries": 0}} | ({"config": given} if given else {})
    options |= {"client_options": client} if url.partition(":")[0] not in ("file", "memory") else {}
    options |= {"mkdir": True} if url.startswith("file:") else {}
    try:
        return from_url(url.bare, **options)
    except (BaseError, TypeError) as error:  # the second where a store knows none of these options
        raise ValueError(f"{url.shown}: {_line(error)}") from None


def put_if(store: ObjectStore, path: str, data: bytes, mode: PutMode) -> bool:
    """Write under the condition `mode`; False if it does not hold."""
    with one_line():
        try:
            obstore.put(store, path, data, mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return False
    return True


def unchanged(meta: ObjectMeta | PutResult) -> PutMode:
    """The condition that an object is still the one that `meta` describes. Refused if nothing there can tell."""
    said: UpdateVersion = {}
    if meta["e_tag"]:
        said["e_tag"] = meta["e_tag"]
    if meta["version"]:
        said["version"] = meta["version"]
    if not said:
        raise Refused("this store gives no tags, so it cannot compare and replace in one step")
    return said


def probe(store: ObjectStore, form: Form) -> None:
    """Refused unless the condition of `form` is kept for a throw-away object, and nothing is ever sent twice."""
    if (getattr(store, "retry_config", {"max_retries": 0}) or {}).get("max_retries") != 0:
        raise Refused("this store resends what fails, a swap too: make it with retry_config={'max_retries': 0}")
    path = f".probe/{uuid4().hex}"
    with one_line():
        try:
            first = obstore.put(store, path, b"1")
            obstore.put(store, path, b"2", use_multipart=False)
            kept = not put_if(store, path, b"3", "create" if form == "create" else unchanged(first))
        except (NotImplementedError, NotSupportedError):
            raise Refused(f"this store has no {form} with a condition") from None
        finally:
            obstore.delete(store, path)
    if not kept:
        raise Refused(f"this store does not heed the condition of a write to {form}")


def absent(error: FileNotFoundError) -> None:
    """Nothing, if `error` says that an object is missing; if the whole bucket is, that is a failure."""
    if any(words in str(error) for words in _NO_BUCKET):
        raise OSError(_line(error)) from error


@contextmanager
def one_line() -> Iterator[None]:
    """Failures as an OSError of one line: obstore's own go on for thirty."""
    try:
        yield
    except (NotImplementedError, NotSupportedError):
        raise
    except (BaseError, FileNotFoundError) as error:  # the second: the folder or bucket that a write needs
        raise OSError(_line(error)) from error


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0].partition(": <?xml")[0]
