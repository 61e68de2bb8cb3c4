"""What was found out about a subject, and the forms in which it is told."""
