"""Unit values: numbers of one map, as many decimals as cells have room for, in black or white."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.maps.unit_values import MOST, draw_values, fitting
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.text_cache import text_cache

POSITIVE, SIGNED = LockedScale(1.4), LockedScale(12.0, signed=True)


def painted(values: NDArray[np.float32], cell: int, scale: LockedScale) -> NDArray[np.uint8]:
    """Numbers on grey, (h, cell, w, cell): one channel of each cell."""
    height, width = values.shape
    image = QImage(width * cell, height * cell, QImage.Format.Format_Grayscale8)
    image.fill(128)
    painter = QPainter(image)
    draw_values(painter, values, QPointF(0, 0), cell, scale, themes.theme("dark"), 13)
    painter.end()
    bits = image.constBits()
    assert bits is not None
    lines = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8)
    lines = lines.reshape(height * cell, image.bytesPerLine())[:, : width * cell]
    return lines.reshape(height, cell, width, cell).copy()


@pytest.mark.parametrize("scale", [POSITIVE, SIGNED])
def test_decimals_go_before_numbers_do(qtbot: QtBot, scale: LockedScale) -> None:
    found = [fitting(cell, scale, 13) for cell in range(1, 100)]
    decimals = [-1 if fits is None else fits[0] for fits in found]
    assert decimals == sorted(decimals) and set(decimals) == {-1, 0, 1, 2}
    for cell, fits in enumerate(found, 1):
        if fits is not None:
            widest = f"{'−' if scale.signed else ''}{scale.peak:.{fits[0]}f}"
            assert 10 <= fits[1] <= 20
            assert text_cache(fits[1]).width_of_figures(widest) <= 0.9 * cell


def test_each_number_is_in_its_cell_in_what_stands_out(qtbot: QtBot) -> None:
    values = np.array([[0.1, 1.4, 0.0], [0.71, 5.0, -1e-4]], np.float32)
    cells = painted(values, 40, POSITIVE)
    assert (cells[:, :5] == 128).all() and (cells[:, -5:] == 128).all()
    assert cells[0, :, 0].max() == 255 and cells[0, :, 0].min() >= 128, "white on dark"
    assert cells[0, :, 1].min() == 0 and cells[0, :, 1].max() <= 128, "black on bright"
    assert cells[1, :, 1].min() == 0, "beyond the scale"
    zero, tiny = cells[0, :, 2] != 128, cells[1, :, 2] != 128
    assert 0 < zero.sum() < tiny.sum() + 9 and tiny.sum() < 1.2 * zero.sum(), "both are written 0"
    assert cells[0, :, 2].max() < cells[1, :, 2].max() == 255, "and what is exactly 0 quietly"


def test_small_cells_and_large_maps_have_none(qtbot: QtBot) -> None:
    assert (painted(np.ones((2, 2), np.float32), 8, POSITIVE) == 128).all()
    assert (painted(np.ones((MOST + 1, 1), np.float32), 40, POSITIVE) == 128).all()
