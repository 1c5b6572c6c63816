"""The answer map: colours are answers, clicks and keys choose shifts, names have their parts."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.class_image import answer_image, clearances, colour_of
from viz.views.widgets.class_map import ClassMap

REACH = 14


@pytest.fixture
def view(qtbot: QtBot) -> ClassMap:
    view = ClassMap(REACH)
    qtbot.addWidget(view)
    view.resize(500, 320)
    dress(view)
    view.show()
    qtbot.waitExposed(view)
    return view


def halves(cells: int = 2 * REACH + 1) -> tuple[np.ndarray, np.ndarray]:
    """A 3 to the left, a 5 to the right, none in the lowest row; p grows downwards."""
    classes = np.full((cells, cells), 3, np.intp)
    classes[:, cells // 2 :] = 5
    classes[-1] = 10
    return classes, np.linspace(0.1, 1, cells, dtype=np.float32)[:, None].repeat(cells, 1)


def click(view: ClassMap, dx: float, dy: float) -> None:
    point = view.to_widget(dx, dy).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)


def colour_at(view: ClassMap, dx: float, dy: float) -> QColor:
    return view.grab().toImage().pixelColor(view.to_widget(dx, dy).toPoint())


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_hue_is_the_class_and_strength_its_probability(theme: str) -> None:
    colours = themes.theme(theme)
    classes = np.array([[3, 3, 10], [7, 7, 7]], np.intp)
    probabilities = np.array([[1, 0, 1], [0.5, 1, 0.25]], np.float32)
    image = answer_image(classes, probabilities, colours)
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(0, 0) == colours.class_colour(3)
    assert image.pixelColor(1, 0) == colours.surface
    none, ground = image.pixelColor(2, 0), colours.surface
    assert ground != none == colour_of(10, colours) != colours.class_colour(10)
    assert abs(none.red() - ground.red()) < abs(colours.class_colour(10).red() - ground.red())
    assert image.pixelColor(1, 1) == colours.class_colour(7)
    half, hue, ground = image.pixelColor(0, 1), colours.class_colour(7), colours.surface
    for channel in ("red", "green", "blue"):
        value, high, low = (getattr(colour, channel)() for colour in (half, hue, ground))
        assert abs(value - (high + low) / 2) <= 1


def test_cells_stand_where_their_shift_is(view: ClassMap) -> None:
    classes, probabilities = halves()
    view.set_map(classes, probabilities)
    for dx, dy in ((-14, -14), (-1, 3), (12, -12), (14, 14)):
        expected = answer_image(classes, probabilities, themes.theme("dark"))
        assert colour_at(view, dx, dy) == expected.pixelColor(dx + REACH, dy + REACH)
        assert view.answer_at(dx, dy) == (
            classes[dy + REACH, dx + REACH],
            pytest.approx(float(probabilities[dy + REACH, dx + REACH])),
        )
    assert view.answer_at(15, 0) is None


@pytest.mark.parametrize("cells", [5, 29, 57])
def test_a_coarse_or_fine_map_fills_the_same_square(view: ClassMap, cells: int) -> None:
    area = view.map_area()
    view.set_map(*halves(cells))
    assert view.map_area() == area
    assert colour_at(view, -14, -14).name() != colour_at(view, 14, 13).name()
    chosen: list[tuple[float, float]] = []
    view.chosen.connect(lambda dx, dy: chosen.append((dx, dy)))
    click(view, -14, 14)
    step = 28 / (cells - 1)
    click(view, -14 + step, 0)
    assert chosen == [pytest.approx((-14, 14)), pytest.approx((-14 + step, 0))]


def test_pointing_and_clicking_name_a_whole_shift(view: ClassMap, qtbot: QtBot) -> None:
    chosen: list[tuple[float, float]] = []
    pointed: list[object] = []
    view.chosen.connect(lambda dx, dy: chosen.append((dx, dy)))
    view.hovered.connect(pointed.append)
    click(view, 3, -7)
    assert chosen == []  # there is no map yet
    view.set_map(*halves())
    QTest.mouseMove(view, view.to_widget(5, 6).toPoint() + QPoint(2, 2))
    qtbot.waitUntil(lambda: pointed == [(5, 6)])
    click(view, 3, -7)
    click(view, -14, 14)
    assert chosen == [(3, -7), (-14, 14)]
    QTest.mouseMove(view, QPoint(view.width() - 2, view.height() - 2))  # beside the map
    qtbot.waitUntil(lambda: pointed[-1] is None)


def test_the_arrow_keys_lead_and_enter_chooses(view: ClassMap) -> None:
    chosen: list[tuple[float, float]] = []
    view.chosen.connect(lambda dx, dy: chosen.append((dx, dy)))
    view.set_map(*halves())
    view.set_mark(-1, 13)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen == []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(view, key)  # the last one stops at the edge
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen == [(1, 14)]


def test_the_same_map_is_not_painted_again(view: ClassMap, qtbot: QtBot) -> None:
    classes, probabilities = halves()
    view.set_map(classes, probabilities)
    before = view.grab().toImage()
    view.set_map(classes.copy(), probabilities + np.float32(1e-4))
    assert view.grab().toImage() == before
    view.set_map(classes, probabilities * np.float32(0.5))
    assert view.grab().toImage() != before


def test_what_comes_or_goes_moves_no_other_line_of_the_legend(view: ClassMap) -> None:
    classes, probabilities = halves()
    view.set_map(classes, probabilities)
    here = sorted(set(classes.ravel().tolist()))
    assert view.legend() == {number: number for number in here}
    more = classes.copy()
    more[0, 0] = 0
    view.set_map(more, probabilities)
    assert view.legend() == {number: number for number in [0, *here]}
    dress(view, "dark", 24)
    view.resize(400, 64)  # without room for all: those that fill most, in order
    most = sorted([0, *here], key=lambda number: -(more == number).sum())
    shown = view.legend()
    assert 0 < len(shown) < len(most)
    assert shown == {n: line for line, n in enumerate(sorted(most[: len(shown)]))}


def test_its_table_has_a_row_for_each_cell(view: ClassMap) -> None:
    view.set_map(np.array([[3, 10], [3, 5]]), np.array([[0.5, 1], [0.25, 0.75]], np.float32))
    heading, *rows = view.table()
    assert heading == ["dx / px", "dy / px", "class", "p"]
    assert rows[1] == [REACH, -REACH, "none", 1.0] and rows[2] == [-REACH, REACH, "3", 0.25]


def test_a_tip_tells_of_the_cell_under_the_pointer(view: ClassMap) -> None:
    view.set_map(*halves())
    at = view.to_widget(3, -2)
    assert view.tooltip(at) is None
    view.told = lambda dx, dy: f"{dx:g} {dy:g}"
    assert view.tooltip(at) == "3 -2"
    assert view.tooltip(QPointF(view.width() - 1, 2)) is None


def test_clearance_is_the_way_to_another_class_or_the_border() -> None:
    classes = np.zeros((5, 7), np.intp)
    classes[:, 5:] = 4
    assert clearances(classes)[2].tolist() == [1, 2, 3, 2, 1, 1, 1]
    assert clearances(classes)[0].tolist() == [1] * 7
    classes[2, 2] = 9
    assert clearances(classes)[2].tolist() == [1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("reach", [12, 14])
@pytest.mark.parametrize(
    ("height", "text_px", "least"), [(98, 13, 56), (162, 13, 110), (255, 24, 170), (400, 16, 320)]
)
def test_axes_and_key_leave_most_of_the_height_to_the_map(
    qtbot: QtBot, reach: int, height: int, text_px: int, least: int
) -> None:
    view = ClassMap(reach)
    qtbot.addWidget(view)
    dress(view, "light", text_px)
    view.resize(view.width_for(height), height)
    view.set_map(*halves(2 * reach + 1))
    area = view.map_area()
    assert area.width() == area.height() >= least
    assert view.rect().contains(area.toAlignedRect())
    assert area.left() > text_px and area.bottom() < height - text_px  # ticks on both axes


def test_a_small_map_is_nothing_but_the_map(qtbot: QtBot) -> None:
    view = ClassMap(REACH, legend=False)
    qtbot.addWidget(view)
    view.resize(87, 87)
    view.set_map(*halves())
    assert view.map_area() == QRectF(view.rect())


def test_the_axes_are_named_with_their_units(view: ClassMap) -> None:
    view.set_map(*halves())
    before = view.grab().toImage()
    left, below = QRect(0, 0, 16, 320), QRect(0, 290, 300, 30)
    view.set_axes("A right / px", "A rotated / °", y_step=7.5)
    after = view.grab().toImage()
    assert before.copy(left) != after.copy(left) and before.copy(below) != after.copy(below)
    assert view.map_area().left() > 20
