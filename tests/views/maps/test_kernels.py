"""Kernels: weights at a locked scale; the C3 map is chosen, followed and stepped through."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QFocusEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from viz.model.document import Document
from viz.model.snapshot import Unit
from viz.nets import modules
from viz.nets.networks import trained
from viz.views import theme as themes
from viz.views.maps.kernels import Kernels
from viz.views.widgets.tiles import locked_peak


@pytest.fixture
def document() -> Document:
    return Document()


def shown(qtbot: QtBot, document: Document, width: int = 420) -> Kernels:
    view = Kernels(document)
    qtbot.addWidget(view)
    dress(view)
    view.resize(width, view.sizeHint().height())
    view.show()
    return view


def corners(view: Kernels) -> dict[tuple[str, int], QPoint]:
    """The upper left pixel of each kernel."""
    found: dict[tuple[str, int], QPoint] = {}
    for y in range(view.height()):
        for x in range(view.width()):
            kernel = view.kernel_at(QPointF(x + 0.5, y + 0.5))
            if kernel is not None:
                found.setdefault(kernel, QPoint(x, y))
    return found


@pytest.mark.parametrize(
    ("width", "network"), [(300, "max"), (420, "no-augmentation"), (640, "max")]
)
def test_each_kernel_of_the_network_in_use_is_painted_at_its_layer_s_scale(
    width: int, network: str, qtbot: QtBot, document: Document
) -> None:
    view = shown(qtbot, document, width)
    view.choose(17)
    document.set_network(network)
    weights = trained(network).weights
    kernels = {"C1": weights["C1.weight"][:, 0], "C3": weights["C3.weight"][17]}
    places = corners(view)
    assert sorted(places) == sorted((layer, n) for layer in kernels for n in range(20))
    image = view.grab().toImage()
    lut = themes.theme("dark").diverging
    for (layer, number), place in places.items():
        peak = locked_peak(weights[f"{layer}.weight"])
        value = np.float32(kernels[layer][number, 0, 0])
        index = int(np.clip(value / np.float32(peak) * 127.5 + 128, 0, 255))
        near = {int(lut[i]) for i in (max(index - 1, 0), index, min(index + 1, 255))}
        assert image.pixel(place) in near


def test_a_hovered_c3_map_is_shown_while_it_is_hovered(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    view.choose(5)
    five = view.grab().toImage()
    document.hover(Unit("C3", 31, 2, 2))
    assert view.shown_map == 31
    assert view.grab().toImage() != five
    document.hover(Unit("S4", 40, 0, 0))
    assert view.shown_map == 5
    document.hover(None)
    assert view.grab().toImage() == five


def test_a_pinned_c3_map_stays(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    document.pin(Unit("C3", 31, 2, 2))
    assert view.shown_map == 31
    document.pin(None)
    assert view.shown_map == 31


def test_buttons_keys_and_wheel_step_through_the_maps(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    previous, following = view.findChildren(QToolButton)
    qtbot.mouseClick(previous, Qt.MouseButton.LeftButton)
    assert view.shown_map == 49
    qtbot.mouseClick(following, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(following, Qt.MouseButton.LeftButton)
    assert view.shown_map == 1
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.shown_map == 2
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.shown_map == 0
    places = corners(view)
    for layer, turn, expected in (("C3", -120, 1), ("C1", -120, 1), ("C3", 120, 0)):
        place = QPointF(places[layer, 0])
        event = QWheelEvent(
            place, view.mapToGlobal(place), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)
        assert view.shown_map == expected


def test_clicking_a_kernel_chooses_the_map_it_makes(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    view.choose(23)
    places = corners(view)
    for kernel, expected in ((("C1", 7), ["C1", 7]), (("C3", 7), ["C3", 23])):
        with qtbot.waitSignal(view.map_chosen) as chosen:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=places[kernel])
        assert chosen.args == expected


def test_pointing_at_a_kernel_marks_it_and_tells_its_weights(
    qtbot: QtBot, document: Document
) -> None:
    view = shown(qtbot, document)
    view.choose(23)
    plain = view.grab().toImage()
    qtbot.mouseMove(view, corners(view)["C3", 4] + QPoint(2, 2))
    assert view.grab().toImage() != plain
    kernel = trained().weights["C3.weight"][23, 4]
    told = view.toolTip().replace("−", "-")
    assert all(f"{weight:.3f}" in told or f"{weight:.3f}" == "-0.000" for weight in kernel.flat)
    assert "23" in told
    qtbot.mouseMove(view, QPoint(view.width() - 1, 1))
    assert view.toolTip() == ""
    assert view.grab().toImage() == plain


def test_a_pinned_c1_map_is_marked_in_the_accent(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    place = corners(view)["C1", 3]
    document.pin(Unit("C1", 3, 0, 0))
    image = view.grab().toImage()
    accent = themes.theme("dark").accent.rgb()
    assert image.pixel(place.x() + 3, place.y() - 1) == accent


def test_another_network_has_other_kernels(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    main = view.grab().toImage()
    document.set_network("blur")
    assert view.grab().toImage() != main
    qtbot.mouseMove(view, corners(view)["C1", 4] + QPoint(2, 2))
    kernel = trained("blur").weights["C1.weight"][4, 0]
    told = view.toolTip().replace("−", "-")
    assert all(f"{weight:.3f}" in told or f"{weight:.3f}" == "-0.000" for weight in kernel.flat)
    document.set_network("max")
    assert view.toolTip() == "", "the numbers were the other network's"
    assert view.grab().toImage() == main


@pytest.mark.parametrize("size", [(1, 1), (30, 24), (240, 40), (2000, 400)])
def test_it_paints_at_every_size(size: tuple[int, int], qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    view.resize(*size)
    assert view.grab().toImage().pixelColor(0, 0) == themes.theme("dark").background


def test_tab_shows_where_the_keys_act(qtbot: QtBot, document: Document) -> None:
    view = shown(qtbot, document)
    plain = view.grab().toImage()
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert view.grab().toImage() != plain
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut))
    assert view.grab().toImage() == plain


def test_modules_change_no_kernels_and_are_not_fitted_for_them(
    qtbot: QtBot, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, document)
    before = view.grab().toImage()
    monkeypatch.setattr(modules, "whitening", lambda *_: pytest.fail("fitted while one waits"))
    document.set_network("max+before=whitening+behind=whitening+side=5")
    assert view.grab().toImage() == before
