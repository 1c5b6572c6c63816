"""Printed digits: which fonts are found, and where their digits lie."""

from pathlib import Path

import numpy as np
import pytest

from viz.nets.bank import BANK_SIDE, printed_bank
from viz.nets.printed import find_fonts, printed_digit


@pytest.fixture(scope="module")
def families() -> list[list[Path]]:
    found = find_fonts()
    if not found:
        pytest.skip("needs fonts: there are none in this system's folders")
    return found


def test_no_font_is_found_where_there_is_none(tmp_path):
    (tmp_path / "letter.ttf").write_bytes(b"no font")
    assert find_fonts([tmp_path, tmp_path / "missing"]) == []


@pytest.mark.parametrize("digit", [1, 8])
def test_a_printed_digit_has_its_height_in_the_middle_of_its_square(families, digit):
    image = printed_digit(families[0][0], digit, 20, BANK_SIDE)
    rows = np.flatnonzero(image.max(1) > 100)
    columns = np.flatnonzero(image.max(0) > 100)
    assert abs(len(rows) - 20) <= 1
    for inked in (rows, columns):
        assert abs(inked[0] + inked[-1] - (BANK_SIDE - 1)) <= 1


def test_printed_digits_repeat_from_the_seed_and_carry_their_class(families):
    bank, again = printed_bank(families, 20, seed=2), printed_bank(families, 20, seed=2)
    assert bank.labels.tolist() == [*range(10)] * 2
    assert (bank.images == again.images).all()
    assert (bank.images.amax((1, 2)) > 100).all()
