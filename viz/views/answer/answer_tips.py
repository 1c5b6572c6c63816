"""The answer's tips: what is said about a window, a row of windows and what was read.

Two lines each; a tip stands above the row that it speaks of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS, Architecture


def about_reading() -> str:
    """Say how the answer came about."""
    return tr(
        "Read from all windows in one pass: neighbours that show one\ndigit are joined; [?] is a "
        "digit with a competing class."
    )


def about_network() -> str:
    """Say what the network's name over the canvas is for."""
    return tr(
        "The current network, and how many of its maps are ablated.\nClick to choose another "
        "network, or to restore maps."
    )


def common_row(rows: NDArray[np.intp]) -> int:
    """Return the row of windows that most winners of a line, in ``rows`` (W′,), are in."""
    return int(np.bincount(rows).argmax())


def about_row(architecture: Architecture, rows: NDArray[np.intp]) -> str:
    """Say which row of windows the winners in ``rows`` (W′,) come from, and what it covers."""
    row = common_row(rows)
    which = (
        tr("These classes are from window row {row}, counted from 0;", row=row)
        if bool((rows == row).all())
        else tr("Most of these classes are from window row {row}, counted from 0;", row=row)
    )
    top = architecture.stride * row
    bottom = top + architecture.window - 1
    covered = tr("its windows cover canvas rows {top} to {bottom}.", top=top, bottom=bottom)
    return f"{which}\n{covered}"


def about_window(
    architecture: Architecture, row: int, column: int, log_probs: NDArray[np.float32]
) -> str:
    """Say where a window lies and name its likeliest classes; ``log_probs`` (classes, H′, W′)."""
    scores = np.exp(log_probs[:, row, column])
    place = tr(
        "window row {row}, column {column}: {side}×{side} pixels at ({top}, {left})",
        row=row, column=column, side=architecture.window,
        top=architecture.stride * row, left=architecture.stride * column,
    )  # fmt: skip
    likeliest = "   ".join(
        f"{tr('none') if number == NONE_CLASS else number}: {scores[number]:.4f}"
        for number in np.argsort(-scores, kind="stable")[:3]
    )
    return f"{place}\n" + tr("p   {likeliest}   click to keep it", likeliest=likeliest)
