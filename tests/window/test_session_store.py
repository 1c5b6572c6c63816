"""The screen as a session: captured from one window, it makes another show the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scene_files
from opening import Open, answered, settled
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters import registry
from viz.chapters.equivariance.invariance import Invariance
from viz.chapters.panel import ChapterPanel
from viz.chapters.registry import chapters
from viz.errors import UserError
from viz.model.demonstration import Demonstration
from viz.model.snapshot import Unit
from viz.nets import networks
from viz.scene import Scene, Transform, digits
from viz.session.session import Playback, Session


def slide(time: float) -> Scene:
    return replace(digits.number("31"), transform=Transform(dx=min(max(time, 0.0), 2.0)))


SLIDE = Demonstration("slide", "live", "Slide", "The 3.", "It moves.", 2.0, slide)


@pytest.fixture(autouse=True)
def _only_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library holds one demonstration, whose every frame is known."""
    monkeypatch.setattr(registry, "demonstrations", lambda: (SLIDE,))


def picture_of(application: Application, qtbot: QtBot) -> QImage:
    """The window once it shows the state as it is, without the milliseconds."""
    settled(application, qtbot)
    window = application.window
    window.timing.hide()
    window.transform_panel.refresh()
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not window.edges.waiting)
    return window.grab().toImage()


def invariance_of(panel: ChapterPanel) -> Invariance:
    (found,) = (one for one in panel.instruments if isinstance(one, Invariance))
    return found


def change_everything(application: Application) -> None:
    window, document = application.window, application.document
    document.view.chapter = "equivariance"
    document.set_network("average")
    document.apply(digits.number("53"), "draw")
    document.toggle_ablation("C1", 3)
    document.toggle_ablation("C3", 7)
    document.toggle_ablation("C3", 8)
    document.select((0,))
    document.select_window((0, 2))
    window.canvas.set_tool("select")
    window.commands.actions["pre"].trigger()
    window.commands.actions["grid"].trigger()
    assert window.panels.shown is not None
    window.panels.shown.choose(window.panels.shown.instruments[-1].id)


@pytest.mark.parametrize("pinned", [None, Unit("C3", 5, 2, 3)])
def test_another_window_shows_the_same(
    pinned: Unit | None, open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_application()
    change_everything(first)
    if pinned is not None:
        first.document.pin(pinned)
    picture = picture_of(first, qtbot)
    session = first.window.session_store.capture()
    scene_files.save(session, tmp_path / "a.scene.json")
    first.window.close()

    second = open_application()
    settled(second, qtbot)
    loaded = scene_files.load(tmp_path / "a.scene.json")
    assert loaded == session
    assert isinstance(loaded, Session)
    second.window.session_store.restore(loaded, tmp_path / "a.scene.json")
    again = picture_of(second, qtbot)
    assert second.window.session_store.capture() == session
    assert second.document.file == tmp_path / "a.scene.json"
    assert second.document.kept == ()
    # But for undo and redo, which are the window's own, and the scores' number and the upper edge
    # of a bar, which stay while they change by less than anybody sees
    for window, shown in ((first.window, picture), (second.window, again)):
        title = window.scores.mapTo(window, QPoint())
        painter = QPainter(shown)
        painter.fillRect(QRect(title, QSize(400, 20)), Qt.GlobalColor.black)
        painter.end()
    below = second.window.head.geometry().bottom() + 1
    assert differing(again.copy(0, below, 1280, 720), picture.copy(0, below, 1280, 720)) <= 40


def differing(one: QImage, other: QImage) -> int:
    """The number of pixels that are not the same."""
    pixels = [
        np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32)
        for image in (each.convertToFormat(QImage.Format.Format_RGB32) for each in (one, other))
    ]
    return int((pixels[0] != pixels[1]).sum())


def test_undo_brings_back_what_was_drawn(open_application: Open, qtbot: QtBot) -> None:
    application = open_application()
    application.document.apply(digits.number("8"), "draw")
    application.window.session_store.restore(Session(digits.number("2")))
    application.document.undo_stack.undo()
    assert application.document.scene == digits.number("8")


def test_opening_is_one_step_also_with_a_demonstration(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application()
    document, stack = application.document, application.document.undo_stack
    own = digits.number("8")
    document.apply(own, "draw")
    document.view.chapter = "pooling"
    document.toggle_ablation("C1", 5)
    for scene in (slide(0.75), digits.number("9")):  # untouched, and taken over
        before = stack.index()
        session = Session(
            scene,
            network="average",
            ablated={"C3": frozenset({2})},
            demonstration=Playback("slide", 0.75),
        )
        application.window.session_store.restore(session)
        assert stack.index() == stack.count() == before + 1
        assert (document.network, dict(document.ablated)) == ("average", session.ablated)
        application.window.commands.actions["undo"].trigger()
        assert document.scene == own
        assert (document.network, dict(document.ablated)) == ("max", {"C1": frozenset({5})})
        assert document.view.chapter == "live", "but the chapter stays"


def test_what_was_set_in_other_chapters_is_kept(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_application()
    first.document.apply(digits.number("31"), "draw")
    for chapter in [c.id for c in chapters()]:
        first.document.view.chapter = chapter
    panel = next(one for one in first.window.panels.built if one.chapter.id == "equivariance")
    invariance = invariance_of(panel)
    before = invariance.state()
    invariance.restore({**before, "sweep": "angle"})
    assert invariance.state() != before
    first.document.view.chapter = "live"
    settled(first, qtbot)
    session = first.window.session_store.capture()
    assert session.instruments["invariance"] == invariance.state()
    scene_files.save(session, tmp_path / "a.scene.json")

    second = open_application()
    settled(second, qtbot)
    loaded = scene_files.load(tmp_path / "a.scene.json")
    assert isinstance(loaded, Session)
    second.window.session_store.restore(loaded)
    assert [panel.chapter.id for panel in second.window.panels.built] == ["live"]
    assert second.window.session_store.capture().instruments == session.instruments, (
        "not visited yet"
    )
    second.document.view.chapter = "equivariance"
    again = invariance_of(second.window.panels.built[1])
    assert again.state() == invariance.state()
    again.restore(before)
    assert second.window.session_store.capture().instruments["invariance"] == before, (
        "now it is its own"
    )
    settled(second, qtbot)


def test_a_demonstration_goes_on_where_it_was(open_application: Open, qtbot: QtBot) -> None:
    application = open_application()
    player = application.window.player
    session = Session(
        slide(0.75), demonstration=Playback("slide", 0.75, speed=2.0, loop=False, seen=True)
    )
    application.window.session_store.restore(session)
    assert (player.demonstration, player.time, player.playing) == (SLIDE, 0.75, False)
    assert (player.speed, player.loop, player.seen, player.taken_over) == (2.0, False, True, False)
    assert application.document.scene == slide(0.75)
    captured = replace(application.window.session_store.capture(), instruments={})
    assert captured == replace(session, instrument="unit")


def test_a_demonstration_taken_over_stays_taken_over(open_application: Open, qtbot: QtBot) -> None:
    application = open_application()
    player = application.window.player
    session = Session(digits.number("9"), demonstration=Playback("slide", 0.75))
    application.window.session_store.restore(session)
    assert application.document.scene == digits.number("9")
    assert (player.time, player.taken_over) == (0.75, True)
    captured = replace(application.window.session_store.capture(), instruments={})
    assert captured == replace(session, instrument="unit")
    application.window.session_store.restore(Session(digits.number("2")))
    assert player.demonstration is None


def test_what_this_program_does_not_know_changes_nothing(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application()
    change_everything(application)
    settled(application, qtbot)
    before = application.window.session_store.capture()
    session = Session(Scene(), demonstration=Playback("dreams"))
    with pytest.raises(UserError, match="dreams"):
        application.window.session_store.restore(session)
    assert application.window.session_store.capture() == before
    application.window.files.restore(session, tmp_path / "a.scene.json")
    assert "dreams" in application.window.messages.text
    assert application.window.session_store.capture() == before


def test_open_and_save_keep_the_session(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application()
    change_everything(application)
    settled(application, qtbot)
    path = tmp_path / "a.scene.json"
    application.document.saved_as(path)
    application.window.files.save()
    saved = application.window.session_store.capture()
    application.window.session_store.restore(Session(Scene()))
    application.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: application.document.scene == saved.scene, timeout=10_000)
    settled(application, qtbot)
    assert application.window.session_store.capture() == saved


def test_the_window_shown_by_itself_is_shown_again(open_application: Open, qtbot: QtBot) -> None:
    application = open_application()
    document = application.document
    document.apply(digits.number("31"), "draw")
    settled(application, qtbot)
    assert document.snapshot is not None
    found = [round(digit.column) for digit in document.snapshot.reading.digits]
    for column in found:  # both are sure, so whichever was shown stays
        application.window.session_store.restore(
            Session(digits.number("31"), focus_window=(0, column))
        )
        settled(application, qtbot)
        assert document.shown_window() == (0, column)
        assert application.window.session_store.capture().focus_window == (0, column)


def test_no_state_in_between_is_shown(open_application: Open, qtbot: QtBot) -> None:
    application = open_application()
    settled(application, qtbot)
    shown: list[Scene] = []
    application.document.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.scene))
    session = Session(slide(0.75), network="average", demonstration=Playback("slide", 0.75))
    application.window.session_store.restore(session)
    settled(application, qtbot)
    assert shown and set(map(id, shown)) == {id(application.document.scene)}


@pytest.mark.parametrize("chapter", [c.id for c in chapters()])
def test_every_instrument_keeps_its_settings_and_takes_no_nonsense(
    chapter: str, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application()
    application.document.apply(digits.number("31"), "draw")
    application.document.view.chapter = chapter
    panels = application.window.panels
    panel = panels.shown
    assert panel is not None and panel.instruments

    def kept() -> bool:
        """Whether a file keeps the settings of all instruments as they are."""
        session = application.window.session_store.capture()
        built = [one for panel in panels.built for one in panel.instruments]
        assert len(session.instruments) == sum(bool(one.state()) for one in built)
        loaded = scene_files.loads(scene_files.dumps(session))
        assert isinstance(loaded, Session)
        return loaded.instruments == session.instruments

    for instrument in panel.instruments:
        state = instrument.state()
        assert kept(), instrument.title
        for nonsense in (None, -1, 10**9, float("nan"), "?", [], {}, [None], True):
            instrument.restore(dict.fromkeys(state, nonsense))
            assert kept(), (instrument.title, nonsense)
        instrument.restore({})
        instrument.restore(state)
        assert instrument.state() == state, instrument.title
    settled(application, qtbot)


def test_with_a_network_in_training_on_the_stage_the_one_of_before_is_kept(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(digits.number("3"))
    document, store = application.document, application.window.session_store
    document.set_network("notes")
    answered(application, qtbot)
    document.view.chapter = "learning"
    document.view.set_instrument("learning", "train")
    panel = application.window.panels.shown
    assert panel is not None
    train = panel.chosen
    train.restore({"stage": True})
    qtbot.waitUntil(lambda: networks.is_passing(document.network), timeout=30_000)
    assert store.capture().network == "notes"
    train.restore({"stage": False})
