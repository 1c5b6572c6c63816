"""Drawn icons: within their square, in the theme's colours, sharp on dense screens."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.views.theme import theme
from viz.views.widgets.drawn_icons import PATHS, SIDE, icon


@pytest.mark.parametrize("name", PATHS)
def test_each_path_fills_its_square_and_stays_within(name: str) -> None:
    box = PATHS[name]().boundingRect()
    assert QRectF(0, 0, SIDE, SIDE).contains(box)
    assert max(box.width(), box.height()) >= SIDE / 2


@pytest.mark.parametrize("name", ["dark", "light"])
def test_colours_follow_the_theme_and_the_state(qtbot: QtBot, name: str) -> None:
    look = theme(name)
    drawn = icon("play", look, 16)

    def middle(mode: QIcon.Mode, state: QIcon.State) -> tuple[int, int, int]:
        return drawn.pixmap(QSize(16, 16), mode, state).toImage().pixelColor(8, 8).getRgb()[:3]

    off = QIcon.State.Off
    assert middle(QIcon.Mode.Normal, off) == look.text.getRgb()[:3]
    assert middle(QIcon.Mode.Normal, QIcon.State.On) == look.accent.getRgb()[:3]
    faded = drawn.pixmap(QSize(16, 16), QIcon.Mode.Disabled, off).toImage().pixelColor(8, 8)
    assert faded.alphaF() == pytest.approx(0.5, abs=0.02)


def test_it_is_drawn_anew_for_dense_screens(qtbot: QtBot) -> None:
    pixmap = icon("play", theme("dark"), 16).pixmap(QSize(16, 16), 2.0)
    assert pixmap.width() == 32


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_sign_of_recording_is_red(qtbot: QtBot, name: str) -> None:
    red, green, blue, _ = (
        icon("record", theme(name), 16).pixmap(16, 16).toImage().pixelColor(8, 8).getRgb()
    )
    assert red > 2 * max(green, blue)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_sign_that_there_are_more_tools_is_seen_on_either_ground(
    qtbot: QtBot, name: str
) -> None:
    application = Application(keep=False)
    window = application.window
    qtbot.addWidget(window)
    window.appearance.fix(name, 2.2)
    window.resize(1024, 900)
    window.show()
    button = window.head.findChild(QToolButton, "qt_toolbar_ext_button")
    assert button is not None
    qtbot.waitUntil(button.isVisible)
    image = button.grab().toImage()
    shades = [
        image.pixelColor(x, y).lightness()
        for x in range(image.width())
        for y in range(image.height())
    ]
    ground, ink = theme(name).background.lightness(), theme(name).text.lightness()
    assert min(abs(shade - ink) for shade in shades) < 30, "the sign is in the colour of text"
    assert min(abs(shade - ground) for shade in shades) < 30
    window.close()
