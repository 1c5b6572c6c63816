"""The smallest window."""

from __future__ import annotations

LEAST_SIZE = (910, 512)
"""Width and height in pixels of the smallest window, and of its stage alone: that of 1366×768 at
150 %, in even numbers for MP4. In less, maps and instruments have no room."""
