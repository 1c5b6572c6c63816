"""The pictures that placing is measured on: of every kind, varied by seed, opened as saved."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import strangers

from viz.measure.pictures import pictures_in
from viz.scene.decoding import open_picture

QUICK = [kind for kind in strangers.KINDS if kind != "03"]  # of 12 megapixels


@pytest.mark.parametrize("kind", QUICK)
def test_a_picture_follows_from_kind_and_seed(kind: str) -> None:
    first, again, other = (strangers.make(kind, seed) for seed in (7, 7, 8))
    assert first.data == again.data != other.data
    assert first.kind == kind
    assert re.fullmatch(r"(\d+(_\d+)*)?", first.truth) and bool(first.truth) == (kind != "15")
    opened = open_picture(first.data)
    assert opened.size == first.image.size
    ink = np.asarray(opened.convert("RGB"), np.float64)
    assert first.title == "blank" or np.ptp(ink) > 15


def test_of_a_kind_there_are_many_variants() -> None:
    shapes = {strangers.make("15", seed).title for seed in range(40)}
    assert len(shapes) > 6 and shapes <= set(strangers.ABROAD)
    assert len({strangers.make("16", seed).suffix for seed in range(30)}) > 5


def test_the_command_writes_a_folder_that_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    kinds = ["--each", "2", "--seed", "3", "--kinds", "04", "15"]
    subprocess.run([sys.executable, strangers.__file__, str(folder), *kinds], check=True)
    names = [path.name for path in pictures_in(folder)]
    assert [name[:2] for name in names] == ["04", "04", "15", "15"]
    assert all(re.fullmatch(r"\d\d-[a-z-]+-\d{3}__\d?\.(png|jpg)", name) for name in names)
