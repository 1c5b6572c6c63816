"""The outline: the chapters that there are, in their order, by the names that files keep."""

from __future__ import annotations

CHAPTER_IDS: tuple[str, ...] = ("live", "equivariance", "pooling", "binding", "sliding-window")
