"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (
        _permutation_fades(),
        _left_and_right(),
        _scrambled_8(),
        _bar_turns(),
    )


def _permutation_fades() -> Demonstration:
    still = Scene(32, 64, items=(digit(4, centre=(32, 16)),))
    share = Motion(0.0, (1.5, 0.0), (6.0, 1.0), (3.0, 1.0), (3.5, 0.0), (1.0, 0.0))
    return Demonstration(
        id="permutation-fades",
        chapter="assumptions",
        title=tr("The permutation fades in"),
        watch=tr(
            "Solid curves fall, dashed ones rise. The test errors tell: 0.73 → 3.65 % "
            "convolutional, 2.84 → 2.86 % fully connected."
        ),
        proves=tr(
            "Where neighbours no longer belong together, a convolution has lost its advantage."
        ),
        duration=share.duration,
        scene_at=lambda t: still,
        instrument="locality",
        settings_at=lambda t: {"permuted": round(share(t), 3)},
    )


def _scrambled_8() -> Demonstration:
    """The drawing stays; in the instrument first its upper and lower halves change places, then the
    left and right ones; each time they are put back."""
    whole, upside, across = [0, 1, 2, 3], [2, 3, 0, 1], [1, 0, 3, 2]
    still = Scene(32, 64, items=(digit(8, centre=(33, 16)),))
    steps = ((0.0, whole), (2.0, upside), (6.0, whole), (8.0, across), (12.0, whole))
    return Demonstration(
        id="scrambled-8",
        chapter="assumptions",
        title=tr("A scrambled 8"),
        watch=tr(
            "Upper and lower half change places: still read as 8. Left and right: two arcs back to "
            "back, read as 3."
        ),
        proves=tr(
            "Where parts are forgotten in part, wrong arrangements of the same parts are accepted."
        ),
        duration=14.0,
        scene_at=lambda t: still,
        instrument="scrambled",
        settings_at=lambda t: {
            "source": "drawing", "cut": "quarters",
            "order": next(order for begin, order in reversed(steps) if t >= begin),
        },
    )  # fmt: skip


def _bar_turns() -> Demonstration:
    angle = Motion(0.0, (0.5, 0.0), (9.0, 180.0), (0.5, 180.0))
    bar = Group.of([Stroke([(22.0, 16.0), (42.0, 16.0)])])
    return Demonstration(
        id="bar-turns",
        chapter="assumptions",
        title=tr("A bar turned through 180°"),
        watch=tr("The maps of the first layer light up one after the other."),
        proves=tr("Each map answers to a range of angles, as a simple cell of the cortex does."),
        duration=angle.duration,
        # anticlockwise, as angles are read
        scene_at=moving(
            Scene(32, 64), (bar, {"angle": lambda t: -angle(t)}), duration=angle.duration
        ),
        instrument="tuning",
        settings_at=lambda t: {"angle": float(round(angle(t))) % 180},
    )


def _left_and_right() -> Demonstration:
    """A 3 goes from the middle of the left half of the canvas to that of the right half."""
    way = Motion(0, (1.4, 0), (3.2, 32), (1.6, 32), (2.4, 0), (0.4, 0))
    return Demonstration(
        id="left-and-right",
        chapter="assumptions",
        title=tr("Left and right"),
        watch=tr("The 3 goes to the right, where these networks were shown no digit in training."),
        proves=tr(
            "What a shared kernel learned in one place holds everywhere; that of unshared ones "
            "does not."
        ),
        duration=way.duration,
        scene_at=moving(Scene(32, 64), (digit(3, centre=(16, 16)), {"dx": way}),
                        duration=way.duration),
        instrument="left-right",
    )  # fmt: skip
