"""What a window of a snapshot answers, for formulas."""

from __future__ import annotations

from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS


def answer_in(snapshot: Snapshot, window: tuple[int, int]) -> tuple[str, float, float]:
    """Return (name, logit, log-probability) of the likeliest class in a window (row, column).

    A window that this snapshot does not have, because it is of a smaller canvas, is its nearest.
    """
    output, logits = snapshot.maps["output"], snapshot.maps["output pre"]
    row, column = (min(at, side - 1) for at, side in zip(window, output.shape[1:], strict=True))
    best = int(output[:, row, column].argmax())
    name = tr("none") if best == NONE_CLASS else str(best)
    return name, float(logits[best, row, column]), float(output[best, row, column])
