"""The outline: the chapters that there are, in their order, by the ids that files keep.

The id names the chapter's package: ``sliding-window`` has the folder ``sliding_window``.
"""

from __future__ import annotations

CHAPTER_IDS: tuple[str, ...] = ("live", "equivariance", "pooling", "binding", "sliding-window")
