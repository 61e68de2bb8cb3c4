"""What is installed: the core alone, extras named when missing, pins, the wheel; and nothing of this machine."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from house.reading import CONFORMANCE, REFERENCE, ROOT, modules

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
EXTRAS = PROJECT["optional-dependencies"]
BARE = "import sys; sys.path[:0] = {paths!r}; "
OUTSIDE = ("storage_combinators.leaves.", "storage_combinators.edges.")  # where a module may need an extra


def bare(code: str) -> subprocess.CompletedProcess[str]:
    """Run code under this Python without any installed package: -S leaves out site-packages."""
    start = BARE.format(paths=[str(REFERENCE.parent), str(CONFORMANCE.parent)])
    command = [sys.executable, "-I", "-S", "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_core_needs_the_standard_library_alone() -> None:
    done = bare("import storage_combinators as s; print(s.Memory({s.Ref('a'): 1}).get(s.Ref('a')))")
    assert (done.stdout, done.stderr, done.returncode) == ("1\n", "", 0)
    assert PROJECT["dependencies"] == []


def test_bare_means_bare() -> None:
    assert "No module named 'boto3'" in bare("import boto3").stderr


def test_only_leaves_and_edges_need_what_is_not_python_and_an_extra_has_it() -> None:
    names = [module.name for module in modules(REFERENCE)]
    start = f"import importlib\nfor n in {names}:\n try: importlib.import_module(n)\n"
    missing = [
        line.split() for line in bare(f"{start} except ModuleNotFoundError as e: print(n, e.name)").stdout.splitlines()
    ]
    assert all(module.startswith(OUTSIDE) for module, _ in missing)
    offered = {
        Requirement(text).name for extra, group in EXTRAS.items() if extra not in ("dev", "book") for text in group
    }
    assert {needed.partition(".")[0] for _, needed in missing} <= offered
    assert {"botocore", "httpx"} & {needed for _, needed in missing}


@pytest.mark.parametrize(("url", "extra"), [("s3://bucket/prefix", "s3"), ("http://127.0.0.1:1/", "http")])
def test_a_url_whose_extra_is_missing_names_it_in_one_line(url: str, extra: str) -> None:
    start = "from storage_combinators.edges.open_store import open_store\n"
    done = bare(f"{start}try: open_store({url!r})\nexcept Exception as error: print(error)")
    assert f"storage-combinators[{extra}]" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_command_whose_extra_is_missing_names_it_in_one_line_and_exits_2() -> None:
    done = bare("from storage_conformance.cli import main; sys.argv = ['store-conform', 'memory:']; main()")
    assert "storage-combinators[conformance]" in done.stderr + done.stdout
    assert (done.stderr + done.stdout).count("\n") == 1
    assert done.returncode == 2


def test_the_plugin_alone_needs_pytest_alone() -> None:
    missing = bare("import storage_conformance.plugin").stderr
    assert not missing or "No module named 'pytest'" in missing


def test_entry_points_are_there() -> None:
    for target in (*PROJECT["scripts"].values(), *PROJECT["entry-points"]["pytest11"].values()):
        module, _, name = target.partition(":")
        assert hasattr(import_module(module), name or "__doc__")


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_dependency_is_pinned_within_its_bounds_and_says_why() -> None:
    versions = {canonicalize_name(name): version for name, version in pins().items()}
    for requirement in (Requirement(text) for group in EXTRAS.values() for text in group):
        if requirement.name != PROJECT["name"]:
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement
    written = re.findall(r'^    "[^"]+(?:>=|==)[^"]+",?(.*)$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert len(written) > 15
    assert all(re.match(r"\s*# \S+", reason) for reason in written)


def test_constraints_name_versions_only() -> None:
    assert all(
        re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!-]+", f"{name}=={version}") for name, version in pins().items()
    )


def test_all_the_extras_are_those_of_the_design() -> None:
    named = {"s3", "redis", "sftp", "http", "crypto", "cli", "trace", "objects", "conformance", "crash"}
    assert set(EXTRAS) == named | {"all", "book", "dev"}
    everything = Requirement(EXTRAS["all"][0])
    assert everything.extras == named


def test_the_wheel_has_every_file_of_both_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    subprocess.run(["git", "checkout-index", "--all", f"--prefix={source}/"], cwd=ROOT, check=True)
    expected = {*relative_files(source / "reference"), *relative_files(source / "conformance")}
    build = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == expected
    assert {"storage_combinators/py.typed", "storage_conformance/py.typed"} <= inside


def relative_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def of_this_machine() -> re.Pattern[str]:
    places = [str(ROOT), str(Path.home()), *("/" + name for name in ("root/", "work/"))]
    hosts = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "proxy.go" + "lang"]
    return re.compile(
        "|".join([rf"(?<![\w.}}-]){re.escape(place)}" for place in places] + [re.escape(host) for host in hosts])
    )


def test_no_file_names_a_place_of_this_machine_or_a_registry() -> None:
    texts = {path: path.read_text(errors="replace") for path in tracked()}
    assert len(texts) > 30
    pattern = of_this_machine()
    assert not [
        f"{path.relative_to(ROOT)}: {found[0]}" for path, text in texts.items() for found in pattern.finditer(text)
    ]


def test_that_search_finds_what_it_should() -> None:
    assert of_this_machine().search(f"see {ROOT}/README.md")
    assert of_this_machine().search("cd /" + "root/x")
    assert not of_this_machine().search("get/put, $HOME/" + "work/x, a/root/b")


def test_the_changelog_tells_of_this_version() -> None:
    assert re.search(rf"^## {re.escape(PROJECT['version'])}\b.*\n\n- \w", (ROOT / "CHANGELOG.md").read_text(), re.M)
