"""For the hall: a black screen, a covered answer, a step played again, a film begun unasked, a
title that says where one is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from opening import Open, settled
from painted import pixels
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.model import settings
from viz.model.player import STEP_S
from viz.recording.render_process import RenderProcess
from viz.scene.digits import number
from viz.window.stage_title import StageTitle

LEFT = Qt.MouseButton.LeftButton
B, DOT, Q, ESC, SPACE = (
    Qt.Key.Key_B, Qt.Key.Key_Period, Qt.Key.Key_Q, Qt.Key.Key_Escape, Qt.Key.Key_Space,
)  # fmt: skip


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


def press(application: Application, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the keys go."""
    focused = application.window.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, *modifiers)


# Black screen


@pytest.mark.parametrize("key", [B, DOT])
@pytest.mark.parametrize("back", [B, DOT, ESC])
def test_a_clickers_keys_turn_the_screen_black_and_back(
    key: Qt.Key, back: Qt.Key, application: Application
) -> None:
    window, view = application.window, application.document.view
    press(application, Qt.Key.Key_F5)
    focused = window.focusWidget()
    press(application, key)
    assert view.blank and not pixels(window).any(), "not even the caption"
    window.resize(1000, 600)
    assert not pixels(window).any()
    press(application, back)
    assert not view.blank and view.presenting and pixels(window).any()
    assert window.focusWidget() is focused
    press(application, ESC)
    assert not view.presenting


def test_a_demonstration_goes_by_frames_in_the_hall_too_where_the_dot_is_a_clickers(
    application: Application,
) -> None:
    window, player, view = application.window, application.window.player, application.document.view
    control = Qt.KeyboardModifier.ControlModifier
    player.load(player.library()[0])
    press(application, DOT)
    press(application, Qt.Key.Key_Right, control)
    assert player.time == pytest.approx(2 * STEP_S)
    press(application, Qt.Key.Key_F5)
    press(application, Qt.Key.Key_Right, control)
    press(application, Qt.Key.Key_Right, control)
    press(application, Qt.Key.Key_Left, control)
    press(application, DOT)
    assert player.time == pytest.approx(3 * STEP_S) and view.blank
    press(application, DOT)
    press(application, ESC)
    assert not view.presenting
    press(application, DOT)
    press(application, Qt.Key.Key_Comma)
    press(application, DOT)
    assert player.time == pytest.approx(4 * STEP_S) and not view.blank
    (row,) = (row for row in window.commands.sheet() if row[1] == "Step on")
    assert row[2] == ".; Ctrl+Right"


def test_other_keys_and_a_click_bring_the_screen_back_and_do_what_they_do(
    application: Application,
) -> None:
    window, view = application.window, application.document.view
    press(application, Qt.Key.Key_F5)
    press(application, B)
    press(application, Qt.Key.Key_3)
    assert not view.blank and view.chapter == "pooling"
    press(application, B)
    press(application, SPACE)
    assert not view.blank and application.window.player.playing
    press(application, B)
    press(application, Qt.Key.Key_Shift)
    assert view.blank, "a key that does nothing by itself"
    scene = application.document.scene
    QTest.mouseClick(window.presentation.blank, LEFT, pos=QPoint(200, 300))
    assert not view.blank and application.document.scene is scene
    press(application, B)
    window.presentation.toggle()
    assert not view.blank and not view.presenting


def test_no_message_lies_over_the_black_screen(application: Application) -> None:
    window = application.window
    press(application, Qt.Key.Key_F5)
    press(application, B)
    window.messages.show("The film could not be made.")
    assert not pixels(window).any()
    window.area.arrange()
    window.messages.bar.place()
    assert not pixels(window).any()
    press(application, B)
    assert window.messages.text and pixels(window.messages.bar).any()


def test_without_a_hall_the_dot_steps_on_and_b_does_nothing(application: Application) -> None:
    view, player = application.document.view, application.window.player
    press(application, B)
    assert not view.blank
    press(application, SPACE)
    press(application, SPACE)
    before = player.time
    press(application, DOT)
    assert player.time == pytest.approx(before + 1 / 30) and not view.blank
    press(application, Qt.Key.Key_F5)
    press(application, DOT)
    assert view.blank and player.time == pytest.approx(before + 1 / 30)


# Answer


def test_q_covers_answer_scores_and_what_tells_the_class(
    application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    press(application, Qt.Key.Key_F5)
    settled(application, qtbot)
    shown = pixels(window.answer), pixels(window.scores)
    caption = window.hint_line.hint
    press(application, Q)
    assert view.answer_hidden
    assert window.scores.title == "Answer hidden (Q)"
    assert window.answer.accessibleDescription() == "Answer hidden (Q)"
    covered = pixels(window.answer), pixels(window.scores)
    application.document.apply(number("74"), "another")
    settled(application, qtbot)
    again = pixels(window.answer), pixels(window.scores)
    assert all(np.array_equal(*pair) for pair in zip(covered, again, strict=True)), "none leaks"
    assert "Q shows it" in window.hint_line.hint
    application.document.apply(number("31"), "back")
    settled(application, qtbot)
    press(application, Q)
    back = pixels(window.answer), pixels(window.scores)
    assert all(np.array_equal(*pair) for pair in zip(shown, back, strict=True))
    assert window.hint_line.hint == caption


def test_q_takes_the_answer_out_of_the_explanation(application: Application, qtbot: QtBot) -> None:
    window, view = application.window, application.document.view
    view.explained = True
    for chapter, tells in (
        ("live", True), ("equivariance", False), ("binding", True), ("sliding-window", False),
    ):  # fmt: skip
        view.chapter = chapter
        panel = window.panels.shown
        assert panel is not None
        for instrument in panel.instruments:
            view.answer_hidden = False
            panel.choose(instrument.id)
            settled(application, qtbot)
            window.explanation.refresh()
            of_chapter, of_instrument = window.explanation.shown
            assert of_chapter.formula and of_instrument.formula
            view.answer_hidden = True
            window.explanation.refresh()
            of_chapter, of_instrument = window.explanation.shown
            assert bool(of_chapter.formula) != tells, chapter
            assert bool(of_instrument.formula) != instrument.tells_answer, instrument.id


def test_q_covers_the_instruments_that_tell_the_class_and_no_others(
    application: Application,
) -> None:
    window, view = application.window, application.document.view
    covered = set()
    for chapter in ("live", "equivariance", "pooling", "binding", "sliding-window"):
        view.chapter = chapter
        panel = window.panels.shown
        assert panel is not None
        for instrument in panel.instruments:
            panel.choose(instrument.id)
            view.answer_hidden = True
            assert instrument.isVisible() != instrument.tells_answer
            view.answer_hidden = False
            assert instrument.isVisible()
            if instrument.tells_answer:
                covered.add(instrument.id)
    assert covered == {
        "why", "binding-map", "trajectory", "binding-data", "invariance", "networks", "shift-map",
        "reading", "segmentation",
    }  # fmt: skip


def test_beside_a_no_caption_tells_the_answer(application: Application, qtbot: QtBot) -> None:
    press(application, Qt.Key.Key_F)
    settled(application, qtbot)
    stage = application.window.comparison.stage
    assert stage is not None
    captions = stage.caption, application.window.stage.caption
    told = [caption.accessibleDescription() for caption in captions]
    assert all("3" in text for text in told)
    press(application, Q)
    assert [caption.accessibleDescription() for caption in captions] == ["", ""]
    press(application, Q)
    assert [caption.accessibleDescription() for caption in captions] == told


# Home


def test_home_plays_the_step_again_from_its_beginning(
    application: Application, qtbot: QtBot
) -> None:
    window, player = application.window, application.window.player
    press(application, Qt.Key.Key_F5)
    press(application, Qt.Key.Key_2)
    press(application, Qt.Key.Key_Home)
    first = player.demonstration
    assert first is not None and player.playing and first is player.library()[0]
    press(application, Qt.Key.Key_PageDown)
    second = player.demonstration
    player.pause()
    player.seek(2.0)
    player.set_seen(True)
    panel = window.panels.shown
    assert panel is not None
    panel.turn_to(0)
    application.document.apply(number("8"), "taken over")
    press(application, Qt.Key.Key_Home)
    assert player.demonstration is second and second is not first
    assert player.playing and player.time < 1.0 and not player.seen and not player.taken_over
    assert panel.current is panel.instruments[0], "the lecturer's choice"
    player.pause()


# Film


def test_a_film_of_the_live_session_begins_and_ends_unasked(
    application: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window, recorder = application.window, application.window.recorder
    started: list[tuple[Path, list[str]]] = []

    def start(_: RenderProcess, file: Path, arguments: list[str], shown: object) -> None:
        started.append((file, arguments))

    def forbidden(*_: object) -> None:
        raise AssertionError("a dialog")

    monkeypatch.setattr(RenderProcess, "start", start)
    for name in ("show", "open", "exec"):
        monkeypatch.setattr(QDialog, name, forbidden)
    settings.put("folder", str(tmp_path))
    keys: Callable[[], None] = lambda: QTest.keyClick(  # noqa: E731
        window, Qt.Key.Key_R,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    press(application, Qt.Key.Key_F5)
    keys()
    assert recorder.is_taking and "is being recorded" in window.hint_line.hint
    keys()
    assert not recorder.is_taking and "is being made" in window.hint_line.hint
    ((file, arguments),) = started
    assert file.parent == tmp_path and file.suffix == ".mp4" and "--stage" in arguments
    width, height = window.width() & ~1, window.height() & ~1
    assert f"{width}x{height}" in arguments


# Title


def test_chapter_demonstration_and_instrument_stand_on_the_stage(
    application: Application, qtbot: QtBot
) -> None:
    window, view, title = (
        application.window,
        application.document.view,
        application.window.stage.title,
    )
    assert not title.isVisible()
    press(application, Qt.Key.Key_F5)
    assert title.isVisible() and title.parts == ("1 Live", "Unit")
    press(application, Qt.Key.Key_2)
    press(application, SPACE)
    window.player.pause()
    panel = window.panels.shown
    assert panel is not None and window.player.demonstration is not None
    shown = window.player.demonstration.title
    assert title.parts == ("2 Equivariance", shown, panel.current.title)
    panel.turn_to(3)
    assert title.parts == ("2 Equivariance", shown, "Shift map")
    view.enlarged = "C3"
    assert title.isVisible() and title.parts == ("2 Equivariance", shown)
    view.enlarged = ""
    view.answer_hidden = True
    assert title.parts == ("2 Equivariance", "Shift map"), "its title would tell"
    press(application, ESC)
    assert not title.isVisible()
    view.stage_only = True
    settled(application, qtbot)
    assert title.isVisible()


def test_the_title_is_cut_in_the_middle(qtbot: QtBot) -> None:
    title = StageTitle()
    qtbot.addWidget(title)
    whole = ("2 Equivariance", "A demonstration with quite a long name", "Displacement")
    title.set_parts((*whole, ""))
    for width, shown in ((900, whole), (200, (whole[0], whole[2]))):
        title.resize(width, 30)
        pixels(title)
        assert title.shown == shown
    title.resize(340, 30)
    pixels(title)
    first, middle, last = title.shown
    assert (first, last) == (whole[0], whole[2])
    assert middle.startswith("A demo") and middle.endswith("…")
