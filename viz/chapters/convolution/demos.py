"""Demonstrations of chapter 6, Convolution: a kernel's map follows its input, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit

SECONDS_EACH = 1.5

EDGE_KERNEL: Mapping[str, Any] = {
    "input": "matrix", "kernel": [[1, 0, -1]] * 3, "convolution": False, "bias": 0.0,
    "absolute": False, "relu": False,
}  # fmt: skip


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the 7 whose edge picture follows it, the edges of a matrix, the walk over it, the
    paddings, the strides, the colours, the two boxes, and the kernel that is learned."""
    return (
        _edges_follow(),
        _light_to_dark(),
        _walk(),
        _paddings(),
        _strides(),
        _rgb(),
        _box_with_box(),
        _sobel_learned(),
    )


def _edges_follow() -> Demonstration:
    across = Motion(0.0, (2.5, 20.0), (1.0, 20.0), (2.5, 0.0), (1.0, 0.0))
    return Demonstration(
        id="edges-follow",
        chapter="convolution",
        title=tr("A 7 slides, and its edges follow"),
        watch=tr("Every map of the first layer moves with the 7, by as many units as pixels."),
        proves=tr(
            "A convolution computes the same at every place, so its map shifts with its input."
        ),
        duration=across.duration,
        scene_at=moving(
            Scene(32, 64), (digit(7, centre=(22, 16)), {"dx": across}), duration=across.duration
        ),
        instrument="kernel",
        settings_at=lambda t: {**EDGE_KERNEL, "input": "canvas"},
    )


STILL = Scene(32, 64, items=(digit(7, centre=(32, 16)),))


def _light_to_dark() -> Demonstration:
    patterns = (
        ("light-dark", 6), ("dark-light", 6), ("checkerboard", 6), ("light-dark", 12),
        ("light-dark", 24),
    )  # fmt: skip
    shown = [
        {**EDGE_KERNEL, "pattern": pattern, "size": size, "place": [0, size // 2 - 2]}
        for pattern, size in patterns
    ]
    return Demonstration(
        id="light-to-dark",
        chapter="convolution",
        title=tr("Light to dark and dark to light"),
        watch=tr("An edge from light to dark gives 30, its mirror −30; the band is 2 columns."),
        proves=tr("A kernel answers one feature, with its sign; its band stays as wide."),
        duration=2 * SECONDS_EACH * len(shown),
        scene_at=lambda t: STILL,
        instrument="kernel",
        settings_at=lambda t: _one_of(shown, t / 2),
    )


def _walk() -> Demonstration:
    shown = [
        {**EDGE_KERNEL, "pattern": "light-dark", "size": 6, "place": [row, column]}
        for row in range(4)
        for column in range(4)
    ]
    return Demonstration(
        id="kernel-walk",
        chapter="convolution",
        title=tr("The walk over the 6×6"),
        watch=tr("Nine products are added up for each window: 0, 30, 30, 0 in every row."),
        proves=tr("A 3×3 kernel fits into a 6×6 matrix at 4×4 places, and does the same at each."),
        duration=SECONDS_EACH / 2 * len(shown),
        scene_at=lambda t: STILL,
        instrument="kernel",
        settings_at=lambda t: _one_of(shown, 2 * t),
    )


def _paddings() -> Demonstration:
    modes = (("valid", 1), ("own", 1), ("same", 1), ("own", 3), ("full", 1), ("same", 1))
    shown = [
        {"input": "square", "kernel": 5, "mode": mode, "padding": padding, "stride": 1}
        for mode, padding in modes
    ]
    return Demonstration(
        id="paddings",
        chapter="convolution",
        title=tr("From valid to full"),
        watch=tr("The map grows; at its border, where zeros count, the mean falls."),
        proves=tr("Padding keeps the size of a map, and pays for it with zeros at the border."),
        duration=SECONDS_EACH * len(shown),
        scene_at=lambda t: STILL,
        instrument="padding",
        settings_at=lambda t: _one_of(shown, t),
    )


def _strides() -> Demonstration:
    shown = [
        {"input": "canvas", "kernel": 3, "mode": "valid", "stride": stride}
        for stride in (1, 2, 3, 2)
    ]
    return Demonstration(
        id="strides",
        chapter="convolution",
        title=tr("Stride from 1 to 3"),
        watch=tr("The map shrinks; where the stride does not divide, pixels are left over."),
        proves=tr("A larger stride computes less, and covers some pixels less often than others."),
        duration=SECONDS_EACH * len(shown),
        scene_at=lambda t: STILL,
        instrument="padding",
        settings_at=lambda t: _one_of(shown, t),
    )


def _one_of(shown: Sequence[Mapping[str, Any]], t: float) -> Mapping[str, Any]:
    """The one that is shown at a time: one after the other, as long each."""
    return shown[min(int(max(0.0, t) / SECONDS_EACH), len(shown) - 1)]


def _rgb() -> Demonstration:
    shown = ("red-edge", "edge", "red-green", "yellow-blue")
    across = Motion(0.0, (3.0, 17.0), (0.5, 17.0))
    total = len(shown) * across.duration

    def settings_at(t: float) -> Mapping[str, Any]:
        number, since = divmod(min(max(0.0, t), total - 1e-6), across.duration)
        return {
            "input": "bars", "count": 10, "kernel": shown[int(number)], "relu": True, "bias": 0,
            "place": [5, round(across(since))],
        }  # fmt: skip

    return Demonstration(
        id="rgb",
        chapter="convolution",
        title=tr("RGB"),
        watch=tr("Three partial sums make one number; the first kernel looks at red alone."),
        proves=tr("A kernel is as deep as its input: one slice a channel, one map in all."),
        duration=total,
        scene_at=lambda t: STILL,
        instrument="volumes",
        settings_at=settings_at,
    )


def _box_with_box() -> Demonstration:
    slid = Motion(-2.5, (4.0, 2.5), (0.75, 2.5), (4.0, -2.5), (0.75, -2.5))
    return Demonstration(
        id="box-with-box",
        chapter="convolution",
        title=tr("A box with a box"),
        watch=tr("The result is the filled area: it grows as the boxes meet, then shrinks."),
        proves=tr("Convolution at t is the area that f and the moved g have in common."),
        duration=slid.duration,
        scene_at=lambda t: STILL,
        instrument="one-dimension",
        settings_at=lambda t: {
            "f": "box", "g": "box", "flipped": True, "samples": False, "t": slid(t),
        },
    )  # fmt: skip


def _sobel_learned() -> Demonstration:
    step = Motion(0.0, (0.8, 0.0), (6.0, 60.0), (1.2, 60.0), (1.0, 0.0))
    return Demonstration(
        id="sobel-learned",
        chapter="convolution",
        title=tr("A Sobel kernel learned from noise"),
        watch=tr("Nine random numbers become those of the kernel that made the copy."),
        proves=tr("Kernels need not be designed: gradient descent finds them from examples."),
        duration=step.duration,
        scene_at=lambda t: STILL,
        instrument="learned-kernel",
        settings_at=lambda t: {
            "target": "sobel", "input": "noise", "momentum": 0.9, "seed": 1, "step": int(step(t)),
        },
    )  # fmt: skip
