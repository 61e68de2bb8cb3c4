"""Closure: a store that conforms still does under a wrapper, less what the wrapper says that it gives up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .subjects import Subject, import_lines, subject

__all__ = ["under"]


def under(
    given: str | Callable[..., Any] | Subject,
    name: str,
    wrap: Callable[[Any], Any],
    without: dict[str, str] | None = None,
    claims: dict[str, object] | None = None,
) -> Subject:
    """The subject whose stores are ``wrap(store)`` for each store of `given`; called `name` in reports.

    The claims are those of `given`, less `without` (claim -> reason), with `claims`. The laws run over an empty store,
    and over one that held data before it was wrapped. Source: ours.
    """
    inner = subject(given)
    number = len(inner.wraps)
    wraps = (*inner.wraps, (wrap, import_lines(wrap, f"wrap{number or ''}")))
    reasons, more = {**inner.without, **(without or {})}, {**inner.claims, **(claims or {})}
    return replace(inner, name=f"{name} over {inner.name}", wraps=wraps, without=reasons, claims=more)
