"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from viz.model.demonstration import Demonstration


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return ()
