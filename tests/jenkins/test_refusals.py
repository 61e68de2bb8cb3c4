"""What the checker refuses, with its line; all samples are read by one Java."""

import pytest

from jenkins.samples import GOOD, WRONG
from jenkinsfile.plan import plan
from jenkinsfile.reading import Node, Wrong, parse
from jenkinsfile.stages import understand
from jenkinsfile.values import Facts


@pytest.fixture(scope="module")
def trees(parser: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Node]:
    folder = tmp_path_factory.mktemp("samples")
    texts = {"good": GOOD, **{name: text for name, (text, _, _) in WRONG.items()}}
    paths = [folder / str(number) for number in range(len(texts))]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    return dict(zip(texts, parse(paths), strict=True))


def wrongs(tree: Node) -> list[Wrong]:
    try:
        list(plan(understand(tree), Facts()))
    except Wrong as wrong:
        return [wrong]
    except ExceptionGroup as group:
        return [wrong for wrong in group.exceptions if isinstance(wrong, Wrong)]
    return []


def test_a_right_one_is_not_refused(trees: dict[str, Node]) -> None:
    assert wrongs(trees["good"]) == []


@pytest.mark.parametrize("name", WRONG)
def test_refused(trees: dict[str, Node], name: str) -> None:
    _, line, what = WRONG[name]
    found = wrongs(trees[name])
    assert any(wrong.line == line and what in wrong.what for wrong in found), [str(wrong) for wrong in found]
