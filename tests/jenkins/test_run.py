"""--run really runs the lines: order, environment, when, post by outcome, retry, timeout, one stage alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jenkinsfile.__main__ import main

TOOLS = Path(__file__).parents[2] / "tools"
PIPELINE = """\
pipeline {
    agent any
    environment { PLACE = "${WHO}${BREAK}-here" }
    parameters {
        string(name: 'WHO', defaultValue: 'nobody')
        booleanParam(name: 'BREAK', defaultValue: true)
    }
    stages {
        stage('first') { steps { sh 'echo first $PLACE $WHO $BREAK >> log' } }
        stage('left out') {
            when { expression { params.WHO == 'somebody' && !params.BREAK } }
            steps { sh 'echo left out >> log' }
        }
        stage('cells') {
            matrix {
                axes {
                    axis {
                        name 'A'
                        values '1', '2'
                    }
                    axis {
                        name 'B'
                        values 'x', 'y'
                    }
                }
                excludes {
                    exclude {
                        axis {
                            name 'A'
                            values '2'
                        }
                        axis {
                            name 'B'
                            notValues 'x'
                        }
                    }
                }
                stages { stage('cell') { steps { sh 'echo $A$B >> log; [ $A$B != 1x ] || [ $BREAK = false ]' } } }
                post {
                    failure { sh 'echo cell failed $A$B >> log' }
                    success { sh 'echo cell done $A$B >> log' }
                }
            }
        }
        stage('last') { steps { dir('.') { withEnv(['MORE=more']) { sh 'echo last $MORE >> log' } } } }
    }
    post {
        cleanup { sh 'echo cleanup >> log' }
        always {
            sh 'echo always >> log'
            junit 'none.xml'
        }
        failure { sh 'echo failure >> log' }
        success { sh 'echo success >> log' }
        aborted { sh 'echo aborted >> log' }
        unsuccessful { sh 'echo unsuccessful >> log' }
    }
}
"""
SMALL = """\
pipeline {
    agent any
    stages {
        stage('one') {
            options { OPTIONS }
            steps { sh 'SCRIPT' }
        }
    }
    post {
        failure { sh 'echo failure >> log' }
        aborted { sh 'echo aborted >> log' }
        success { sh 'echo success >> log' }
    }
}
"""
BRANCHES = """\
pipeline {
    agent none
    stages {
        stage('branches') {
            FAILFAST
            parallel {
                stage('a') {
                    agent any
                    steps {
                        timeout(5) { retry(2) { sh 'echo a >> log' } }
                        error 'on purpose'
                    }
                }
                stage('b') {
                    agent { label 'linux' }
                    when { allOf {
                        branch 'main'
                        equals expected: 2, actual: 2
                        environment name: 'BRANCH_NAME', value: 'main'
                        not { triggeredBy 'TimerTrigger' }
                    } }
                    steps { sh 'echo b >> log' }
                    post {
                        success { sh 'echo broken post >> log; false' }
                        cleanup { sh 'echo cleanup >> log' }
                    }
                }
            }
        }
        stage('after') {
            agent any
            steps { sh 'echo after >> log' }
        }
    }
}
"""


@pytest.fixture
def file(parsed_once: None, tmp_path: Path) -> Path:
    path = tmp_path / "Jenkinsfile"
    path.write_text(PIPELINE)
    return path


def log(file: Path) -> list[str]:
    return (file.parent / "log").read_text().splitlines()


def small(file: Path, script: str, options: str) -> int:
    file.write_text(SMALL.replace("SCRIPT", script).replace("OPTIONS", options))
    return main([str(file), "--run"])


def test_a_failure_ends_the_stages_after_it_but_no_other_cell_and_post_runs(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), "--run"]) == 1
    cells = ["1x", "cell failed 1x", "1y", "cell done 1y", "2x", "cell done 2x"]
    post = ["always", "failure", "unsuccessful", "cleanup"]
    assert log(file) == ["first nobodytrue-here nobody true", *cells, *post]
    said = capfd.readouterr()
    assert "left out: skipped by when { expression { params.WHO == somebody && !(params.BREAK) } }" in said.out
    assert "left to Jenkins: junit testResults: none.xml" in said.out
    assert said.out.endswith("outcome: failure\n")
    assert "+ echo first nobodytrue-here nobody true" in said.err  # bash -x


def test_what_the_command_line_says_comes_before_the_defaults(file: Path) -> None:
    assert main([str(file), "--run", "--param", "WHO=somebody", "--param", "BREAK=false"]) == 0
    cells = ["1x", "cell done 1x", "1y", "cell done 1y", "2x", "cell done 2x"]
    post = ["always", "success", "cleanup"]
    assert log(file) == ["first somebodyfalse-here somebody false", "left out", *cells, "last more", *post]


@pytest.mark.parametrize(
    ("fail_fast", "wanted"),
    [("", ["a", "b", "broken post", "cleanup"]), ("failFast true", ["a"])],
    ids=["all branches", "failFast"],
)
def test_a_branch_that_fails_ends_the_others_only_if_asked(file: Path, fail_fast: str, wanted: list[str]) -> None:
    file.write_text(BRANCHES.replace("FAILFAST", fail_fast))
    assert main([str(file), "--run"]) == 1
    assert log(file) == wanted


def test_a_step_of_post_that_fails_fails_the_stage(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text(BRANCHES.replace("FAILFAST", ""))
    assert main([str(file), "--run", "--only", "b"]) == 1
    assert log(file) == ["b", "broken post", "cleanup"]
    assert "b: post success: sh echo broken post >> log; false: exit 1" in capfd.readouterr().out


@pytest.mark.parametrize("other", [["--branch", "other"], ["--cause", "TimerTrigger"]])
def test_one_condition_of_all_that_does_not_hold(file: Path, other: list[str]) -> None:
    file.write_text(BRANCHES.replace("FAILFAST", ""))
    assert main([str(file), "--run", "--only", "b", *other]) == 0
    assert not (file.parent / "log").exists()


def test_one_stage_alone(file: Path) -> None:
    assert main([str(file), "--run", "--only", "last"]) == 0
    assert log(file)[0] == "last more"
    assert "first" not in (file.parent / "log").read_text()


def test_a_stage_that_is_not_there(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--run", "--only", "lust"]) == 1
    assert capfd.readouterr().err == "no stage lust (there are: first, left out, cells, cell, last)\n"
    assert not (file.parent / "log").exists()


def test_without_run_nothing_is_run(file: Path) -> None:
    assert main([str(file)]) == 0
    assert not (file.parent / "log").exists()


def test_bash_stops_at_the_first_command_that_fails(file: Path) -> None:
    assert small(file, "false; echo too far >> log", "timestamps()") == 1
    assert log(file) == ["failure"]


def test_retry_tries_again(file: Path) -> None:
    assert small(file, "echo try >> log; [ $(wc -l < log) = 2 ]", "retry(3)") == 0
    assert log(file) == ["try", "try", "success"]


def test_retry_gives_up(file: Path) -> None:
    assert small(file, "echo try >> log; false", "retry(3)") == 1
    assert log(file) == ["try", "try", "try", "failure"]


def test_a_timeout_aborts_and_ends_what_was_started(file: Path) -> None:
    begun = time.monotonic()
    assert small(file, "sleep 600 & echo $! > child; wait", 'timeout(time: 1, unit: "SECONDS"); retry(3)') == 1
    assert time.monotonic() - begun < 300
    assert log(file) == ["aborted"]
    child = Path("/proc") / (file.parent / "child").read_text().strip() / "stat"
    assert not child.exists() or child.read_text().split()[2] == "Z"  # whoever adopted it may not have looked yet


def test_mistakes_are_told_with_file_and_line_and_nothing_runs(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text(PIPELINE.replace("agent any", "agnet any").replace("junit 'none.xml'", "juint 'none.xml'"))
    assert main([str(file), "--run"]) == 1
    told = capfd.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in told] == [f"{file}:1", f"{file}:2", f"{file}:51"]
    assert not (file.parent / "log").exists()


def test_an_unknown_parameter_is_refused(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--param", "WOH=x"]) == 1
    assert "no parameter WOH=x (there are: WHO, BREAK" in capfd.readouterr().err


def test_no_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "Jenkinsfile")]) == 1
    assert capfd.readouterr().err == f"{tmp_path / 'Jenkinsfile'}: no such file\n"


def command(file: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "PYTHONPATH": str(TOOLS), **environment}
    line = [sys.executable, "-m", "jenkinsfile", str(file), *arguments]
    return subprocess.run(line, env=known, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_as_it_is_typed(file: Path) -> None:
    done = command(file, "--run", "--param", "BREAK=false")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "outcome: success"), done.stderr


def test_without_java_it_says_so(file: Path, tmp_path: Path) -> None:
    done = command(file, PATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (2, "not run, because it needs java to read Groovy\n")
