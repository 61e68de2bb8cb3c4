"""The pytest fixture `crash`: a writer and a reader of your own, judged against power cuts within the test.

::

    def test_save(crash):
        crash.check(write=save, read=load)

``save(folder, key, value)`` returns only when the value is durable; ``load(folder, key)`` returns it. The test fails
with the sentence and the timeline of the smallest state that loses data. Imports nothing but pytest until it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .run_result import Found

__all__ = ["Crash", "crash"]


class Crash:
    """What the fixture is."""

    def __init__(self, folder: Path) -> None:
        """`folder` is empty, and the test's own."""
        self.folder = folder

    def check(
        self,
        write: Callable[..., Any],
        read: Callable[..., Any],
        *,
        model: str = "posix-worst",
        values: Sequence[Any] = (),
        errors: bool = False,
        budget: int = 200,
    ) -> None:
        """Fail the test unless no power cut loses data under the model.

        ``write(folder, key, value)`` and ``read(folder, key)``, or without key. Values are bytes of the tester; or
        `values`, whatever they are, written in this order. Nothing may be there at first: read returns None, or raises
        KeyError or FileNotFoundError. `budget` is about how many power cuts are tried.
        With `errors`, each sync and write of a put also fails in turn: it may raise then, and must not lie.
        """
        from .in_process import Functions, judge_functions, lies  # only where something is judged
        from .models import MODELS
        from .run_places import in_folder
        from .run_record import Unfit

        if model not in MODELS:
            pytest.fail(f"model is one of {', '.join(MODELS)}, not {model!r}", pytrace=False)
        with in_folder(Path(mkdtemp(dir=self.folder))) as places:
            try:
                asked = Functions(write, read, places, values)
                found, why = judge_functions(asked, model, budget)
                found = found or (lies(asked, model, budget) if errors else [])
            except Unfit as error:
                pytest.fail(str(error), pytrace=False)
        if found:
            pytest.fail("\n\n".join(told(one) for one in found), pytrace=False)
        if why:
            pytest.fail(f"cannot judge: {'; '.join(why)}", pytrace=False)


def told(found: Found) -> str:
    """The sentence, what the reader said, the timeline."""
    from rich.console import Console  # only where something is wrong

    from .timeline import terminal

    console = Console(width=110, color_system=None)
    with console.capture() as drawn:
        console.print(terminal(found.state))
    said = [text for text in (found.scenario, found.said) if text]
    return "\n".join([found.counterexample.explanation, *said, drawn.get()])


@pytest.fixture
def crash(tmp_path: Path) -> Crash:
    """Judge a writer and a reader against power cuts: ``crash.check(write=save, read=load)``."""
    return Crash(tmp_path)
