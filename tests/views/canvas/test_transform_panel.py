"""The transform panel: numbers go into the scene exactly, and come back from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from canvas_user import CanvasUser
from dressing import dress
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viz.model import settings
from viz.scene import Group, ImageLayer, Noise, Scene, Transform
from viz.scene.digits import digit
from viz.scene.edit import move_stroke
from viz.scene.hits import item_centre
from viz.views.canvas.transform_fields import changed, value_of
from viz.views.canvas.transform_panel import TransformPanel

LEFT = Qt.MouseButton.LeftButton
TRANSFORM = ("dx", "dy", "scale", "angle", "squeeze", "slant")


@pytest.fixture
def user(qtbot: QtBot) -> CanvasUser:
    return CanvasUser(qtbot, Scene(32, 64, (digit(3), digit(1, centre=(48.0, 16.0)))))


@pytest.fixture
def panel(qtbot: QtBot, user: CanvasUser) -> TransformPanel:
    panel = TransformPanel(user.document, user.canvas)
    qtbot.addWidget(panel)
    dress(panel, "light")
    panel.resize(520, 130)
    panel.show()
    return panel


def type_in(panel: TransformPanel, name: str, text: str) -> None:
    number = panel.rows[name].number
    number.selectAll()
    QTest.keyClicks(number, text)
    QTest.keyClick(number, Qt.Key.Key_Return)


def drag(panel: TransformPanel, name: str, *shares: float) -> None:
    """Drag a slider over these shares of its width."""
    slider = panel.rows[name].slider
    at = [QPoint(round(share * slider.width()), slider.height() // 2) for share in shares]
    QTest.mousePress(slider, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(slider, point)
    QTest.mouseRelease(slider, LEFT, pos=at[-1])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("dx", "-3.25", -3.25), ("dy", "10.5", 10.5), ("scale", "0.5", 0.5), ("angle", "12.5", 12.5),
     ("squeeze", "1.4", 1.4), ("slant", "-0.3", -0.3)],
)  # fmt: skip
def test_a_typed_number_is_the_whole_drawings(
    user: CanvasUser, panel: TransformPanel, name: str, text: str, value: float
) -> None:
    type_in(panel, name, text)
    assert user.scene.transform == replace(Transform(), **{name: value})
    assert user.steps == 1


def test_with_a_selection_it_is_the_items(user: CanvasUser, panel: TransformPanel) -> None:
    user.document.select([1])
    assert "1" in panel.target.text()
    type_in(panel, "angle", "30")
    assert user.scene.items[1].transform == Transform(angle=30)
    assert user.scene.transform == Transform()
    user.document.select([])
    assert panel.rows["angle"].number.value() == 0


def test_several_items_change_by_the_same(user: CanvasUser, panel: TransformPanel) -> None:
    first, second = user.scene.items
    moved = replace(second, transform=Transform(dx=4, scale=2))
    user.document.apply(replace(user.scene, items=(first, moved)), "")
    user.document.select([0, 1])
    type_in(panel, "dx", "1.5")
    type_in(panel, "scale", "1.5")
    assert user.scene.items[0].transform == Transform(dx=1.5, scale=1.5)
    assert user.scene.items[1].transform == Transform(dx=5.5, scale=3)


def test_a_drag_is_one_step_and_ends_where_the_knob_is(
    user: CanvasUser, panel: TransformPanel
) -> None:
    before = user.scene
    drag(panel, "scale", 0.5, 0.6, 0.8, 0.999)
    assert user.steps == 1
    assert user.scene.transform.scale == 4
    user.document.undo_stack.undo()
    assert user.scene == before
    panel.refresh()
    assert panel.rows["scale"].number.value() == 1
    for name, place in (("angle", 0.5), ("angle", 0.6), ("slant", 0.5)):
        drag(panel, name, place, place + 0.1)
    assert user.steps == 3


def test_arrow_keys_step_and_run_together(user: CanvasUser, panel: TransformPanel) -> None:
    slider = panel.rows["dx"].slider
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(slider, key)
    assert user.scene.transform.dx == 0.5
    assert user.steps == 1


def test_what_the_canvas_does_is_shown(
    qtbot: QtBot, user: CanvasUser, panel: TransformPanel
) -> None:
    changes: list[float] = []
    panel.rows["dx"].changed.connect(changes.append)
    user.pull([(48, 10), (50, 10), (53.5, 10)])
    qtbot.waitUntil(lambda: panel.rows["dx"].number.value() == 5.5)
    assert item_centre(user.scene, 1) == (53.5, 16.0)
    assert changes == []
    assert user.steps == 1


def test_pen_width_is_the_strokes_or_the_next_ones(user: CanvasUser, panel: TransformPanel) -> None:
    type_in(panel, "width", "3.5")
    assert user.canvas.pen_width == 3.5
    assert settings.get("pen_width") == 3.5
    assert user.steps == 0
    user.document.select([0])
    assert panel.rows["width"].number.value() == 2.4
    type_in(panel, "width", "1.25")
    first, second = user.scene.items
    assert isinstance(first, Group) and isinstance(second, Group)
    assert {stroke.width_px for stroke in first.strokes} == {1.25}
    assert {stroke.width_px for stroke in second.strokes} == {2.4}
    user.document.select([1], (1, 0))
    type_in(panel, "width", "4")
    widths = [stroke.width_px for stroke in user.scene.strokes_of(1)]
    assert widths == [4.0] + [2.4] * (len(widths) - 1)


def test_noise_lies_over_everything(user: CanvasUser, panel: TransformPanel) -> None:
    type_in(panel, "sigma", "0.3")
    user.document.select([0])
    type_in(panel, "salt_pepper", "0.1")
    assert user.scene.noise == Noise(0.3, 0.1)
    drag(panel, "salt_pepper", 0.3, 0.0)
    assert user.scene.noise == Noise(0.3, 0)


@pytest.fixture
def stroke(user: CanvasUser, panel: TransformPanel) -> TransformPanel:
    """The panel with the second stroke of a 5 selected, under a transformed drawing."""
    five = replace(digit(5), transform=Transform(angle=20, scale=0.8))
    scene = Scene(32, 64, (digit(1), five), Transform(scale=1.2, slant=0.2, dx=3))
    user.document.apply(scene, "")
    user.document.select([1], (1, 1))
    return panel


def test_a_single_stroke_is_shifted_turned_and_put_back(
    user: CanvasUser, stroke: TransformPanel
) -> None:
    before = [found.points for found in user.scene.strokes_of(1)]
    count = user.steps
    assert "2" in stroke.target.text() and "5" in stroke.target.text()
    type_in(stroke, "dx", "3.5")
    type_in(stroke, "dy", "-2")
    after = [found.points for found in user.scene.strokes_of(1)]
    assert after[0] == pytest.approx(before[0])
    assert after[1] == pytest.approx(before[1] + (3.5, -2))
    type_in(stroke, "angle", "90")
    turned = user.scene.strokes_of(1)[1].points
    x, y = (after[1] - after[1].mean(0)).T
    assert turned == pytest.approx(np.column_stack((-y, x)) + after[1].mean(0))
    assert user.steps == count + 3
    stroke.refresh()
    shown = {name: stroke.rows[name].number.value() for name in ("dx", "dy", "angle")}
    assert shown == {"dx": 3.5, "dy": -2, "angle": 90}
    for name in shown:
        QTest.mouseClick(stroke.rows[name].reset, LEFT)
    for points, found in zip(before, user.scene.strokes_of(1), strict=True):
        assert found.points == pytest.approx(points)
    assert not stroke.rows["angle"].reset.isEnabled()


def test_what_a_stroke_has_not_is_disabled(user: CanvasUser, stroke: TransformPanel) -> None:
    able = {name for name, row in stroke.rows.items() if row.slider.isEnabled()}
    assert able == {"dx", "dy", "angle", "width", "sigma", "salt_pepper"}
    user.document.select([1])
    assert all(row.slider.isEnabled() for row in stroke.rows.values())


def test_a_stroke_is_told_from_where_it_was_found(user: CanvasUser, stroke: TransformPanel) -> None:
    user.document.apply(move_stroke(user.scene, 1, 1, 4.0, 0.0), "")
    stroke.refresh()
    assert stroke.rows["dx"].number.value() == 4
    user.document.select([1])
    user.document.select([1], (1, 1))
    assert stroke.rows["dx"].number.value() == 0


def test_the_heading_names_what_is_meant(user: CanvasUser, panel: TransformPanel) -> None:
    layer = ImageLayer(np.ones((4, 4), np.float32), (30.0, 10.0), name="Pasted image")
    user.document.apply(replace(user.scene, items=(*user.scene.items, layer)), "")
    user.document.select([2])
    assert panel.target.text() == "Image “Pasted image”"
    user.document.select([0])
    assert panel.target.text() == "Selected digit 3"


@pytest.mark.parametrize(
    ("key", "angle"), [(Qt.Key.Key_Return, 7), (Qt.Key.Key_Enter, 7), (Qt.Key.Key_Escape, 0)]
)
def test_typing_ends_on_the_canvas(
    qtbot: QtBot, user: CanvasUser, key: Qt.Key, angle: float
) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    column = QVBoxLayout(place)
    panel = TransformPanel(user.document, user.canvas)
    column.addWidget(user.canvas)
    column.addWidget(panel)
    place.show()
    place.activateWindow()
    qtbot.waitExposed(place)
    number = panel.rows["angle"].number
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    number.selectAll()
    QTest.keyClicks(number, "7")
    QTest.keyClick(number, key)
    assert user.canvas.hasFocus()
    assert user.scene.transform == Transform(angle=angle)
    assert number.value() == angle and number.text().startswith(str(angle))
    user.canvas.setParent(None)


@given(st.sampled_from(TRANSFORM), st.floats(0.01, 90))
def test_a_changed_field_is_what_is_shown(name: str, value: float) -> None:
    scene = Scene(32, 64, (digit(3), digit(1)))
    for chosen in ((), (1,), (0, 1)):
        new = changed(name, value, scene, chosen)
        assert value_of(name, new, chosen) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text_px", "width", "height"), [(13, 480, 136), (16, 480, 170), (24, 620, 260)]
)
def test_the_panel_fits_its_place_and_every_knob_has_a_way_to_go(
    panel: TransformPanel, text_px: int, width: int, height: int
) -> None:
    dress(panel, "dark", text_px)
    least = panel.minimumSizeHint()
    assert least.width() <= width and least.height() <= height
    panel.resize(width, least.height())
    QApplication.processEvents()
    assert min(row.slider.travel for row in panel.rows.values()) >= 60


def test_the_numbers_of_what_a_demonstration_moves_are_shown(
    user: CanvasUser, panel: TransformPanel
) -> None:
    one = user.scene.with_item(1, replace(user.scene.items[1], transform=Transform(7, -3, angle=9)))
    user.document.apply(one, "show")
    panel.set_movers((1,))
    panel.refresh()
    assert panel.target.text() == "What changes: 1"
    assert [panel.rows[name].number.text() for name in ("dx", "dy", "angle", "scale")] == [
        "7.00", "−3.00", "9.0", "1.00"
    ]  # fmt: skip
    user.document.select([0])
    assert panel.rows["dx"].number.text() == "0.00", "what is selected goes before"
    user.document.select(())
    drag(panel, "dx", 0.62)
    assert user.document.selection == {1}, "it goes on from where it is, and by itself"
    now = user.scene.items[1].transform
    assert (now.dy, now.angle) == (-3, 9) and now.dx > 7
    assert user.scene.transform == Transform()
    panel.refresh()
    assert panel.rows["dx"].number.value() == now.dx


def test_several_that_move_have_a_dash_until_the_user_moves_the_whole(
    user: CanvasUser, panel: TransformPanel, qtbot: QtBot
) -> None:
    row = panel.rows["dx"]
    row.slider.clearFocus()
    knob = row.slider.grab().toImage()
    shifted = [replace(item, transform=Transform(dx=4.0 - 8 * i))
               for i, item in enumerate(user.scene.items)]  # fmt: skip
    user.document.apply(replace(user.scene, items=tuple(shifted)), "show")
    panel.set_movers((0, 1))
    panel.refresh()
    texts = {name: panel.rows[name].number.text() for name in TRANSFORM}
    assert texts.pop("dx") == "–"
    assert "–" not in texts.values(), "none of them has a number of its own there"
    assert panel.target.text() == "Whole drawing; moving parts: 2"
    assert row.slider.grab().toImage() != knob
    row.number.setFocus()
    assert row.number.text() == "0.00", "there is something to type over"
    type_in(panel, "dx", "2.5")
    assert user.scene.transform == Transform(dx=2.5)
    panel.set_movers(())  # taken over
    row.number.clearFocus()
    panel.refresh()
    assert row.number.text() == "2.50"


def test_movers_that_are_gone_have_no_numbers(user: CanvasUser, panel: TransformPanel) -> None:
    panel.set_movers((1,))
    user.document.select([0, 1])
    user.document.apply(Scene(32, 64), "clear")
    panel.refresh()
    assert panel.target.text() == "Whole drawing"
    assert panel.rows["dx"].number.text() == "0.00"


def test_the_least_width_does_not_hang_on_how_wide_it_was(panel: TransformPanel) -> None:
    panel.resize(900, 130)  # with whole labels
    QApplication.processEvents()
    wide = panel.minimumSizeHint().width()
    panel.resize(wide, 130)
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() == wide
    assert panel.layout() is not None and panel.layout().minimumSize().width() <= wide
