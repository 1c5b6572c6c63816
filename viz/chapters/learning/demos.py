"""Demonstrations of chapter 9, Learning: going downhill, from noise to features."""

from __future__ import annotations

from viz.model.demonstration import Demonstration


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return ()
