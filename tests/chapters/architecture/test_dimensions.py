"""How many numbers each layer has, and what they still tell of the input."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab import NewLab

from viz.chapters.architecture.measure.reconstruction import (
    MOST,
    layers_of,
    patch_rank,
    reconstruct,
    window_of,
)
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture, Layer
from viz.nets.modules import Modules, joined
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import digit, number


def test_the_numbers_of_the_layers_are_those_of_the_lecture(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("dimensions", (900, 300))
    assert "1,024 → 15,680 → 3,920 → 5,000 → 1,250 → 500 → 11" in view.formula()
    assert [picture.caption for picture in view.pictures] == [
        "window: 1,024 numbers", "C1: 15,680", "S2: 3,920", "C3: 5,000", "S4: 1,250", "C5: 500",
        "output: 11",
    ]  # fmt: skip
    assert [fact.value for fact in view.facts.facts] == ["15.3", "20", "r"]


def test_the_first_layer_keeps_the_drawing_and_the_last_one_does_not() -> None:
    net = load_pretrained("max")
    image = rasterize_scene(Scene(32, 32, items=(digit(3, centre=(16, 16)),)))
    results = [found for found in reconstruct(net, image) if found is not None]
    first, last = results[0], results[-1]
    assert last.layers == ("C1", "S2", "C3", "S4", "C5", "output")
    assert last.step == last.steps and first.step < last.step
    assert last.alike[0] > 0.99 and last.alike[-1] < 0.5
    assert (np.diff(last.alike) < 0.01).all(), "no layer knows more than the one below it"
    assert (last.missing < first.missing).all()
    assert last.pictures.min() >= 0 and last.pictures.max() <= 1
    with torch.no_grad():  # the numbers are of the picture that is shown
        found, own = (
            net(torch.from_numpy(one)[None, None])["C3"] for one in (last.pictures[2], image)
        )
    missing = float((found - own).square().sum() / own.square().sum())
    assert float(last.missing[2]) == pytest.approx(missing, rel=1e-4)
    assert float(last.alike[2]) == pytest.approx(
        np.corrcoef(last.pictures[2].ravel(), image.ravel())[0, 1], abs=1e-5
    )


@pytest.mark.parametrize("network", ["blur", "notes", "max+before=divisive"])
def test_other_networks_are_inverted_too(new_lab: NewLab, network: str) -> None:
    lab = new_lab(number("31"))
    view = lab.show("dimensions", (900, 300))
    lab.document.set_network(network)
    lab.settle()
    layers = layers_of(lab.document.snapshot.architecture)
    assert len(view.pictures) == 1 + len(layers)
    assert view.pictures[1].caption.startswith(layers[0].name)
    assert "in the window" in view.pictures[1].describe(3, 4)


def test_a_normalisation_in_front_is_not_the_filter_bank(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("dimensions", (900, 300))
    plain = [(fact.value, fact.words) for fact in view.facts.facts]
    for before in ("mean", "whitening"):
        lab.document.set_network(joined("max", Modules(before=before)))
        lab.settle()
        assert [(fact.value, fact.words) for fact in view.facts.facts] == plain


def test_of_very_many_layers_some_are_shown_from_the_first_to_the_last() -> None:
    layers = [Layer(f"C{n}", "conv", 2, 3, padding=1, activation="relu") for n in range(1, 20)]
    deep = Architecture((*layers, Layer("output", "dense", 11, activation="log-softmax")))
    chosen = layers_of(deep)
    assert len(chosen) == MOST
    assert (chosen[0].name, chosen[-1].name) == ("C1", "output")


def test_the_rank_of_kernels_is_what_they_tell_apart_of_a_patch() -> None:
    kernels = np.zeros((3, 1, 2, 2), np.float32)
    kernels[0, 0, 0, 0] = kernels[1, 0, 1, 1] = 1
    kernels[2] = kernels[0] + kernels[1]
    assert patch_rank(kernels) == 2


def test_a_window_is_cut_out_within_the_canvas() -> None:
    architecture = load_pretrained("max").architecture
    image = np.arange(32 * 40, dtype=np.float32).reshape(32, 40)
    np.testing.assert_array_equal(window_of(architecture, image, (0, 2)), image[:, 8:])
    np.testing.assert_array_equal(window_of(architecture, image, (0, 9)), image[:, 8:])


def test_blank_paper_says_why_there_is_nothing(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64))
    assert "empty" in lab.show("dimensions").message
