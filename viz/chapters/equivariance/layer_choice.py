"""The choice of a layer: a word for each of the network that answers, whatever layers it has."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from viz.nets.architecture import Architecture
from viz.views.theme import Theme
from viz.views.widgets.segmented import Option, Segmented

LEAST_WORDS = 12
"""The least width, in heights of a word: about three words."""


class LayerChoice(QScrollArea):
    """The words in a row. Where there is no room for all of them, the chosen one and those beside
    it are in sight, and the wheel leads to the others.

    The layer chosen last comes back with a network that has it.
    """

    chosen = pyqtSignal()
    """The user chose another one."""

    def __init__(
        self,
        name: str,
        options: Callable[[Architecture], list[Option]],
        architecture: Architecture,
        parent: QWidget | None = None,
    ) -> None:
        """``name`` is for screen readers; ``options`` tells what a network offers, the first of
        which is shown in place of a layer that it lacks."""
        super().__init__(parent)
        self._options, self._architecture = options, architecture
        self.words = Segmented(name, options(architecture))
        self.wanted: str = self.words.value
        """The one chosen last, whether or not the present network has it."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setWidget(self.words)
        for ground in (self.viewport(), self.words):
            ground.setAutoFillBackground(False)
        self.words.installEventFilter(self)
        self.words.chosen.connect(self._choose)

    @property
    def value(self) -> str:
        """The one shown."""
        return str(self.words.value)

    def offer(self, architecture: Architecture) -> None:
        """The layers of this network."""
        if architecture != self._architecture:
            self._architecture = architecture
            self.words.set_options(self._options(architecture))
            self._show(self.wanted)

    def want(self, layer: object, architecture: Architecture) -> None:
        """Show this layer of this network, unless it offers no such."""
        self.offer(architecture)
        if layer in [option.value for option in self._options(architecture)]:
            self.wanted = str(layer)
            self._show(self.wanted)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of the words."""
        self.words.set_theme(theme, text_px)

    def sizeHint(self) -> QSize:
        """Room for all words."""
        return self.words.size()

    def minimumSizeHint(self) -> QSize:
        """Room for a few."""
        size = self.words.size()
        return QSize(min(size.width(), LEAST_WORDS * size.height()), size.height())

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The words have another size with other options and letters."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Lead along the words."""
        assert event is not None
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        assert bar is not None
        bar.setValue(bar.value() - (turned.x() or turned.y()))

    def _choose(self, layer: str) -> None:
        self.wanted = layer
        self._bring_into_sight()
        self.chosen.emit()

    def _show(self, layer: str) -> None:
        values = [option.value for option in self._options(self._architecture)]
        self.words.show_value(layer if layer in values else values[0])
        self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        """The chosen word and parts of those beside it."""
        rect = self.words.option_rect(self.words.value)
        middle = rect.center().toPoint()
        self.ensureVisible(middle.x(), middle.y(), round(rect.width()), 0)
