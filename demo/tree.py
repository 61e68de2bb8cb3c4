"""The demo's storage, as one tree: an API archived on disk, records cached, kept in a database and copied to S3."""

from os import environ
from pathlib import Path
from typing import Any

from storage_combinators import Cache, Copier, Disk, Json, Logging, Memory, Mount, Queue, Ref, Relative, SQLite, Store
from storage_combinators.edges.open_store import open_store
from storage_combinators.edges.twin import twin
from storage_combinators.leaves.http import Http
from storage_combinators.transforming.serialized import JSON

NO_API = "http://127.0.0.1:9/"  # for trees that ask neither: nothing is connected to before it must be
NO_BUCKET = f"s3://demo:demo@demo?endpoint={NO_API}&region=us-east-1"


def tree(folder: Path, api: str = NO_API, bucket: str = NO_BUCKET) -> Store[JSON]:
    """Records of ours anywhere; below ``api``, what the API says. `folder` is there already."""
    database = SQLite(folder / "records.db")
    backup = Queue(Copier(source=database, target=Relative(open_store(bucket), Ref("backup"))))
    return Mount(
        Json(Cache(fast=Memory(), slow=Logging(database, backup))),
        {Ref("api"): Json(Cache(fast=Disk(folder / "archive"), slow=Http(api)))},
    )


def backup_of(tree: Any) -> Queue:
    """The queue of what S3 does not have yet."""
    return tree.source.source.slow.log  # type: ignore[no-any-return]  # drawn above


def judged(folder: Path) -> Store[JSON]:
    """The tree as a subject of the suite, which opens it in other processes too: servers are in the environment."""
    return tree(folder, environ.get("DEMO_API", NO_API), environ.get("DEMO_BUCKET", NO_BUCKET))


def judged_twin() -> Store[JSON]:
    """Its twin, all in memory, as another subject."""
    return twin(tree(Path("nowhere")))


for factory in (judged, judged_twin):  # two handles have two caches, and nothing locks this one
    factory.without = Cache.without  # type: ignore[attr-defined]  # said of what the factory makes
