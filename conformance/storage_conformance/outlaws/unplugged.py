"""Outlaws in a directory that lose what they wrote when the power goes, though they say that they do not."""

from __future__ import annotations

import os
from json import dumps
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .mappings import Over
from .outlaw import outlaw
from .right import Folder


@outlaw(
    "a_finished_write_outlives_a_power_cut",
    wrong="The file is synced and renamed; its folder is not synced, so that the new name may be lost.",
)
class ForgetsToSyncTheFolder(Folder):
    claims: ClassVar[dict[str, object]] = {"survives": "power"}

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            super().write(ref, value)
            return
        new = self.path(ref).with_suffix(".new")
        with new.open("wb") as file:
            file.write(dumps(ref).encode() + b"\n" + value)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path(ref))


@outlaw("a_key_that_was_set_outlives_a_power_cut", wrong="The folder is not synced after the rename.")
class LosesKeysWithThePower(Over):
    claims: ClassVar[dict[str, object]] = {"survives": "power"}
    make = ForgetsToSyncTheFolder
