"""The chapter's panel: the instruments of one chapter, one at a time, chosen by tabs.

Only the instrument on the screen receives snapshots; an instrument that comes to the screen gets
the current one. So hidden instruments measure nothing.
"""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from viz.chapters.chapter import Chapter
from viz.chapters.instrument import Context, Instrument
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.widgets.fitting import STRETCHES, condensed

_WAYS = ((2 * themes.GRID, STRETCHES[0]), *zip((5, 5, 4, 3, 2), STRETCHES, strict=True))
"""(pixels beside a title, width of its letters in percent): each takes less than the one before."""

_ROUNDING = 2
"""Pixels by which Qt makes a tab wider than its title."""


class InstrumentTabs(QTabBar):
    """One tab per instrument, all in sight: where there is no room they move together, then their
    letters are condensed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._text_px = themes.theme("dark"), 13
        self._fitted: tuple[object, ...] = ()
        self.setObjectName("instruments")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName(tr("Instruments of the chapter"))

    def set_theme(self, theme: themes.Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        padding, stretch = next(
            (way for way in _WAYS if self._width_of(*way) <= self.width()), _WAYS[-1]
        )
        state = padding, stretch, self._theme, self._text_px
        if state == self._fitted:
            return
        self._fitted = state
        quiet, text, accent = (
            colour.name() for colour in (self._theme.quiet, self._theme.text, self._theme.accent)
        )
        self.setFont(condensed(self._text_px, stretch))
        self.setStyleSheet(
            f"QTabBar::tab {{ padding: 3px {padding}px; border: none; "
            f"border-bottom: 2px solid transparent; color: {quiet}; }}"
            f"QTabBar::tab:hover {{ color: {text}; }}"
            f"QTabBar::tab:selected {{ border-bottom-color: {accent}; color: {text}; }}"
        )

    def _width_of(self, padding: int, stretch: int) -> int:
        advance = QFontMetrics(condensed(self._text_px, stretch)).horizontalAdvance
        titles = [self.tabText(index) for index in range(self.count())]
        return sum(advance(title) + 2 * padding + _ROUNDING for title in titles)


class ChapterPanel(QWidget):
    """Tabs over the instruments of ``chapter``; which is shown is the view state's."""

    def __init__(self, chapter: Chapter, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = chapter
        self.instruments = chapter.instruments(context)
        self._view = context.document.view
        self._snapshot: Snapshot | None = None
        self._tabs = InstrumentTabs()
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
        self._follow("instrument")
        self._tabs.currentChanged.connect(self._turn)
        self._view.changed.connect(self._follow)

    @property
    def current(self) -> Instrument | None:
        """The instrument on the screen: the one that the view state has for this chapter, else the
        first; None in a chapter without any."""
        wanted = self._view.instrument_of(self.chapter.id)
        chosen = (one for one in self.instruments if one.id == wanted)
        return next(chosen, self.instruments[0] if self.instruments else None)

    def choose(self, id_: str) -> None:
        """Bring the instrument with this id to the screen, if the chapter has it."""
        if any(instrument.id == id_ for instrument in self.instruments):
            self._view.set_instrument(self.chapter.id, id_)

    def _turn(self, index: int) -> None:
        """The user chose a tab."""
        self.choose(self.instruments[index].id)

    def _follow(self, name: str) -> None:
        """Bring the ``current`` instrument to the front."""
        current = self.current
        if name != "instrument" or current is None:
            return
        index = self.instruments.index(current)
        self._tabs.setCurrentIndex(index)
        if index != self._stack.currentIndex():
            self._stack.setCurrentIndex(index)
            if self._snapshot is not None:
                current.show_snapshot(self._snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand the snapshot to the instrument on the screen."""
        self._snapshot = snapshot
        if self.current is not None:
            self.current.show_snapshot(snapshot)

    def set_theme(self, theme: themes.Theme, text_px: int) -> None:
        """Hand colours and text size to all."""
        self._tabs.set_theme(theme, text_px)
        for instrument in self.instruments:
            instrument.set_theme(theme, text_px)
