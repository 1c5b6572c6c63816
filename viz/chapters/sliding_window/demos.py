"""Demonstrations of chapter 5, the sliding window: what is read where digits meet."""

from __future__ import annotations

from collections.abc import Callable

from viz.chapters.motion import Motion, moving, sway
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene
from viz.scene.digits import digit

_CHAPTER = "sliding-window"


def demonstrations() -> tuple[Demonstration, ...]:
    """A 3 through a 5, two fives or one, a pair with nothing between, a long number, a pair that
    cannot be cut."""
    return (_through(), _twice(), _pair(), _long(), _ligature())


def _through() -> Demonstration:
    """Move a 3 through a 5.

    Handwriting styles and heights were chosen by search, so that the answer stays [?] for as long
    as the two coincide."""
    way = Motion(
        -14, (1.0, -14), (2.2, 18), (0.8, 18), (2.4, 39.5), (2.6, 39.5), (2.4, 62), (0.8, 62),
        (2.2, 94), (0.6, 94),
    )  # fmt: skip
    five = digit(5, "angular", centre=(41, 15.75), height_px=21, width_px=3.25)
    three = digit(3, "round", centre=(0, 15.5), height_px=22.75, width_px=3.25)
    return Demonstration(
        id="35-53",
        chapter=_CHAPTER,
        title=tr("A 3 passes through a 5"),
        watch=tr("First 5, then 35, then [?] where both lie at one place, then 53."),
        proves=tr(
            "Every window is read by itself; where two digits lie at one place, none can be read."
        ),
        duration=way.duration,
        scene_at=moving(Scene(32, 80), five, (three, {"dx": way}), duration=way.duration),
        instrument="reading",
    )


def _twice() -> Demonstration:
    apart = Motion(12, (1.5, 12), (3.0, 0), (1.5, 0), (3.0, 12), (0.5, 12))
    left, right = digit(5, centre=(40, 16)), digit(5, centre=(40, 16))
    return Demonstration(
        id="5-5",
        chapter=_CHAPTER,
        title=tr("Two fives or one"),
        watch=tr(
            "Two fives with a gap are 55; at one place they are 5, though two windows show it."
        ),
        proves=tr("“None” between them parts two equal digits from one that is in two windows."),
        duration=apart.duration,
        scene_at=_parted(Scene(32, 80), left, right, apart),
        instrument="reading",
    )


def _pair() -> Demonstration:
    gap = Motion(7.0, (2.0, 7.0), (2.5, 13), (1.5, 13), (2.5, 7.0))
    left, right = digit(3, centre=(32, 16)), digit(8, centre=(32, 16))
    return Demonstration(
        id="none-between",
        chapter=_CHAPTER,
        title=tr("Nothing in the middle"),
        watch=tr("A 3 and an 8 touch; the window between them, full of ink, gives “none”."),
        proves=tr("The eleventh class is not “no ink” but “no digit at my centre”."),
        duration=gap.duration,
        scene_at=_parted(Scene(32, 64), left, right, gap),
        instrument="reading",
    )


def _parted(canvas: Scene, left: Group, right: Group, way: Motion) -> Callable[[float], Scene]:
    """Two groups, each to its side by as many pixels as the motion says."""
    return moving(
        canvas,
        (left, {"dx": lambda t: -way(t)}),
        (right, {"dx": way}),
        duration=way.duration,
    )


def _long() -> Demonstration:
    period = 10.0
    groups = []
    for number, value in enumerate((3, 1, 4, 1, 5, 9)):
        group = digit(value, centre=(23 + 21 * number, 20), height_px=18)
        phase = number / 6
        motions = {"dy": sway(3, period, phase), "angle": sway(10, period / 2, phase)}
        groups.append((group, motions))
    return Demonstration(
        id="long",
        chapter=_CHAPTER,
        title=tr("A long number in a wave"),
        watch=tr("Six digits swing in a wave; all of them are read in one pass."),
        proves=tr("One pass over the canvas reads all windows at once."),
        duration=period,
        scene_at=moving(Scene(40, 152), *groups, duration=period),
    )


def _ligature() -> Demonstration:
    """Move a 5 and an 8 together.

    Handwriting and places were chosen by search: with centres 17 px apart no column between them is
    free of ink, at 13 px they touch, and one pass reads 58 down to 9 px.
    """
    half = Motion(12, (1.0, 12), (3.0, 7.5), (2.0, 7.5), (2.0, 5.75), (2.0, 5.75), (4.0, 12))
    left = digit(5, "slanted", centre=(40, 16))
    right = digit(8, "slanted", centre=(40, 16))
    return Demonstration(
        id="ligature",
        chapter=_CHAPTER,
        title=tr("Two digits that cannot be cut"),
        watch=tr(
            "First the gap goes, then the two touch: both cuts merge them, one pass reads 58."
        ),
        proves=tr("Reading needs no segmentation: each window is read with its neighbours in it."),
        duration=half.duration,
        scene_at=_parted(Scene(32, 80), left, right, half),
        instrument="segmentation",
    )
