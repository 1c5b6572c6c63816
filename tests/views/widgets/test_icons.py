"""Icons: within their square, in the palette's colours, sharp on dense screens."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from opening import Open
from painted import pixels
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QIcon, QImage
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from viz.resources import resource_path
from viz.views.theme import palette, theme
from viz.views.widgets.icons import icon

NAMES = sorted(file.stem for file in resource_path("icons").glob("*.svg"))
OFF, ON = QIcon.State.Off, QIcon.State.On
NORMAL, DISABLED = QIcon.Mode.Normal, QIcon.Mode.Disabled


@pytest.fixture(params=["dark", "light"])
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """The name of a theme whose palette the program has."""
    before = QApplication.palette()
    QApplication.setPalette(palette(theme(request.param)))
    yield request.param
    QApplication.setPalette(before)


def drawn(name: str, mode: QIcon.Mode = NORMAL, state: QIcon.State = OFF, side: int = 24) -> QImage:
    return icon(name).pixmap(QSize(side, side), mode, state).toImage()


@pytest.mark.parametrize("name", NAMES)
def test_each_fills_its_square_and_is_not_cut(qapp: QApplication, name: str) -> None:
    image = drawn(name, side=240)
    inked = [(x, y) for x in range(240) for y in range(240) if image.pixelColor(x, y).alpha() > 127]
    sides = [max(along) - min(along) + 1 for along in zip(*inked, strict=True)]
    assert max(sides) >= 120
    assert all(0 < place < 239 for at in inked for place in at)


def test_colours_follow_palette_and_state(dressed: str) -> None:
    look = theme(dressed)
    assert drawn("play").pixelColor(12, 12).rgb() == look.text.rgb()
    assert drawn("play", state=ON).pixelColor(12, 12).rgb() == look.accent.rgb()
    assert drawn("play", DISABLED).pixelColor(12, 12).alphaF() == pytest.approx(0.5, abs=0.02)
    red, green, blue, _ = drawn("record").pixelColor(12, 12).getRgb()
    assert red > 2 * max(green, blue)


def test_an_icon_that_was_made_before_has_the_new_colours(qapp: QApplication) -> None:
    made, before = icon("pause"), QApplication.palette()
    for name in ("dark", "light"):
        QApplication.setPalette(palette(theme(name)))
        assert made.pixmap(24, 24).toImage().pixelColor(8, 12).rgb() == theme(name).text.rgb()
    QApplication.setPalette(before)


def test_it_is_sharp_on_dense_screens(qapp: QApplication) -> None:
    assert icon("play").pixmap(QSize(16, 16), 2.0).width() == 32


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_sign_that_there_are_more_tools_is_seen_on_either_ground(
    open_application: Open, qtbot: QtBot, name: str
) -> None:
    window = open_application().window
    window.appearance.fix(name, 2.2)
    window.resize(1024, 900)
    button = window.head.findChild(QToolButton, "qt_toolbar_ext_button")
    assert button is not None
    qtbot.waitUntil(button.isVisible)
    shades = pixels(button).mean(2)
    for colour in (theme(name).background, theme(name).text):
        assert np.abs(shades - colour.lightness()).min() < 30
