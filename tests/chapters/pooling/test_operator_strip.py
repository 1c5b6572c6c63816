"""The strip: every control changes the one operator, and all strips show it."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.chapters.pooling.operator import FORMULAS, Operator, about, names
from viz.chapters.pooling.operator_strip import Strip
from viz.nets.pooling import KINDS, Pooling
from viz.views import theme as themes
from viz.views.widgets.reaching_value import TICKS, reaching

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def strips(qtbot: QtBot) -> tuple[Operator, Strip, Strip]:
    operator = Operator()
    strips = Strip(operator), Strip(operator, toy=True)
    for strip in strips:
        qtbot.addWidget(strip)
        strip.resize(520, 70)
        strip.set_theme(themes.theme("dark"), 13)
        strip.show()
    return operator, *strips


def click(choice, value) -> None:  # type: ignore[no-untyped-def]
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect(value).center().toPoint())


def test_kind_and_window_by_clicks(strips: tuple[Operator, Strip, Strip]) -> None:
    operator, maps, toy = strips
    click(maps.kind, "log-prob")
    click(maps.size_, 3)
    click(toy.stride, 1)
    assert operator.pooling == Pooling("log-prob", 3, 2)
    assert operator.toy == Pooling("log-prob", 4, 1)
    assert toy.kind.value == "log-prob" and maps.size_.value == 3 and toy.size_.value == 4
    assert [p.isVisible() for p in toy.parameters.values()] == [False, True, False, False]
    QTest.keyClick(toy.kind, Qt.Key.Key_Right)
    assert operator.pooling.kind == "subsampling" and maps.kind.value == "subsampling"
    assert [p.isVisible() for p in maps.parameters.values()] == [False, False, True, True]


def test_sliders_reach_infinity_at_their_end_and_the_limit_at_their_start(
    strips: tuple[Operator, Strip, Strip],
) -> None:
    operator, maps, toy = strips
    for kind, name, least in (("lp", "p", 1), ("log-prob", "b", 0)):
        click(maps.kind, kind)
        slider = maps.parameters[name].slider
        middle = slider.rect().center()
        for x, wanted in ((slider.width() - 1, math.inf), (0, least)):
            QTest.mouseClick(slider, LEFT, pos=middle.__class__(x, middle.y()))
            assert getattr(operator.pooling, name) == wanted
            assert toy.parameters[name].value == wanted
            assert maps.parameters[name].number.text() == (
                "∞" if wanted == math.inf else f"{least}"
            )
        QTest.mouseDClick(slider, LEFT, pos=middle)
        assert getattr(operator.pooling, name) == {"p": 2, "b": 1}[name]


@pytest.mark.parametrize(("text", "value"), [("∞", math.inf), ("inf", math.inf), ("3.5", 3.5)])
def test_numbers_are_typed(strips: tuple[Operator, Strip, Strip], text: str, value: float) -> None:
    operator, maps, _toy = strips
    click(maps.kind, "lp")
    box = maps.parameters["p"].number
    box.selectAll()
    QTest.keyClicks(box, text.replace("∞", "inf"))
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert operator.pooling.p == value


def test_what_is_no_number_cannot_be_typed(strips: tuple[Operator, Strip, Strip]) -> None:
    operator, maps, _toy = strips
    click(maps.kind, "subsampling")
    box = maps.parameters["bias"].number
    box.selectAll()
    QTest.keyClicks(box, "-x1.5nan")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert operator.pooling.bias == -1.5


def test_the_slider_is_the_inverse_of_itself_and_rises() -> None:
    for field in (reaching("p", "p", "", 2, 1, 1), reaching("b", "b", "", 1, 0, 4)):
        values = [field.at(tick) for tick in range(TICKS + 1)]
        assert values == sorted(values) and values[0] == field.low and values[-1] == math.inf
        assert values[TICKS // 2] == field.low + field.half
        # The three digits that are kept tell the place to two ticks of 400
        assert all(abs(field.tick(value) - tick) <= 2 for tick, value in enumerate(values))
        assert field.tick(1e12) == TICKS - 1 and field.tick(0) == 0


def test_arrow_keys_reach_both_ends(strips: tuple[Operator, Strip, Strip]) -> None:
    operator, maps, _toy = strips
    click(maps.kind, "log-prob")
    slider = maps.parameters["b"].slider
    for key, wanted in ((Qt.Key.Key_Right, math.inf), (Qt.Key.Key_Left, 0)):
        for _ in range(60):
            QTest.keyClick(slider, key)
        assert operator.pooling.b == wanted


def test_every_kind_has_name_formula_and_tip() -> None:
    for kind in KINDS:
        assert names()[kind] and FORMULAS[kind].startswith("<i>y</i> =") and about(kind)
    assert "without its logarithm" in about("log-prob")


def test_an_impossible_operator_changes_nothing() -> None:
    operator = Operator()
    before = operator.state()
    with pytest.raises(ValueError, match="p is 1 or more"):
        operator.set(p=0.5)
    assert operator.state() == before


def parts(strip: Strip) -> list[QWidget]:
    """What stands in the strip's rows now."""
    all_ = (strip.kind, strip._formula, strip.size_, strip.stride, *strip.parameters.values())
    return [part for part in all_ if part.isVisible()]


def sizes(strip: Strip) -> set[int]:
    return {
        font.pixelSize() for font in (strip._formula._font, strip.parameters["p"].label.font())
    } | {part._small.font.pixelSize() for part in (strip.kind, strip.size_, strip.stride)}


@pytest.mark.parametrize("text_px", [13, 16, 18, 24])
@pytest.mark.parametrize("kind", KINDS)
def test_a_narrow_strip_holds_its_rows_and_the_formula(
    strips: tuple[Operator, Strip, Strip], kind: str, text_px: int, qtbot: QtBot
) -> None:
    operator, maps, _toy = strips
    maps.set_theme(themes.theme("light"), text_px)
    operator.set(kind=kind)
    maps.adjustSize()
    maps.resize(520, maps.sizeHint().height())
    qtbot.wait(1)
    shown = parts(maps)
    for part in shown:
        assert maps.rect().contains(part.geometry())
    for one, other in combinations(shown, 2):
        assert not one.geometry().intersects(other.geometry())
    row = [maps.size_, maps.stride, *(p for p in maps.parameters.values() if p.isVisible())]
    for left, right in pairwise(row):
        assert left.y() < right.y() or left.geometry().right() < right.geometry().left()
    formula = maps._formula
    if formula.isVisible():
        assert formula._texts[kind].size().width() <= formula.width()


@pytest.mark.parametrize(
    ("text_px", "width"),
    [(13, 526), (14, 526), (16, 516), (16, 898), (24, 840), (24, 898)],
)
@pytest.mark.parametrize("kind", KINDS)
def test_enlarged_text_is_as_large_as_asked(
    strips: tuple[Operator, Strip, Strip], kind: str, text_px: int, width: int, qtbot: QtBot
) -> None:
    """Widths of the instrument in windows 1280 and 1920 wide."""
    operator, maps, _toy = strips
    maps.resize(width, 200)
    maps.set_theme(themes.theme("dark"), text_px)
    operator.set(kind=kind)
    qtbot.wait(1)
    assert sizes(maps) == {text_px}
    assert maps._formula.isVisible()


@pytest.mark.parametrize("text_px", [13, 16, 24])
@pytest.mark.parametrize("kind", KINDS)
def test_the_formulas_last_letter_is_whole(
    strips: tuple[Operator, Strip, Strip], kind: str, text_px: int, qtbot: QtBot
) -> None:
    operator, maps, _toy = strips
    maps.resize(1200, 200)
    maps.set_theme(themes.theme("dark"), text_px)
    operator.set(kind=kind)
    qtbot.wait(1)
    formula = maps._formula
    shown = formula.grab().toImage()
    formula.setFixedWidth(formula.width() + 40)  # as much room as it likes
    whole = formula.grab().toImage().copy(shown.width(), 0, 40, shown.height())
    ground = whole.pixel(39, 0)
    columns = range(40)
    assert all(whole.pixel(x, y) == ground for x in columns for y in range(whole.height()))
    assert any(shown.pixel(x, shown.height() // 2) != ground for x in range(shown.width()))


def test_formula_and_parameters_move_before_any_text_gets_smaller(
    strips: tuple[Operator, Strip, Strip], qtbot: QtBot
) -> None:
    operator, maps, _toy = strips
    maps.set_theme(themes.theme("dark"), 16)
    operator.set(kind="subsampling")
    below, formula = [], []
    for width in range(700, 370, -10):
        maps.resize(width, 200)
        qtbot.wait(1)
        weight = maps.parameters["coefficient"]
        below.append(weight.y() > maps.size_.y())
        formula.append(maps._formula.isVisible())
        assert sizes(maps) == {16}
    assert below == sorted(below) and below[-1] and not below[0]
    assert formula == sorted(formula, reverse=True) and formula[0] and not formula[-1]
    maps.resize(700, 200)
    qtbot.wait(1)
    assert maps._formula.geometry().left() > maps.kind.geometry().right()
    assert maps._formula.y() == maps.kind.y() and weight.y() == maps.size_.y()


def test_a_wide_strip_has_text_as_large_as_asked(
    strips: tuple[Operator, Strip, Strip], qtbot: QtBot
) -> None:
    _operator, maps, _toy = strips
    maps.resize(950, 120)
    maps.set_theme(themes.theme("dark"), 24)
    qtbot.wait(1)
    assert maps.kind.height() == maps.size_.height() == round(1.6 * 24)
    assert maps._formula._font.pixelSize() >= 20
    maps.resize(520, 120)
    assert maps.kind.height() < round(1.6 * 24)
    maps.resize(1200, 120)
    assert maps.kind.height() == round(1.6 * 24) and maps._formula._font.pixelSize() == 24
