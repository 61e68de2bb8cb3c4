"""What may stand where in a Jenkinsfile. Less than Jenkins knows: what is left out here cannot be judged without it."""

AGENT = {"label": ("label",), "node": ("label", "customWorkspace")}
OPTIONS = {
    "buildDiscarder": ("strategy",),
    "disableConcurrentBuilds": ("abortPrevious",),
    "retry": ("count",),
    "skipDefaultCheckout": ("skip",),
    "timeout": ("time", "unit"),
    "timestamps": (),
}
STAGE_OPTIONS = {name: OPTIONS[name] for name in ("retry", "skipDefaultCheckout", "timeout", "timestamps")}
PARAMETERS = {
    "booleanParam": ("name", "defaultValue", "description"),
    "choice": ("name", "choices", "description"),
    "string": ("name", "defaultValue", "description", "trim"),
    "text": ("name", "defaultValue", "description"),
}
TRIGGERS = {"cron": ("spec",), "pollSCM": ("spec",)}
STEPS = {
    "archiveArtifacts": ("artifacts", "allowEmptyArchive", "excludes", "fingerprint"),
    "checkout": ("scm",),
    "cleanWs": (),
    "deleteDir": (),
    "dir": ("path",),
    "echo": ("message",),
    "error": ("message",),
    "junit": ("testResults", "allowEmptyResults"),
    "retry": ("count",),
    "sh": ("script", "label"),
    "timeout": ("time", "unit"),
    "withEnv": ("overrides",),
}
WITH_STEPS = ("dir", "retry", "timeout", "withEnv")
ANYWHERE = ("echo", "error")  # every other step needs an agent
OUTCOMES = {  # the conditions of post, in the order in which Jenkins looks at them
    "always": ("success", "failure", "aborted"),
    "aborted": ("aborted",),
    "failure": ("failure",),
    "success": ("success",),
    "unsuccessful": ("failure", "aborted"),
    "cleanup": ("success", "failure", "aborted"),
}
UNITS = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "DAYS": 86400}
PIPELINE = ("agent", "environment", "options", "parameters", "post", "stages", "triggers")
BODIES = ("matrix", "parallel", "stages", "steps")
STAGE = ("agent", "environment", "failFast", "options", "post", "when", *BODIES)
MATRIX = ("agent", "axes", "environment", "excludes", "options", "post", "stages", "when")
