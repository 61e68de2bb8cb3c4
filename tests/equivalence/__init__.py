"""Where the servers that tests use by default answer otherwise than the real ones: asked, tabled, held by tests."""
