"""Reading on hand-made outputs: single digits, repeats, [?], blanks, tall canvases, two lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from viz.measure.reading import CLEAR, DOUBT, Doubt, evidence, read
from viz.nets.architecture import NONE_CLASS


def row(text: str, sure: float = 0.97) -> np.ndarray:
    """(11, W′) log-probabilities: a character per window, '.' none, '?' a 3 or a 5."""
    probs = np.full((11, len(text)), (1 - sure) / 10)
    for column, mark in enumerate(text):
        if mark == "?":
            probs[:, column] = 0.01
            probs[[3, 5], column] = 0.455
        else:
            probs[NONE_CLASS if mark == "." else int(mark), column] = sure
    return np.log(probs).astype(np.float32)


def rows(*texts: str) -> np.ndarray:
    return np.stack([row(text) for text in texts], 1)


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ("3", "3"),
        (".3.", "3"),
        ("..33..", "3"),
        (".333.", "3"),
        ("33...11.", "31"),
        ("3311", "31"),
        ("3.1.5.7", "3157"),
        ("11.11", "11"),
        ("1111", "11"),
        (".", ""),
        (".......", ""),
        ("0", "0"),
        ("00.11.22.3.4.55.66.77.8.9", "0123456789"),
        (".??.", "[?]"),
        (".3.??..7", "3[?]7"),
    ],
)
def test_row_of_windows_reads(windows, text):
    assert read(row(windows)).text == text
    assert read(row(windows)[:, None]).text == text


def test_weak_evidence_between_two_digits_is_no_digit():
    probs = np.exp(row("33.11"))
    probs[:, 2] = 0.01
    probs[NONE_CLASS, 2], probs[8, 2] = 0.45, 0.46
    assert read(np.log(probs)).text == "31"


@pytest.mark.parametrize(("shares", "text"), [((0.97, 0.6, 0.97), "11"), ((0.6, 0.97, 0.6), "1")])
def test_one_digit_is_seen_best_in_the_middle_of_three_windows(shares, text):
    probs = np.exp(row(".111."))
    for column, share in enumerate(shares, 1):
        probs[1, column], probs[NONE_CLASS, column] = share, 0.98 - share
    reading = read(np.log(probs))
    assert reading.text == text
    for segment in reading.lines[0].segments:
        found = evidence(np.log(probs), reading.lines[0], segment)
        assert segment.ahead == pytest.approx(found.sums[1] - found.none.sum() - found.cost, 1e-4)


def window(**probs: float) -> np.ndarray:
    """(11, 1) log-probabilities of one window: p3=0.5, p5=0.4, none=0.1, the rest shared."""
    given = {NONE_CLASS if key == "none" else int(key[1:]): value for key, value in probs.items()}
    rest = max(1e-6, 1 - sum(given.values())) / (11 - len(given))
    return np.log([[given.get(number, rest)] for number in range(11)])


@pytest.mark.parametrize(
    ("probs", "text"),
    [
        ({"p3": 0.9, "none": 0.1}, "3"),
        ({"p3": 0.6, "none": 0.4}, "3"),  # no rival but none
        ({"p3": 0.4, "none": 0.6}, ""),
        ({"p3": 0.53, "p5": 0.47}, "[?]"),
        ({"p3": 0.8, "p5": 0.2}, "3"),
    ],
)
def test_a_digit_is_undecided_if_another_rivals_it(probs, text):
    assert read(window(**probs)).text == text


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ((".....", ".33..", ".33..", ".33..", "....."), "3"),
        (("........", "33......", "33...11.", "33...11.", ".....11."), "31"),
    ],
)
def test_rows_near_each_other_are_one_line(windows, text):
    assert read(rows(*windows)).text == text


def test_two_lines_are_joined_by_a_newline_from_the_top():
    canvas = rows("33..1.", "33..1.", "......", "......", "......", "......", ".7....", ".7....")
    reading = read(canvas)
    assert reading.text == "31\n7"
    assert [d.line for d in reading.digits] == [0, 0, 1]


def test_blank_tall_canvas_is_empty():
    reading = read(rows("....", "....", "...."))
    assert reading.text == "" and reading.digits == ()
    assert [line.segments for line in reading.lines] == [()]
    assert reading.winners.tolist() == [NONE_CLASS] * 4


def test_digits_have_their_place_and_confidence():
    reading = read(rows("......", ".33..1", "......"))
    three, one = reading.digits
    assert (three.digit, one.digit) == (3, 1)
    assert three.column == pytest.approx(1.5)
    assert one.column == pytest.approx(5)
    assert [three.row, one.row] == pytest.approx([1, 1], abs=0.1)
    assert [three.confidence, one.confidence] == pytest.approx([0.97, 0.97])


def test_winners_come_from_the_row_that_is_surest_of_a_digit():
    reading = read(rows(".....", "3....", "3...7"))
    assert reading.winners.tolist() == [3, NONE_CLASS, NONE_CLASS, NONE_CLASS, 7]
    np.testing.assert_allclose(reading.probabilities, 0.97, rtol=1e-5)


@pytest.mark.parametrize(
    "shape", [(11,), (9, 4), (12, 4), (11, 0), (10, 0), (11, 2, 3, 4), (0, 11)]
)
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="log-probabilities"):
        read(np.zeros(shape))


def ten_classes(text: str, sure: float = 0.97) -> np.ndarray:
    """(10, W′) log-probabilities of a network without "none": a digit per window."""
    probs = np.full((10, len(text)), (1 - sure) / 9)
    probs[[int(mark) for mark in text], range(len(text))] = sure
    return np.log(probs).astype(np.float32)


@pytest.mark.parametrize(
    ("windows", "text"), [("3", "3"), ("333", "3"), ("3311", "31"), ("3157", "3157")]
)
def test_a_network_without_none_reads_a_digit_everywhere(windows, text):
    reading = read(ten_classes(windows))
    assert reading.text == text
    assert reading.winners.tolist() == [int(mark) for mark in windows]
    assert reading.probabilities == pytest.approx(0.97)
    assert all(0 < segment.ahead < np.inf for line in reading.lines for segment in line.segments)


def test_values_that_are_no_numbers_count_as_none():
    broken, ten = row("33...11."), ten_classes("3333311")
    broken[:, 5:7] = ten[:, 3:5] = np.nan
    assert (read(broken).text, read(ten).text) == ("3", "31")


any_outputs = arrays.arrays(
    np.float32,
    st.tuples(st.just(11), st.integers(1, 6), st.integers(1, 12)),
    elements=st.floats(-30, 0, width=32),
)


@settings(max_examples=100)
@given(any_outputs)
def test_ten_classes_read_as_eleven_of_which_none_is_impossible(scores):
    digits = scores[:NONE_CLASS] - np.log(np.exp(scores[:NONE_CLASS].astype(np.float64)).sum(0))
    impossible = np.full((1, *digits.shape[1:]), -np.inf)
    ten, eleven = read(digits), read(np.concatenate([digits, impossible]))
    assert (ten.text, ten.digits, ten.lines) == (eleven.text, eleven.digits, eleven.lines)
    assert np.array_equal(ten.winners, eleven.winners) and ten.winners.max() < NONE_CLASS
    assert np.array_equal(ten.probabilities, eleven.probabilities)


@settings(max_examples=200)
@given(any_outputs)
def test_every_output_reads_with_digits_in_order_and_on_the_canvas(scores):
    reading = read(scores - np.log(np.exp(scores.astype(np.float64)).sum(0)))
    _, height, width = scores.shape
    shown = ["[?]" if d.digit is None else str(d.digit) for d in reading.digits]
    assert reading.text.replace("\n", "") == "".join(shown)
    assert reading.winners.shape == reading.probabilities.shape == (width,)
    places = [(d.line, d.column) for d in reading.digits]
    assert places == sorted(places)
    for digit in reading.digits:
        assert 0 <= digit.row <= height - 1 and 0 <= digit.column <= width - 1
        assert 0 <= digit.confidence <= 1
    assert reading.lines
    assert reading.digits == tuple(
        segment.digit for line in reading.lines for segment in line.segments
    )
    for line in reading.lines:
        assert 0 <= line.row < scores.shape[1]
        ends = [0, *(end for segment in line.segments for end in (segment.start, segment.end))]
        assert ends == sorted(ends), "segments follow each other"
        for segment in line.segments:
            assert 1 <= segment.end - segment.start <= 3
            assert segment.start <= segment.window[1] < segment.end
            assert abs(segment.window[0] - line.row) <= 2
            (first, most), (second, less) = segment.shares
            assert first != second and most <= 1.000001 and 1.000001 >= less >= 0
            assert most >= less or segment.doubt is Doubt.WINDOW  # another may be likelier there
            if segment.digit.digit is not None:
                assert segment.doubt is None
                assert segment.digit.digit == first and most > CLEAR - 0.01
            elif segment.doubt is Doubt.WINDOW:
                assert most <= CLEAR + 1e-6
            else:
                assert segment.doubt is Doubt.SEGMENT and most <= DOUBT + 1e-6


def test_the_lines_name_runs_and_rivals():
    reading = read(rows("...........", "33...??...7", "..........."))
    (line,) = reading.lines
    assert reading.text == "3[?]7"
    assert line.row == 1
    assert [(segment.start, segment.end) for segment in line.segments] == [(0, 2), (5, 7), (10, 11)]
    three, competing, seven = line.segments
    assert three.window == (1, 0)
    assert {number for number, _ in competing.shares} == {3, 5}
    assert [share for _, share in competing.shares] == pytest.approx([0.46, 0.46], abs=0.01)
    assert seven.shares[0] == (7, pytest.approx(0.97, abs=0.01))
    assert [segment.doubt for segment in line.segments] == [None, Doubt.WINDOW, None]


def test_neighbours_that_are_sure_of_two_digits_are_in_doubt_as_a_run():
    probs = np.full((11, 6), 0.001)
    probs[NONE_CLASS] = 0.99
    for column, digit, other in ((2, 3, 5), (3, 5, 3)):
        probs[:, column] = 0.02
        probs[[digit, other], column] = 0.72, 0.1
    (line,) = read(np.log(probs)).lines
    (segment,) = line.segments
    assert (segment.start, segment.end, segment.doubt) == (2, 4, Doubt.SEGMENT)
    assert segment.digit.digit is None and segment.digit.confidence == pytest.approx(0.72)
    assert {digit for digit, _ in segment.shares} == {3, 5}
    # Each window is clear enough: what is told is the mean of both, by which it was judged
    assert [share for _, share in segment.shares] == pytest.approx([(0.72 * 0.1) ** 0.5 / 0.98] * 2)


def test_a_doubtful_digit_is_told_with_its_own_share_though_another_is_larger_there():
    probs = np.full((11, 4), 1e-3)
    probs[NONE_CLASS] = 0.99
    for column, three, five in ((1, 0.47, 0.5), (2, 0.46, 0.3)):
        probs[:, column] = (1 - three - five) / 9
        probs[[3, 5], column] = three, five
    probs[NONE_CLASS, 1:3] = 1e-3
    (segment,) = read(np.log(probs)).lines[0].segments
    assert segment.doubt is Doubt.WINDOW and segment.window == (0, 1)
    (digit, share), (rival, more) = segment.shares
    assert (digit, rival) == (3, 5) and share < more


def test_a_run_is_ahead_of_none_by_its_evidence_less_its_cost():
    (line,) = read(row("..3..")).lines
    # ln 0.97 − ln 0.003 within the floor of −4, less the cost 1.2 of one window
    assert line.segments[0].ahead == pytest.approx(np.log(0.97) + 4 - 1.2, abs=1e-3)


def test_rows_that_see_something_but_no_digit_are_no_line():
    """Digits' upper ends, divided between classes, far above the digits themselves."""
    faint = row(".........", 0.97)
    for column in range(9):
        faint[:, column] = np.log(0.02)
        faint[NONE_CLASS, column] = np.log(0.6)
    outputs = np.stack([row(".........")] * 8, 1)
    outputs[:, 1], outputs[:, 5] = faint, row("33.11.44.")
    reading = read(outputs)
    assert reading.text == "314"
    assert [line.row for line in reading.lines] == [5]
    assert {digit.line for digit in reading.digits} == {0}


@pytest.mark.parametrize(
    "texts", [("..335..", "..355.."), ("5", "."), ("57",), (".??.",), ("31..7", ".....")]
)
def test_the_evidence_adds_up_to_what_was_decided(texts: tuple[str, ...]) -> None:
    canvas = rows(*texts)
    reading, checked = read(canvas), 0
    for line in reading.lines:
        for segment in line.segments:
            found = evidence(canvas, line, segment)
            assert found.terms.shape == (11, segment.end - segment.start)
            state = found.likeliest(1)[0]
            assert found.sums[state] == found.sums.max()
            ahead = found.sums[state] - found.none.sum() - found.cost
            assert segment.ahead == pytest.approx(float(ahead), abs=1e-4)
            if segment.doubt is None:
                assert state == segment.digit.digit
            assert (state == 10) == (segment.doubt is Doubt.SEGMENT)
            checked += 1
    assert checked
