"""One computation: what a snapshot of each kind of network holds."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_architectures import random_network

from viz.engine.compute import Computer, Nets, UnavailableError
from viz.model.snapshot import Request, Snapshot, Unit
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.nets.networks import TrainedNetwork
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number

OUTPUT = Layer("output", "dense", 10, activation="log-softmax")
STRIDED = Architecture(
    (
        Layer("C1", "conv", 8, 3, activation="relu"),
        Layer("C2", "conv", 12, 3, 2, 1, activation="relu"),
        Layer("C3", "conv", 16, 3, activation="relu"),
        Layer("F4", "dense", 24, activation="relu"),
        OUTPUT,
    ),
    none=False,
)
HALVED = Architecture(
    (
        Layer("H1", "conv", 4, 5, 2, 2, -1.0, activation="scaled-tanh", unshared=("biases",)),
        Layer("H2", "conv", 5, 5, 2, 2, -1.0, activation="scaled-tanh", unshared=("weights",)),
        OUTPUT,
    ),
    side=16,
    scale=2,
    blank=-1.0,
    none=False,
)
"""Like 1989's: not fully convolutional, of half the resolution."""

ARCHITECTURES = {
    "notes": notes(),
    "small": lenet5(side=28, none=False),
    "strided": STRIDED,
    "halved": HALVED,
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Network]:
    """Networks of other kinds with weights at random, opened under their names."""
    monkeypatch.setattr(networks, "opened", {})
    nets = {}
    for name, architecture in ARCHITECTURES.items():
        net = random_network(architecture, 3)
        nets[f"test-{name}"] = net
        weights = {key: value.numpy() for key, value in net.state_dict().items()}
        scales = net.colour_scales(torch.rand(4, 1, 32, 32))
        networks.add(TrainedNetwork(f"test-{name}", architecture, weights, scales))
    return nets


def compute(
    scene: Scene,
    name: str,
    unit: Unit | None = None,
    window: tuple[int, int] | None = None,
    ablated: dict[str, frozenset[int]] | None = None,
) -> Snapshot:
    return Computer(Nets())(Request(1, scene, ablated or {}, unit, f"test-{name}", window))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_snapshot_holds_the_maps_of_its_network(made: dict[str, Network], name: str) -> None:
    scene, architecture = number("31"), ARCHITECTURES[name]
    snapshot = compute(scene, name)
    assert snapshot.architecture == architecture
    assert tuple(snapshot.maps) == architecture.scaled
    with torch.inference_mode():
        expected = made[f"test-{name}"](torch.from_numpy(rasterize_scene(scene))[None, None])
    for key, value in snapshot.maps.items():
        assert np.array_equal(value, expected[key][0].numpy())
        assert value.shape == snapshot.layer(key.split()[0]).shape(*snapshot.image.shape)
        assert not value.flags.writeable
    assert len(snapshot.maps["output"]) == 10
    assert snapshot.reading.winners.max() < 10
    assert snapshot.trace is None


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_any_unit_of_any_network_is_traced(made: dict[str, Network], name: str) -> None:
    scene = number("31")
    for layer in ARCHITECTURES[name].layers:
        _, rows, columns = layer.shape(scene.height, scene.width)
        unit = Unit(layer.name, layer.maps - 1, rows - 1, columns - 1)
        snapshot = compute(scene, name, unit)
        assert snapshot.has_unit(unit) and snapshot.trace is not None
        value = snapshot.maps[f"{layer.name} pre" if layer.has_weights else layer.name]
        found = snapshot.trace.pre_activation
        assert found == pytest.approx(float(value[-1, -1, -1]), abs=1e-4)


def test_a_layer_of_another_network_is_not_traced(made: dict[str, Network]) -> None:
    unit = Unit("F4", 0, 0, 0)
    snapshot = compute(number("31"), "notes", unit)
    assert snapshot.trace is None and not snapshot.has_unit(unit)


def test_maps_of_one_window_are_those_of_the_window_asked_for(made: dict[str, Network]) -> None:
    scene = number("31", width=64)
    asked = compute(scene, "halved", window=(0, 5))
    assert asked.origin == (0, 20)
    image = torch.from_numpy(asked.image.copy())[None, None]
    with torch.inference_mode():
        crop = made["test-halved"](image[..., 20:52])
    for name, value in crop.items():
        shown = asked.maps[name][:, :, 5:6] if name.startswith("output") else asked.maps[name]
        np.testing.assert_allclose(shown, value[0].numpy(), atol=1e-5)
    output = compute(scene, "halved", Unit("output", 3, 0, 2))
    assert output.origin == (0, 8), "the output's own window, to be traced"
    surest = compute(scene, "halved")
    best = int(surest.maps["output"][:, 0].max(0).argmax())
    assert surest.origin == (0, 4 * best)
    assert compute(scene, "halved", window=(4, 0)).origin == surest.origin, "no such window"
    assert compute(scene, "notes", window=(0, 5)).origin == (0, 0)


def test_maps_set_to_zero_are_traced_to_zero_in_any_network(made: dict[str, Network]) -> None:
    for name, layer in (("strided", "C2"), ("halved", "H1"), ("notes", "S2")):
        unit = Unit(layer, 2, 1, 1)
        snapshot = compute(number("31"), name, unit, ablated={layer: frozenset({2})})
        assert not snapshot.maps[layer][2].any() and snapshot.maps[layer][1].any()
        assert snapshot.trace is not None and snapshot.trace.ablated
        assert snapshot.trace.activation == 0


def test_a_network_that_is_not_open_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="not open") as told:
        compute(number("3"), "nowhere")
    assert told.value.network == "test-nowhere"
