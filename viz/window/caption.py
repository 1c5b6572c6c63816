"""The hint line: one sentence at the foot of the window; a caption below it while presenting."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget

from viz.views import theme as themes
from viz.views.widgets.tooltip import wrapped

CAPTION = 1.4
"""Size of a caption in multiples of small text."""


class HintLine(QLabel):
    """Shows ``hint`` on one line, shortened if need be and then whole in its tip.

    As a caption it is larger, in the middle, and has two lines.
    """

    resized = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = ""
        self._caption, self._text_px = False, 13
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_hint(self, hint: str) -> None:
        """Show another sentence."""
        if hint != self.hint:
            self.hint = hint
            self._fit()

    def set_caption(self, caption: bool) -> None:
        """Become a caption, or one line."""
        self._caption = caption
        self.setWordWrap(caption)
        self.setAlignment(
            Qt.AlignmentFlag.AlignCenter
            if caption
            else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.set_text_px(self._text_px)

    def set_text_px(self, text_px: int) -> None:
        """Take the size of small text."""
        self._text_px = text_px
        self.setFont(themes.font(round(text_px * (CAPTION if self._caption else 1))))
        self.setFixedHeight(self.sizeHint().height())
        self._fit()

    def sizeHint(self) -> QSize:
        lines = 2 if self._caption else 1
        return QSize(320, lines * self.fontMetrics().lineSpacing() + themes.GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()
        self.resized.emit()

    def _fit(self) -> None:
        text = self.hint
        if not self._caption:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(wrapped(self.hint) if text != self.hint else "")
        self.setAccessibleDescription(self.hint)
        if text != self.text():
            self.setText(text)
