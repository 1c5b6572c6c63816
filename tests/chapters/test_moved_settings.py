"""A demonstration that moves a setting of its instrument: it follows the time, and can be taken."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from staging import OWN, Demo, shelve

from viz.app import Application
from viz.chapters import registry
from viz.chapters.equivariance.residual import Residual
from viz.chapters.lecture_steps import session_of
from viz.session.lecture import DemonstrationStart, Step

DEMO = Demo(
    "The axis turns",
    "equivariance",
    id="turns",
    instrument="residual",
    settings_at=lambda time: {"axis": "x" if time < 1 else "y"},
)


@pytest.fixture
def application(
    open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Application:
    """A window in which the demonstration was brought on, and stands at its beginning."""
    shelve(monkeypatch, {"equivariance": (DEMO,)})
    application = open_application(OWN)
    application.document.view.chapter = "equivariance"
    settled(application, qtbot)
    player = application.window.player
    player.bring_on(DEMO)
    player.pause()
    player.seek(0.0)
    settled(application, qtbot)
    return application


def residual(application: Application) -> Residual:
    panel = application.window.panels.shown
    assert panel is not None and isinstance(panel.current, Residual)
    return panel.current


def test_a_setting_follows_the_demonstration(application: Application) -> None:
    instrument, player = residual(application), application.window.player
    assert instrument.axes.value == "x"
    player.seek(1.5)
    assert instrument.axes.value == "y"
    assert not player.taken_over
    player.seek(0.5)
    assert instrument.axes.value == "x"


def test_choosing_what_it_moves_takes_over_until_it_plays_on(application: Application) -> None:
    instrument, player = residual(application), application.window.player
    player.seek(1.5)
    player.play()
    place: QPointF = instrument.axes.option_rect("x").center()
    QTest.mouseClick(instrument.axes, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert instrument.axes.value == "x"
    assert not player.playing and player.taken_over
    player.play()
    assert instrument.axes.value == "y" and not player.taken_over
    player.pause()


@pytest.mark.parametrize(("time", "axis"), [(0.5, "x"), (1.5, "y")])
def test_a_step_of_a_lecture_begins_with_the_settings_of_its_time(
    time: float, axis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "by_id", {"turns": DEMO}.__getitem__)
    session = session_of(Step("A step", demonstration=DemonstrationStart("turns", time)))
    assert session.instruments == {"residual": {"axis": axis}}
