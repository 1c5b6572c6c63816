"""Pen strokes: UNIPEN text parsed, split by writer, fitted to a height; damage refused."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.errors import UserError
from viz.nets.pen import PenDigit, fit, load_pen_digits, parse_unipen, split_writers

TEXT = """
.LEXICON "0" "1" "2"
.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 260  340
.PEN_UP
.DT 100
.PEN_DOWN
 10  20
.PEN_UP
.SEGMENT DIGIT    1 ? "1"
.COMMENT 1 27  3
.PEN_DOWN
 -5  0
 0  -9
 3  4
.PEN_UP
"""


def test_digits_have_labels_writers_and_strokes_with_y_down():
    eight, one = parse_unipen(TEXT, "x")
    assert (eight.label, eight.writer, len(eight.strokes)) == (8, 12, 2)
    assert (one.label, one.writer, len(one.strokes)) == (1, 27, 1)
    assert eight.strokes[0].tolist() == [[267, -333], [260, -340]]
    assert eight.strokes[1].tolist() == [[10, -20]]
    assert one.strokes[0].tolist() == [[-5, 0], [0, 9], [3, -4]]


def test_packed_and_plain_files_hold_the_same(tmp_path):
    plain, packed = tmp_path / "x", tmp_path / "x.gz"
    plain.write_text(TEXT)
    packed.write_bytes(gzip.compress(TEXT.encode()))
    assert [d.label for d in load_pen_digits(plain)] == [8, 1]
    assert [d.writer for d in load_pen_digits(packed)] == [12, 27]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no digits at all",
        TEXT.replace(" 260  340", " 260  forty"),
        TEXT.replace(" 260  340", " 260"),
        TEXT.replace('"8"', '"eight"'),
        TEXT.replace(".COMMENT 8 12  224", ".COMMENT 8"),
        TEXT.rsplit(".PEN_UP", 1)[0],
        TEXT.replace(" -5  0\n 0  -9\n 3  4\n", ""),
        TEXT.replace(" 260", " " + "9" * 400),
    ],
)
def test_damaged_text_is_refused_with_the_file_named(text):
    with pytest.raises(UserError, match=r"pens\.txt"):
        parse_unipen(text, "pens.txt")


words = st.sampled_from(
    ['.SEGMENT DIGIT 0 ? "3"', ".COMMENT 3 1 2", ".PEN_DOWN", ".PEN_UP", "1 2", "nan 1", "", ".X"]
)


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(words | st.text(max_size=12), max_size=12))
def test_any_text_gives_digits_or_a_user_error(lines):
    try:
        digits = parse_unipen("\n".join(lines), "x")
    except UserError:
        return
    for digit in digits:
        assert 0 <= digit.label <= 9
        assert all(s.ndim == 2 and s.shape[1] == 2 and np.isfinite(s).all() for s in digit.strokes)


def test_writers_26_to_30_are_kept_out_of_training():
    stroke = (np.zeros((1, 2)),)
    digits = [PenDigit(w % 10, w, stroke) for w in range(1, 31) for _ in range(2)]
    train, test = split_writers(digits)
    assert {d.writer for d in test} == {26, 27, 28, 29, 30}
    assert {d.writer for d in train} == set(range(1, 26))
    assert len(train) + len(test) == 60


points = st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=2)


@settings(deadline=None)
@given(points)
def test_fitted_strokes_keep_their_shape_within_the_box(path):
    digit = PenDigit(0, 1, (np.array(path, float),))
    (stroke,) = fit(digit, 20, 28)
    low, high = stroke.min(0), stroke.max(0)
    np.testing.assert_allclose(low + high, 0, atol=1e-9)
    width, height = high - low
    assert height <= 20 + 1e-9
    assert width <= 28 + 1e-9
    span = np.ptp(np.array(path, float), axis=0)
    if span.all():
        assert height == pytest.approx(20) or width == pytest.approx(28)
        assert width / height == pytest.approx(span[0] / span[1])


def test_the_real_file_holds_250_digits_of_each_of_30_writers(strokes_file):
    digits = load_pen_digits(strokes_file)
    assert len(digits) == 7494
    writers, counts = np.unique([d.writer for d in digits], return_counts=True)
    assert writers.tolist() == list(range(1, 31))
    assert counts.min() >= 247
    assert counts.max() == 250
