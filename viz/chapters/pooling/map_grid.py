"""A grid of heat maps: the pictures of some maps, all at one zoom, as many maps as fill it."""

from __future__ import annotations

from itertools import product

from PyQt6.QtCore import QSizeF, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.text_cache import text_cache

GAP = 3 * GRID


class MapGrid(QWidget):
    """The pictures of a map side by side, one map below the other; those of very wide maps stand
    below each other, too."""

    room_changed = pyqtSignal()
    """There may be room for more maps, or fewer."""
    pointed = pyqtSignal(int, object)
    """The number of a picture, and its cell (row, column) that is pointed at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heatmaps: list[Heatmap] = []
        self._count, self._across = 0, 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 48)

    @property
    def heatmaps(self) -> list[Heatmap]:
        """Those in sight: of the first map, of the next, and so on."""
        return self._heatmaps[: self._count]

    def arrange(self, shape: tuple[int, int], pictures: int, most: int) -> tuple[int, int]:
        """Return how many of ``most`` maps of a shape (height, width) fill the grid with the most
        painted, and how many of their pictures stand side by side."""
        head = text_cache(themes.text_px(self)).height + GRID

        def painted(arrangement: tuple[int, int]) -> float:
            maps, across = arrangement
            room = self._room(maps * pictures, across)
            zoom = max(0.0, min((room.height() - head) / shape[0], room.width() / shape[1]))
            return maps * (int(zoom) or zoom) ** 2

        return max(product(range(1, most + 1), (pictures, 1)), key=painted)

    def set_up(self, count: int, across: int) -> list[Heatmap]:
        """Show so many heat maps, so many of them side by side; return them."""
        while len(self._heatmaps) < count:
            number = len(self._heatmaps)
            heatmap = Heatmap(LockedScale(1.0), self, legend=number == 0)  # all have one scale
            heatmap.pointed.connect(lambda cell, number=number: self.pointed.emit(number, cell))
            self._heatmaps.append(heatmap)
        if (count, across) != (self._count, self._across):
            self._count, self._across = count, across
            for number, heatmap in enumerate(self._heatmaps):
                heatmap.setVisible(number < count)
            self._place()
        return self.heatmaps

    def _room(self, count: int, across: int) -> QSizeF:
        """Return the place of one of so many pictures."""
        down = count // across
        return QSizeF(
            (self.width() - (across - 1) * GAP) / across, (self.height() - (down - 1) * GRID) / down
        )

    def _place(self) -> None:
        for number, heatmap in enumerate(self.heatmaps):
            room = self._room(self._count, self._across)
            row, column = divmod(number, self._across)
            heatmap.setGeometry(
                int(column * (room.width() + GAP)), int(row * (room.height() + GRID)),
                int(room.width()), int(room.height()),
            )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()
        self.room_changed.emit()
