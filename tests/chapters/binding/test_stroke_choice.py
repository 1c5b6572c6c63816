"""Which stroke is A: selected, moved by a demonstration, or likely; stepping; the outline."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from viz.chapters.binding.stroke_choice import PartBar, StrokeChoice
from viz.chapters.registry import of_chapter
from viz.measure.reading import read
from viz.measure.stroke_selection import StrokeSelection, put
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.paint_clock import PaintClock


@dataclass(frozen=True)
class Moves:
    """As much of a demonstration as is needed here."""

    id: str = "moves"
    chapter: str = "binding"
    title: str = "Moves"
    duration: float = 2.0
    moving: tuple[int, int] | None = (1, 1)

    def scene_at(self, time: float) -> Scene:
        return put(number("31"), StrokeSelection(1, 1), 4 * time, 0)


def answer(document: Document, sure: dict[int, int]) -> Snapshot:
    """A snapshot whose windows are sure of these classes."""
    scene = document.scene
    rows, columns = (scene.height - 32) // 4 + 1, (scene.width - 32) // 4 + 1
    output = np.full((11, rows, columns), np.log(0.01), np.float32)
    output[10] = np.log(0.9)
    for column, digit in sure.items():
        output[10, :, column], output[digit, :, column] = np.log(0.02), np.log(0.9)
    request = document.request()
    maps = {"output": output}
    snapshot = Snapshot(
        request,
        document.architecture,
        rasterize_scene(scene),
        maps,
        read(maps["output"]),
        None,
        0,
        0,
        0,
    )
    document.show(snapshot)
    return snapshot


def test_the_selected_one_is_a(qtbot: QtBot) -> None:
    document = Document(number("31"))
    choice = StrokeChoice(document, Player(document, of_chapter))
    snapshot = answer(document, {2: 3, 6: 1})
    changes: list[None] = []
    choice.changed.connect(lambda: changes.append(None))

    def part() -> StrokeSelection:
        subject = choice.subject(snapshot)
        assert subject is not None
        return subject.part

    assert part() == StrokeSelection(0, 0)  # of two sure digits the first one's shortest stroke
    document.select([1], (1, 1))
    assert part() == StrokeSelection(1, 1)
    document.select([1])
    assert part() == StrokeSelection(1)
    document.select([0, 1])
    assert part() == StrokeSelection(0, 0)
    assert len(changes) == 3


def test_a_digit_alone_is_not_bound_to_nothing() -> None:
    document = Document(number("4"))
    choice = StrokeChoice(document, Player(document, of_chapter))
    snapshot = answer(document, {4: 4})
    document.select([0])
    subject = choice.subject(snapshot)
    assert subject is not None and subject.part.stroke is not None


def test_an_empty_canvas_has_no_part() -> None:
    document = Document()
    choice = StrokeChoice(document, Player(document, of_chapter))
    assert choice.subject(answer(document, {})) is None
    choice.step(1)
    assert not document.selection


def test_a_demonstration_says_what_moves_until_it_is_taken_over(qtbot: QtBot) -> None:
    document = Document(number("4"))
    player = Player(document, of_chapter)
    choice = StrokeChoice(document, player)
    player.load(Moves())  # type: ignore[arg-type]
    subject = choice.subject(answer(document, {2: 3, 6: 1}))
    assert subject is not None and subject.part == StrokeSelection(1, 1)
    document.apply(put(document.scene, StrokeSelection(0), 1, 0), "moved by hand")
    subject = choice.subject(answer(document, {2: 3, 6: 1}))
    assert subject is not None and subject.part == StrokeSelection(0, 0)
    player.load(replace(Moves(), moving=(4, 0)))  # type: ignore[arg-type]
    subject = choice.subject(answer(document, {2: 3, 6: 1}))
    assert subject is not None and subject.part == StrokeSelection(0, 0)


def test_the_window_is_that_of_the_part_s_digit() -> None:
    document = Document(number("31"))
    choice = StrokeChoice(document, Player(document, of_chapter))
    snapshot = answer(document, {2: 3, 6: 1})
    document.select([1], (1, 1))
    assert choice.subject(snapshot).window == (0, 6)  # type: ignore[union-attr]
    document.select([0], (0, 1))
    assert choice.subject(snapshot).window == (0, 2)  # type: ignore[union-attr]
    document.select_window((0, 7))
    assert choice.subject(snapshot).window == (0, 7)  # type: ignore[union-attr]


def test_the_default_stays_while_answers_compete() -> None:
    document = Document(number("31"))
    choice = StrokeChoice(document, Player(document, of_chapter))
    first = choice.subject(answer(document, {6: 1}))
    second = choice.subject(answer(document, {2: 3}))
    assert first is not None and second is not None
    assert first.part == second.part == StrokeSelection(1, 0)


def test_buttons_step_through_all_strokes(qtbot: QtBot) -> None:
    document = Document(number("31"))
    canvas = Canvas(document, PaintClock())
    choice = StrokeChoice(document, Player(document, of_chapter))
    bar = PartBar(choice, document, canvas)
    for widget in (canvas, bar):
        qtbot.addWidget(widget)
    bar.set_theme(themes.theme("dark"), 13)
    bar.show()
    snapshot = answer(document, {2: 3, 6: 1})
    bar.show_subject(choice.subject(snapshot))
    assert bar.text == "A: stroke 1 of the 3  window row 0, column 2"
    assert len(canvas.pointed_out) == 1  # nothing is selected, so the instrument outlines it
    back, on = bar.findChildren(QToolButton)
    seen = []
    for _ in range(4):
        QTest.mouseClick(on, Qt.MouseButton.LeftButton)
        seen.append(document.selected_stroke)
    assert seen == [(0, 1), (1, 0), (1, 1), (0, 0)]
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert document.selected_stroke == (1, 1)
    bar.show_subject(choice.subject(snapshot))
    assert canvas.pointed_out == []  # the canvas outlines the selection itself
    bar.show_subject(None)
    assert bar.text == ""
    bar.hide()
    assert not canvas.pointed_out
