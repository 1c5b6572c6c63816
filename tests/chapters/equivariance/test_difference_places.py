"""Where three pictures stand: apart, in the widget, and as large as the better way makes them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import QRectF, QSizeF

from viz.chapters.equivariance.difference_places import places


@pytest.mark.parametrize("size", [(520, 180), (520, 250), (700, 300), (950, 450)])
@pytest.mark.parametrize("shape", [(28, 28), (28, 60), (40, 60), (28, 508), (508, 28), (1, 9)])
@pytest.mark.parametrize("text", [13, 24])
def test_nothing_overlaps_or_leaves(
    size: tuple[int, int], shape: tuple[int, int], text: int
) -> None:
    line = 1.2 * text
    found = places(QSizeF(*size), shape, line, 8 * text, 1.0)
    whole = QRectF(0, 0, *size).adjusted(-1, -1, 1, 1)
    scales = [scale for k, scale in enumerate(found.scales) if k != 1]
    pictures = [*found.areas, *scales]
    for rect in pictures:
        assert whole.contains(rect)
    for one, other in pairwise(found.areas):
        assert not one.intersects(other)
    for area in found.areas:
        assert not any(area.intersects(scale) for scale in scales)
        assert area.top() >= line and area.bottom() <= found.below + 0.5
        assert area.width() / shape[1] == pytest.approx(area.height() / shape[0])
    assert found.below + line <= size[1] + 0.5


def test_whole_pixels_unless_that_costs_a_twentieth() -> None:
    assert places(QSizeF(530, 254), (28, 28), 16, 104, 1.0).cell == 6  # of 6.07
    assert places(QSizeF(520, 250), (28, 28), 16, 104, 1.0).cell == pytest.approx(5.93, abs=0.01)
    assert places(QSizeF(520, 250), (44, 60), 16, 104, 1.0).cell == pytest.approx(2.8, abs=0.01)


def test_wide_maps_stand_one_below_the_other() -> None:
    wide = places(QSizeF(520, 250), (28, 508), 16, 104, 1.0)
    assert wide.areas[0].left() == wide.areas[1].left() > 104
    assert wide.areas[0].width() > 2 * 520 / 3
    square = places(QSizeF(520, 250), (28, 28), 16, 104, 1.0)
    assert square.areas[0].top() == square.areas[1].top()
