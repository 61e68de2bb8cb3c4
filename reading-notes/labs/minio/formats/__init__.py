"""MinIO's files, read by small programs of our own."""
