"""Modules in front of and behind C1: their formulas against torch, local, named, and refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from viz.chapters.binding.measure.piece import piece_for
from viz.chapters.live.measure import gradient, patch_of
from viz.chapters.sliding_window.measure.one_pass import TOLERANCE, crops, per_window
from viz.engine.compute import Nets
from viz.measure.inspection import trace
from viz.measure.shift_map import shift_map
from viz.nets import networks
from viz.nets.architecture import NORMALISATIONS, Architecture, Layer
from viz.nets.lenet5 import lenet5
from viz.nets.modules import (
    ACTIVATIONS,
    FLOOR,
    GAIN,
    NONE,
    Modules,
    base_of,
    joined,
    modified,
    split,
    whitening,
    window_weights,
)
from viz.nets.network import activation, normalise, pool, surrounded
from viz.scene import Light, Scene, rasterize_scene
from viz.scene.digits import number

LIT = replace(number("31"), light=Light(0.2, 0.1, 0.7, 90.0))


def maps_of(nets: Nets, modules: Modules, scene=LIT) -> dict[str, torch.Tensor]:
    image = torch.from_numpy(rasterize_scene(scene))[None, None]
    with torch.inference_mode():
        return nets(joined("max", modules))(image)


def layer_of(kind: str, side: int = 5, maps: int = 3) -> Layer:
    return Layer("N1", "normalise", maps, side, normalisation=kind, gain=0.3, floor=0.05)


@pytest.mark.parametrize("side", [3, 9])
@pytest.mark.parametrize("kind", [kind for kind in NORMALISATIONS if kind != "whitening"])
def test_a_normalisation_is_its_formula(kind: str, side: int) -> None:
    x = torch.from_numpy(np.random.default_rng(1).random((2, 3, 12, 13), np.float32))
    line = torch.from_numpy(window_weights(side, kind)).double()
    weights = torch.outer(line, line)[None, None]
    assert float(weights.sum()) == pytest.approx(1)
    wide, reach = x.double(), side // 2

    def over(values: torch.Tensor) -> torch.Tensor:
        each = F.conv2d(values.flatten(0, 1)[:, None], weights).unflatten(0, (2, 3))[:, :, 0]
        return each.mean(1, keepdim=True) if kind in ("subtractive", "divisive") else each

    middle, mean = wide[..., reach:-reach, reach:-reach], over(wide)
    deviation = (over(wide * wide) - mean**2).clamp(min=0).sqrt().clamp(min=0.05)
    expected = {
        "mean": middle - mean,
        "high-pass": middle - mean,
        "subtractive": middle - mean,
        "divisive": 0.3 * (middle - mean) / deviation,
        "variance": 0.3 * middle / deviation,
    }[kind]
    torch.testing.assert_close(
        normalise(x, layer_of(kind, side)).double(), expected, atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("kind", NORMALISATIONS)
@pytest.mark.parametrize("where", ["before", "behind"])
def test_a_crop_and_the_one_pass_stay_equal(nets: Nets, kind: str, where: str) -> None:
    name = joined("max", Modules(side=9, **{where: kind}))
    image, net = rasterize_scene(LIT), nets(name)
    with torch.inference_mode():
        whole = net(torch.from_numpy(image)[None, None])["output"][0].flatten(1).T.numpy()
    assert crops(net.architecture, image).shape[2] == 32 + 2 * 4
    apart = np.concatenate(list(per_window(net, image)))
    assert np.abs(apart - whole).max() < TOLERANCE  # as Cost calls them equal
    piece = piece_for(net.architecture, image.shape, (0, 3))
    found = piece.maps(net, piece.of(image)[None])["output"][0, :, piece.row, piece.column]
    assert np.abs(found - whole[3]).max() < TOLERANCE


def test_maps_keep_their_places_and_sizes(nets: Nets) -> None:
    maps = maps_of(nets, Modules(before="divisive", behind="mean"))
    assert maps["N0"].shape == (1, 1, 32, 64) and maps["N1"].shape == (1, 20, 28, 60)
    plain = maps_of(nets, NONE)
    assert all(maps[name].shape == plain[name].shape for name in plain)


def test_even_light_is_removed_up_to_the_border(nets: Nets) -> None:
    grey = Scene(light=Light(background=0.5))
    for kind in ("mean", "high-pass", "subtractive", "divisive"):
        assert float(maps_of(nets, Modules(before=kind), grey)["N0"].abs().max()) < 1e-4
    ramp = Scene(light=Light(ramp=0.5, direction=90.0))
    inner = maps_of(nets, Modules(before="mean"), ramp)["N0"][..., 4:-4, 4:-4]
    assert float(inner.abs().max()) < 1e-5  # a ramp's mean is what is in the middle


def test_divisive_normalisation_undoes_contrast_where_nothing_else_does(nets: Nets) -> None:
    fainter = replace(LIT, light=replace(LIT.light, contrast=0.15))
    image = torch.from_numpy(rasterize_scene(fainter))[None, None]

    def read(modules: Modules) -> tuple[int, int]:
        with torch.inference_mode():
            output = nets(joined("max", modules))(image)["output"][0, :, 0]
        return int(output[:, 2].argmax()), int(output[:, 6].argmax())

    assert read(NONE) == (10, 10)  # 10: none of the above
    assert read(Modules(before="mean")) == (3, 10)
    right = [kind for kind in NORMALISATIONS if read(Modules(before=kind)) == (3, 1)]
    assert right == ["divisive"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_takes_the_place_of_c1s(nets: Nets, name: str) -> None:
    maps = maps_of(nets, Modules(activation=name))
    y = maps["C1 pre"]
    expected = {
        "identity": y,
        "relu": y.clamp(min=0),
        "tanh": torch.tanh(y),
        "sigmoid": torch.sigmoid(y),
        "leaky-relu": torch.where(y > 0, y, 0.01 * y),
        "absolute": y.abs(),
    }[name]
    torch.testing.assert_close(maps["C1"], expected, atol=1e-6, rtol=1e-6)
    layer = networks.architecture(joined("max", Modules(activation=name))).layer("C1")
    assert layer.signed == (name in ("identity", "tanh", "leaky-relu"))


def test_minimum_maxout_and_padding_pool_as_torch_does() -> None:
    x = torch.from_numpy(np.random.default_rng(2).standard_normal((2, 5, 9, 8)).astype(np.float32))

    def layer(kind: str, **more: int) -> Layer:
        return Layer("S2", "pool", 5, 2, 2, pooling=kind, **more)  # type: ignore[arg-type]

    torch.testing.assert_close(pool(x, layer("min")), -F.max_pool2d(-x, 2, 2))
    torch.testing.assert_close(pool(x, layer("max", padding=1)), F.max_pool2d(x, 2, 2, padding=1))
    torch.testing.assert_close(
        pool(x, layer("average", padding=1)), F.avg_pool2d(x, 2, 2, padding=1)
    )
    joint = pool(x, layer("max", across=2))
    each = F.max_pool2d(x, 2, 2)
    assert torch.equal(joint[:, 0], torch.maximum(each[:, 0], each[:, 1]))
    assert torch.equal(joint[:, 1], joint[:, 0]) and torch.equal(joint[:, 4], each[:, 4])


def test_whitening_whitens_what_it_was_fitted_on() -> None:
    noise = np.random.default_rng(3).standard_normal((40, 34, 34)).astype(np.float32)
    smooth = (noise[:, :-1] + noise[:, 1:])[:, :, :-1] + 0.5
    weights, bias = whitening(smooth, 7)
    image = torch.from_numpy(smooth)[:, None]
    white = F.conv2d(image, torch.from_numpy(weights)[None, None])[:, 0].numpy() + bias
    assert abs(white.mean()) < 0.02
    assert white.std() == pytest.approx(smooth.std(), rel=0.02)  # its size stays

    def beside(values: np.ndarray) -> float:
        return float(np.corrcoef(values[:, :-1].ravel(), values[:, 1:].ravel())[0, 1])

    assert beside(smooth) > 0.45 and abs(beside(white)) < 0.2
    np.testing.assert_allclose(weights, weights[::-1, ::-1], atol=0.1)  # as statistics are
    still, none = whitening(np.full((3, 9, 9), 0.25, np.float32), 3)
    assert still[1, 1] == 1 and still.sum() == 1 and none == -0.25


def test_whitening_computes_what_was_fitted(nets: Nets) -> None:
    name = joined("max", Modules(behind="whitening"))
    maps, weights = maps_of(nets, split(name)[1]), networks.weights(name)
    assert weights["N1.weight"].shape == (20, 7, 7)
    around = F.pad(maps["C1"], (3,) * 4)[0, 4].numpy()
    value = (around[13:20, 20:27] * weights["N1.weight"][4]).sum() + weights["N1.bias"][4]
    assert float(maps["N1"][0, 4, 13, 20]) == pytest.approx(float(value), abs=1e-5)


def test_a_name_says_which_modules_there_are() -> None:
    modules = Modules(before="divisive", side=9, activation="tanh", pooling="maxout", maps=4)
    name = joined("blur", modules)
    assert name == "blur+before=divisive+side=9+activation=tanh+pooling=maxout+maps=4"
    assert split(name) == ("blur", modules) and base_of(name) == "blur"
    assert joined("max", NONE) == "max" and split("max") == ("max", NONE)
    assert joined("max", Modules(side=9, maps=5)) == "max"  # nothing depends on these
    assert networks.is_known(joined("max", Modules(behind="mean")))


@pytest.mark.parametrize(
    "name",
    [
        "max+", "max+before", "max+before=", "max+before=blur", "max+before=mean+side=4",
        "max+side=9", "max+activation=log-softmax", "max+padding=2", "max+padding=x", "max+x=1",
        "max+behind=mean+before=mean", "other+before=mean", "max+pooling=maxout+maps=99",
    ],
)  # fmt: skip
def test_other_names_are_unknown(name: str) -> None:
    assert not networks.is_known(name)


def test_what_does_not_go_together_is_refused() -> None:
    blur = lenet5("blur")
    with pytest.raises(ValueError, match="padding"):
        modified(blur, Modules(padding=1))
    with pytest.raises(ValueError, match="padding"):
        modified(lenet5(), Modules(padding=1, before="mean"))
    first = Layer("D1", "dense", 20)
    last = Layer("output", "dense", 10, activation="log-softmax")
    with pytest.raises(ValueError, match="convolution"):
        modified(Architecture((first, last), none=False), Modules(before="mean"))


def test_gain_and_floor_are_shares_of_the_range_of_the_maps() -> None:
    scales = networks.trained("max").scales
    found = modified(lenet5(), Modules(before="divisive", behind="divisive"), scales)
    assert (found.layer("N0").gain, found.layer("N0").floor) == (GAIN, FLOOR)
    assert found.layer("N1").gain == pytest.approx(GAIN * scales["C1"])
    assert found.rim == 6 and found.output.field == 32 + 12 and found.window == 32


@pytest.mark.parametrize("base", ["max", "average", "blur", "notes", "no-none"])
def test_every_network_that_ships_can_have_modules(nets: Nets, base: str) -> None:
    name = joined(base, Modules("mean", "divisive", activation="absolute", pooling="lp"))
    image = torch.from_numpy(rasterize_scene(LIT))[None, None]
    with torch.inference_mode():
        maps = nets(name)(image)
    network = networks.trained(name)
    assert set(network.scales) == set(network.architecture.scaled)
    assert all(bool(torch.isfinite(values).all()) for values in maps.values())
    assert network.architecture.parameters == networks.architecture(base).parameters


def test_a_unit_of_a_normalisation_is_told_with_its_window(nets: Nets) -> None:
    name = joined("max", Modules(before="divisive"))
    maps = {
        key: value[0].numpy() for key, value in maps_of(nets, Modules(before="divisive")).items()
    }
    image = rasterize_scene(LIT)
    found = trace(image, maps, networks.trained(name), "N0", (0, 16, 20))
    assert found is not None and found.kernels is None and found.corner == (13, 17)
    np.testing.assert_array_equal(found.patches[0], image[13:20, 17:24])
    assert found.activation == pytest.approx(float(maps["N0"][0, 16, 20]))
    edge = trace(image, maps, networks.trained(name), "N0", (0, 0, 0))
    assert edge is not None and edge.patches.shape == (1, 4, 4)


def test_shift_maps_answer_by_the_modules_too(nets: Nets) -> None:
    window = rasterize_scene(replace(number("3", height=32, width=32), light=LIT.light))
    plain = shift_map(nets("max"), window, 1)
    found = shift_map(nets(joined("max", Modules(before="divisive"))), window, 1)
    assert int(plain[:, 1, 1].argmax()) != 3 and int(found[:, 1, 1].argmax()) == 3
    assert math.isclose(float(np.exp(found[:, 1, 1]).sum()), 1, rel_tol=1e-5)


@pytest.mark.parametrize("kind", ["divisive", "variance"])
def test_slopes_are_finite_where_nothing_differs(kind: str) -> None:
    x = torch.full((1, 3, 9, 9), 0.25, requires_grad=True)
    normalise(x, layer_of(kind)).sum().backward()
    assert x.grad is not None and bool(torch.isfinite(x.grad).all())


@pytest.mark.parametrize("kind", [one for one in NORMALISATIONS if one != "whitening"])
def test_what_was_first_computed_for_the_screen_has_slopes_afterwards(kind: str) -> None:
    layer = replace(layer_of(kind), kernel=11)  # whose windows no other test has had
    with torch.inference_mode():
        normalise(torch.zeros(1, 3, 12, 12), layer)
    x = torch.rand(1, 3, 12, 12, requires_grad=True)
    normalise(x, layer).square().sum().backward()
    assert x.grad is not None and bool(x.grad.any())


def test_why_follows_the_logit_through_modules(nets: Nets) -> None:
    net, image = nets(joined("max", Modules("divisive", "variance"))), rasterize_scene(LIT)
    patch = patch_of(net.architecture, image, (0, 2))
    slopes = gradient(net, patch, 3, {})
    row, column = (int(at) for at in np.unravel_index(np.abs(slopes).argmax(), slopes.shape))

    def logit(step: float) -> float:
        moved = patch.image.copy()
        moved[row, column] += step
        with torch.inference_mode():
            x = net.entered(surrounded(torch.from_numpy(moved)[None, None], 6, net.architecture))
            for layer in net.architecture.layers:
                x = net.sums(layer, x) if layer.has_weights else net.reduced(layer, x)
                x = x if layer.name == "output" else activation(x, layer.activation)
        return float(x[0, 3, *patch.unit])

    with torch.inference_mode():
        live = net(torch.from_numpy(image)[None, None])["output pre"][0, 3, 0, 2]
    assert logit(0.0) == pytest.approx(float(live), abs=1e-4)  # the patch is as on the canvas
    slope = (logit(1e-4) - logit(-1e-4)) / 2e-4  # a larger step meets kinks of maxima
    assert slope == pytest.approx(slopes[row, column], rel=0.02)


@pytest.mark.parametrize("behind", NORMALISATIONS)
def test_what_computes_is_what_is_shown(nets: Nets, behind: str) -> None:
    name = joined("max", Modules(behind=behind, activation="absolute"))
    shown = networks.trained(name).architecture
    assert nets(name).architecture == networks.architecture(name) == shown
    assert shown.layer("N1").gain == pytest.approx(GAIN * networks.trained(name).scales["C1"])
