"""The shown window: of the digit read, calm while two compete, of the part's digit, held."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from viz.chapters.registry import by_id
from viz.measure.focus_window import BETTER, FocusWindow
from viz.measure.reading import read
from viz.measure.stroke_selection import StrokeSelection
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS
from viz.nets.lenet5 import lenet5
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number

NONE, THREE, ONE = (0, 4), (0, 2), (0, 6)
Place = tuple[int, int, int, float]
"""(row, column, class, probability)."""


def output(*places: Place, rows: int = 1) -> np.ndarray:
    """Log-probabilities (11, rows, 9): none everywhere but, as much as is left, at these places."""
    found = np.full((11, rows, 9), 1e-3, np.float32)
    found[NONE_CLASS] = 0.99
    for row, column, digit, probability in places:
        found[:, row, column] = 1e-3
        found[digit, row, column] = probability
        found[NONE_CLASS, row, column] = 0.991 - probability
    return np.log(found)


def shown_by(
    shown: FocusWindow, scene: Scene, found: np.ndarray, part: StrokeSelection | None = None
) -> tuple[int, int]:
    return shown.of(scene, lenet5(), found, read(found), part)


def both(three: float, one: float) -> np.ndarray:
    """A 3 and a 1 in one row, each seen by one window."""
    return output((0, 2, 3, three), (0, 6, 1, one))


def test_without_a_part_it_is_the_surest_digit_s_as_long_as_that_is_read() -> None:
    shown, scene = FocusWindow(), number("31")
    assert shown_by(shown, scene, both(0.98, 0.9)) == THREE
    assert shown_by(shown, scene, both(0.9, 0.98)) == THREE  # calm while two are read
    assert shown_by(shown, scene, both(0.3, 0.98)) == ONE  # the 3 is read no longer
    assert shown_by(shown, scene, both(0.98, 0.9)) == ONE
    shown.start(None)
    assert shown_by(shown, scene, both(0.98, 0.9)) == THREE


def test_where_nothing_is_read_it_stays_until_a_window_is_sure() -> None:
    shown, scene = FocusWindow(), number("31")
    assert shown_by(shown, scene, both(0.98, 0.01)) == THREE
    for three, one in ((0.4, 0.01), (0.01, 0.4), (0.2, 0.55)):
        assert read(both(three, one)).text == ""
        assert shown_by(shown, scene, both(three, one)) == THREE
    assert shown_by(shown, scene, both(0.1, 0.55)) == ONE


def test_it_never_stays_where_none_wins_beside_a_digit() -> None:
    shown, scene = FocusWindow(), number("3")
    assert shown_by(shown, scene, output((0, 3, 3, 0.9), (0, 4, 3, 0.2))) == (0, 3)
    # The digit moves on: its first window has 0.45 and none more, two columns from its run
    assert shown_by(shown, scene, output((0, 3, 3, 0.45), (0, 4, 3, 0.98), (0, 5, 3, 0.98))) in (
        (0, 4),
        (0, 5),
    )


def test_a_window_of_the_run_stays_unless_another_is_clearly_better() -> None:
    shown, scene = FocusWindow(), number("3")
    assert shown_by(shown, scene, output((0, 3, 3, 0.98), (0, 4, 3, 0.8))) == (0, 3)
    near = 0.98 - BETTER + 0.02
    assert shown_by(shown, scene, output((0, 3, 3, near), (0, 4, 3, 0.98))) == (0, 3)
    assert shown_by(shown, scene, output((0, 3, 3, near - 0.04), (0, 4, 3, 0.98))) == (0, 4)


def test_it_is_in_the_line_s_row_unless_another_row_is_clearly_better() -> None:
    scene = number("31", height=48)
    found = output((2, 2, 3, 0.95), (1, 2, 3, 0.98), (2, 6, 1, 0.9), rows=5)
    assert [line.row for line in read(found).lines] == [2]
    assert shown_by(FocusWindow(), scene, found) == (2, 2)
    found = output((2, 2, 3, 0.7), (1, 2, 3, 0.98), (2, 6, 1, 0.9), rows=5)
    assert [line.row for line in read(found).lines] == [2]
    assert shown_by(FocusWindow(), scene, found) == (1, 2)


def test_windows_that_disagree_are_one_digit_and_do_not_make_it_hop() -> None:
    shown, scene = FocusWindow(), number("3")
    answers = set()
    for three in (0.9, 0.6, 0.5, 0.48, 0.52, 0.48, 0.5):
        found = np.exp(output((0, 4, 3, three)))
        found[5, 0, 4], found[NONE_CLASS, 0, 4] = 0.98 - three, 0.01
        found[:, 0, 5] = found[:, 0, 4]
        found[[3, 5], 0, 5] += (-0.04, 0.04)
        answers.add(read(np.log(found)).text)
        assert shown_by(shown, scene, np.log(found)) == (0, 4)
    assert answers == {"3", "[?]"}


def test_the_part_s_digit_is_the_nearest_that_is_seen() -> None:
    shown, scene = FocusWindow(), number("31")
    assert shown_by(shown, scene, both(0.9, 0.98), StrokeSelection(0, 1)) == THREE
    assert shown_by(shown, scene, both(0.9, 0.98), StrokeSelection(1, 0)) == ONE
    assert shown_by(shown, scene, both(0.9, 0.98), StrokeSelection(5)) == ONE  # there is none such


def test_a_part_s_window_is_not_one_where_none_wins_beside_its_digit() -> None:
    shown, scene = FocusWindow(), number("31")
    part = StrokeSelection(0, 1)
    assert shown_by(shown, scene, output((0, 2, 3, 0.9)), part) == (0, 2)
    assert shown_by(shown, scene, output((0, 2, 3, 0.6), (0, 1, 3, 0.98)), part) == (0, 2)  # calm
    assert shown_by(shown, scene, output((0, 2, 3, 0.4), (0, 1, 3, 0.98)), part) == (0, 1)


def test_it_is_held_while_the_scene_is_the_same() -> None:
    shown, scene = FocusWindow(), number("31")
    shown_by(shown, scene, both(0.9, 0.1))
    shown.hold(NONE, scene)
    assert shown_by(shown, scene, both(0.9, 0.1)) == NONE
    assert shown_by(shown, Scene(items=scene.items), both(0.9, 0.1)) == THREE
    shown.hold(NONE, scene)
    shown.release()
    assert shown_by(shown, scene, both(0.9, 0.1)) == THREE
    shown.hold((0, 30), scene)  # of a wider canvas
    assert shown_by(shown, scene, both(0.9, 0.1)) == THREE


def _outputs(scenes: Sequence[Scene]) -> list[np.ndarray]:
    import torch

    images = np.stack([rasterize_scene(scene) for scene in scenes])[:, None]
    with torch.inference_mode():
        return list(load_pretrained()(torch.from_numpy(images))["output"].numpy())


@pytest.mark.parametrize(
    ("id_", "first", "last", "part", "most"),
    [("shift", 1.5, 4.5, None, 4), ("5-5", 2.0, 4.5, None, 3), ("none-between", 2.5, 4.5, None, 1),
     ("31-61", 4.5, 6.5, StrokeSelection(2, 0), 1)],
)  # fmt: skip
def test_in_demonstrations_a_digit_that_is_read_is_what_is_shown(
    id_: str, first: float, last: float, part: StrokeSelection | None, most: int
) -> None:
    scenes = [by_id(id_).scene_at(t) for t in np.arange(first, last, 1 / 12).tolist()]
    shown, windows = FocusWindow(), []
    for scene, found in zip(scenes, _outputs(scenes), strict=True):
        reading = read(found)
        windows.append(shown.of(scene, lenet5(), found, reading, part))
        winner = int(found[:, *windows[-1]].argmax())
        assert not reading.digits or winner != NONE_CLASS
        if part is None and reading.digits and "?" not in reading.text:
            assert str(winner) in reading.text
    assert sum(one != other for one, other in pairwise(windows)) <= most


@pytest.mark.parametrize(
    ("id_", "part", "most"),
    [("shift", None, 6), ("scale", None, 0), ("none-between", None, 2), ("dancing", None, 5),
     ("31-61", StrokeSelection(2, 0), 5), ("35-53", None, 7)],
)  # fmt: skip
def test_of_a_demonstration_it_depends_on_the_scene_alone_and_is_calm_all_the_same(
    id_: str, part: StrokeSelection | None, most: int
) -> None:
    demonstration, shown = by_id(id_), FocusWindow()
    times = np.arange(0, min(demonstration.duration, 8), 1 / 6).tolist()
    scenes = [demonstration.scene_at(t) for t in times]
    outputs, windows = _outputs(scenes), []
    shown.hold((0, 0), scenes[0])
    for scene, found in zip(scenes, outputs, strict=True):
        reading = read(found)
        windows.append(shown.of(scene, lenet5(), found, reading, part, staged=True))
        alone = FocusWindow().of(scene, lenet5(), found, reading, part, staged=True)
        assert windows[-1] == alone
        assert not reading.digits or found[:, *alone].argmax() != NONE_CLASS
    assert sum(one != other for one, other in pairwise(windows)) <= most
