"""Tips: short tooltips put beside the data that they speak of, never on it."""

from __future__ import annotations

import textwrap

from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

COLUMNS = 60
"""Characters of a line."""

LABEL = "qtooltip_label"
"""The name that Qt gives to the widget of a tooltip."""


def wrapped(text: str) -> str:
    """``text`` in lines of at most ``COLUMNS`` characters; line breaks stay."""
    return "\n".join(textwrap.fill(line, COLUMNS) for line in text.splitlines())


def show_tip(view: QWidget, text: str, x: int, *, above: bool) -> None:
    """Show ``text`` just above the whole view, or just below it, with its left end near ``x``.

    Where the screen ends there, the tip stands on the other side, or further in.
    """
    QToolTip.showText(view.mapToGlobal(QPoint(x, 0)), wrapped(text), view)
    screen = view.screen()
    # Qt knows places below the pointer only; its label is moved from there
    for tip in QApplication.topLevelWidgets():
        if tip.objectName() == LABEL and screen is not None:
            area, size = screen.availableGeometry(), tip.frameGeometry().size()
            top = view.mapToGlobal(QPoint(0, 0)).y()
            higher, lower = top - size.height(), top + view.height()
            fits = area.top() <= higher, lower + size.height() <= area.bottom() + 1
            upper = fits[0] or not fits[1] if above else fits[0] and not fits[1]
            left = view.mapToGlobal(QPoint(max(0, min(x, view.width() - size.width())), 0)).x()
            left = max(area.left(), min(left, area.right() + 1 - size.width()))
            tip.move(left, higher if upper else lower)
