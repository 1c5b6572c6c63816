"""How much is tried at random: a little in every run, a hundred times as much by ``make fuzz``."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("FUZZ", "1"))
"""By how much what every run tries is multiplied."""
SEED = int(os.environ.get("FUZZ_SEED", "12"))


def amount(usual: int, most: int | None = None) -> int:
    """How many are tried, where every run tries ``usual``; never more than ``most``."""
    return min(usual * TIMES, most or usual * TIMES)
