"""Words for the places and answers of a binding map."""

from __future__ import annotations

from viz.i18n import tr
from viz.measure.binding_map import DEGREES
from viz.nets.layers import NONE_CLASS


def class_name(number: int) -> str:
    """``0`` … ``9``, or “none”."""
    return tr("none") if number == NONE_CLASS else str(number)


def place_text(x: float, y: float, axes: str) -> str:
    """Where a place of the map lies, (x, y) steps away: ``4 px left, 2 px up``, ``15° clockwise``.

    ``axes`` as in ``BindingMap``: y is pixels down, or steps of the angle.
    """
    dx, dy, degrees = (x, y, 0.0) if axes == "xy" else (x, 0.0, y * DEGREES)
    dx, dy = round(dx, 1), round(dy, 1)
    words = []
    if degrees:
        turn = tr("{angle:g}° clockwise") if degrees > 0 else tr("{angle:g}° anticlockwise")
        words.append(turn.format(angle=abs(degrees)))
    if dx:
        words.append((tr("{n:g} px right") if dx > 0 else tr("{n:g} px left")).format(n=abs(dx)))
    if dy:
        words.append((tr("{n:g} px down") if dy > 0 else tr("{n:g} px up")).format(n=abs(dy)))
    return ", ".join(words) or tr("where it is")
