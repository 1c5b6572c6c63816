"""Long measurements pause: between two yields lies at most one image and one pass of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from viz.chapters.binding.measure import trajectory
from viz.chapters.binding.measure.binding_map import binding_map
from viz.chapters.equivariance.measure import invariance, residual
from viz.chapters.pooling.measure import changes
from viz.chapters.sliding_window.measure import one_pass
from viz.measure.stroke_selection import StrokeSelection
from viz.nets.lenet5 import lenet5
from viz.nets.network import Network
from viz.nets.pooling import Pooling
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number


class Counting(Network):
    """A network that counts its passes."""

    def __init__(self) -> None:
        super().__init__(lenet5())
        self.passes = 0

    def forward(self, x: Any, ablated: Any = None, **options: Any) -> Any:
        self.passes += 1
        return super().forward(x, ablated, **options)


def _curves(net: Network, scene: Scene) -> Iterator[object]:
    before = residual.reference(Network(lenet5()), rasterize_scene(scene))
    return residual.curves(net, scene, "x", before, reach=4, steps=(4, 1))


def _sweep(net: Network, scene: Scene) -> Iterator[object]:
    nets, values = {"max": net, "blur": net}, invariance.KINDS["angle"].values(5)
    return invariance.sweeping(nets, scene, (), "angle", (0, 4), values)


WORKS: dict[str, Callable[[Network, Scene], Iterator[object]]] = {
    "curves": _curves,
    "sweep": _sweep,
    "cost": lambda net, scene: one_pass.compare(net, rasterize_scene(scene)),
    "changes": lambda net, scene: changes.changes(net, scene, "C1", {"max": Pooling("max", 2, 2)}),
    "map": lambda net, scene: binding_map(net, scene, StrokeSelection(0, 0), (0, 2), "ax"),
    "path": lambda net, scene: trajectory.outputs_along(
        net, [trajectory.Place(x, scene) for x in range(15)], (0, 4), trajectory.key_of("max", {})
    ),
}


@pytest.mark.parametrize("name", WORKS)
def test_between_two_pauses_is_one_image_and_one_pass(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasterised: list[int] = []

    def counted(scene: Scene) -> np.ndarray:
        rasterised.append(1)
        return rasterize_scene(scene)

    for module in (residual, invariance, changes, trajectory):
        monkeypatch.setattr(module, "rasterize_scene", counted)
    net, results, before = Counting().eval(), 0, (0, 0)
    for result in WORKS[name](net, number("31")):
        now = len(rasterised), net.passes
        assert now[0] - before[0] <= 1 and now[1] - before[1] <= 1
        results, before = results + (result is not None), now
    assert results > 0 and net.passes > 1
