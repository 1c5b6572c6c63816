"""Motions: where they are at their legs' ends, that they rest there, and scenes made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.chapters.motion import Motion, ease, movers, moving, sway
from viz.chapters.registry import by_id
from viz.scene import Scene
from viz.scene.digits import digit


def test_a_motion_is_at_its_values_at_its_times() -> None:
    motion = Motion(1.0, (2.0, 5.0), (1.0, 5.0), (0.5, -3.0))
    assert motion.duration == 3.5
    assert [motion(t) for t in (-1, 0, 2, 2.7, 3, 3.5, 9)] == [1, 1, 5, 5, 5, -3, -3]
    assert motion(1.0) == 3.0


@given(st.floats(0, 1))
def test_easing_stays_within_and_is_symmetric(u: float) -> None:
    assert 0 <= ease(u) <= 1
    assert ease(1 - u) == pytest.approx(1 - ease(u), abs=1e-12)


def test_a_leg_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="takes time"):
        Motion(0, (0.0, 1.0))


def test_swaying_comes_back_and_starts_at_its_phase() -> None:
    motion = sway(2.0, 4.0, 0.25)
    assert motion(0) == pytest.approx(2.0) and motion(4.0) == pytest.approx(2.0)
    assert motion(2.0) == pytest.approx(-2.0)


def test_only_what_moves_is_made_anew() -> None:
    still, led = digit(1), digit(3)
    scene_at = moving(Scene(32, 64), still, (led, {"dx": Motion(0, (2.0, 10))}), duration=2.0)
    assert scene_at(1.0).items[0] is still
    assert [scene_at(t).items[1].transform.dx for t in (0, 1, 2, 3)] == [0, 5, 10, 10]


@pytest.mark.parametrize(
    ("name", "found"),
    [("sliding-4", (0,)), ("31-61", (2,)), ("3-5", (1,)), ("35-53", (1,)), ("5-5", (0, 1)),
     ("pen", (0,)), ("noise", ()), ("dancing", (0, 1, 2, 3))],
)  # fmt: skip
def test_what_moves_by_itself_is_found(name: str, found: tuple[int, ...]) -> None:
    assert movers(by_id(name)) == found
