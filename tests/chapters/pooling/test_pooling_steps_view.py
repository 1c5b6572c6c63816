"""Steps: what a demonstration promises is on the screen, as numbers and as bars."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from opening import Open, settled
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from viz.chapters.pooling.measure.steps import STEPS, steps
from viz.chapters.pooling.operator import nothing_drawn
from viz.chapters.pooling.steps import PoolingSteps
from viz.chapters.pooling.steps_view import StepsView
from viz.chapters.pooling.toy import PoolingToy
from viz.nets import load_pretrained
from viz.scene import Scene
from viz.scene.digits import number
from viz.views import theme as themes

BAR = {
    "C1": np.full(STEPS, 0.82),
    "S2": np.tile([0.62, 0.71], 4),
    "C3": np.tile([0.47, 0.63], 4),
    "S4": np.tile([0.39, 0.53, 0.42, 0.53], 2),
}
LAYERS = tuple(BAR)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[StepsView]:
    view = StepsView()
    qtbot.addWidget(view)
    view.resize(516, 278)
    view.show()
    yield view
    QToolTip.hideText()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_bars_are_as_high_as_the_numbers_and_the_last_is_bright(view: StepsView, name: str) -> None:
    theme = themes.theme(name)
    view.set_theme(theme, 16)
    view.show_steps(BAR)
    image = view.grab().toImage()
    area = view.plot_area()
    for layer in LAYERS:
        for step, change in enumerate(BAR[layer].tolist()):
            bar = view.bar(layer, step, change)
            assert bar.height() == pytest.approx(area.height() * change / 1.5)
            x = round(bar.center().x())
            inside = image.pixelColor(x, round(bar.top()) + 2)
            assert (inside == theme.accent) == (step == STEPS - 1)
            assert inside != theme.background
            assert image.pixelColor(x, round(bar.top()) - 3) in (theme.background, theme.line)
    assert view.accessibleDescription() == "C1 0.82, S2 0.71, C3 0.63, S4 0.53"


@pytest.mark.parametrize(
    ("text_px", "size"), [(13, (526, 268)), (16, (516, 278)), (24, (840, 405))]
)
def test_everything_has_room(
    view: StepsView, text_px: int, size: tuple[int, int], qtbot: QtBot
) -> None:
    view.set_theme(themes.theme("dark"), text_px)
    view.resize(*size)
    view.show_steps(BAR)
    qtbot.wait(1)
    area, small = view.plot_area(), view._small
    assert area.height() >= 4 * text_px and area.bottom() + 4 + small.height <= view.height()
    for layer in LAYERS:
        head = view._bold.width(layer) + 8 + small.width("0.88")
        assert head <= view.group(layer).width()
        assert min(map(small.width, view.foot(layer))) <= view.group(layer).width()
    feet = [view.foot(layer)[0] for layer in LAYERS]
    twice = "repeat after 2 steps"
    assert feet == ["every step alike", twice, twice, "repeat after 4 steps"]


def test_what_does_not_recur_is_not_said_to(view: StepsView) -> None:
    view.show_steps({**BAR, "C3": np.arange(STEPS) / 10, "S4": np.full(STEPS, math.inf)})
    assert view.foot("C3") == () and view.foot("S4")
    assert view.accessibleDescription().endswith("S4 ∞")
    assert view.bar("S4", 0, math.inf).top() == view.plot_area().top()
    assert not view.grab().isNull()
    view.show_nothing(LAYERS, nothing_drawn())
    assert view.accessibleDescription() == "C1 –, S2 –, C3 –, S4 –"
    blank = view.grab().toImage()
    at = view.bar("C1", STEPS - 1, 0.5).center().toPoint()
    assert blank.pixelColor(at) in (themes.theme("dark").background, themes.theme("dark").line)


def test_the_tip_tells_every_step(view: StepsView) -> None:
    view.show_steps(BAR)
    at = view.group("S2").center().toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert "0.62  0.71  0.62" in QToolTip.text().replace("\n", "  ")
    assert "‖f(Tₖ x) − f(Tₖ₋₁ x)‖ / ‖f(Tₖ₋₁ x) − f(∅)‖" in QToolTip.text()
    assert "step by step" not in view.tooltip(QPointF(QPoint(1, 1)))


def test_the_chapters_first_demonstration_is_seen_where_it_opens(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application()
    window, document = application.window, application.document
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.keyClick(window, Qt.Key.Key_Space)
    player, panel = window.player, window.panels.shown
    assert player.demonstration is not None and player.demonstration.id == "bar-steps"
    assert panel is not None
    shown, toy = panel.current, panel.instruments[0]
    assert isinstance(shown, PoolingSteps) and isinstance(toy, PoolingToy)
    player.pause()
    last = []
    for step in range(1, 6):
        player.seek(0.65 + step - 0.3)
        settled(application, qtbot)
        assert shown.view.steps is not None
        *_, wanted = steps(load_pretrained(), document.scene)
        assert wanted is not None
        for layer in LAYERS:
            assert np.array_equal(shown.view.steps[layer], wanted[layer])
        last.append([shown.view.last(layer) for layer in LAYERS])
    numbers = np.array(last, np.float64)  # (step, layer)
    assert (numbers[:, 0] > numbers[:, 1]).all() and (numbers[:, 1] > numbers[:, 3]).all()
    assert numbers[2:, 1] == pytest.approx(numbers[:-2, 1], abs=1e-3)
    assert numbers[4, 3] == pytest.approx(numbers[0, 3], abs=1e-3)
    assert abs(numbers[2, 3] - numbers[0, 3]) > 0.01

    panel.choose("pooling-toy")
    assert "see Steps" in toy.strip.said
    window.commands.actions["clear"].trigger()
    assert toy.strip.said.startswith("Drag")


def test_blank_paper_has_no_number(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("3"))
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_3)
    panel = window.panels.shown
    assert panel is not None
    panel.choose("pooling-steps")
    shown = panel.instruments[3]
    assert isinstance(shown, PoolingSteps)
    settled(application, qtbot)
    assert shown.view.steps is not None
    application.document.apply(Scene(32, 64), "blank")
    settled(application, qtbot)
    assert shown.view.steps is None
