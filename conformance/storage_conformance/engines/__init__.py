"""Engines resolve the choices of laws: all of them in a small scope, or random ones in a large one."""
