"""The steps of MinIO's lab."""

ORDER = [
    "starting",
    "looking",
    "tracing",
    "drives",
    "cluster",
    "flips",
    "dangling",
    "kills",
    "requests",
    "pools",
    "numbers",
    "power",
    "judging",
]
