"""The networks side by side: their maps and figures are measured, a click lets one answer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QEvent, QRect, Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.chapters.compared_networks import error_on
from viz.chapters.equivariance import network_figures
from viz.chapters.equivariance.measure import stored_consistency as stored
from viz.chapters.equivariance.measure.invariance import (
    SHIFTS,
    central,
    consistency,
    mean_consistency,
)
from viz.chapters.equivariance.network_figures import OnMnist
from viz.chapters.equivariance.networks import Networks
from viz.engine.compute import Nets
from viz.measure.shift_map import shift_map, window_of
from viz.nets import load_pretrained
from viz.resources import resource_path
from viz.scene import rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted
from viz.views import theme as themes
from viz.views.widgets.fitting import height_of
from viz.views.widgets.network_names import POOLINGS

NOWHERE = Path("nowhere")


@pytest.fixture(autouse=True)
def no_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(NOWHERE))


def put(lab: Lab) -> Networks:
    view: Networks = lab.put(Networks(lab.document, lab.engine), (640, 300))
    return view


def row(view: Networks, start: str) -> list[str]:
    (values,) = (one.values for one in view.rows if one.label.startswith(start))
    return list(values)


def inked(view: Networks, place: QRect) -> bool:
    """Whether anything is painted there."""
    picture = view.grab(place).toImage()
    colours = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    return len(colours) > 1


def test_maps_and_consistency_of_the_window_are_each_network_s_own(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    snapshot, place = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and place is not None
    window = window_of(snapshot.image, place, snapshot.architecture)
    expected = []
    for name in POOLINGS:
        classes = shift_map(load_pretrained(name), window).argmax(0)
        assert view.maps[name].answer_at(4, -6) is not None
        for dx, dy in ((0, 0), (-14, 14), (2, 1)):
            found = view.maps[name].answer_at(dx, dy)
            assert found is not None and found[0] == classes[dy + 14, dx + 14]
        expected.append(f"{100 * consistency(central(classes, SHIFTS)):.1f} %")
    assert row(view, "consistency, this window") == expected


def test_a_click_lets_a_network_answer_everywhere(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    for name in ("blur", "average", "max"):
        at = view.column(name).center()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        assert lab.document.network == name
        lab.settle()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.maps["blur"].geometry().center())
    assert lab.document.network == "blur"
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert lab.document.network == "average"
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert lab.document.network == "blur"
    assert view.accessibleDescription().startswith("blur answers")


def test_only_the_answering_network_is_ablated(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    before = {name: view.maps[name].answer_at(0, 0) for name in POOLINGS}
    for layer_map in range(50):
        lab.document.toggle_ablation("C3", layer_map)
    lab.settle()
    assert view.maps["max"].answer_at(0, 0) != before["max"]
    assert view.maps["blur"].answer_at(0, 0) == before["blur"]


def test_all_three_maps_are_always_of_one_drawing(new_lab: NewLab) -> None:
    image = rasterize_scene(number("3"))
    results = list(network_figures.maps_of(image, (16, 16), {})(load_pretrained))
    (found,) = (one for one in results if one is not None)
    assert list(found.maps) == list(POOLINGS) and not found.broken
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    before = view.results
    for step in range(1, 3000):  # a drag: much faster than three maps are measured
        lab.document.apply(shifted(number("3", height=32, width=32), step / 500, 0), "drag")
        lab.engine.step()
        if view.results >= before + 3:
            break
    assert view.results >= before + 3
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None
    for name in POOLINGS:
        window = window_of(snapshot.image, (0, 0), snapshot.architecture)
        classes = shift_map(load_pretrained(name), window).argmax(0)
        shown = [view.maps[name].answer_at(dx, 0) for dx in range(-14, 15)]
        assert [cell and cell[0] for cell in shown] == list(classes[14])


def test_what_is_ablated_is_said_and_rows_stay_within(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    assert len(view.captions()) == 1
    lab.document.toggle_ablation("C3", 4)
    lab.settle()
    assert "max: 1 map ablated" in view.captions()[1]
    lab.document.toggle_ablation("C3", 5)
    assert "2 maps ablated" in view.captions()[1]
    lab.document.set_network("no-none")
    assert "No map is ablated here" in view.captions()[1]
    assert "stored" in view.rows[-1].label and view.rect().contains(view.places[-1])
    for place, one in zip(view.places, view.rows, strict=True):
        assert place.height() >= height_of(one.label, view._labels_wide, themes.font(13))


def test_errors_are_those_of_the_weights(qtbot: QtBot, new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = Networks(lab.document, lab.engine)
    qtbot.addWidget(view)
    errors = [error_on("MNIST test, centred", name) for name in POOLINGS]
    assert all(error is not None and 0 < error < 0.01 for error in errors)
    # The relatives are to lie within 0.3 % of the main network
    assert max(abs(error - errors[0]) for error in errors) <= 0.003  # type: ignore[operator]
    assert row(view, "error") == [f"{100 * error:.2f} %" for error in errors]  # type: ignore


def test_without_mnist_the_stored_figures_are_shown_as_such(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    figures = stored.stored_consistency()
    assert set(figures) == set(POOLINGS), (
        "run python -m viz.chapters.equivariance.measure.stored_consistency"
    )
    assert row(view, "consistency, 1,000 digits, stored") == [
        f"{100 * figures[name]:.2f} %" for name in POOLINGS
    ]


def test_figures_of_other_weights_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "consistency.json"
    text = stored.stored_path().read_text(encoding="utf-8")
    digest = stored._digest("average")
    assert digest in text
    file.write_text(text.replace(digest, "0" * 64), encoding="utf-8")
    monkeypatch.setattr(stored, "stored_path", lambda: file)
    assert set(stored.stored_consistency()) == {"max", "blur"}
    for damaged in ("", "[]", "{}", '{"networks": {"max": 3}}'):
        file.write_text(damaged, encoding="utf-8")
        assert stored.stored_consistency() == {}


def test_with_mnist_the_figures_grow_digit_by_digit(
    new_lab: NewLab, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    assert len(stored.mnist_windows()) == 1000
    few = stored.mnist_windows()[:110]
    monkeypatch.setattr(stored, "mnist_windows", lambda: few)
    found = [one for one in network_figures.on_mnist(POOLINGS)(load_pretrained) if one is not None]
    assert [(one.network, one.digits) for one in found] == [
        (name, digits) for name in POOLINGS for digits in (100, 110)
    ]
    *_, (_, share) = mean_consistency(load_pretrained("blur"), few)
    assert found[-1].share == share
    lab = new_lab(number("3"))
    view = put(lab)
    assert row(view, "consistency, 1,000 digits")[2] == f"{100 * share:.2f} % of 110"
    view._take_mnist(OnMnist("blur", 0.98765, 1000))
    assert row(view, "consistency, 1,000 digits")[2] == "98.77 %"


@pytest.mark.parametrize(
    ("size", "text_px"), [((520, 240), 13), ((520, 250), 16), ((950, 450), 24)]
)
def test_maps_and_rows_fit_into_the_panel(
    qtbot: QtBot, new_lab: NewLab, size: tuple[int, int], text_px: int
) -> None:
    lab = new_lab(number("3"))
    view = Networks(lab.document, lab.engine)
    qtbot.addWidget(view)
    view.set_theme(themes.theme("light"), text_px)
    view.resize(*size)
    view.grab()
    assert view.rect().contains(view.places[-1])
    below = view.places[0].top()
    columns = [view.column(name) for name in POOLINGS]
    for left, right in pairwise(columns):
        assert left.right() < right.left()
    for name, view_map in view.maps.items():
        assert view.column(name).contains(view_map.geometry())
        assert view_map.geometry().bottom() < below
        assert view_map.width() >= 58


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_says_so_and_leaves_the_others(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    whole = [view.maps[name].answer_at(4, -6) for name in POOLINGS]
    file = lose(monkeypatch, tmp_path, "average", damage)
    lab = new_lab(number("3"), Nets())
    view = put(lab)  # and nothing has failed
    shown = [view.maps[name].answer_at(4, -6) for name in POOLINGS]
    assert shown == [whole[0], None, whole[2]]
    assert [view.maps[name].isVisible() for name in POOLINGS] == [True, False, True]
    for start in ("consistency, this window", "consistency, 1,000 digits, stored"):
        values = row(view, start)
        assert values[1] == "–" and "%" in values[0] and "%" in values[2]
    advice = f"average: {file.name} is {word_for(damage)}; install the program anew."
    assert advice in view.accessibleDescription()
    column = view.column("average")
    assert str(file) in view.tooltip(column.center().toPointF())
    assert str(file) not in view.tooltip(view.column("max").center().toPointF())
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert lab.document.network == "blur"


@pytest.mark.parametrize(
    ("size", "text_px"), [((520, 240), 13), ((520, 250), 16), ((950, 450), 24)]
)
def test_what_is_told_instead_of_a_map_stays_in_its_column(
    new_lab: NewLab,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: tuple[int, int],
    text_px: int,
) -> None:
    lose(monkeypatch, tmp_path, "average", "missing")
    lab = new_lab(number("3"), Nets())
    view = put(lab)
    view.set_theme(themes.theme("light"), text_px)
    view.resize(*size)
    column, map_place = view.column("average"), view.maps["average"].geometry()
    assert inked(view, QRect(column.left(), map_place.top(), column.width(), map_place.height()))
    for left in (column.left() - 8, column.right() + 1):
        assert not inked(view, QRect(left, map_place.top(), 8, map_place.height()))


def test_a_mended_network_comes_back(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = lose(monkeypatch, tmp_path, "blur", "missing")
    lab = new_lab(number("3", height=32, width=32), Nets())
    view = put(lab)
    assert set(view.broken) == {"blur"}
    file.write_bytes(resource_path(file.name).read_bytes())
    lab.document.apply(shifted(lab.document.scene, 1, 0), "move")
    lab.settle()
    assert not view.broken and view.maps["blur"].isVisible()
    assert "install" not in view.accessibleDescription()
    assert view.maps["blur"].answer_at(0, 0) is not None


def test_with_mnist_a_network_without_weights_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_dir: Path
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    few = stored.mnist_windows()[:100]
    monkeypatch.setattr(stored, "mnist_windows", lambda: few)
    lose(monkeypatch, tmp_path, "average", "cut off")
    found = network_figures.on_mnist(POOLINGS)(load_pretrained)
    assert [one.network for one in found if one is not None] == ["max", "blur"]
    found = network_figures.on_mnist(("blur",))(load_pretrained)
    assert [one.network for one in found if one is not None] == ["blur"]


def test_tab_shows_where_the_arrow_keys_act(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)

    def framed(place: QRect) -> bool:
        at = place.left() + 1, place.bottom() - 3
        return view.grab().toImage().pixelColor(*at) == themes.theme("dark").accent

    assert not framed(view.column("max"))
    tab = QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(view, tab)
    assert framed(view.column("max")) and not framed(view.column("blur"))
    lab.document.set_network("no-none")
    assert framed(view.rect()) and not framed(view.column("max"))
