"""The blank: a black screen over the window, for a hall that shall look at the lecturer."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.view_state import ViewState

_STAY = (
    Qt.Key.Key_B, Qt.Key.Key_Period, Qt.Key.Key_Escape, Qt.Key.Key_Shift, Qt.Key.Key_Control,
    Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
)  # fmt: skip
"""Keys that lift it by their own command, and those that do nothing by themselves."""


class Blank(QWidget):
    """Covers its parent while ``ViewState.blank``. A click lifts it, and so does every key, which
    then does what it does: whoever cannot remember the key is not left in the dark."""

    def __init__(self, view: ViewState, parent: QWidget) -> None:
        super().__init__(parent)
        self._view, self._window = view, parent
        self._focused: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Blank screen"))
        self.hide()
        view.changed.connect(self._follow)

    def _follow(self, name: str) -> None:
        if name != "blank":
            return
        if self._view.blank:
            self._focused = self._window.focusWidget()
            _application().installEventFilter(self)
            self.setGeometry(self._window.rect())
            self.show()
            self.raise_()
            self.setFocus()
        else:
            _application().removeEventFilter(self)
            self.hide()
            if self._focused is not None:
                self._focused.setFocus()
            self._focused = None

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Every key comes here first, before it is any command's and also from the presenter
        window. Nothing that comes up meanwhile, such as a message, lies over the black."""
        if event is None:
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            if isinstance(event, QKeyEvent) and event.key() not in _STAY:
                self._view.blank = False
        elif kind == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        elif (
            kind == QEvent.Type.ZOrderChange
            and watched not in (self, None)
            and watched.parent() is self._window  # type: ignore[union-attr]
        ):
            self.raise_()
        return False

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._view.blank = False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application
