"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing: the permutation that fades in."""
    return (_permutation_fades(),)


def _permutation_fades() -> Demonstration:
    still = Scene(32, 64, items=(digit(4, centre=(32, 16)),))
    share = Motion(0.0, (1.5, 0.0), (6.0, 1.0), (3.0, 1.0), (3.5, 0.0), (1.0, 0.0))
    return Demonstration(
        id="permutation-fades",
        chapter="assumptions",
        title=tr("The permutation fades in"),
        watch=tr("Swap by swap the solid curves fall; at the end the dashed ones have risen."),
        proves=tr(
            "Where neighbours no longer belong together, a convolution has lost its advantage."
        ),
        duration=share.duration,
        scene_at=lambda t: still,
        instrument="locality",
        settings_at=lambda t: {"permuted": round(share(t), 3)},
    )
