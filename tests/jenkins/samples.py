"""Pipelines with one mistake each, and what the checker says: the line, and a piece of the sentence."""

GOOD = """\
pipeline {
    agent any
    stages {
        stage('one') {
            steps {
                sh 'make lint'
            }
        }
    }
}
"""
STEP = "                sh 'make lint'\n"
STEPS = f"            steps {{\n{STEP}            }}\n"
MATRIX = "            matrix {\n                axes { axis {\n name 'A'\n values 'x', 'y'\n } }\n"
INNER = "                stages { stage('in') { steps { sh 'true' } } }\n            }\n"


def instead(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def option(text: str) -> str:
    return instead("    stages {\n", f"    options {{ {text} }}\n    stages {{\n")


def top(text: str) -> str:
    return instead("    stages {\n", f"    {text}\n    stages {{\n")


def stage(text: str) -> str:
    return instead("        stage('one') {\n", f"        stage('one') {{\n            {text}\n")


def steps(text: str) -> str:
    return instead(STEP, f"                {text}\n")


def when(text: str) -> str:
    return stage(f"when {{ {text} }}")


def matrix(text: str) -> str:
    return instead(STEPS, f"{MATRIX}                {text}\n{INNER}")


WRONG = {
    "a missing brace": (GOOD[: GOOD.rindex("}")], 10, "no Groovy: expecting '}'"),
    "a misspelt directive": (top("paramaters { }"), 3, "pipeline: unknown 'paramaters' (allowed: agent, environment,"),
    "a misspelt option": (option("disableConcurentBuildz()"), 3, "unknown 'disableConcurentBuildz' (allowed: buildDi"),
    "a misspelt argument": (option("timeout(tmie: 1)"), 3, "timeout: unknown argument 'tmie' (allowed: time, unit)"),
    "an unknown unit": (option("timeout(time: 1, unit: 'WEEKS')"), 3, "timeout: unit is one of SECONDS, MINUTES, HO"),
    "a retry of nothing": (option("retry(0)"), 3, "retry: count is a whole number from 1"),
    "an option without its call": (option("timestamps"), 3, "options: not a call: 'timestamps'"),
    "an unknown parameter": (top("parameters { strng(name: 'A') }"), 3, "parameters: unknown 'strng' (allowed: bool"),
    "an unknown trigger": (top("triggers { corn('@daily') }"), 3, "triggers: unknown 'corn' (allowed: cron, pollSCM)"),
    "an unknown step": (steps("shell 'make'"), 6, "stage one: unknown 'shell' (allowed: archiveArtifacts,"),
    "a script": (steps("if (true) { sh 'make' }"), 6, "stage one: not a call: 'If'"),
    "a step without its argument": (steps("echo()"), 6, "echo: needs message"),
    "a step with a block too many": (steps("echo('a') { sh 'b' }"), 6, "echo: takes no block"),
    "a step without its block": (steps("dir('a')"), 6, "dir: needs a block"),
    "an agent nobody knows": (instead("agent any", "agent { lable 'a' }"), 2, "agent: unknown 'lable' (allowed: label"),
    "an agent misspelt": (instead("agent any", "agent ayn"), 2, "agent: any, none, or one of label, node in { }, not"),
    "a node with more": (instead("agent any", "agent { node { lable 'a' } }"), 2, "node: unknown 'lable' (allowed: c"),
    "no agent": (instead("    agent any\n", ""), 1, "pipeline: needs agent"),
    "two agents": (top("agent any"), 3, "pipeline: a second 'agent'"),
    "no stages": ("pipeline {\n    agent any\n}\n", 1, "pipeline: needs stages"),
    "no stage": ("pipeline {\n    agent any\n    stages {\n    }\n}\n", 3, "stages: no stage"),
    "two stages": (top("stages { stage('a') { steps { sh 'a' } } }"), 4, "pipeline: a second 'stages'"),
    "two stages of one name": (instead("    stages {\n", "    stages { stage('one') { steps { sh 'a' } }\n"), 1, "two"),
    "no body": (instead(STEPS, ""), 4, "stage one: needs exactly one of matrix, parallel, stages, steps; has 0"),
    "two bodies": (stage("parallel { stage('a') { steps { sh 'a' } } }"), 4, "stage one: needs exactly one of"),
    "no step": (instead(STEP, ""), 5, "stage one: no step"),
    "agent none, and no stage has one": (instead("agent any", "agent none"), 4, "stage one: has no agent, and none ab"),
    "post without a machine": (
        instead("agent any", "agent none\npost { always { junit 'a' } }").replace("'one') {", "'one') {\nagent any"),
        3, "pipeline post: junit needs an agent, and there is none",
    ),
    "two conditions of post on one line": (
        stage("post { always { echo 'a' } success { echo 'b' } }"), 5, "post: 'success' must start a line of its own",
    ),
    "a condition of post that asks for the build before": (
        stage("post { fixed { echo 'a' } }"), 5, "post: unknown 'fixed' (allowed: aborted, always,",
    ),
    "junit in a step": (steps("junit 'a.xml'"), 6, "junit belongs in post always"),
    "junit on success": (stage("post { success { junit 'a.xml' } }"), 5, "junit belongs in post always"),
    "sh in double quotes": (steps('sh "make ${TARGET}"'), 6, "sh: takes single quotes"),
    "sh of a computed string": (steps("sh 'make ' + params.A"), 6, "sh: takes single quotes"),
    "a condition nobody can evaluate": (when("tag 'v*'"), 5, "when: 'tag v*' cannot be evaluated here (allowed: a"),
    "such a condition beside another": (when("anyOf {\nbranch 'main'\nchangeset '*.py'\n}"), 7, "'changeset *.py' can"),
    "such a condition behind a false one": (when("branch 'other'\nbuildingTag()"), 6, "'buildingTag' cannot be eval"),
    "a branch by pattern": (when("branch 'release-*'"), 5, "when: branch takes a plain name here"),
    "an expression nobody can evaluate": (when("expression { fileExists('a') }"), 5, "'fileExists a' cannot be"),
    "a parameter that is not there": (when("expression { params.DEPE }"), 5, "'params.DEPE' cannot be evaluated here"),
    "an empty not": (when("not { }"), 5, "when: not needs exactly one"),
    "an environment of calls": (top("environment { A = credentials('a') }"), 3, "environment: NAME = 'value', not"),
    "something before the pipeline": (f"def a = 1\n{GOOD}", 1, "one pipeline { } is all that may stand here"),
    "something after the pipeline": (f"{GOOD}def f() {{ }}\n", 11, "one pipeline { } is all that may stand here"),
    "an import": (f"import java.io.File\n{GOOD}", 1, "one pipeline { } is all that may stand here"),
    "failFast of steps": (stage("failFast true"), 5, "stage one: failFast needs parallel or matrix"),
    "an agent of a matrix' stage": (matrix("").replace("'one') {", "'one') {\nagent any"), 5, "agent belongs to"),
    "a matrix without axes": (matrix("").replace("axes", "axis"), 6, "matrix: unknown 'axis' (allowed: agent, axes,"),
    "an axis without values": (matrix("").replace("values 'x', 'y'", ""), 6, "axis: needs a name and values"),
    "an exclude of no value": (
        matrix("excludes { exclude { axis {\nname 'A'\nvalues 'z'\n} } }"), 10, "exclude: no axis A with z",
    ),
    "a matrix that excludes all": (
        matrix("excludes { exclude { axis {\nname 'A'\nvalues 'x', 'y'\n} } }"),
        5, "matrix: no cell is left",
    ),
    "a matrix in a matrix": (
        matrix("").replace("steps { sh 'true' }", "matrix { axes { axis {\nname 'B'\nvalues 'b'\n} }\n"
                           "stages { stage('deep') { steps { sh 'true' } } } }"),
        11, "stage in: no matrix inside parallel or matrix",
    ),
}  # fmt: skip
