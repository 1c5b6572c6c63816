"""The smallest window and the smallest stage: in less, maps and tables would be left out or lie
over one another."""

from __future__ import annotations

LEAST_WINDOW, LEAST_STAGE = (1024, 640), (960, 540)
"""Width and height in pixels of the smallest window, and of the smallest stage, which has no
controls: in less, maps and tables would be left out or lie over one another."""


def least_size(*, stage: bool) -> tuple[int, int]:
    """The smallest (width, height) of a picture of the window, or of the stage alone."""
    return LEAST_STAGE if stage else LEAST_WINDOW
