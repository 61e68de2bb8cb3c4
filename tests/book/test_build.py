"""The book, built strictly: every cell runs, nothing is warned of, no page shows the machine or a traceback."""

import fcntl
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = [str(Path(sys.executable).with_name("jupyter-book")), "build", "-W", "-n", "--keep-going", "--path-output"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The built pages: one build for all workers of a run."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    with (shared / "book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        html = shared / "book" / "_build" / "html"
        if not html.exists():
            command = [*BUILD, str(shared / "book"), str(ROOT / "chapters")]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return html


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, page):
        super().__init__()
        self.parts = []
        self.feed(page.read_text(encoding="utf-8"))
        self.text = "".join(self.parts)

    def handle_data(self, data):
        self.parts.append(data)


def test_every_chapter_is_there_and_its_cells_have_run(pages):
    for chapter in (ROOT / "chapters").glob("[0-9]*.md"):
        page = pages / f"{chapter.stem}.html"
        cells = chapter.read_text(encoding="utf-8").count("```{code-cell}")
        printing = len(re.findall(r'class="cell_output', page.read_text(encoding="utf-8")))
        assert 0 < printing <= cells


def test_no_page_shows_a_path_of_the_machine_or_a_traceback(pages):
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for telltale in (str(ROOT), str(Path.home()) + "/", sys.prefix, "Traceback", "Absent.MISSING"):
            assert telltale not in text, f"{telltale} in {page.name}"


def test_no_output_is_empty(pages):
    for page in pages.glob("[0-9]*.html"):
        assert not re.search(r"<pre>(<span></span>)?\s*</pre>", page.read_text(encoding="utf-8"))


def test_every_listing_says_where_it_is_from(pages):
    for chapter in (ROOT / "chapters").glob("[0-9]*.md"):
        named = re.findall(r"^```python (\S+)$", chapter.read_text(encoding="utf-8"), re.MULTILINE)
        text = Text(pages / f"{chapter.stem}.html").text
        assert named
        assert [name for name in named if name not in text] == []


def test_no_page_loads_anything_from_elsewhere(pages):
    for page in pages.glob("*.html"):
        assert (
            re.findall(r'<(?:script|img|iframe)[^>]*src="(?:https?:)?//[^"]*', page.read_text(encoding="utf-8")) == []
        )
        assert re.findall(r'<link[^>]*stylesheet[^>]*href="(?:https?:)?//[^"]*', page.read_text(encoding="utf-8")) == []


def test_the_table_of_write_orders_is_the_published_one(pages):
    rows = re.findall(
        r"^(\w+(?:, \w+)+) +(\d of \d) +(\d of \d\d)   .*$", Text(pages / "03-caching.html").text, re.MULTILINE
    )
    assert rows == [
        ("cache, source", "2 of 4", "4 of 20"),
        ("source, cache", "1 of 4", "1 of 20"),
        ("drop, source", "0 of 4", "8 of 20"),
        ("source, drop", "1 of 4", "1 of 20"),
        ("drop, source, cache", "0 of 6", "4 of 40"),
        ("drop, source, drop", "0 of 6", "4 of 40"),
    ]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: nobody has looked at the pages")
def test_a_browser_opens_every_page_without_an_error_and_shows_one_search_box(pages, tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=pages)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            for page in sorted(pages.glob("[0-9]*.html")):
                dom, log = opened(f"http://127.0.0.1:{server.server_port}/{page.name}", tmp_path)
                assert [
                    line for line in log.splitlines() if re.search(r"CONSOLE.*(error|failed)", line, re.IGNORECASE)
                ] == []
                assert len(re.findall(r'<form class="bd-search', dom)) == 1
        finally:
            server.shutdown()
            thread.join()


def opened(url, profile):
    """The page after its scripts have run, and what the browser wrote meanwhile."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=3000"]
    command = [CHROMIUM, *options, f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout, done.stderr
