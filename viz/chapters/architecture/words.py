"""How small differences are written on the screen."""

from __future__ import annotations


def difference_text(value: float) -> str:
    """Write a difference of at least zero with two digits: ``3.6e−15``."""
    return f"{value:.1e}".replace("e-0", "e-").replace("e-", "e\N{MINUS SIGN}") if value else "0"
