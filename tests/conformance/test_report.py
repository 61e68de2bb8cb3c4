"""Reports: the published schema, what is read again, the page, the matrix, the badge, the drawn history."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from storage_combinators import Memory
from storage_conformance import judge
from storage_conformance.command import run
from storage_conformance.laws import LAWS
from storage_conformance.laws.combinators import COMBINATOR_LAWS
from storage_conformance.report.badge import badge
from storage_conformance.report.drawing import drawn
from storage_conformance.report.files import BadFile, as_json, read
from storage_conformance.report.html import html, matrix_page
from storage_conformance.report.junit import junit
from storage_conformance.report.result import VERDICTS, Called, Report, Result

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text("utf-8"))
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NAMES = [law.name for law in (*LAWS, *COMBINATOR_LAWS)]

texts = st.text(st.characters(exclude_categories=("Cs",)))
times = st.floats(0, 1e6)
calls = st.builds(Called, st.integers(0, 5), texts, texts, times, times).map(
    lambda each: each._replace(start=min(each.start, each.end), end=max(each.start, each.end))
)
results = st.builds(
    Result,
    st.sampled_from(NAMES),
    texts,
    st.sampled_from(VERDICTS),
    st.text(min_size=1),
    st.lists(texts, max_size=3).map(tuple),
    texts,
    texts,
    level=st.sampled_from(("must", "should")),
    history=st.lists(calls, max_size=4).map(tuple),
    requests=st.lists(texts, max_size=2).map(tuple),
)
reports = st.builds(
    Report,
    texts,
    st.integers(),
    st.integers(1, 4),
    st.just({"keys": "any", "lists": True}),
    st.lists(results, max_size=4),
)


@given(reports)
def test_every_report_keeps_to_the_schema(report: Report) -> None:
    SCHEMA.validate(json.loads(as_json(report)))


def test_a_real_report_keeps_to_the_schema() -> None:
    SCHEMA.validate(json.loads(as_json(judge(dict, step=4))))
    SCHEMA.validate(json.loads(as_json(judge(Memory, laws=[law for law in LAWS if law.group == "listing"], step=4))))


@pytest.mark.parametrize(
    "change",
    [{"verdict": "fine"}, {"seed": "7"}, {"laws": [{"law": "a"}]}, {"more": 1}, {"claims": {"without": {"a": ""}}}],
)
def test_the_schema_refuses_what_is_no_report(change: dict[str, object]) -> None:
    assert not SCHEMA.is_valid(Report("s", 0, 1, {}).as_dict() | change)


@given(report=reports)
def test_what_is_read_is_what_was_written(report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "report.json"
    path.write_text(as_json(report), "utf-8", errors="surrogatepass")
    assert json.loads(as_json(read(path))) == json.loads(as_json(report))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"subject": 1, "laws": [1]}', '{"laws": 3}'])
def test_what_is_no_report_is_told_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(BadFile, match=r"r\.json is no report"):
        read(tmp_path / "r.json")


def test_names_of_laws_are_unique_so_that_a_report_need_not_say_more() -> None:
    assert len(set(NAMES)) == len(NAMES)


BROKEN = Result(
    "a_key_holds_what_was_set",
    "",
    "broken",
    "<b>answered</b> 'y'",
    ("store['a'] = b'<x>'",),
    "assert 1 < 0",
    equation="d[k] = v; d[k] = v",
    group="mappings",
    history=(Called(1, "put(<a>)", "None", 0.0, 2.0), Called(2, "get(a)", "b'x'", 1.0, 1.5)),
    requests=("GET /a?refs=all 200",),
)
OTHERS = [replace(BROKEN, law=f"other_{n}", verdict=v, why=f"why {n}") for n, v in enumerate(VERDICTS) if v != "broken"]
WRONG = Report(
    "subject <1>", 7, 2, {"keys": "any", "lists": False, "without": {"lists": "not <it>"}}, [BROKEN, *OTHERS]
)
RIGHT = Report("right", 7, 2, {"keys": "any"}, [replace(BROKEN, verdict="holds", why="")])


def test_the_page_tells_all_and_nothing_of_it_is_markup() -> None:
    page = html(WRONG)
    for text in (
        "subject &lt;1&gt;",
        "&lt;b&gt;answered&lt;/b&gt;",
        "b&#39;&lt;x&gt;&#39;",
        "assert 1 &lt; 0",
        "not &lt;it&gt;",
    ):
        assert text in page
    assert "GET /a?refs=all 200" in page
    assert page.count("<rect") == 2 + 1  # two calls, one badge
    assert "<b>answered" not in page


def test_all_that_was_broken_is_marked_where_it_was_known_and_where_it_only_should() -> None:
    assert "known from the baseline" in html(WRONG, frozenset([BROKEN.law]))
    assert "known from the baseline" not in html(WRONG)
    assert '<span class="tag">should</span>' in html(replace(WRONG, laws=[replace(BROKEN, level="should")]))


def test_a_law_that_only_should_hold_fails_no_build_and_has_a_sign_of_its_own() -> None:
    report = replace(RIGHT, laws=[replace(BROKEN, level="should")])
    assert (report.verdict, report.status()) == ("conforms", 0)
    cases = ET.fromstring(junit(report).encode())
    assert (cases.get("failures"), cases.get("skipped")) == ("0", "1")
    assert 'class="cell should"' in matrix_page([report])


def links(page: str) -> tuple[set[str], set[str]]:
    return set(re.findall(r'href="#([^"]+)"', page)), set(re.findall(r'\bid="([^"]+)"', page))


def test_every_cell_of_the_matrix_leads_somewhere() -> None:
    page = matrix_page([WRONG, RIGHT, WRONG])
    wanted, there = links(page)
    assert wanted <= there
    assert {"s1", "s2", "s3", f"s1-{BROKEN.law}", f"s3-{BROKEN.law}", "s1-other_2"} <= wanted
    assert page.count('class="badge"') == 3
    assert page.count('class="cell broken"') == 2
    assert page.count('class="cell holds"') == 1 + 2


def test_a_matrix_has_the_columns_of_those_that_were_asked() -> None:
    listing = Report("lists", 0, 1, {}, [replace(BROKEN, law="another", group="listing")])
    page = matrix_page([RIGHT, listing])
    heads = re.findall(r'heads soft">(.*?)</div>', page)
    assert [re.findall(r">(\d+)<", head) for head in heads] == [["1"], ["2"]]


@given(st.lists(calls, min_size=1, max_size=9))
def test_a_history_has_a_lane_for_each_thread_and_a_bar_for_each_call(history: list[Called]) -> None:
    picture = ET.fromstring(drawn(tuple(history)))
    assert len(picture.findall("g")) == len(history)
    assert len(picture.findall("line")) == len({each.thread for each in history})
    for group in picture.findall("g"):
        bar = group.find("rect")
        assert bar is not None
        left, wide = (float(bar.get(name, "").rstrip("%")) for name in ("x", "width"))
        assert 0 <= left <= 97
        assert 0 < wide <= 100 - left + 0.01
        assert group.find("title") is not None
    lanes = {
        each.thread: group.find("rect").get("y") for group, each in zip(picture.findall("g"), history, strict=True)
    }  # type: ignore[union-attr]  # found above
    assert len(set(lanes.values())) == len(lanes)


def test_calls_that_overlap_are_drawn_overlapping() -> None:
    one, two = (group.find("rect") for group in ET.fromstring(drawn(BROKEN.history)).findall("g"))
    assert one is not None
    assert two is not None
    at = {name: [float(bar.get(name, "").rstrip("%")) for bar in (one, two)] for name in ("x", "width")}
    assert at["x"][0] < at["x"][1] < at["x"][0] + at["width"][0]


@given(reports)
def test_a_badge_says_how_many_laws_hold_of_those_that_count(report: Report) -> None:
    told = ET.fromstring(badge(report)).get("aria-label", "")
    verdicts = [result.verdict for result in report.laws]
    assert told == f"store laws: {report.verdict} {verdicts.count('holds')}/{len(verdicts) - verdicts.count('exempt')}"


@given(reports)
def test_junit_is_xml_whatever_is_in_it(report: Report) -> None:
    cases = ET.fromstring(junit(report).encode()).findall(".//testcase")
    assert len(cases) == len(report.laws)
    failing = [result for result in report.broken if result.level == "must"]
    assert sum(case.find("failure") is not None for case in cases) == len(failing)


def test_the_matrix_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for path, report in zip(files, (WRONG, RIGHT), strict=True):
        path.write_text(as_json(report), "utf-8")
    page = tmp_path / "matrix.html"
    assert run(["--matrix", *map(str, files), "--html", str(page)]) == 0
    assert page.read_text("utf-8").count('class="badge"') == 2
    for wrong in (
        ["--matrix", str(files[0])],
        ["--matrix", "--html", str(page)],
        ["--matrix", "no.json", "--html", str(page)],
    ):
        assert run(wrong) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


WRAPPED = """<iframe src="{}" style="width:{}px;height:900px"></iframe><script>
onload = () => {{ const page = document.querySelector("iframe").contentDocument.documentElement
document.body.dataset.wide = page.scrollWidth + " of " + page.clientWidth }}</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: nobody has looked at the pages")
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("page", [html(WRONG), matrix_page([WRONG, RIGHT] * 9)], ids=["page", "matrix"])
def test_no_page_is_wider_than_the_window(page: str, width: int, tmp_path: Path) -> None:
    long = page.replace("subject &lt;1&gt;", "package.module.of.somebody:" + "factory" * 20)
    (tmp_path / "page.html").write_text(long, "utf-8")
    (tmp_path / "wrap.html").write_text(WRAPPED.format("page.html", width))
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--allow-file-access-from-files",
        "--dump-dom",
    ]
    seen = subprocess.run(
        [*command, f"--user-data-dir={tmp_path}/profile", f"file://{tmp_path}/wrap.html"],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip  # one command
    told = re.search(r'data-wide="(\d+) of (\d+)"', seen)
    assert told, seen
    assert int(told[1]) <= int(told[2])
