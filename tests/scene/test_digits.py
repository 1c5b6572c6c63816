"""Our own digits: laid out as asked, sampled smoothly, and read by the network as what they are."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.errors import UserError
from viz.scene import Scene, rasterize, rasterize_scene
from viz.scene.digits import HANDWRITINGS, digit, number, stroke_names
from viz.scene.edit import move_stroke, rotate_stroke
from viz.scene.model import bounds

ALL = [(value, handwriting) for handwriting in HANDWRITINGS for value in range(10)]
SHIFTS = [(dx, dy) for dx in range(-3, 4) for dy in range(-3, 4)]
WIDTHS = (1.8, 2.4, 4.0)


@pytest.mark.parametrize(("value", "handwriting"), ALL)
def test_each_digit_is_read_over_all_shifts_and_pens(read, value, handwriting):
    images = [
        rasterize(
            digit(value, handwriting, centre=(16 + dx, 16 + dy), width_px=width).strokes, 32, 32
        )
        for width in WIDTHS
        for dx, dy in SHIFTS
    ]
    answers = read(images).argmax(1)
    wrong = {
        (WIDTHS[i // len(SHIFTS)], SHIFTS[i % len(SHIFTS)]): int(answer)
        for i, answer in enumerate(answers)
        if answer != value
    }
    assert wrong == {}


@pytest.mark.parametrize("handwriting", HANDWRITINGS)
def test_a_3_becomes_a_5_by_turning_and_moving_one_stroke(read, handwriting):
    """Binding: the parts stay what they are, only where one of them lies changes."""
    group = digit(3, handwriting)
    scene = Scene(32, 32, (group,))
    upper = stroke_names(3, handwriting).index(
        "diagonal" if "diagonal" in stroke_names(3, handwriting) else "arc"
    )
    turn = -45 if "diagonal" in stroke_names(3, handwriting) else 180
    turned = rotate_stroke(scene, 0, upper, turn)
    places = [(dx, dy) for dx in range(-10, 3, 2) for dy in (0, 2)]
    images = [rasterize_scene(move_stroke(turned, 0, upper, *place)) for place in places]
    assert read([rasterize_scene(scene)]).argmax() == 3
    assert read(images)[:, 5].max() > 0.9


@pytest.mark.parametrize(("value", "handwriting"), ALL)
def test_a_digit_has_the_place_and_size_asked_for_and_looks_smooth(value, handwriting):
    group = digit(value, handwriting, centre=(40, 20), height_px=30, width_px=3)
    left, top, right, bottom = bounds(group.strokes)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((40, 20))
    assert group.anchor == pytest.approx((40, 20))
    assert bottom - top == pytest.approx(30, rel=0.03)  # a spline may swing a little over
    assert right - left < 0.85 * 30
    assert group.name == str(value)
    assert {stroke.width_px for stroke in group.strokes} == {3}
    assert len(stroke_names(value, handwriting)) == len(group.strokes)
    for stroke in group.strokes:
        assert 2 <= len(stroke.points) <= 24, "few enough to draw fast"
        headings = np.degrees(np.arctan2(*np.diff(stroke.points, axis=0).T))
        turns = np.abs((np.diff(headings) + 180) % 360 - 180)
        # A smooth curve of few chords turns by under 45° at each; what turns more is a corner
        assert (turns > 45).sum() <= (4 if handwriting == "angular" else 2)


@pytest.mark.parametrize("value", range(10))
def test_handwritings_differ(value):
    drawn = [rasterize(digit(value, handwriting).strokes, 32, 32) for handwriting in HANDWRITINGS]
    for i, one in enumerate(drawn):
        for other in drawn[:i]:
            assert np.abs(one - other).sum() > 5  # square pixels of ink


def test_what_does_not_exist():
    with pytest.raises(KeyError):
        digit(10)
    with pytest.raises(KeyError):
        digit(3, "cuneiform")


@given(st.text("0123456789", min_size=1, max_size=20), st.sampled_from(HANDWRITINGS))
def test_a_number_lies_in_order_where_all_of_it_can_be_read(text, handwriting):
    scene = number(text, handwriting)
    assert "".join(group.name for group in scene.items) == text
    boxes = [bounds(scene.strokes_of(index)) for index in range(len(text))]
    centres = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes]
    for before, after in pairwise(boxes):
        assert after[0] - before[2] == pytest.approx(8, abs=1)  # gap_px, on whole pixels
    assert all(15 <= x <= scene.width - 15 for x, _ in centres)
    assert all(y == pytest.approx(scene.height / 2, abs=0.5) for _, y in centres)
    assert (centres[0][0] + centres[-1][0]) / 2 == pytest.approx(scene.width / 2, abs=1)


def test_the_same_digit_twice_is_the_same_image_twice():
    scene = number("383")
    first, last = (
        rasterize_scene(Scene(scene.height, scene.width, (scene.items[i],))) for i in (0, 2)
    )
    step = int(scene.items[2].transform.dx - scene.items[0].transform.dx)
    assert step > 20
    assert np.array_equal(np.roll(first, step, axis=1), last)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", None), ("3a", None), ("-1", None), ("٣", None), ("1" * 99, None), ("888", 32)],
)
def test_what_is_no_number_or_does_not_fit_gives_a_sentence(text, width):
    with pytest.raises(UserError, match=r"\.$"):
        number(text, width=width)
