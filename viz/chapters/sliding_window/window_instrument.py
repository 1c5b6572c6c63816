"""What the chapter's instruments share: each measures the snapshot on the screen, while seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QHideEvent, QPainter, QShowEvent
from PyQt6.QtWidgets import QWidget

from viz.engine.engine import Engine
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.answer.window_view import WindowView
from viz.views.theme import Theme
from viz.views.widgets.text_cache import TextCache


class SlidingInstrument(WindowView):
    """Whoever inherits gives ``title``, ``tip`` and ``measure``; nothing can be set here."""

    NAME = ""
    """Its slot in the measuring lane."""
    id = title = tip = hint = ""

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self._engine = engine
        self._wanted: Snapshot | None = None
        self._posted: Snapshot | None = None
        self.setMinimumSize(320, 150)
        self.set_theme(themes.theme("dark"), 13)

    def measure(self, snapshot: Snapshot) -> None:
        """Post what this snapshot asks for."""
        raise NotImplementedError

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        self._small = TextCache(themes.font(text_px))
        self._bold = TextCache(themes.font(text_px, bold=True))
        self._large = [
            TextCache(themes.font(round(size * text_px), bold=True)) for size in (1.25, 1.0, 0.8)
        ]
        self.update()

    def state(self) -> dict[str, Any]:
        """What is seen follows the document, so there is nothing to keep."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure the snapshot if it is new and the instrument is visible."""
        self._wanted = snapshot
        self._post()

    def _post(self) -> None:
        snapshot = self._wanted
        if snapshot is not None and snapshot is not self._posted and self.isVisible():
            self._posted = snapshot
            self.measure(snapshot)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure what came while this was out of sight."""
        super().showEvent(event)
        self._post()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Stop measuring while the instrument is hidden."""
        self._engine.forget(self.NAME)
        self._posted = None
        self._hover(None)
        super().hideEvent(event)

    def _worded(self, painter: QPainter, room: float, wordings: Sequence[str]) -> str:
        """The first wording that fits into ``room`` in small text, else the last one, cut."""
        text = next((text for text in wordings if self._small.width(text) <= room), wordings[-1])
        if self._small.width(text) <= room:
            return text
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))

    def _paint_focus(self, painter: QPainter) -> None:
        """A line along the lower edge while the keys act here."""
        if self.framed:
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self._theme.accent)
