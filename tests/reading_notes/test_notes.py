"""reading-notes/: what is published passes the checker, and MinIO drawn as a tree is a store that does what is said."""

import importlib.util
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import Memory, Missing, Ref
from storage_combinators.edges.draw import as_text
from storage_combinators.edges.labels import label
from storage_combinators.edges.rewrap import nodes

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "reading-notes"
MINIO = NOTES / "systems" / "minio"
sys.path.insert(0, str(ROOT / "tools"))

from cite import __main__ as command  # noqa: E402 # a tool is not installed
from cite.notes import citation  # noqa: E402 # the same
from cite.systems import systems  # noqa: E402 # the same


def test_the_notes_as_published_have_no_defect(capsys):
    assert command.main(["--root", str(NOTES)]) == 0, capsys.readouterr().out


def test_as_many_places_are_cited_as_were_promised_by_every_answered_question():
    (minio,) = (system for system in systems(NOTES) if system.name == "minio")
    cited = {
        question.id: {role.text for block in question.blocks for role in block.roles() if role.kind == "src"}
        for question in minio.questions()
    }
    assert len({citation(text) for texts in cited.values() for text in texts}) >= 80
    no_source = {name for name, texts in cited.items() if not texts}
    assert no_source <= {"community.activity"}  # its evidence is the history, by numbers-history.jsonl


def test_the_hashes_are_of_lines_and_no_line_of_the_source_is_kept():
    for lock in NOTES.glob("systems/*/citations.lock"):
        for line in lock.read_text().splitlines():
            assert re.fullmatch(r"[0-9a-f]{64}  \S+ \S.*", line)
            assert len(line) < 300


def test_every_system_has_a_page_in_the_book():
    toc = (ROOT / "chapters" / "_toc.yml").read_text()
    pages = {path.stem for path in (ROOT / "chapters" / "reading").glob("*.md")}
    assert pages == {"status", *(system.name for system in systems(NOTES))}
    assert [page for page in sorted(pages) if f"file: reading/{page}\n" not in toc] == []


@pytest.fixture(scope="module")
def model():
    spec = importlib.util.spec_from_file_location("minio_tree", MINIO / "tree.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules["minio_tree"] = made  # dataclasses look their module up there
    spec.loader.exec_module(made)
    return made


def test_the_drawn_tree_is_that_of_the_program_in_words_and_as_a_picture(model):
    assert f"```text\n{as_text(model.drawn())}\n```" in (MINIO / "notes.md").read_text()
    picture = (MINIO / "tree.svg").read_text()
    boxes = Counter(re.findall(r"<text [^>]*>([^<]*)</text>", picture))
    wanted = Counter(label(node).replace("'", "&#39;") for node in nodes(model.drawn()))
    assert wanted <= boxes, wanted - boxes


def test_the_program_draws_when_it_is_called(model):
    done = subprocess.run([sys.executable, MINIO / "tree.py"], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip("\n") == as_text(model.drawn())


@given(value=st.binary(max_size=40), lost=st.sampled_from([None, 0, 1, 2]), wrong=st.booleans())
def test_any_two_shares_give_the_value_back(model, value, lost, wrong):
    drives = [model.Checked(Memory()) for _ in range(3)]
    store = model.ErasureSet(tuple(drives))
    store.put(Ref("a"), value)
    if lost is not None:
        below = drives[lost].source
        if wrong:
            below.put(Ref("a"), below.get(Ref("a"))[:-1] + b"?!")
        else:
            below.delete(Ref("a"))
    assert store.get(Ref("a")) == value
    assert list(store.refs(Ref())) == [Ref("a")]


def test_a_read_removes_the_last_sound_share_as_it_does_in_minio(model):
    drives = [Memory(), Memory(), Memory()]
    store = model.ErasureSet(tuple(drives))
    store.put(Ref("a"), b"value")
    for empty in drives[:2]:
        empty.delete(Ref("a"))
    assert drives[2].get(Ref("a"))
    with pytest.raises(Missing):
        store.get(Ref("a"))
    assert [list(drive.refs(Ref())) for drive in drives] == [[], [], []]


def test_damage_on_two_of_three_is_no_quorum_and_removes_nothing(model):
    drives = [model.Checked(Memory()) for _ in range(3)]
    store = model.ErasureSet(tuple(drives))
    store.put(Ref("a"), b"value")
    for drive in drives[:2]:
        drive.source.put(Ref("a"), b"rubbish")
    with pytest.raises(model.NoQuorum):
        store.get(Ref("a"))
    assert drives[2].get(Ref("a"))


def test_a_write_that_one_drive_took_is_undone(model):
    class Down(Memory):
        def put(self, ref, value, /):
            raise OSError("this drive is away")

    drives = (Memory(), Down(), Down())
    with pytest.raises(model.NoQuorum):
        model.ErasureSet(drives).put(Ref("a"), b"new")
    assert list(drives[0].refs(Ref())) == []
    drives = (Memory(), Memory(), Down())
    store = model.ErasureSet(drives)
    store.put(Ref("a"), b"new")
    assert store.get(Ref("a")) == b"new"


def test_the_whole_tree_over_folders_keeps_what_was_put_when_a_drive_of_each_set_is_lost(model, tmp_path):
    values = {Ref(f"k{number}"): bytes([number]) * number for number in range(20)}
    store = model.minio(tmp_path)
    for ref, value in values.items():
        store.put(ref, value)
    lost = sorted(tmp_path.glob("pool1/set*/drive2"))
    assert len(lost) == 2
    for drive in lost:
        drive.rename(drive.with_name("elsewhere"))
    again = model.minio(tmp_path)
    assert {ref: again.get(ref) for ref in again.refs(Ref())} == values
