"""The checker of reading-notes/: `make notes`."""
