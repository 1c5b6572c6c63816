"""Units on the screen: the input that grows, the unit pointed at, the pair, the network along x."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest

from viz.chapters.architecture.demos import demonstrations
from viz.chapters.architecture.measure import units as measured
from viz.scene import Scene
from viz.scene.digits import digit, number
from viz.views.theme import colour_in
from viz.views.widgets.plot import layer_colour

Shown = tuple[Lab, Any]


@pytest.fixture
def show(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Shown]:
    """The instrument, whose effective fields are of a few digits."""
    monkeypatch.setattr(measured, "COUNTS", (2,))

    def shown(scene: Scene | None = None, **state: object) -> Shown:
        lab = new_lab(scene or number("31"))
        view = lab.show("units", (700, 300))
        view.restore(state)
        lab.settle()
        return lab, view

    return shown


def facts(view: Any) -> list[str]:
    return [f"{fact.value} {fact.words}" for fact in view.facts.facts]


def drag(graph: Any, start: QPointF, end: QPointF) -> None:
    QTest.mousePress(graph, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(graph, end.toPoint())
    QTest.mouseRelease(graph, Qt.MouseButton.LeftButton, pos=end.toPoint())


def test_dragging_the_end_of_the_input_lights_the_new_units(show: Callable[..., Shown]) -> None:
    _, view = show()
    graph, grabbed = view.graph, []
    view.grabbed.connect(lambda: grabbed.append(view.grown))
    assert [level.units for level in graph.levels] == [10, 8, 4, 2, 1]
    weights = facts(view)
    paths = " Effective: the number of paths from each unit of the input."
    assert weights == ["6 weights, shared by 30 edges: equal colours, equal weights", paths]
    before = graph.grab().toImage()
    drag(graph, graph.grip(), graph.grip() + QPointF(4 * graph.unit_width, 0))
    assert [level.units for level in graph.levels] == [14, 12, 6, 4, 2]
    assert view.grown == 4 and grabbed[-1] == 4
    # Issue 13: 4 more give 4, 2, 2, 1 more
    assert facts(view) == [
        "+4 units more: the layers gain 4, 2, 2, 1",
        "6 weights, shared by 48 edges: equal colours, equal weights",
        paths,
    ]
    image = graph.grab().toImage()
    for node in ((0, 12), (1, 9), (2, 4), (3, 2), (4, 1)):
        at = graph.place(node).toPoint()
        assert image.pixelColor(at) == graph.theme.accent
    assert image.pixelColor(graph.place((1, 7)).toPoint()) != graph.theme.accent
    assert before != image
    drag(graph, graph.grip(), graph.grip() - QPointF(900, 0))
    assert view.grown == 0, "not shorter than it was"


def test_keys_grow_the_input_and_walk_over_the_units(show: Callable[..., Shown]) -> None:
    _, view = show()
    graph = view.graph
    for _ in range(12):
        QTest.keyClick(graph, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert view.grown == 8
    QTest.keyClick(graph, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.grown == 7
    for key, node in (
        (Qt.Key.Key_Up, (4, 0)), (Qt.Key.Key_Down, (3, 0)), (Qt.Key.Key_Right, (3, 1)),
        (Qt.Key.Key_Down, (2, 2)), (Qt.Key.Key_Left, (2, 1)),
    ):  # fmt: skip
        QTest.keyClick(graph, key)
        assert graph.node == node


def test_a_unit_that_is_pointed_at_shows_its_field_and_its_targets(
    show: Callable[..., Shown],
) -> None:
    _, view = show(grown=4)
    graph = view.graph
    QTest.mouseMove(graph, graph.place((3, 2)).toPoint())
    assert graph.node == (3, 2)
    assert facts(view)[0] == "8 receptive field of unit 2 of conv 3: 4 to 11"
    image = graph.grab().toImage()
    for node in ((0, 5), (1, 6), (2, 3), (4, 1)):
        assert image.pixelColor(graph.place(node).toPoint()) == graph.theme.field, node
    assert image.pixelColor(graph.place((0, 2)).toPoint()) == graph.theme.text
    told = graph.tooltip(graph.place((3, 2)))
    assert told == "unit 2 of conv 3\nsees 4 to 11 of the input\nseen by 1 to 1 of pool 4"
    assert graph.start == 4 and len(graph.profile) == 8 and graph.profile.max() == 1
    assert "field of conv 3 = 1 + 2·1 + 1·1 + 2·2 = <b>8</b>" in view.formula()
    QTest.mouseMove(graph, QPoint(graph.width() - 2, graph.height() - 2))
    assert graph.node is None


def test_edges_of_one_weight_have_one_colour(show: Callable[..., Shown]) -> None:
    _, view = show(kernel=2, layers=1, length=6)
    graph = view.graph
    for unit in range(1, 5):
        QTest.mouseMove(graph, graph.place((1, unit)).toPoint())
        image = graph.grab().toImage()
        for cell in (0, 1):
            expected = colour_in(graph.theme, layer_colour(cell, 2))
            at = 0.5 * (graph.place((1, unit)) + graph.place((0, unit + cell)))
            around = [
                image.pixelColor(at.toPoint() + QPoint(dx, dy))
                for dx in (-1, 0, 1)
                for dy in (-1, 0, 1)
            ]
            assert min(distance(one, expected) for one in around) < 40, (unit, cell)
    colours = (colour_in(graph.theme, layer_colour(cell, 2)) for cell in (0, 1))
    assert distance(*colours) > 80


def distance(one: QColor, other: QColor) -> int:
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)
    return max(abs(a - b) for a, b in pairs)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ([2, 3], "1 from A to B: from conv 1 on, units see both"),
        ([0, 9], "9 from A to B: from pool 4 on, units see both"),
        ([1, 10], "9 from A to B: no unit’s field holds both"),
        ([0, 13], "13 from A to B: no unit relates them, the widest field is 10"),
    ],
)
def test_what_a_pair_has_in_common(show: Callable[..., Shown], pair: list[int], words: str) -> None:
    _, view = show(grown=4)
    graph = view.graph
    drag(graph, *(graph.place((0, unit)) for unit in pair))
    assert view.state()["pair"] == pair
    assert words in facts(view)
    QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=graph.place((0, 5)).toPoint())
    assert view.state()["pair"] is None


def test_the_network_on_the_canvas(show: Callable[..., Shown]) -> None:
    lab, view = show(Scene(32, 36), net="network")
    graph = view.graph
    assert [level.units for level in graph.levels] == [36, 32, 16, 12, 6, 2, 2]
    assert "+4 beyond one window: the layers have 4, 2, 2, 1, 1, 1 units more" in facts(view)
    assert not graph.can_grow and view.heatmap.isVisible()
    assert view.heatmap.values.shape == (14, 14) and view.heatmap.values.max() == 1
    assert len(graph.profile) == 14
    QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=graph.place((4, 2)).toPoint())
    lab.settle()
    assert view.layer.value == "S4" and view.result.gradient.shape == (16, 16)
    lab.document.set_network("notes")
    lab.settle()
    assert [level.name for level in graph.levels][-2:] == ["F6", "output"]
    view.restore({"net": "stack"})
    lab.settle()
    assert not view.heatmap.isVisible() and view.counts["kernel"].isVisible()


def test_a_network_of_other_fields_takes_the_place_of_one(show: Callable[..., Shown]) -> None:
    lab, view = show(net="network", layer="S2")
    assert len(view.graph.profile) == 6
    lab.document.set_network("blur")
    lab.engine.answer()  # the drawing is answered before the field is measured
    assert len(view.graph.profile) == 0
    lab.settle()
    assert len(view.graph.profile) == 8, "blur pooling sees one unit more on each side"


def test_two_strokes_further_apart_than_a_window_are_related_by_no_unit(
    show: Callable[..., Shown],
) -> None:
    def scene(apart: int) -> Scene:
        return Scene(32, 96, items=(digit(1, centre=(20, 16)), digit(7, centre=(20 + apart, 16))))

    lab, view = show(scene(50), net="network")
    assert any("no unit relates them, the widest field is 32" in each for each in facts(view))
    lab.go(scene(12))
    assert any("from C3 on, units see both" in each for each in facts(view))
    lab.go(Scene(32, 96))
    assert not any("A to B" in each for each in facts(view))


def test_the_demonstration_has_the_numbers_of_the_notes(show: Callable[..., Shown]) -> None:
    demo = next(one for one in demonstrations() if one.id == "input-grows-by-4")
    assert demo.settings_at is not None
    lab, view = show(net="network", kernel=5)
    rows = []
    for time in (0.0, 5.0, demo.duration):
        view.restore(demo.settings_at(time))
        lab.settle()
        rows.append([level.units for level in view.graph.levels])
    assert rows == [[10, 8, 4, 2, 1], [14, 12, 6, 4, 2], [10, 8, 4, 2, 1]]


def test_a_layer_that_does_not_fit_is_named(show: Callable[..., Shown]) -> None:
    _, view = show(length=10, layers=6)
    assert facts(view)[0] == " Layer 5 needs more units than the 1 below it."
    _, view = show(length=1, kernel=3)
    assert len(view.graph.levels) == 1 and view.formula()
    drag(view.graph, view.graph.grip(), view.graph.grip() + QPointF(8 * view.graph.unit_width, 0))
    assert len(view.graph.levels) > 1


@pytest.mark.parametrize(
    "state",
    [{"grown": -1}, {"grown": True}, {"grown": 99}, {"pair": [1]}, {"pair": "ab"},
     {"pair": [1.5, 2]}, {"layer": 3}, {"length": 1000}],
)  # fmt: skip
def test_nonsense_is_not_taken(show: Callable[..., Shown], state: dict[str, object]) -> None:
    _, view = show()
    kept = view.state()
    view.restore(state)
    assert view.state() == kept


def test_a_pair_beyond_the_input_stays_on_it(show: Callable[..., Shown]) -> None:
    _, view = show(pair=[2, 4000])
    assert view.graph.pair == (2, 9)


def test_a_row_of_windows_shows_the_units_of_the_network(show: Callable[..., Shown]) -> None:
    demo = next(one for one in demonstrations() if one.id == "one-window-then-a-row")
    lab, view = show()
    lab.document.open(demo.scene_at(8.0), None, "Open")
    view.restore(demo.settings_at(8.0))
    lab.settle()
    width = lab.document.scene.width
    assert view.graph.levels[0].units == width > 32
    assert demo.instrument == "units"
    assert any(fact.startswith(f"+{width - 32} beyond one window") for fact in facts(view))
