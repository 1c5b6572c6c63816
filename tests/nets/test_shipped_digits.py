"""The digits that ship: what they are, where they come from, refused when damaged, read when drawn.

All but the comparison with the data set works where that is missing.
"""

from __future__ import annotations

import pickle
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from viz.errors import UserError
from viz.nets import shipped_digits
from viz.nets.pen import HEIGHT_PX, MOST_WIDTH_PX, TEST_WRITERS, PenDigit, drawn, load_pen_digits
from viz.nets.shipped_digits import (
    choose,
    read_digits,
    shipped_path,
    shipped_windows,
    write_digits,
)

"""How far ink lies from the pen's path: half the pen, and its soft rim."""


@pytest.fixture(scope="module")
def digits() -> tuple[PenDigit, ...]:
    return shipped_digits.shipped_digits()


def told(digits: Iterable[PenDigit]) -> list[tuple[int, int, list[bytes]]]:
    """All there is to digits, to be compared."""
    return [(d.label, d.writer, [stroke.tobytes() for stroke in d.strokes]) for d in digits]


def at_the_origin(digit: PenDigit) -> PenDigit:
    corner = np.concatenate(digit.strokes).min(0)
    return replace(digit, strokes=tuple(stroke - corner for stroke in digit.strokes))


def test_there_are_150_of_each_class_and_six_by_each_writer(digits: tuple[PenDigit, ...]) -> None:
    counts = Counter((digit.label, digit.writer) for digit in digits)
    assert counts == {(label, writer): 6 for label in range(10) for writer in range(1, 26)}
    assert not {digit.writer for digit in digits} & set(TEST_WRITERS)
    assert [digit.label for digit in digits] == [number % 10 for number in range(1500)]
    assert len({(digit.label, digit.writer) for digit in digits[:250]}) == 250


def test_the_points_begin_at_the_origin_and_cannot_be_changed(
    digits: tuple[PenDigit, ...],
) -> None:
    for digit in digits:
        assert np.concatenate(digit.strokes).min(0).tolist() == [0, 0]
    assert digits is shipped_digits.shipped_digits()
    with pytest.raises(ValueError, match="read-only"):
        digits[0].strokes[0][0] = 1


def test_the_file_is_small_and_says_where_it_comes_from() -> None:
    assert shipped_path().stat().st_size < 200_000
    with np.load(shipped_path(), allow_pickle=False) as stored:
        source = str(stored["source"])
    assert all(word in source for word in ("Alpaydin", "Alimoglu", "10.24432/C5MG6K", "CC BY 4.0"))


def test_the_maker_makes_the_shipped_file_anew(strokes_file: Path, tmp_path: Path) -> None:
    chosen = choose(load_pen_digits(strokes_file))
    made = tmp_path / "made"
    write_digits(chosen, made)
    with np.load(made) as new, np.load(shipped_path()) as old:
        assert new.files == old.files
        assert all(np.array_equal(new[name], old[name]) for name in new.files)
    assert told(read_digits(made)) == told(map(at_the_origin, chosen))


def hands(counts: dict[int, int]) -> list[PenDigit]:
    """So many digits of each class by each writer, which differ."""
    return [
        PenDigit(label, writer, (np.array([[0.0, 0.0], [number, 9.0]]),))
        for label in range(10)
        for writer, count in counts.items()
        for number in range(count)
    ]


def test_where_one_writer_lacks_digits_others_give_more() -> None:
    chosen = choose(hands(dict.fromkeys(range(1, 31), 20) | {7: 2}))
    for label in range(10):
        by = Counter(digit.writer for digit in chosen if digit.label == label)
        assert by == dict.fromkeys(range(1, 26), 6) | {7: 2} | dict.fromkeys(range(1, 5), 7)
    assert len({id(digit) for digit in chosen}) == 1500


def test_too_few_digits_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="149 of the 150 digits 0"):
        choose(hands(dict.fromkeys(range(1, 26), 6) | {7: 5, 26: 20}))


def refused(file: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_digits(file)
    text = str(caught.value)
    assert str(file) in text and text.endswith("reinstall LeNetScope.") and "\n" not in text


def test_a_missing_or_cut_file_is_refused(tmp_path: Path) -> None:
    file, whole = tmp_path / "pendigits.npz", shipped_path().read_bytes()
    refused(file)
    refused(tmp_path)
    for length in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        refused(file)


def test_a_changed_byte_is_refused_or_changes_nothing(
    tmp_path: Path, digits: tuple[PenDigit, ...]
) -> None:
    file, rng = tmp_path / "pendigits.npz", np.random.default_rng(0)
    whole, as_shipped = shipped_path().read_bytes(), told(digits)
    # Where the archive's own records lie, and anywhere
    places = [*range(30), *range(-30, 0), *rng.integers(0, len(whole), 20)]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(damaged)
        try:
            read = read_digits(file)
        except UserError:
            continue
        assert told(read) == as_shipped


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a pickle was executed",)


def test_a_pickle_is_refused_and_not_executed(tmp_path: Path) -> None:
    file = tmp_path / "pendigits.npz"
    file.write_bytes(pickle.dumps(Trap()))
    refused(file)
    with np.load(shipped_path()) as stored:
        arrays = dict(stored)
    with file.open("wb") as out:
        np.savez(out, **arrays | {"labels": np.array([Trap()], object)})
    refused(file)


@pytest.mark.parametrize(
    "damage",
    [
        {"labels": np.zeros(1500, np.uint8)},
        {"labels": np.arange(1490, dtype=np.uint16).astype(np.uint8) % 10},
        {"writers": np.full(1500, 26, np.uint8)},
        {"writers": np.ones((1500, 1), np.uint8)},
        {"strokes": np.zeros(1500, np.uint8)},
        {"strokes": np.full(1500, 2, np.uint8)},
        {"points": np.zeros(0, np.uint16)},
        {"x": np.zeros(5, np.int16)},
        {"x": np.zeros(5, np.float64)},
        {"x": np.zeros(0, np.int16), "y": np.zeros(0, np.int16)},
    ],
    ids=lambda damage: " ".join(f"{name} {a.dtype}{a.shape}" for name, a in damage.items()),
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, damage: dict[str, np.ndarray]) -> None:
    file = tmp_path / "pendigits.npz"
    with np.load(shipped_path()) as stored:
        arrays = {name: stored[name] for name in stored.files if name != "source"}
    with file.open("wb") as out:
        np.savez(out, **arrays | damage)
    refused(file)
    np.save(tmp_path / "one.npy", arrays["x"])
    refused(tmp_path / "one.npy")


def test_installed_anew_they_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, whole = tmp_path / "pendigits.npz", shipped_path()
    monkeypatch.setattr(shipped_digits, "shipped_path", lambda: file)
    shipped_digits.shipped_digits.cache_clear()
    with pytest.raises(UserError, match="reinstall LeNetScope"):
        shipped_digits.shipped_digits()
    shutil.copy(whole, file)
    assert len(shipped_digits.shipped_digits()) == 1500


def test_a_drawn_digit_is_20_px_high_about_its_centre(digits: tuple[PenDigit, ...]) -> None:
    for digit in digits:
        points = np.concatenate([stroke.points for stroke in drawn(digit, (40.0, 20.0))])
        low, high = points.min(0), points.max(0)
        width, height = high - low
        assert (low + high) / 2 == pytest.approx((40, 20))
        assert max(height / HEIGHT_PX, width / MOST_WIDTH_PX) == pytest.approx(1)
        # No point was squeezed: the shape is the tablet's
        wide, tall = np.ptp(np.concatenate(digit.strokes), axis=0)
        assert width * tall == pytest.approx(height * wide)


def test_windows_have_their_ink_in_the_middle_and_are_the_callers_own(
    digits: tuple[PenDigit, ...],
) -> None:
    images, labels = shipped_windows(count=60)
    assert images.shape == (60, 32, 32) and images.dtype == np.float32
    assert labels.dtype == np.int64 and labels.tolist() == [digit.label for digit in digits[:60]]
    assert images.min() == 0 and images.max((1, 2)).min() > 0.99 and images.max() <= 1
    # The path keeps to the middle 20 pixels, the pen reaches 1.2 px out of them, and its rim 0.8
    assert not images[:, :4].any() and not images[:, -4:].any()
    rows = images.max(2) > 0.5
    heights = 32 - rows.argmax(1) - rows[:, ::-1].argmax(1)
    paths = [np.ptp(np.concatenate([s.points for s in drawn(d)]), axis=0)[1] for d in digits[:60]]
    assert heights == pytest.approx(np.add(paths, 2.4), abs=1)
    larger, _ = shipped_windows(48, 60)
    assert np.array_equal(larger[:, 8:-8, 8:-8], images), "a larger side adds a margin"
    assert larger.sum(dtype=np.float64) == images.sum(dtype=np.float64)
    images += 1
    labels += 1
    again, same = shipped_windows(count=60)
    assert again.max() <= 1 and same.max() == 9
    with pytest.raises(ValueError, match="31"):
        shipped_windows(31)
