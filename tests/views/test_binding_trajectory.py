"""Trajectories on the screen: a demonstration's curves, seeking, a drag's path, ablations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from binding_bench import Bench, bench
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.measure.part import Part, put
from viz.measure.trajectory import SAMPLES
from viz.scene import Scene
from viz.scene.digits import number
from viz.views.binding.trajectory import BindingTrajectoryView
from viz.views.curves import Series


@dataclass(frozen=True)
class Moves:
    """As much of a demonstration as is needed here; counts the scenes asked for."""

    id: str = "moves"
    chapter: str = "binding"
    title: str = "Moves"
    duration: float = 4.0
    moving: tuple[int, int] | None = (0, 0)
    asked: list[float] = field(default_factory=list)

    def scene_at(self, time: float) -> Scene:
        self.asked.append(time)
        return put(number("5"), Part(0, 0), 4 * time - 8, 0)


def view_of(made: Bench) -> BindingTrajectoryView:
    view = BindingTrajectoryView(made.document, made.engine, made.canvas, made.choice, made.player)
    made.put(view)
    return view


def named(view: BindingTrajectoryView) -> dict[str, Series]:
    return {series.name: series for series in view.curves.series if series.name}


def test_a_demonstration_s_whole_time_is_shown(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        demonstration = Moves()
        made.player.load(demonstration)  # type: ignore[arg-type]
        made.settle()
        assert view.demonstrating and view.curves.mark == 0.0
        made.player.seek(2.0)
        made.settle()
        assert view.curves.mark == 2.0
        series = named(view)["5"]
        assert len(series.x) == SAMPLES and series.x[-1] == 4.0
        row, column = view._subject.window
        output = made.document.snapshot.maps["output"][:, row, column]
        at = int(np.abs(series.x - 2.0).argmin())
        assert series.y[at] == pytest.approx(np.exp(output[5]), abs=1e-5)
        assert max(series.y) <= 1.0


def test_a_click_seeks_and_nothing_is_computed_twice(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        demonstration = Moves()
        made.player.load(demonstration)  # type: ignore[arg-type]
        made.settle()
        computed = len(demonstration.asked)
        at = view.curves.to_widget(3.0, 0.5)
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        whole = QPointF(view.curves.mapToGlobal(at))
        press = QMouseEvent(QEvent.Type.MouseButtonPress, at, whole, left, left, plain)
        QApplication.sendEvent(view.curves, press)
        made.settle()
        assert made.player.time == pytest.approx(3.0, abs=0.02)
        assert view.curves.mark == made.player.time
        assert len(demonstration.asked) == computed + 1  # the player's own
        view.hide()
        view.show()
        made.settle()
        assert len(demonstration.asked) == computed + 1


def test_ablation_draws_new_curves_over_the_faint_old_ones(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        made.player.load(Moves())  # type: ignore[arg-type]
        made.settle()
        before = named(view)["5"]
        for number_ in range(25):
            made.document.toggle_ablation("C3", number_)
        made.settle()
        faint = [series for series in view.curves.series if series.dashed]
        assert faint and not any(series.name for series in faint)
        assert any(np.array_equal(series.y, before.y) for series in faint)
        solid = [series for series in view.curves.series if not series.dashed]
        assert not any(np.array_equal(series.y, before.y) for series in solid)
        assert all(len(series.x) == SAMPLES for series in solid)
        made.document.restore_all()
        made.settle()
        assert np.array_equal(named(view)["5"].y, before.y)
        assert not any(series.dashed for series in view.curves.series)


def test_a_drag_leaves_its_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        made.document.select([0], (0, 0))
        view = view_of(made)
        assert "drag it" in view.bar.text
        base = made.document.scene
        gesture = made.document.new_gesture()
        for step in range(1, 11):
            scene = put(base, Part(0, 0), step / 2, 0)
            made.document.apply(scene, "drag", gesture=gesture)
            made.settle()
        qtbot.waitUntil(lambda: len(view.curves.series[0].x) == 11)
        assert "window" in view.bar.text
        assert view.trail.xs == pytest.approx([step / 2 for step in range(11)])
        assert view.curves.mark == pytest.approx(5.0)
        made.document.toggle_ablation("C5", 7)
        made.settle()
        # the whole path is computed anew, and the path without ablation stays behind
        qtbot.waitUntil(lambda: all(len(series.x) == 11 for series in view.curves.series))
        assert any(series.dashed for series in view.curves.series)
        view.curves.chosen.emit(1.0)  # there is no time to seek on a hand's path
        assert made.document.scene == put(base, Part(0, 0), 5, 0)


def test_taking_over_turns_to_the_hand_s_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        made.player.load(Moves())  # type: ignore[arg-type]
        made.settle()
        made.document.apply(put(made.document.scene, Part(0, 0), 1, 0), "grabbed")
        made.settle()
        assert not view.demonstrating and len(view.trail.xs) == 1
        made.player.seek(1.0)
        made.settle()
        assert view.demonstrating and view.curves.mark == 1.0


def test_an_empty_canvas_is_no_error(qtbot: QtBot) -> None:
    with bench(qtbot, Scene()) as made:
        view = view_of(made)
        assert view.curves.series == ()
        made.document.apply(number("5"), "Digit")
        made.settle()
        assert view._subject is not None
