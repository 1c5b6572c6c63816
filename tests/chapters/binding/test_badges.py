"""Badges: which maps had conjunction units lately, steady while a demonstration plays."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from dressing import dress
from lab import Lab, NewLab
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.interaction import Interaction
from viz.chapters.binding.measure.recent_units import SECOND
from viz.chapters.registry import by_id
from viz.cli.renderer import Look, Renderer, rendering
from viz.measure.stroke_selection import StrokeSelection, put
from viz.nets.lenet5 import lenet5
from viz.nets.networks import trained
from viz.recording.take import Take
from viz.scene import Scene
from viz.scene.digits import number
from viz.session.session import Playback, Session
from viz.views import theme as themes
from viz.views.maps.barcode import Barcode
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock

Maps = dict[str, tuple[int, ...]]


def shown(lab: Lab) -> Any:
    return lab.show("interaction", (720, 190))


def maps_of(view: Interaction) -> Maps:
    """The maps that have units in what is on the screen."""
    assert view.decomposition is not None
    units = view.decomposition.marks.units
    found = {name: tuple(np.unique(units[name][:, 0]).tolist()) for name in units}
    return {name: numbers for name, numbers in found.items() if numbers}


def flat(maps: Maps) -> set[tuple[str, int]]:
    return {(layer, number) for layer, numbers in maps.items() for number in numbers}


def test_a_badge_goes_a_second_after_the_last_unit(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.document.select([0], (0, 0))
    view = shown(lab)
    before = maps_of(view)
    assert lab.document.badges == before and len(flat(before)) > 5
    start = time.monotonic()
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 6, 4), "dragged")
    lab.settle()
    after = maps_of(view)
    gone = flat(before) - flat(after)
    assert gone and flat(lab.document.badges) == flat(before) | flat(after)
    lab.wait_until(lambda: lab.document.badges == after)
    assert time.monotonic() - start >= SECOND


def interaction_of(made: Renderer) -> Interaction:
    (view,) = made.window.findChildren(Interaction)
    return view


def test_in_a_film_badges_last_a_second_of_it_and_no_dots_flicker(qtbot: QtBot) -> None:
    demonstration = by_id("3-5")
    step, begin = 0.1, 1.3  # the stroke begins to swing at 1.4
    times = [begin + number * step for number in range(26)]

    def session(time: float) -> Session:
        return Session(
            demonstration.scene_at(time), "binding", "interaction", tool="select",
            demonstration=Playback("3-5", time),
        )  # fmt: skip

    with rendering(session(begin), Look((1024, 640))) as made:
        made.settle()
        document, view = made.application.document, interaction_of(made)
        assert document.marks is not None  # a picture shows rest
        assert document.badges == maps_of(view)  # and the maps of its moment only
        since: dict[tuple[str, int], float] = {}
        last: dict[tuple[str, int], float] = {}
        held = 0
        for time, _ in zip(times, made.play(times), strict=True):
            assert document.marks is None
            badges, now = flat(document.badges), flat(maps_of(view))
            last.update(dict.fromkeys(now, time))
            # those that have some, and those that had some until less than a second before
            assert badges == {one for one, at in last.items() if time < at + step + SECOND - 1e-9}
            held += len(badges - now)
            for gone in since.keys() - badges:
                assert time - since.pop(gone) >= SECOND
            for new in badges - since.keys():
                since[new] = time
        assert held > 20

    still = session(2.4)
    moments = ((0.0, session(2.0)), (0.1, still))
    with rendering(moments[0][1], Look((1024, 640))) as made:  # a take that ends at rest
        made.settle()
        document, view = made.application.document, interaction_of(made)
        held_then = []
        for _ in made.follow(Take(moments, 1.5), (0.0, 0.1, 1.0, 1.2)):
            assert document.marks is None
            held_then.append(flat(document.badges) - flat(maps_of(view)))
    assert held_then[1] == held_then[2] != set() == held_then[0] == held_then[3]


def test_badges_are_of_one_part_and_go_with_box_and_instrument(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.document.select([0], (0, 0))
    view = shown(lab)
    first = maps_of(view)
    lab.document.select([0], (0, 1))
    lab.settle()
    assert lab.document.badges == maps_of(view) != first
    QTest.mouseClick(
        view.marking, Qt.MouseButton.LeftButton, pos=QPoint(8, view.marking.height() // 2)
    )
    assert lab.document.badges == {}
    view.restore({"marks": True})
    assert lab.document.badges == maps_of(view)
    view.hide()
    assert lab.document.badges == {}
    view.show()
    lab.settle()
    assert lab.document.badges == maps_of(view)
    lab.document.apply(Scene(), "Clear")
    lab.settle()
    assert lab.document.badges == {}


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_badge_is_a_folded_corner_of_its_tile(qtbot: QtBot, new_lab: NewLab, name: str) -> None:
    lab, clock, theme = new_lab(number("31")), PaintClock(), themes.theme(name)
    scales = trained().scales
    mosaic = Mosaic(lab.document, clock, lenet5().layer("C3"), scales)
    barcode = Barcode(lab.document, clock, lenet5().layer("C5"), scales)
    for widget in (mosaic, barcode):
        qtbot.addWidget(widget)
        widget.resize(640, 400)
        dress(widget, name, 24)
        widget.show()
        lab.document.snapshot_changed.connect(widget.show_snapshot)
    lab.ask_again()

    def corner(widget: Mosaic | Barcode, number: int) -> QColor:
        if isinstance(widget, Mosaic):
            at = widget._tile(number).topRight() + QPointF(-2, 1)
        else:
            at = widget._end_of(number) + QPointF(-2, 0)
        return widget.grab().toImage().pixelColor(at.toPoint())

    assert theme.text not in (corner(mosaic, 30), corner(barcode, 20))
    lab.document.badge({"C3": (7, 30), "C5": (20,)})
    assert corner(mosaic, 7) == corner(mosaic, 30) == corner(barcode, 20) == theme.text
    assert corner(mosaic, 31) != theme.text != corner(barcode, 300)
    assert "Folded" in mosaic.tooltip(QPointF(20, 4))
    assert "Notch" in barcode.tooltip(QPointF(20, 100))
    lab.go(put(lab.document.scene, StrokeSelection(0, 0), 1, 0))
    assert corner(mosaic, 7) == theme.text  # of another scene, too, where dots would be gone
    lab.document.badge({})
    assert corner(mosaic, 7) != theme.text and "Folded" not in mosaic.tooltip(QPointF(20, 4))
    assert "Notch" not in barcode.tooltip(QPointF(20, 100))
