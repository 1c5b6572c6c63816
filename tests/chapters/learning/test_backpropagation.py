"""The Backpropagation instrument: gradients beside maps, updates undone, a weight turned."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.nets import load_pretrained, networks
from viz.scene import Scene
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


def show(lab):  # type: ignore[no-untyped-def]
    lab.document.view.chapter = "learning"
    lab.document.view.set_instrument("learning", "backpropagation")
    return lab.show("backpropagation", (900, 300))


def test_gradients_stand_beside_the_maps_that_they_are_of(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"target": 5})
    lab.settle()
    found = view.result.gradients
    c1 = found.layers[1]
    values, gradient = view.gradients.pairs[1]
    np.testing.assert_allclose(values.values, lab.document.snapshot.maps["C1"][c1.map], atol=1e-5)
    net = load_pretrained()
    x = torch.tensor(lab.document.snapshot.image)[None, None].requires_grad_(True)
    row, column = lab.document.shown_window()
    maps = net(x)
    (expected,) = torch.autograd.grad(-maps["output"][0, 5, row, column], [maps["C1"]])
    np.testing.assert_allclose(gradient.values, expected[0, c1.map].numpy(), atol=1e-5)
    assert f"map {c1.map}" in values.caption
    assert gradient.scale.peak >= np.abs(c1.gradient).max()
    assert "for 5" in view.formula() and "p(5)" in view.gradients.told.text
    p, by_logits = view.gradients.pairs[-1]
    assert by_logits.values.ravel()[5] == pytest.approx(p.values.ravel()[5] - 1, abs=1e-5)
    view.restore({"target": -1})
    lab.settle()
    assert view.target.box.currentText() == f"target: competing ({_name(view.result)})"


def _name(result) -> str:  # type: ignore[no-untyped-def]
    target = result.gradients.target
    return "none" if target == 10 else str(target)


def test_updates_are_made_undone_and_shown_on_the_stage(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"look": "update", "target": 5, "rate": 0.003})
    lab.settle()
    before = lab.document.snapshot.reading.text
    assert before == "3" and not view.undo.isEnabled()
    QTest.mouseClick(view.stage, LEFT)
    for _ in range(6):
        QTest.mouseClick(view.more, LEFT)
        lab.settle()
    assert view.result.updated.losses[-1] < view.result.updated.losses[0]
    changed = lab.document.snapshot
    assert networks.is_passing(changed.request.network)
    row, column = view.result.question.window
    p = float(np.exp(changed.maps["output"][5, row, column]))
    assert p == pytest.approx(float(view.result.updated.probabilities[-1][5]), abs=1e-4)
    for _ in range(6):
        QTest.mouseClick(view.undo, LEFT)
        lab.settle()
    assert view.updates == 0
    np.testing.assert_allclose(
        lab.document.snapshot.maps["output"], load_and_run(lab.document.snapshot.image), atol=1e-4
    )
    lab.document.view.chapter = "live"
    assert lab.document.network == "max"


def load_and_run(image: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return load_pretrained()(torch.tensor(image)[None, None])["output"][0].numpy()


def test_one_weight_is_turned_and_its_map_follows_on_the_stage(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"look": "weight", "target": 5, "stage": True})
    lab.settle()
    turned = view.result.turned
    slider = view.weight.slider
    QTest.mouseClick(slider, LEFT, pos=slider.rect().center() + (slider.rect().bottomRight() / 4))
    lab.settle()
    assert view.share > 0.2 and view.place == turned.place
    value = view.weight.value_at(view.share)
    weights = networks.trained(lab.document.network).weights["C1.weight"]
    assert weights[turned.place] == pytest.approx(value)
    assert view.weight.kernel.values[turned.place[2:]] == pytest.approx(value)
    row, column = view.result.question.window
    loss = -float(lab.document.snapshot.maps["output"][5, row, column])
    assert turned.at(value) == pytest.approx(loss, rel=0.05)  # linear between its points
    assert networks.trained("max").weights["C1.weight"][turned.place] == pytest.approx(turned.own)


@pytest.mark.parametrize("module", ["C1 kernel", "C1 activation", "S2 pool"])
def test_each_module_is_shown_with_its_numbers(new_lab: NewLab, module: str) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"look": "modules", "module": module, "target": 5})
    lab.settle()
    view.restore({"module": module})
    lab.settle()
    assert view.result.back.module.name == module
    assert view.modules.grids[4].isVisible() == (module == "C1 kernel")
    assert f"map {view.result.back.map}" in view.modules.told.text
    assert "∂loss/∂" in view.formula()


def test_a_class_that_is_missing_and_an_empty_canvas_are_told(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"target": 10})
    lab.document.set_network("notes")
    lab.settle()
    assert "no class “none”" in view.message
    lab.go(Scene(32, 32))
    assert "empty" in view.message


@pytest.mark.parametrize(
    "kept", [{"updates": 21}, {"updates": True}, {"turned": 2.0}, {"place": [1, 2, 3]},
             {"place": [0, 0, 0, -1]}]
)  # fmt: skip
def test_nonsense_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("3")).show("backpropagation")
    view.restore(kept)
    assert (view.updates, view.share, view.place) == (0, 0.0, None)


def test_settings_that_come_back_before_another_network_is_measured_show_that_of_before(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    lab.document.set_network("zip-1989")
    lab.engine.answer()
    view.restore({"look": "gradients"})
    assert [values.caption.split()[0] for values, _ in view.gradients.pairs][1] == "C1"
    lab.settle()
    assert view.gradients.pairs[1][0].caption.startswith("H1")


def test_weights_of_the_network_of_before_never_answer_as_another(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"look": "update", "updates": 1, "target": 5})
    lab.settle()
    lab.document.set_network("lenet5-1998")
    lab.engine.answer()
    QTest.mouseClick(view.stage, LEFT)
    assert lab.document.network == "lenet5-1998"
    lab.settle()
    weights = networks.trained(lab.document.network).weights
    own = networks.weights("lenet5-1998")
    assert {name: value.shape for name, value in weights.items()} == {
        name: value.shape for name, value in own.items()
    }


def test_redo_of_a_changed_network_looks_at_the_one_that_it_was_made_of(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = show(lab)
    view.restore({"look": "update", "updates": 1, "target": 5})
    lab.settle()
    QTest.mouseClick(view.stage, LEFT)
    lab.settle()
    changed = lab.document.network
    QTest.mouseClick(view.stage, LEFT)
    lab.document.set_network("average")
    lab.settle()
    QTest.mouseClick(view.stage, LEFT)
    lab.settle()
    assert view.base == "average"
    lab.document.set_network(changed)  # as undo does
    assert view.base == "max"
    view.restore({"stage": False})
    lab.document.view.chapter = "live"
    assert lab.document.network == "max"


def test_on_a_smaller_canvas_the_changed_network_is_looked_at_in_a_window_there_is(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("3", height=64, width=128))
    view = show(lab)
    view.restore({"look": "update", "updates": 1, "target": 5, "stage": True})
    lab.document.select_window((3, 20))
    lab.settle()
    assert networks.is_passing(lab.document.network)
    lab.go(number("7", height=32, width=32))
    assert view.result.question.window == (0, 0)
