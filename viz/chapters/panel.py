"""The chapter's panel: the instruments of one chapter, one at a time, chosen by tabs.

Only the instrument on the screen receives snapshots; an instrument that comes to the screen gets
the current one. So hidden instruments measure nothing. While a unit is pinned, ``Unit`` is shown.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QPalette, QResizeEvent
from PyQt6.QtWidgets import QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from viz.chapters.chapter import Chapter
from viz.chapters.instrument import Context, Instrument
from viz.chapters.unit import Unit
from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.layer_words import answer_hidden
from viz.views.theme import GRID


class ChapterPanel(QWidget):
    """Tabs over the instruments of ``chapter``, ``Unit`` among them; which of them is chosen is the
    view state's."""

    def __init__(self, chapter: Chapter, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = chapter
        own = tuple(kind(context) for kind in chapter.instrument_types())
        has_unit = any(isinstance(one, Unit) for one in own)
        self.instruments: tuple[Instrument, ...] = own if has_unit else (*own, Unit(context))
        self.unit = next(one for one in self.instruments if isinstance(one, Unit))
        """What is shown while a unit is pinned."""
        self._document, self._view = context.document, context.document.view
        self._snapshot: Snapshot | None = None
        self._tabs, self._stack = QTabBar(), QStackedWidget()
        self._tabs.setObjectName("instruments")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tabs.setAccessibleName(tr("Instruments of the chapter"))
        for instrument in self.instruments:
            self._tabs.setTabToolTip(self._tabs.addTab(instrument.title), instrument.tip)
            self._stack.addWidget(instrument)
        self._cover = QLabel(answer_hidden())
        self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._cover.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack.addWidget(self._cover)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._tabs)
        layout.addWidget(self._stack, 1)
        self._turn()
        self._tabs.currentChanged.connect(self.turn_to)
        self._tabs.tabBarDoubleClicked.connect(lambda: self._view.toggle_enlarged("instrument"))
        self._view.changed.connect(self._follow)
        self._document.inspected_changed.connect(self._turn)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._name_tabs()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._name_tabs()

    def _name_tabs(self) -> None:
        """Write the titles on the tabs; where these have no room the shorter ones, then closer
        together, then with buttons that scroll: no word is cut off."""
        for shorter, close in ((False, False), (True, False), (True, True)):
            for index, one in enumerate(self.instruments):
                text = one.tab if shorter and one.tab else one.title
                if self._tabs.tabText(index) != text:
                    self._tabs.setTabText(index, text)
            if close != bool(self._tabs.property("close")):
                self._tabs.setProperty("close", close)
                style = self._tabs.style()
                if style is not None:
                    style.unpolish(self._tabs)
                    style.polish(self._tabs)
            has_room = self._width_needed() <= self.width()
            if has_room:
                break
        self._tabs.setUsesScrollButtons(not has_room)
        elide = Qt.TextElideMode.ElideRight if has_room else Qt.TextElideMode.ElideNone
        self._tabs.setElideMode(elide)

    def _width_needed(self) -> int:
        """Pixels across that all tabs take, none of them cut off."""
        return sum(self._tabs.tabSizeHint(index).width() for index in range(self._tabs.count()))

    def _follow(self, name: str) -> None:
        if name in ("instrument", "answer_hidden"):
            self._turn()

    @property
    def chosen(self) -> Instrument:
        """The instrument that the view state has for this chapter, else the first."""
        wanted = self._view.instrument_of(self.chapter.id)
        return next((one for one in self.instruments if one.id == wanted), self.instruments[0])

    @property
    def current(self) -> Instrument:
        """The instrument on the screen: the chosen one, or ``Unit`` while a unit is pinned."""
        return self.unit if self._document.pinned is not None else self.chosen

    def choose(self, id_: str) -> None:
        """Bring the instrument with this id to the screen, if the chapter has it."""
        if any(instrument.id == id_ for instrument in self.instruments):
            self._view.set_instrument(self.chapter.id, id_)

    def turn(self, by: int) -> None:
        """Bring the instrument so many tabs further to the screen, if there is one."""
        index = self.instruments.index(self.current) + by
        if 0 <= index < len(self.instruments):
            self.turn_to(index)

    def turn_to(self, index: int) -> None:
        """The user chose a tab: a unit that is pinned would hide it, and is let go."""
        chosen = self.instruments[index]
        if chosen is self.current:
            return
        self.choose(chosen.id)
        if chosen is not self.unit and self._document.pinned is not None:
            self._document.pin(None)

    def _turn(self) -> None:
        """Bring the ``current`` instrument to the front, or what covers it."""
        current = self.current
        index = self.instruments.index(current)
        if index != self._tabs.currentIndex():
            self._tabs.setCurrentIndex(index)
        covered = current.tells_answer and self._view.answer_hidden
        shown = self._cover if covered else current
        if shown is not self._stack.currentWidget():
            self._stack.setCurrentWidget(shown)
            if self._snapshot is not None:
                current.show_snapshot(self._snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand the snapshot to the instrument on the screen."""
        self._snapshot = snapshot
        self.current.show_snapshot(snapshot)
