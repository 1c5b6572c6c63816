"""Films of takes: each state, arrived at from the one before, is shown as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from opening import settled
from pytestqt.qtbot import QtBot
from take_stage import LOOK, SLIDE, STAGE, picture, running, shelve, slide

from viz.app import Application
from viz.cli.renderer import rendering
from viz.model.snapshot import Unit
from viz.recording.take import Notes, Take
from viz.recording.video import Frame
from viz.scene import Group, Transform, digits
from viz.session.session import Playback, Session
from viz.views.answer.scores import LEAST_CHANGE, probabilities
from viz.views.canvas.transform_panel import TransformPanel


@pytest.fixture(autouse=True)
def _slide_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(monkeypatch)


@pytest.fixture
def application(qtbot: QtBot) -> Iterator[Application]:
    with running(qtbot) as made:
        yield made


def test_going_on_shows_what_opening_would(application: Application, qtbot: QtBot) -> None:
    """Each state of a take, arrived at from the one before, looks as it does in a new window."""
    window, document = application.window, application.document
    states: list[Session] = []

    def now() -> None:
        settled(application, qtbot)
        qtbot.waitUntil(lambda: not application.engine.measuring, timeout=60_000)
        states.append(window.session_store.capture())

    document.apply(digits.number("31"), "draw")
    now()
    document.set_network("average")
    document.toggle_ablation("C1", 3)
    document.view.chapter = "sliding-window"
    now()
    document.apply(replace(document.scene, transform=Transform(dx=3.25)), "move")
    document.select_window((0, 1))
    now()
    document.view.chapter = "binding"
    assert window.panels.shown is not None
    overlay = window.panels.shown.instruments[0].overlay  # type: ignore[attr-defined]
    now()
    overlay.setChecked(not overlay.isChecked())
    now()
    document.view.chapter = "live"
    document.toggle_ablation("C1", 3)
    document.toggle_ablation("S2", 4)
    window.canvas.set_tool("select")
    document.select((1,))
    document.pin(Unit("C3", 5, 2, 3))
    now()
    window.commands.actions["pre"].trigger()
    window.commands.actions["grid"].trigger()
    window.comparison.toggle()
    document.set_network("max")
    document.apply(digits.number("53"), "draw")
    document.pin(None)
    now()
    window.comparison.toggle()
    window.player.load(SLIDE)
    window.player.seek(1.0)
    window.player.speed = 2.0
    now()
    window.player.unload()
    document.restore_all()
    now()
    take = Take(tuple((float(number), state) for number, state in enumerate(states)), 10.0)
    with rendering(states[0], STAGE) as made:
        frames = list(made.follow(take, range(len(states))))
        assert made.window.session_store.capture() == states[-1]
    for number, (frame, state) in enumerate(zip(frames, states, strict=True)):
        with rendering(state, STAGE) as made:  # a frame: a still has lines of connections, too
            (alone,) = made.follow(Take(((0.0, state),), 1.0), [0.0])
            assert np.array_equal(alone, picture(state, STAGE)) == (state.pinned is None), number
        assert np.array_equal(frame, alone), number
    assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_the_window_is_shown_that_the_user_saw(qtbot: QtBot) -> None:
    """Both digits are sure: which one's window is shown depends on what went before."""
    moments = []
    for number, window in enumerate([(0, 2), (0, 2), (0, 6), (0, 6), (0, 3)]):
        scene = replace(digits.number("31"), transform=Transform(dx=number // 2))
        moments.append((float(number), Session(scene, focus_window=window)))
    take, shown = Take(tuple(moments), 5.0), []
    with rendering(take.at(0), LOOK) as made:
        for _ in made.follow(take, range(5)):
            shown.append(made.window.document.shown_window())
            of_window = probabilities(made.window.document.snapshot, shown[-1])
            assert made.window.scores.heights == pytest.approx(of_window, abs=LEAST_CHANGE)
    assert shown == [state.focus_window for _, state in moments]


def test_a_pause_is_judged_by_the_times_of_the_take(qtbot: QtBot) -> None:
    """However fast or slowly the frames come: after two seconds a path begins anew."""
    thirty_one = digits.number("31")
    three = thirty_one.items[0]

    def at(dx: float) -> Session:
        moved = replace(three, transform=Transform(dx=dx))
        scene = thirty_one.with_item(0, moved)
        return Session(scene, "binding", "trajectory", selection=frozenset({0}), tool="select")

    notes = Notes(10, at(0))
    for time, dx in ((0.1, 1), (0.2, 2), (0.3, 3), (2.3, 4), (2.4, 5)):
        notes.note(time, at(dx))
    take = notes.take(2.5)
    with rendering(take.at(0), STAGE) as made:
        lengths = []
        for _ in made.follow(take, take.times(10)):
            panel = made.window.panels.shown
            assert panel is not None
            trajectory = panel.instruments[2]
            lengths.append(trajectory.trail.xs[-1])  # type: ignore[attr-defined]
    assert lengths == pytest.approx([0, 1, 2, *[3] * 20, 1, 2, 2])


def test_taken_over_and_given_back_at_the_same_time(qtbot: QtBot) -> None:
    played = Session(slide(1), demonstration=Playback(SLIDE.id, 1.0))
    changed = replace(played, scene=slide(0.5))
    take = Take(((0.0, played), (1.0, changed), (2.0, played)), 3.0)
    with rendering(take.at(0), STAGE) as made:
        taken = [made.window.player.taken_over for _ in made.follow(take, range(3))]
    assert taken == [False, True, False]


def test_a_state_that_lasts_is_painted_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(20, Session(slide(0)))
    notes.note(0.25, Session(slide(1)))
    take = notes.take(0.5)
    with rendering(take.at(0), STAGE) as made:
        painted: list[Frame] = []
        frame = made.frame
        monkeypatch.setattr(made, "frame", lambda: painted.append(frame()) or painted[-1])
        frames = list(made.follow(take, take.times(20)))
    assert len(painted) == 2
    assert [painted.index(f) if f is painted[0] else 1 for f in frames] == [0] * 5 + [1] * 6


def test_a_stroke_that_is_gone_is_not_captured(application: Application, qtbot: QtBot) -> None:
    """It stays selected while the user undoes it; a state that says so could not be shown."""
    document = application.document
    drawn = digits.number("35")
    item = drawn.items[1]
    assert isinstance(item, Group) and len(item.strokes) > 1
    document.apply(drawn, "draw")
    document.apply(drawn.with_item(1, replace(item, strokes=item.strokes[:1])), "delete")
    notes = Notes(10, application.window.session_store.capture())
    document.undo_stack.undo()
    document.select((1,), (1, 1))
    notes.note(0.1, application.window.session_store.capture())
    document.undo_stack.redo()
    notes.note(0.2, application.window.session_store.capture())
    made = notes.take(1.0)
    assert [state.stroke for _, state in made.moments] == [None, (1, 1), None]
    settled(application, qtbot)


def test_a_stroke_selected_and_moved_at_once_counts_from_where_it_was(qtbot: QtBot) -> None:
    """As a click on a best place does, within one frame: the sliders show how far it went."""
    drawn = digits.number("35")
    item = drawn.items[1]
    assert isinstance(item, Group)
    moved = replace(item, strokes=(item.strokes[0].moved(-2, 9), *item.strokes[1:]))
    after = Session(
        drawn.with_item(1, moved), tool="select", selection=frozenset({1}), stroke=(1, 0)
    )
    more = replace(after, scene=replace(after.scene, items=(moved, *after.scene.items)))
    other = replace(more, selection=frozenset({2}), stroke=(2, 0))
    take = Take(((0.0, Session(drawn)), (1.0, after), (2.0, other)), 3.0)
    with rendering(take.at(0), LOOK) as made:
        shown = []
        for _ in made.follow(take, range(3)):
            panel = made.window.findChild(TransformPanel)
            assert panel is not None
            panel.refresh()
            shown.append((panel.rows["dx"].number.value(), panel.rows["dy"].number.value()))
    assert shown == [(0, 0), (-2, 9), (0, 0)], "where there was no such stroke, it is found anew"
