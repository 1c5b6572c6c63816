"""Small multiples: matrices lie inside, none overlaps another, pointing finds each cell."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viz.views.inspector.multiples import MARGIN, PARTS, WIDEST, Multiples, arrange, arrange_single

places = st.tuples(
    st.sampled_from([(20, 5), (50, 5), (3, 2)]),
    st.integers(0, 1200),
    st.integers(0, 500),
    st.tuples(st.integers(20, 110), st.integers(10, 30)),
)


def marked(multiples: Multiples, width: int, height: int) -> np.ndarray:
    """How many matrices and bars cover each pixel; an index beyond the picture would raise."""
    covered = np.zeros((height, width), int)
    for slot in range(multiples.count):
        for part in range(PARTS):
            x, y = multiples.corner(slot, part)
            assert x >= 0
            assert y >= 0
            wide, high = multiples.matrix
            covered[y : y + high, x : x + wide] += 1
        if multiples.sums == "bar":
            x, y, wide, high = multiples.bar(slot)
            covered[y : y + high, x : x + wide] += 1
    return covered


@given(places)
def test_matrices_fit_and_do_not_overlap(
    place: tuple[tuple[int, int], int, int, tuple[int, int]],
) -> None:
    (count, k), width, height, text = place
    multiples = arrange(count, k, width, height, text)
    if multiples is None:
        # Then not even cells of one pixel fit one below the other, with a gap of 2 and bars
        assert width < 3 * k + 2 * 2 or height < count * (k + 2 + 3) + (count - 1) * MARGIN
        return
    covered = marked(multiples, width, height)
    wide, high = multiples.matrix
    assert wide == high
    area = count * PARTS * wide * high
    if multiples.sums == "bar":
        _, _, wide, high = multiples.bar(0)
        area += count * wide * high
    assert covered.max() == 1
    assert covered.sum() == area


@given(places, st.data())
def test_the_cell_under_a_point_is_found(
    place: tuple[tuple[int, int], int, int, tuple[int, int]], data: st.DataObject
) -> None:
    (count, k), width, height, text = place
    multiples = arrange(count, k, width, height, text)
    if multiples is None:
        return
    slot = data.draw(st.integers(0, count - 1))
    part = data.draw(st.integers(0, PARTS - 1))
    u, v = data.draw(st.integers(0, k - 1)), data.draw(st.integers(0, k - 1))
    x, y = multiples.corner(slot, part)
    centre = x + (v + 0.5) * multiples.wide, y + (u + 0.5) * multiples.high
    assert multiples.find(*centre) == (slot, u, v)
    assert multiples.find(-1, y) is None
    assert multiples.find(x, -1) is None


def test_numbers_have_room_beside_or_below() -> None:
    for width, height in ((560, 160), (494, 110), (840, 220)):
        multiples = arrange(20, 5, width, height, (42, 16))
        assert multiples is not None
        wide, high = multiples.size
        if multiples.sums == "beside":
            assert wide + multiples.gap + 42 <= multiples.slot_width
        else:
            assert multiples.sums == "below"
            assert high + 16 <= multiples.slot_height
            assert multiples.slot_width >= 42


def test_more_room_never_makes_cells_smaller() -> None:
    cells = []
    for grown in range(8):
        multiples = arrange(20, 5, 300 + 100 * grown, 100 + 40 * grown, (42, 16))
        assert multiples is not None
        cells.append(multiples.high)
    assert cells == sorted(cells)
    assert cells[-1] > cells[0]


def test_bars_take_the_height_that_is_left() -> None:
    multiples = arrange(20, 5, 428, 107, (62, 19))
    assert multiples is not None
    assert multiples.sums == "bar"
    _, y, _, high = multiples.bar(19)
    assert y + high == 107
    assert high > 3 * multiples.high


@given(st.integers(0, 1500), st.integers(0, 500), st.integers(2, 30))
def test_a_single_channel_has_cells_as_wide_as_the_row_allows(
    width: int, height: int, gap: int
) -> None:
    multiples = arrange_single(5, width, height, gap)
    if multiples is None:
        assert width < 15 + 2 * gap or height < 5
        return
    covered = marked(multiples, width, height)
    assert covered.max() == 1
    assert covered.sum() == 75 * multiples.wide * multiples.high
    wider = 15 * (multiples.wide + 1) + 2 * gap
    assert wider > width or multiples.wide in (64, int(WIDEST * multiples.high))
    for part, u, v in ((0, 4, 0), (1, 2, 3), (2, 0, 4)):
        x, y = multiples.corner(0, part)
        centre = x + (v + 0.5) * multiples.wide, y + (u + 0.5) * multiples.high
        assert multiples.find(*centre) == (0, u, v)
