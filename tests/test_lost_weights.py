"""The whole program beside one network's weights that are lost: it says so, and the others work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lost_weights import lose
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.equivariance.networks import Networks
from viz.scene.digits import number

LOST = "blur"


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MNIST_DIR", "nowhere")
    return lose(monkeypatch, tmp_path, LOST, "of other shapes")


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
    QTest.mouseClick(view.columns[LOST].button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: str(file) in window.messages.text, timeout=20000)
    settle(application, qtbot)
    assert document.network == "max"
    assert [name for name, one in view.columns.items() if one.button.isChecked()] == ["max"]


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


def test_the_network_before_goes_on_and_each_choice_is_reported_once(
    application: Application, qtbot: QtBot, file: Path
) -> None:
    document, messages = application.document, application.window.messages
    application.start()
    document.set_network("average")
    settle(application, qtbot)
    for _ in range(2):
        document.set_network(LOST)
        for width in range(64, 68):
            document.apply(number("7", height=32, width=width), "more requests")
        qtbot.waitUntil(lambda: document.network == "average", timeout=20_000)
        assert str(file) in messages.text and "reinstall LeNetScope" in messages.text
        messages.close()
        settle(application, qtbot)
        assert messages.text == ""


def test_a_comparison_with_a_lost_network_complains_once_and_changes_nothing(
    application: Application, qtbot: QtBot, file: Path
) -> None:
    engine, messages = application.engine, application.window.messages
    application.start()
    settle(application, qtbot)
    for expected in (str(file), ""):
        with qtbot.waitSignal(engine.failed, timeout=20_000):
            engine.measure("it", lambda nets: [nets(LOST)], lambda _: None)
        assert expected in messages.text and bool(messages.text) == bool(expected)
        messages.close()
    assert application.document.network == "max"
