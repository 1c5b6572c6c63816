"""The chapter's panel: the instruments of one chapter, one at a time, chosen by tabs.

Only the instrument on the screen is handed snapshots; one that comes to the screen gets the present
one, so that nothing is measured that nobody sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from viz import theme as themes
from viz.chapters import Chapter, Context
from viz.i18n import tr
from viz.snapshot import Snapshot


class Instrument(Protocol):
    """A QWidget that measures one thing; see ``ChapterPanel`` for who calls what when."""

    title: str
    """The text of its tab, translated and short; also its name in session files."""
    tip: str
    """One sentence: what is measured, and by which formula."""

    def show_snapshot(self, snapshot: Snapshot, /) -> None:
        """The latest snapshot, while on the screen and when coming to it. Cheap: what takes longer
        goes to ``engine.measure``."""

    def set_theme(self, theme: themes.Theme, text_px: int, /) -> None: ...

    def state(self) -> dict[str, Any]:
        """Its settings, as JSON can hold them."""

    def restore(self, state: Mapping[str, Any], /) -> None:
        """Take settings back; what is missing or makes no sense stays as it is."""


class ChapterPanel(QWidget):
    """Tabs over the instruments of ``chapter``."""

    instrument_changed = pyqtSignal()

    def __init__(self, chapter: Chapter, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = chapter
        self.instruments = chapter.instruments(context)
        self._snapshot: Snapshot | None = None
        self._tabs = QTabBar()
        self._tabs.setObjectName("instruments")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setAccessibleName(tr("Instruments of the chapter"))
        self._stack = QStackedWidget()
        for instrument in self.instruments:
            index = self._tabs.addTab(instrument.title)
            self._tabs.setTabToolTip(index, instrument.tip)
            self._stack.addWidget(cast(QWidget, instrument))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * themes.GRID)
        layout.addWidget(self._tabs)
        layout.addWidget(self._stack, 1)
        self._tabs.currentChanged.connect(self._turn)

    @property
    def current(self) -> int:
        """The number of the instrument on the screen, from 0."""
        return self._tabs.currentIndex()

    def choose(self, index: int) -> None:
        """Bring this instrument to the screen."""
        self._tabs.setCurrentIndex(index)

    def _turn(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        if self._snapshot is not None:
            self.instruments[index].show_snapshot(self._snapshot)
        self.instrument_changed.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand the snapshot to the instrument on the screen."""
        self._snapshot = snapshot
        if self.instruments:
            self.instruments[self.current].show_snapshot(snapshot)

    def set_theme(self, theme: themes.Theme, text_px: int) -> None:
        """Hand colours and text size to all."""
        self._tabs.setFont(themes.font(text_px))
        self._tabs.setStyleSheet(
            f"QTabBar::tab {{ padding: 3px {2 * themes.GRID}px; border: none; "
            f"border-bottom: 2px solid transparent; color: {theme.quiet.name()}; }}"
            f"QTabBar::tab:hover {{ color: {theme.text.name()}; }}"
            f"QTabBar::tab:selected {{ border-bottom-color: {theme.accent.name()}; "
            f"color: {theme.text.name()}; }}"
        )
        for instrument in self.instruments:
            instrument.set_theme(theme, text_px)
