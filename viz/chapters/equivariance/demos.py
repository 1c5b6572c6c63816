"""Demonstrations of chapter 2, Equivariance: one digit swept through each change of the sliders.

They change what the sliders change, the whole drawing: so these show it, and the mark runs along
the sweep of the digit as it was drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Noise, Scene, Transform
from viz.scene.digits import digit

_CHAPTER = "equivariance"
_CENTRE = (32.0, 24.0)
_CANVAS = Scene(48, 64)


def demonstrations() -> tuple[Demonstration, ...]:
    """Shift first, which is exact; then what is only approximately so, and what is not at all."""
    return (
        _shift(), _scale(), _rotation(), _squeeze(), _slant(), _pen(), _noise(),
    )  # fmt: skip


def _shift() -> Demonstration:
    x = Motion(0, (1, 0), (3, 12), (1, 12), (1.5, 12), (1, 12), (3, 0), (1, 0))
    y = Motion(0, (1, 0), (3, 0), (1, 0), (1.5, 8), (1, 8), (3, 0), (1, 0))
    scene = replace(_CANVAS, items=(digit(3, centre=_CENTRE),))
    return Demonstration(
        id="shift",
        chapter=_CHAPTER,
        title=tr("Shift"),
        watch=tr(
            "Every map shifts with the 3; the residual touches zero whenever the shift is a "
            "multiple of the layer's stride."
        ),
        proves=tr("Shift the input by the stride, and every map shifts by exactly one unit."),
        duration=x.duration,
        scene_at=lambda t: replace(scene, transform=Transform(dx=x(t), dy=y(t))),
        instrument="residual",
        sweep="dx",
    )


def _scale() -> Demonstration:
    return _swept(
        "scale",
        _there_and_back(0.4, 2.0, 1.0, 2.4),
        "scale",
        _transformed(digit(3, centre=_CENTRE, height_px=16), "scale"),
        title=tr("Scale 0.4 … 2"),
        watch=tr("The maps grow with the digit, until it is larger than the window."),
        proves=tr("Unlike shift, scale is not built in: it was learned, within limits."),
    )


def _rotation() -> Demonstration:
    return _swept(
        "rotation",
        _there_and_back(-60, 60, 0, 2.4),
        "angle",
        _transformed(digit(7, centre=_CENTRE), "angle"),
        title=tr("Rotation ±60°"),
        watch=tr("Some maps of edges fade and others light up: they do not rotate with the digit."),
        proves=tr(
            "A rotated input gives other maps, not rotated ones; the answer holds for a while."
        ),
    )


def _squeeze() -> Demonstration:
    return _swept(
        "squeeze",
        _there_and_back(0.5, 1.8, 1.0, 2.0),
        "squeeze",
        _transformed(digit(2, centre=_CENTRE), "squeeze"),
        title=tr("Squeeze"),
        watch=tr("The digit becomes narrow and broad; the answer stays."),
        proves=tr("Proportions matter little to a network that was trained on many."),
    )


def _slant() -> Demonstration:
    return _swept(
        "slant",
        _there_and_back(-0.6, 0.6, 0.0, 2.0),
        "slant",
        _transformed(digit(4, centre=_CENTRE), "slant"),
        title=tr("Slant"),
        watch=tr("Maps of upright edges give way to those of slanted ones."),
        proves=tr("Which maps respond changes; the answer that they give together does not."),
    )


def _pen() -> Demonstration:
    group = digit(3, centre=_CENTRE)

    def drawn(width: float) -> Scene:
        strokes = tuple(replace(s, width_px=width) for s in group.strokes)
        return replace(_CANVAS, items=(replace(group, strokes=strokes),))

    return _swept(
        "pen",
        _there_and_back(1.0, 5.0, 2.4, 2.0),
        "width",
        drawn,
        title=tr("Stroke width"),
        watch=tr("From thin to broad: the two edges of a broad stroke appear apart."),
        proves=tr("The first layer responds to edges; a broader stroke moves them apart."),
    )


def _noise() -> Demonstration:
    scene = replace(_CANVAS, items=(digit(3, centre=_CENTRE),))
    return _swept(
        "noise",
        Motion(0.0, (1.0, 0.0), (5.0, 0.6), (1.0, 0.6), (3.0, 0.0)),
        "sigma",
        lambda sigma: replace(scene, noise=Noise(sigma=round(sigma, 4), seed=1)),
        title=tr("Noise"),
        watch=tr(
            "The first layer responds to every grain of noise, later layers and the answer "
            "less and less."
        ),
        proves=tr("Sums over patches make noise fade before the digit does; max pooling does not."),
    )


def _swept(
    id_: str,
    motion: Motion,
    sweep: str,
    scene_of: Callable[[float], Scene],
    *,
    title: str,
    watch: str,
    proves: str,
) -> Demonstration:
    """One number of the scene led through its motion, beside the ``sweep`` of all its values."""
    return Demonstration(
        id=id_,
        chapter=_CHAPTER,
        title=title,
        watch=watch,
        proves=proves,
        duration=motion.duration,
        scene_at=lambda t: scene_of(motion(t)),
        instrument="invariance",
        sweep=sweep,
    )


def _transformed(group: Group, name: str) -> Callable[[float], Scene]:
    """The canvas with this group, by the value of one field of the whole drawing's Transform."""
    scene = replace(_CANVAS, items=(group,))
    return lambda value: replace(scene, transform=Transform(**{name: value}))


def _there_and_back(low: float, high: float, rest: float, seconds: float) -> Motion:
    """From rest to both ends and back, a second's halt at rest, 0.8 s at each end."""
    return Motion(
        rest, (1.0, rest), (seconds, low), (0.8, low), (2 * seconds, high), (0.8, high),
        (seconds, rest),
    )  # fmt: skip
