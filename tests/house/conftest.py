"""typing_good.py and typing_bad.py are read by type checkers, never run."""

collect_ignore_glob = ["typing_*.py"]
