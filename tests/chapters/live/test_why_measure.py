"""Why this answer: torch's gradient of the whole canvas, and the network run without what is said
to matter, are the oracles; for every kind of layer, wherever the window lies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_architectures import architectures, random_network

from viz.chapters.live.measure import BLANKED, GRADIENT, OCCLUSION, OFF, Why, explain
from viz.engine.compute import Nets
from viz.nets.architecture import Architecture, Layer
from viz.nets.network import Network
from viz.scene import rasterize_scene
from viz.scene.digits import number

Array = np.ndarray
Ablated = Mapping[str, frozenset[int]]


def found(net: Network, image: Array, kind: str, **other: object) -> list[Why]:
    given = {"window": (0, 0), "number": None, **other}
    return [one for one in explain(net, image, kind=kind, **given) if one is not None]  # type: ignore[arg-type]


def logit(
    net: Network, image: Array, at: tuple[int, int], of: int, ablated: Ablated | None = None
) -> float:
    with torch.inference_mode():
        maps = net(torch.from_numpy(image.copy())[None, None], ablated)
    return float(maps["output pre"][0, of, *at])


def canvas_gradient(net: Network, image: Array, at: tuple[int, int], of: int) -> Array:
    x = torch.from_numpy(image.copy())[None, None].requires_grad_()
    return torch.autograd.grad(net(x)["output pre"][0, of, *at], x)[0][0, 0].numpy()


def on_canvas(why: Why, image: Array) -> Array:
    """The values where they lie on the canvas, 0 around."""
    whole, patch = np.zeros_like(image), why.patch
    height, width = why.values.shape
    whole[patch.top : patch.top + height, patch.left : patch.left + width] = why.values
    return whole


@pytest.mark.parametrize("name", ["max", "average", "blur", "notes", "no-none"])
def test_the_gradient_is_that_of_the_whole_canvas(nets: Nets, name: str) -> None:
    image, at = rasterize_scene(number("31", height=44)), (2, 4)
    (why,) = found(nets(name), image, GRADIENT, window=at, number=7)
    expected = canvas_gradient(nets(name), image, at, 7)
    assert np.abs(expected).max() > 0.05
    np.testing.assert_allclose(on_canvas(why, image), expected, atol=1e-5)
    assert why.logit == pytest.approx(logit(nets(name), image, at, 7), abs=1e-4)


def test_the_gradient_is_the_slope_of_a_small_change(nets: Nets) -> None:
    net, image = nets("average"), rasterize_scene(number("3", width=32))
    (why,) = found(net, image, GRADIENT)
    assert why.number == 3
    row, column = np.unravel_index(np.abs(why.values).argmax(), image.shape)
    ends = []
    for change in (-0.01, 0.01):
        moved = image.copy()
        moved[row, column] += change
        ends.append(logit(net, moved, (0, 0), 3))
    assert (ends[1] - ends[0]) / 0.02 == pytest.approx(why.values[row, column], rel=0.05)


def test_occlusion_is_what_the_network_says_of_the_blanked_drawing(nets: Nets) -> None:
    net, image, at = nets("max"), rasterize_scene(number("31")), (0, 4)
    coarse, finer, fine = found(net, image, OCCLUSION, window=at)
    assert [one.step for one in (coarse, finer, fine)] == [4, 2, 1]
    left, reach = fine.patch.left, BLANKED // 2
    for row, column in [(0, 0), (6, 14), (16, 10), (16, 20), (31, 31)]:
        blanked = image.copy()
        rows, columns = slice(max(0, row - reach), row + reach + 1), max(0, left + column - reach)
        blanked[rows, columns : left + column + reach + 1] = 0
        lost = fine.logit - logit(net, blanked, at, fine.number)
        assert fine.values[row, column] == pytest.approx(lost, abs=1e-4)
    assert np.abs(fine.values).max() > 1
    for one in (coarse, finer):
        middles = one.step // 2
        each = one.values[middles :: one.step, middles :: one.step]
        expected = fine.values[middles :: one.step, middles :: one.step]
        np.testing.assert_allclose(each, expected, atol=1e-4)
        assert (one.values[: one.step, : one.step] == one.values[0, 0]).all()


@pytest.mark.parametrize("name", ["max", "blur", "notes"])
def test_a_maps_part_is_what_ablating_it_takes_away(nets: Nets, name: str) -> None:
    net, image, at = nets(name), rasterize_scene(number("31")), (0, 4)
    ablated = {"C3": frozenset({1, 2}), "S4": frozenset({5})}
    (why,) = found(net, image, OFF, window=at, ablated=ablated)
    assert why.layer is net.architecture.layer("S4") and why.losses.shape == (why.layer.maps,)
    assert why.logit == pytest.approx(logit(net, image, at, why.number, ablated), abs=1e-4)
    for number_ in [5, int(why.losses.argmax()), int(why.losses.argmin())]:
        without = {**ablated, "S4": frozenset({5, number_})}
        lost = why.logit - logit(net, image, at, why.number, without)
        assert why.losses[number_] == pytest.approx(lost, abs=1e-4)
    assert abs(why.losses[5]) < 1e-4 and why.losses.max() > 0.1


def test_a_class_that_does_not_win_has_its_own_gradient(nets: Nets) -> None:
    image = rasterize_scene(number("3", width=32))
    own, other = (found(nets("max"), image, GRADIENT, number=k)[0] for k in (3, 10))
    assert own.number == 3 and other.number == 10
    assert not np.allclose(own.values, other.values)


def test_other_pixels_cost_nothing_and_change_nothing(nets: Nets) -> None:
    wide = rasterize_scene(number("31", width=512))
    narrow = wide[:, 24 * 4 : 24 * 4 + 32]
    at = found(nets("max"), wide, GRADIENT, window=(0, 24), number=3)[0]
    alone = found(nets("max"), np.ascontiguousarray(narrow), GRADIENT, number=3)[0]
    assert at.patch.image.shape == (32, 32)
    np.testing.assert_allclose(at.values, alone.values, atol=1e-6)


@settings(max_examples=25)
@given(st.data())
def test_any_network_is_explained_where_its_window_lies(data: st.DataObject) -> None:
    architecture = data.draw(architectures())
    assume(all(layer.pooling != "lp" for layer in architecture.layers))  # no slope at blank paper
    net = random_network(architecture, data.draw(st.integers(0, 9)))
    height, width = (architecture.window + data.draw(st.integers(0, 20)) for _ in range(2))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    image = rng.random((height, width), np.float32)
    rows, columns = architecture.windows(height, width)
    at = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    (why,) = found(net, image, GRADIENT, window=at)
    tolerance = {"rtol": 1e-3, "atol": 1e-3 * max(1.0, abs(why.logit))}
    np.testing.assert_allclose(why.logit, logit(net, image, at, why.number), **tolerance)
    expected = canvas_gradient(net, image, at, why.number)
    assume(np.isfinite(expected).all())
    tolerance["atol"] = 1e-3 * max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(on_canvas(why, image), expected, **tolerance)
    if why.layer is None:
        assert why.losses.size == 0 and not architecture.mosaics
    else:
        lost = why.logit - logit(net, image, at, why.number, {why.layer.name: frozenset({0})})
        np.testing.assert_allclose(why.losses[0], lost, rtol=1e-3, atol=1e-2)


def test_a_patch_holds_a_window_where_its_unit_sees_little_but_padding() -> None:
    """Of this network the first output sees one row and column of the canvas, and no unit of L2."""
    architecture = Architecture(
        (
            Layer("L0", "conv", 1, 1, step=3),
            Layer("L1", "conv", 1, 2),
            Layer("L2", "conv", 1, 1, padding=1),
            Layer("L3", "conv", 1, 1, step=3),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=5,
        none=False,
    )
    image = np.random.default_rng(0).random((5, 5), np.float32)
    net = random_network(architecture, 0)
    (why,) = found(net, image, GRADIENT, window=(0, 0))
    assert why.patch.image.shape == (5, 5)
    assert why.logit == pytest.approx(logit(net, image, (0, 0), why.number), abs=1e-5)
