"""Chapter 4 lays its instruments out; they speak of one part, and leave no trace when left."""

from __future__ import annotations

from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton

from viz.measure.stroke_selection import StrokeSelection
from viz.scene.digits import number


def test_the_instruments_agree_and_tidy_up(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.open_chapter("binding")
    document, panel = lab.document, lab.panel
    map_, interaction, trajectory = panel.instruments
    _, on = map_.bar.findChildren(QToolButton)  # type: ignore[attr-defined]
    QTest.mouseClick(on, Qt.MouseButton.LeftButton)
    lab.settle()
    assert map_.result.part == StrokeSelection(0, 1) and map_.result.finished  # type: ignore[attr-defined]
    assert lab.canvas.overlay is not None
    lab.turn(1)
    assert lab.canvas.overlay is None
    assert interaction.result.part == StrokeSelection(0, 1)  # type: ignore[attr-defined]
    assert document.marks is not None
    lab.turn(2)
    assert document.marks is None
    assert trajectory.bar.text.startswith("A: stroke 2 of the 3")  # type: ignore[attr-defined]
    panel.choose("binding-map")
    document.select(())
    assert lab.canvas.pointed_out
    panel.hide()
    assert lab.canvas.overlay is None and not lab.canvas.pointed_out
    lab.settle()
