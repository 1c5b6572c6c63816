"""The shown window: which one is shown while nobody chooses one; calm while windows compete."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz.measure.part import Part, exists, worth_about
from viz.nets.layers import NONE_CLASS
from viz.scene import Scene

Array = NDArray[np.float32]

AHEAD = np.log(4)
"""By so much another window must be better than the one shown, as a difference of log p."""

DIGIT = np.log(0.5)
"""A window less sure than this of its digit does not take the place of another."""


class ShownWindow:
    """Keeps the ``window`` (row, column) it gave last, and prefers it."""

    def __init__(self) -> None:
        self.window: tuple[int, int] | None = None
        self._last: tuple[Scene, Array, Part | None] | None = None
        self._held: Scene | None = None

    def of(self, scene: Scene, output: Array, part: Part | None) -> tuple[int, int]:
        """The window of the digit that the part belongs to; without one, of the surest digit.

        ``output`` (11, H′, W′) log-probabilities. Several views ask for the same, so the last
        answer is kept.
        """
        if part is not None and not exists(scene, part):
            part = None
        last = self._last
        if self.window is None or last is None or (
            last[0] is not scene or last[1] is not output or last[2] != part
        ):  # fmt: skip
            self.window = self._choose(scene, output, part)
            self._last = scene, output, part
        return self.window

    def _choose(self, scene: Scene, output: Array, part: Part | None) -> tuple[int, int]:
        _, rows, columns = output.shape
        worth = output[:NONE_CLASS].max(0) if part is None else worth_about(scene, part, output)
        row, column = divmod(int(worth.argmax()), int(columns))
        last = self.window
        if last is not None and last[0] < rows and last[1] < columns:
            unsure = part is None and worth[row, column] < DIGIT
            if scene is self._held or unsure or worth[last] > worth[row, column] - AHEAD:
                return last
        return row, column

    def hold(self, window: tuple[int, int], scene: Scene) -> None:
        """Show this window as long as this scene is shown, and prefer it afterwards."""
        self.start(window)
        self._held = scene

    def start(self, window: tuple[int, int] | None) -> None:
        """Prefer this window to others, or none."""
        self.window, self._last, self._held = window, None, None

    def release(self) -> None:
        """Hold no window any longer: the part is another one."""
        self._held, self._last = None, None
