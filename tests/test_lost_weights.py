"""The whole program beside one network's weights that are lost: it says so, and the others work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.equivariance.invariance import Sweeps
from viz.chapters.equivariance.networks import Networks
from viz.scene.digits import number
from viz.scene.shifts import shifted

LOST = "blur"


@pytest.fixture
def damage() -> str:
    """How the file is lost, unless a test is of every way."""
    return "of other shapes"


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str) -> Path:
    monkeypatch.setenv("MNIST_DIR", "nowhere")
    return lose(monkeypatch, tmp_path, LOST, damage)


@pytest.fixture
def application(qtbot: QtBot, file: Path) -> Iterator[Application]:
    application = Application(number("3"), keep=False)
    qtbot.addWidget(application.window)
    application.window.resize(1280, 720)
    application.window.show()
    yield application
    application.window.close()


def settle(application: Application, qtbot: QtBot) -> None:
    """Wait until the scene is shown and everything about it is measured."""
    document = application.document

    def settled() -> bool:
        shown = document.snapshot
        return (
            shown is not None
            and shown.scene == document.scene
            and shown.request.network == document.network
            and not application.engine.measuring
        )

    qtbot.waitUntil(settled, timeout=60000)


def test_every_instrument_of_chapter_2_goes_on_when_the_chosen_network_cannot_be_used(
    application: Application, qtbot: QtBot, file: Path, damage: str
) -> None:
    document, window = application.document, application.window
    failed: list[str] = []
    application.engine.failed.connect(failed.append)
    application.start()
    document.view.chapter = "equivariance"
    settle(application, qtbot)
    panel = window.panels.shown
    assert panel is not None
    for instrument in panel.instruments:
        panel.choose(instrument.id)
        settle(application, qtbot)
        window.messages.close()
        document.set_network(LOST)
        qtbot.waitUntil(lambda: document.network == "max", timeout=20000)
        settle(application, qtbot)
        assert str(file) in window.messages.text
        assert "install the program anew" in window.messages.text
        before = panel.grab().toImage()
        document.apply(shifted(document.scene, 1, 0), "move")
        settle(application, qtbot)
        qtbot.waitUntil(lambda before=before: panel.grab().toImage() != before)  # it goes on
        if isinstance(instrument, (Networks, Sweeps)):
            sweeps = isinstance(instrument, Sweeps)
            told = instrument.curves.note if sweeps else instrument.accessibleDescription()
            assert f"{file.name} is {word_for(damage)}; install the program anew." in told
    assert len(failed) == len(panel.instruments), "each choice was tried once"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_click_on_the_column_of_a_lost_network_tells_all_and_stays(
    application: Application, qtbot: QtBot, file: Path
) -> None:
    document, window = application.document, application.window
    application.start()
    document.view.chapter = "equivariance"
    panel = window.panels.shown
    assert panel is not None
    (view,) = (one for one in panel.instruments if isinstance(one, Networks))
    panel.choose(view.id)
    settle(application, qtbot)
    assert window.messages.text == ""
    place = view.column(LOST).center()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: str(file) in window.messages.text, timeout=20000)
    settle(application, qtbot)
    assert document.network == "max"
    assert view.accessibleDescription().startswith("max answers")


def test_what_was_kept_with_a_lost_network_opens_with_the_main_one(
    application: Application, qtbot: QtBot, file: Path
) -> None:
    failed: list[str] = []
    application.engine.failed.connect(failed.append)
    application.document.set_network(LOST)  # as a session does, before the network's thread starts
    application.start()
    settle(application, qtbot)
    assert application.document.network == "max" and len(failed) == 1
    assert str(file) in application.window.messages.text
