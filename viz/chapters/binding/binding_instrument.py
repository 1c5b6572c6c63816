"""What the chapter's instruments share: each speaks of the part A in the snapshot on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QHideEvent, QPainter, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from viz.chapters.binding.stroke_choice import PartBar, StrokeChoice, Subject
from viz.engine.engine import Engine
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped


class BindingInstrument(QWidget):
    """Whoever inherits gives ``title``, ``tip`` and ``follow``, sets its theme when it is made, and
    asks anew after ``hideEvent``. The bar that says what A is lies along the upper edge."""

    NAME = ""
    """Its slot in the measuring lane."""
    id = title = tip = hint = ""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: StrokeChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._engine, self._choice = document, engine, choice
        self._snapshot: Snapshot | None = None
        self._subject: Subject | None = None
        self.bar = PartBar(choice, document, canvas, self)
        choice.changed.connect(self._refresh)
        self.setMinimumSize(320, 150)

    def follow(self, subject: Subject | None) -> None:
        """This is what to measure now, perhaps the same as before; None on an empty canvas."""
        raise NotImplementedError

    def tip_at(self, position: QPointF) -> str:
        """The formula and the value of the number that stands there; "" where there is none."""
        return ""

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._small = TextCache(themes.font(text_px))
        self.bar.set_theme(theme, text_px)
        self._place()
        self.update()

    def state(self) -> dict[str, Any]:
        """What is set here: nothing."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take this back."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the snapshot's drawing if the instrument is visible."""
        self._snapshot = snapshot
        if self.isVisible():
            self._subject = self._choice.subject(snapshot)
            self.follow(self._subject)
            if self._subject is None:
                self.update()  # the hint

    def _refresh(self) -> None:
        if self._snapshot is not None and self.isVisible():
            self.show_snapshot(self._snapshot)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure what came while this was out of sight."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Stop measuring while the instrument is hidden."""
        self._engine.forget(self.NAME)
        super().hideEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """Every number has its formula one hover away."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), wrapped(text) if text else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The bar is as wide as this."""
        self._place()

    def _place(self) -> None:
        self.bar.setGeometry(0, 0, self.width(), self.bar.height())

    def _paint_hint(self, painter: QPainter, text: str) -> bool:
        """Say what to do where there is nothing to speak of; whether that is so."""
        if self._subject is not None or self._snapshot is None:
            return False
        painter.setFont(self._small.font)
        painter.setPen(self._theme.quiet)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(GRID, 0, -GRID, 0), flags, text)
        return True
