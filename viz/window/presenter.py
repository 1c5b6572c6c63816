"""The presenter window: the speaker's note, what comes next, and the time, for the speaker alone.

While a lecture is presented it opens by itself on a second screen, and goes when presenting ends or
that screen does. Its keys are the main window's: a clicker works whichever of the two it reaches.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import Qt, QTime, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent, QScreen, QShowEvent
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.window.lecture import OpenLecture

SIZE = (800, 500)
"""Width and height of the window in pixels, where it does not take a screen."""

LARGEST, SMALLEST = 1 / 16, 1 / 36
"""Size of the note's text in multiples of the window's height: the largest at which all of it is
seen, and where none is, the smallest; the rest is reached by the wheel."""

EVERY_MS = 250
"""How often the clocks are looked at."""


class Presenter(QWidget):
    """Shows the current step of a lecture to the speaker. ``window`` is the one that presents."""

    shown_changed = pyqtSignal()
    """It was opened or closed."""

    def __init__(
        self,
        window: QMainWindow,
        lecture: OpenLecture,
        view: ViewState,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """``seconds`` only grow."""
        super().__init__(window, Qt.WindowType.Window)
        self._main, self._lecture, self._view, self._seconds = window, lecture, view, seconds
        self._came = False
        """Whether it has come by itself: it goes so, and once it was closed it comes no more."""
        self._began: float | None = None
        self.setWindowTitle(tr("Presenter – LeNetScope"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.place, self.title, self.next = _label(), _label(wrap=True), _label(wrap=True)
        self.clock, self.elapsed = _label(), _label()
        self.note = QPlainTextEdit()
        self.note.setReadOnly(True)
        self.note.setFrameShape(QFrame.Shape.NoFrame)
        self.note.viewport().setAutoFillBackground(False)
        self.note.document().setDocumentMargin(0)
        self.note.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its keys are the main window's
        self.note.setAccessibleName(tr("Note for the speaker"))
        self.reset = QPushButton(tr("Reset"))
        self.reset.setToolTip(tr("Set the elapsed time back to zero."))
        self.reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.reset.clicked.connect(self.begin_anew)
        times = QHBoxLayout()
        times.setSpacing(4 * GRID)
        times.addWidget(self.place, 1)
        for part in (self.elapsed, self.reset, self.clock):
            times.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6 * GRID, 4 * GRID, 6 * GRID, 4 * GRID)
        layout.setSpacing(3 * GRID)
        layout.addLayout(times)
        layout.addWidget(self.title)
        layout.addWidget(self.note, 1)
        layout.addWidget(self.next)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._show_times)
        lecture.changed.connect(self._follow_lecture)
        view.changed.connect(self._follow)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._follow_screens)
            application.screenRemoved.connect(self._leave_screen)
        self._show()

    def commands(self) -> tuple[Command, ...]:
        """Return the command that opens it."""
        return (
            Command("presenter", tr("&Lecture"), tr("Presenter &window"), "",
                    tr("Show the speaker's note, the next step and the time in a window of their "
                       "own; while presenting, it opens on a second screen by itself."),
                    self.toggle, checked=lambda: not self.isHidden(), once=True),
        )  # fmt: skip

    # Opening and closing

    def toggle(self) -> None:
        """Open, or close."""
        if self.isHidden():
            self._open()
        else:
            self.hide()

    def _open(self) -> None:
        """Show it: on the whole of another screen, if there is one."""
        screen = self._other_screen()
        if screen is None:
            self.setWindowState(Qt.WindowState.WindowNoState)
            self.resize(*SIZE)
            self.show()
            return
        self.setScreen(screen)
        self.setGeometry(screen.availableGeometry())
        self.showMaximized()

    def _other_screen(self) -> QScreen | None:
        """A screen that the main window is not on."""
        own = self._main.screen()
        return next((one for one in QGuiApplication.screens() if one is not own), None)

    def _follow(self, name: str) -> None:
        if name == "presenting":
            self._began = self._seconds() if self._view.presenting else None
            self._come_or_go()
            if self._view.presenting and self._covers_hall() and self._other_screen() is not None:
                self._open()
            self._show_times()

    def _follow_lecture(self) -> None:
        self._come_or_go()
        self._show()

    def _follow_screens(self, _: QScreen) -> None:
        self._come_or_go()

    def _leave_screen(self, gone: QScreen) -> None:
        """Go with a screen that is unplugged, or Qt would move it before the hall's eyes."""
        was_there = self.screen() is gone
        self._come_or_go()
        if self._view.presenting and (was_there or self._covers_hall()):
            self.hide()

    def _covers_hall(self) -> bool:
        """Whether it is on the screen that the hall sees."""
        return self.isVisible() and self.screen() is self._main.screen()

    def _come_or_go(self) -> None:
        """Be there by itself while a lecture is presented and there is a screen for it."""
        due = self._view.presenting and self._lecture.is_open and self._other_screen() is not None
        if due and self.isHidden() and not self._came:
            self._came = True
            self._open()
        elif not due and self._came:
            self._came = False
            self.hide()

    # What it shows

    def _show(self) -> None:
        """Show the current step."""
        lecture, step, following = self._lecture, self._lecture.step, self._lecture.next_step
        self.place.setText(lecture.place)
        if step is None:
            title = (
                tr("The lecture has no steps.") if lecture.is_open else tr("No lecture is open.")
            )
        else:
            title = step.title
        self.title.setText(title)
        note = "" if step is None else step.note
        if note != self.note.toPlainText():
            self.note.setPlainText(note)
            self._fit()
        if following is not None:
            self.next.setText(tr("Next: {title}", title=following.title))
        else:
            self.next.setText("" if step is None else tr("This is the last step."))

    def _show_times(self) -> None:
        self.clock.setText(QTime.currentTime().toString("HH:mm"))
        if self._began is None:
            self.elapsed.setText("")
        else:
            minutes, seconds = divmod(int(self._seconds() - self._began), 60)
            self.elapsed.setText(f"{minutes}:{seconds:02}")
        self.reset.setVisible(self._began is not None)

    def begin_anew(self) -> None:
        """Count the elapsed time from now on."""
        self._began = self._seconds()
        self._show_times()

    def _restyle(self) -> None:
        large = max(13, self.height() // 28)
        for part in (self.place, self.next, self.reset):
            part.setFont(themes.font(large))
        self.title.setFont(themes.font(round(1.3 * large), bold=True))
        for part in (self.clock, self.elapsed):
            part.setFont(themes.font(round(1.3 * large)))
        self._fit()

    def _fit(self) -> None:
        """Set the note as large as all of it is seen."""
        largest, smallest = (max(14, round(size * self.height())) for size in (LARGEST, SMALLEST))
        for pixels in range(largest, smallest - 1, -2):
            self.note.setFont(themes.font(pixels))
            lines = self.note.document().size().height()  # in lines, not in pixels
            if lines * self.note.fontMetrics().lineSpacing() <= self.note.viewport().height():
                break

    # Events

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.addActions(self._main.actions())  # those that came since, too
        self._show_times()
        self._timer.start()
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._timer.stop()
        self.shown_changed.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._restyle()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Hand what is no command's key to the main window: Esc, and digits without a chapter."""
        self._main.keyPressEvent(event)


def _label(*, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # what files say is no markup
    label.setWordWrap(wrap)
    label.setSizePolicy(
        QSizePolicy.Policy.Ignored if wrap else QSizePolicy.Policy.Preferred,
        QSizePolicy.Policy.Fixed if not wrap else QSizePolicy.Policy.Minimum,
    )
    return label
