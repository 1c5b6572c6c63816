"""The focus window: the window shown while the user has chosen none; stable while windows compete.

Where a digit is read, it is one of the digit's own windows: in its segment and line, with the
digit as the winning class. Of a demonstration's scene it does not depend on what was shown before,
so that a picture of a moment, a film's frame and playing agree; where the ink lies decides, which
moves steadily, as confidences do not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viz.measure.reading import LINE_REACH, SEEN, Line, Reading, Segment
from viz.measure.stroke_selection import (
    StrokeSelection,
    best_window,
    centre_of,
    exists,
    window_over,
    worth_about,
)
from viz.nets.architecture import NONE_CLASS, Architecture
from viz.scene import Scene

Array = NDArray[np.float32]
Window = tuple[int, int]

AHEAD = np.log(4)
"""Difference in log p by which another digit must be more confident than the one shown."""

BETTER = 0.15
"""Difference in p by which another window of the same digit must be more confident."""

DIGIT = np.log(0.5)
"""Where nothing is read, a less confident window than this does not replace another."""

BESIDE = 2
"""Columns from a segment within which a window belongs to its digit: it moves between frames."""


class FocusWindow:
    """Keeps the ``window`` (row, column) it gave last, and prefers it."""

    def __init__(self) -> None:
        self.window: Window | None = None
        self._last: tuple[Scene, Array, StrokeSelection | None, bool] | None = None
        self._held: Scene | None = None

    def of(
        self,
        scene: Scene,
        architecture: Architecture,
        output: Array,
        reading: Reading,
        part: StrokeSelection | None,
        *,
        staged: bool = False,
    ) -> Window:
        """Return the window of the digit that contains the part, else of the most confident digit.

        ``output`` (classes, H′, W′) are log-probabilities of a network of this architecture, and
        ``reading`` what was read off them. Several views ask for the same, so the last answer is
        kept. ``staged``: the scene is a demonstration's, and what was shown before does not count.
        """
        if part is not None and not exists(scene, part):
            part = None
        last = self._last
        is_same = last and last[0] is scene and last[1] is output and last[2:] == (part, staged)
        if self.window is None or not is_same:
            if staged:
                self.window = _of_staged(scene, architecture, output, reading, part)
            else:
                self.window = self._choose(scene, architecture, output, reading, part)
            self._last = scene, output, part, staged
        return self.window

    def _choose(
        self,
        scene: Scene,
        architecture: Architecture,
        output: Array,
        reading: Reading,
        part: StrokeSelection | None,
    ) -> Window:
        _, rows, columns = output.shape
        last = self.window
        if last is not None and not (last[0] < rows and last[1] < columns):
            last = None
        if last is not None and scene is self._held:
            return last
        if part is not None:
            worth = worth_about(scene, part, architecture, output)
            return _of_part(worth, output, reading, last)
        sure = output[:NONE_CLASS].max(0)
        found = _most_confident(reading, last)
        if found is not None:
            return _of_digit(output, sure, last, *found)
        best = best_window(sure)
        if last is not None and (sure[best] < DIGIT or sure[last] > sure[best] - AHEAD):
            return last
        return best

    def hold(self, window: Window, scene: Scene) -> None:
        """Show this window as long as this scene is shown, and prefer it afterwards."""
        self.start(window)
        self._held = scene

    def start(self, window: Window | None) -> None:
        """Prefer this window to others, or none."""
        self.window, self._last, self._held = window, None, None

    def release(self) -> None:
        """Hold no window any longer: the part is another one."""
        self._held, self._last = None, None


def _of_staged(
    scene: Scene,
    architecture: Architecture,
    output: Array,
    reading: Reading,
    part: StrokeSelection | None,
) -> Window:
    """The part's window, else that of the first digit read which stands best over its ink, else
    the one over the first of the drawing."""
    if part is not None:
        return _of_part(worth_about(scene, part, architecture, output), output, reading, None)
    if not scene.items:
        return best_window(output[:NONE_CLASS].max(0))
    read = [(line, segment) for line in reading.lines for segment in line.segments]
    if not read:
        return window_over(scene, StrokeSelection(0), architecture)
    line, segment = read[0]
    row, column = segment.digit.row, segment.digit.column
    stride, middle = architecture.stride, architecture.centre(0)
    centres = [
        ((y - middle) / stride, (x - middle) / stride)
        for x, y in (centre_of(scene, StrokeSelection(item)) for item in range(len(scene.items)))
    ]
    ink = min(centres, key=lambda at: math.dist(at, (row, column)))
    if math.dist(ink, (row, column)) > BESIDE:  # of several digits in one picture, or merged ones
        ink = row, column
    # Rounded, since what is as far must be as far on every machine
    return min(
        _own_windows(output, line, segment), key=lambda at: (round(math.dist(at, ink), 3), at)
    )


def _of_part(worth: Array, output: Array, reading: Reading, last: Window | None) -> Window:
    """The window that shows best what a part belongs to, by ``worth`` (H′, W′); not one where none
    wins while a digit is read there."""
    best = best_window(worth)
    if last is not None and worth[last] > worth[best] - AHEAD:
        best = last
    found = _nearest(reading, best)
    if found is None or output[:, *best].argmax() != NONE_CLASS:
        return best
    return _own(output, worth, *found)


def _of_digit(
    output: Array, sure: Array, last: Window | None, line: Line, segment: Segment
) -> Window:
    """Return a digit's own window: the last one if in the same segment and not clearly worse."""
    if segment.digit.digit is not None:
        sure = output[segment.digit.digit]
    best = _own(output, sure, line, segment)
    if (
        last is not None
        and segment.start <= last[1] < segment.end
        and abs(last[0] - line.row) <= SEEN
        and output[:, *last].argmax() != NONE_CLASS
        and np.exp(sure[last]) > np.exp(sure[best]) - BETTER
    ):
        return last
    return best


def _most_confident(reading: Reading, last: Window | None) -> tuple[Line, Segment] | None:
    """Return the digit read at the last window, unless another is far more confident."""
    read = [(line, segment) for line in reading.lines for segment in line.segments]
    if not read:
        return None
    most_confident = max(read, key=lambda found: found[1].digit.confidence)
    shown = None if last is None else _nearest(reading, last)
    if shown is None:
        return most_confident
    confidence = max(shown[1].digit.confidence, 1e-6)
    far = np.log(max(most_confident[1].digit.confidence, 1e-6) / confidence) >= AHEAD
    return most_confident if far else shown


def _nearest(reading: Reading, window: Window) -> tuple[Line, Segment] | None:
    """The digit that a window belongs to, if one is read there."""
    row, column = window
    near = [
        (
            max(segment.start - column, column + 1 - segment.end, 0),
            abs(line.row - row),
            line,
            segment,
        )
        for line in reading.lines
        if abs(line.row - row) <= LINE_REACH
        for segment in line.segments
        if segment.start - BESIDE <= column < segment.end + BESIDE
    ]
    return min(near, key=lambda found: found[:2])[2:] if near else None


def _own(output: Array, worth: Array, line: Line, segment: Segment) -> Window:
    """The best by ``worth``, log p, of a digit's own windows: in the line's row unless another row
    has a clearly better one."""
    own = _own_windows(output, line, segment)
    best = max(own, key=lambda window: worth[window])
    least = np.exp(worth[best]) - BETTER
    straight = [window for window in own if window[0] == line.row and np.exp(worth[window]) > least]
    return max(straight or [best], key=lambda window: worth[window])


def _own_windows(output: Array, line: Line, segment: Segment) -> list[Window]:
    """A digit's own windows, where it wins; of a [?] those where anything but none wins. A digit
    that wins in none of its windows has its most confident one."""
    top = max(0, line.row - SEEN)
    winners = output[:, top : line.row + SEEN + 1, segment.start : segment.end].argmax(0)
    digit = segment.digit.digit
    mine = winners != NONE_CLASS if digit is None else winners == digit
    own = [(top + row, segment.start + column) for row, column in np.argwhere(mine).tolist()]
    return own or [segment.window]
