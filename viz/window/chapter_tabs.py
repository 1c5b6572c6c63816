"""Chapter tabs: the chapters' numbers and names, in one row with the menus."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QSizePolicy, QTabBar, QWidget

from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState

Entry = tuple[str, int, str, str]
"""(id, number, title, about) of one chapter."""


class ChapterTabs(QTabBar):
    """One tab per chapter; where there is no room, only the present one has its name."""

    def __init__(
        self, view: ViewState, chapters: Sequence[Entry], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view, self._chapters = view, tuple(chapters)
        self._short = False
        self.setObjectName("chapters")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Chapters"))
        for index, (_, number, title, about) in enumerate(self._chapters):
            self.addTab("")
            self.setTabToolTip(index, tr("{about} (key {number})", about=about, number=number))
            self.setAccessibleTabName(index, f"{number} {title}")
        self._show()
        self.currentChanged.connect(self._turn)
        view.changed.connect(self._follow)

    def minimumSizeHint(self) -> QSize:
        # Less than the full names need, which is what ``fit`` is for
        return QSize(80, super().minimumSizeHint().height())

    def fit(self, room: int) -> None:
        """Be no wider than ``room`` pixels, as far as the numbers allow it."""
        self._label(short=False)
        if self.sizeHint().width() > room:
            self._label(short=True)

    def _label(self, short: bool) -> None:
        self._short = short
        for index, (_, number, title, _about) in enumerate(self._chapters):
            full = not short or index == self.currentIndex()
            text = f"{number}  {title}" if full else str(number)
            if text != self.tabText(index):
                self.setTabText(index, text)
                self.updateGeometry()

    def _follow(self, name: str) -> None:
        if name == "chapter":
            self._show()

    def _show(self) -> None:
        ids = [entry[0] for entry in self._chapters]
        if self._view.chapter in ids:
            self.setCurrentIndex(ids.index(self._view.chapter))
        self._label(self._short)

    def _turn(self, index: int) -> None:
        if index >= 0:
            self._view.chapter = self._chapters[index][0]


def commands(view: ViewState, chapters: Sequence[Entry]) -> tuple[Command, ...]:
    """Return the commands that turn to a chapter, each by its number."""
    return tuple(
        Command(f"chapter_{id_}", tr("&Chapter"), f"&{number}  {title}", str(number), claim,
                lambda id_=id_: setattr(view, "chapter", id_),  # type: ignore[misc]
                checked=lambda id_=id_: view.chapter == id_, group="chapter")  # type: ignore[misc]
        for id_, number, title, claim in chapters
    )  # fmt: skip
