"""Tips: short tooltips put beside the data that they speak of, never on it."""

from __future__ import annotations

import textwrap

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QToolTip, QWidget

COLUMNS = 60
"""Characters of a line."""

BELOW_POINTER = 16
"""Qt puts a tip this far below the point that it is asked to show it at."""

FRAME = 4
"""Pixels around the text of a tip, on each side."""


def wrapped(text: str) -> str:
    """``text`` in lines of at most ``COLUMNS`` characters; line breaks stay."""
    return "\n".join(textwrap.fill(line, COLUMNS) for line in text.splitlines())


def show_tip(view: QWidget, text: str, x: int, *, above: bool) -> None:
    """Show ``text`` just above the whole view, or just below it, with its left end at ``x``."""
    text = wrapped(text)
    height = QFontMetrics(QToolTip.font()).height() * (text.count("\n") + 1) + 2 * FRAME
    top = view.mapToGlobal(QPoint(x, -height if above else view.height()))
    screen = view.screen()
    if screen is not None:
        top.setY(min(top.y(), screen.geometry().bottom() - height))
    QToolTip.showText(top - QPoint(0, BELOW_POINTER), text, view)
