"""The algebra of combinators: which equations hold, which pairs commute, which laws of a leaf each one keeps.

Decided by running every short sequence of verbs on both sides: ``python -m storage_conformance.algebra``.
"""
