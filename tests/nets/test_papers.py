"""The networks of papers: their counts as printed, their tables, and the weights that ship."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.nets import load_pretrained
from viz.nets.architecture import Architecture
from viz.nets.networks import trained
from viz.nets.papers import (
    C3_1998,
    PARTIAL_1990,
    ZIP_SCHEME,
    bitmaps,
    layer_links,
    lenet5_1998,
    lenet_1990,
    links,
    race_1989,
    zip_1989,
)
from viz.scene import digits, rasterize_scene


@pytest.mark.parametrize(
    ("architecture", "parameters", "connections"),
    [
        # "Backpropagation applied to handwritten zip code recognition", 1989, section 3.3
        (zip_1989(), (1_068, 2_592, 5_790, 310), (19_968, 38_592, 5_790, 310)),
        # "Handwritten digit recognition with a back-propagation network", NIPS 2, section 4
        (lenet_1990(), (104, 8, 512, 24, 1_930), (59_904, 2_880, 32_768, 960, 1_930)),
        # "Gradient-based learning applied to document recognition", 1998, section II.B
        (
            lenet5_1998(),
            (156, 12, 1_516, 32, 48_120, 10_164, 0),
            (122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840),
        ),
    ],
    ids=["1989", "1990", "1998"],
)
def test_each_layer_has_the_counts_of_its_paper(
    architecture: Architecture, parameters: tuple[int, ...], connections: tuple[int, ...]
) -> None:
    assert tuple(layer.parameters for layer in architecture.layers) == parameters
    assert tuple(layer_links(layer) for layer in architecture.layers) == connections


def test_the_sums_are_those_that_the_papers_print() -> None:
    nets = zip_1989(), lenet_1990(), lenet5_1998()
    assert [net.parameters for net in nets] == [9_760, 2_578, 60_000]
    assert [links(net) for net in nets] == [64_660, 98_442, 340_908]
    units = [sum(layer.maps * layer.size**2 for layer in net.layers) for net in nets]
    assert units[0] + 16 * 16 == 1_256
    assert units[1] + 28 * 28 + 1 == 4_635  # one more gives the biases
    assert [layer.size for layer in lenet_1990().layers] == [24, 12, 8, 4, 1]
    assert [layer.size for layer in lenet5_1998().layers] == [28, 14, 10, 5, 1, 1, 1]


def test_the_five_of_the_race_have_the_counts_of_the_report() -> None:
    """Report CRG-TR-89-4, Toronto 1989, table of the five networks."""
    assert [net.parameters for net in race_1989()] == [2_570, 3_214, 1_226, 1_132, 1_060]
    assert [links(net) for net in race_1989()] == [2_570, 3_214, 1_226, 2_266, 5_194]


def test_tables_of_connections_join_as_many_maps_as_is_said() -> None:
    assert [len(below) for below in C3_1998] == [3] * 6 + [4] * 9 + [6]  # table I
    assert sum(map(len, C3_1998)) == 60 and len(set(C3_1998)) == 16
    assert [sum(map_ in below for below in C3_1998) for map_ in range(6)] == [10] * 6
    assert sum(map(len, PARTIAL_1990)) == 20 and max(map(len, PARTIAL_1990)) == 2
    assert all(len(below) == 8 for below in ZIP_SCHEME)
    assert [sum(map_ in below for below in ZIP_SCHEME) for map_ in range(12)] == [8] * 12


def test_the_bitmaps_are_ten_different_drawings_of_84_points() -> None:
    drawn = bitmaps()
    assert drawn.shape == (10, 12, 7) and set(np.unique(drawn)) == {-1.0, 1.0}
    apart = ((drawn[:, None] - drawn[None]) ** 2).sum((2, 3)) / 4
    assert apart[~np.eye(10, dtype=bool)].min() >= 10  # points in which two differ


def test_the_output_of_lenet5_is_the_distance_to_fixed_bitmaps() -> None:
    net = load_pretrained("lenet5-1998")
    kept = trained("lenet5-1998").weights["output.weight"]
    np.testing.assert_array_equal(kept.reshape(10, 12, 7), bitmaps())
    image = torch.from_numpy(rasterize_scene(digits.number("5", width=32)))
    with torch.inference_mode():
        maps = net(image[None, None])
    seen = maps["F6"][0, :, 0, 0].numpy().astype(np.float64)
    wanted = -((seen - bitmaps().reshape(10, 84)) ** 2).sum(1)
    np.testing.assert_allclose(maps["output pre"][0, :, 0, 0].numpy(), wanted, atol=1e-3)
    assert wanted.argmax() == 5 and -wanted.max() < 84 / 4  # F6 paints it, not only nearer than 9


def test_paper_goes_on_beyond_the_border_of_the_zip_code_net() -> None:
    """So that of blank paper all units of a map sum up the same, but for biases of their own."""
    net = load_pretrained("zip-1989")
    with torch.inference_mode():
        sums = net(torch.zeros(1, 1, 32, 32))["H1 pre"][0]
    biases = trained("zip-1989").weights["H1.bias"]
    assert biases.shape == (12, 8, 8)
    left = sums.numpy() - biases
    np.testing.assert_allclose(left, np.broadcast_to(left[:, :1, :1], left.shape), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "most"), [("zip-1989", 5.0), ("lenet-1990", 3.4), ("lenet5-1998", 2.0)]
)
def test_on_mnist_they_err_no_more_than_their_papers_on_harder_digits(
    name: str, most: float
) -> None:
    figures = trained(name).metadata["figures"]
    assert 0 < figures["test"] < most
    loss = trained(name).metadata["recipe"]["loss"]
    assert loss == ("distances" if name == "lenet5-1998" else "cross-entropy")
