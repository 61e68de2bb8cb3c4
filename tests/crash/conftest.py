"""What lies in programs/ is run as programs, not collected as tests."""

collect_ignore = ["programs"]
