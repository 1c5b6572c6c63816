"""Windows about a point: the canvas where it is, blank beyond."""

from __future__ import annotations

import numpy as np
import pytest

from viz.measure.cutting import cut_about


@pytest.mark.parametrize(("x", "y"), [(3, 3), (0, 0), (7, 1), (2.4, 5.6), (-20, 3), (40, 40)])
def test_it_is_the_padded_canvas(x: float, y: float) -> None:
    images = np.arange(2 * 6 * 8, dtype=np.float32).reshape(2, 6, 8)
    wide = np.pad(images, ((0, 0), (60, 60), (60, 60)))
    left, top = round(x - 2) + 60, round(y - 2) + 60
    np.testing.assert_array_equal(
        cut_about(images, (x, y), 4), wide[:, top : top + 4, left : left + 4]
    )
