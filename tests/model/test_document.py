"""The document: undo, gestures, selection, ablation, requests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from viz.chapters.registry import by_id
from viz.engine.compute import Computer, Nets
from viz.measure.stroke_selection import StrokeSelection
from viz.model.document import Document
from viz.model.snapshot import Request, Snapshot, Unit
from viz.nets.lenet5 import lenet5
from viz.scene import Group, Scene, Stroke, Transform
from viz.scene.digits import number
from viz.scene.shifts import shifted


def scene_at(x: float) -> Scene:
    group = Group.of([Stroke([(10, 8), (20, 24)])])
    return Scene(items=(replace(group, transform=Transform(dx=x)),))


def kept(document: Document) -> list[Scene]:
    """The user's drawings that no file holds."""
    return [drawing.scene for drawing in document.kept]


@pytest.fixture
def document(qapp: object) -> Document:
    return Document(scene_at(0))


def test_a_gesture_is_one_step(document: Document) -> None:
    gesture = document.new_gesture()
    for x in (0.25, 0.5, 0.75):
        document.apply(scene_at(x), "drag", gesture=gesture)
    document.apply(scene_at(9), "drag", gesture=document.new_gesture())
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.scene == scene_at(0.75)
    document.undo_stack.undo()
    assert document.scene == scene_at(0)
    document.undo_stack.redo()
    assert document.scene == scene_at(0.75)


def test_what_changes_nothing_is_no_step(document: Document) -> None:
    requests: list[Request] = []
    document.request_changed.connect(requests.append)
    document.apply(scene_at(0), "an equal scene")
    assert (requests, document.undo_stack.count()) == ([], 0)
    gesture = document.new_gesture()
    document.apply(scene_at(5), "drag", gesture=gesture)
    document.apply(scene_at(0), "drag back", gesture=gesture)
    assert not document.undo_stack.canUndo()


def test_requests_are_numbered_and_carry_the_state(document: Document) -> None:
    requests: list[Request] = []
    document.request_changed.connect(requests.append)
    document.apply(scene_at(4), "move")
    document.toggle_ablation("C3", 7)
    document.pin(Unit("C1", 3, 2, 1))
    numbers = [request.number for request in requests]
    assert numbers == sorted(set(numbers))
    last = requests[-1]
    assert last.scene == scene_at(4)
    assert last.ablated == {"C3": frozenset({7})}
    assert last.inspected == Unit("C1", 3, 2, 1)
    document.toggle_ablation("C3", 7)
    assert requests[-1].ablated == {}
    document.toggle_ablation("S2", 1)
    document.restore_all()
    assert requests[-1].ablated == {}
    assert last.ablated == {"C3": frozenset({7})}, "a request once made never changes"


def test_hover_shows_before_pin_and_pin_toggles(document: Document) -> None:
    pinned, hovered = Unit("C1", 0, 0, 0), Unit("S4", 1, 1, 1)
    document.pin(pinned)
    document.hover(hovered)
    assert document.inspected == hovered
    document.hover(None)
    assert document.inspected == pinned
    document.pin(pinned)
    assert document.inspected is None


def test_selection_forgets_items_that_are_gone(document: Document) -> None:
    document.select((0,))
    document.apply(Scene(), "clear")
    assert document.selection == frozenset()
    document.select((0,), (0, 0))
    assert document.selected_stroke == (0, 0)


def test_an_older_snapshot_is_dropped(document: Document) -> None:
    def snapshot(number: int) -> Snapshot:
        return Snapshot(Request(number, Scene()), lenet5(), None, {}, None, None, 0, 0, 0)  # type: ignore[arg-type]

    newer, older = snapshot(5), snapshot(4)
    document.show(newer)
    document.show(older)
    assert document.snapshot is newer


def digits_shown(document: Document) -> list[int]:
    """What wins in the window shown, for each digit that the bar of 31-61 becomes a part of."""
    demo, answer, found = by_id("31-61"), Computer(Nets()), []
    for seconds in (0.5, 3.5, 7.0, 12.5, 15.5):
        document.apply(demo.scene_at(seconds), "play", staged=True)
        document.show(answer(document.request()))
        window = document.shown_window()
        assert window is not None and document.snapshot is not None
        found.append(int(document.snapshot.maps["output"][:, *window].argmax()))
    return found


def test_a_selected_stroke_shows_the_window_of_the_digit_it_belongs_to(qapp: object) -> None:
    document = Document(by_id("31-61").scene_at(0.0))
    document.select([2])  # the bar: its own middle is nearest to windows that see no digit
    assert digits_shown(document) == [3, 5, 7, 4, 6]


def test_the_part_in_focus_shows_its_digit_unless_another_is_selected(qapp: object) -> None:
    demo = by_id("31-61")
    document = Document(demo.scene_at(0.0))
    answer = Computer(Nets())
    changes: list[None] = []
    document.window_changed.connect(lambda: changes.append(None))
    document.set_focus(StrokeSelection(2, 0))
    document.set_focus(StrokeSelection(2, 0))
    assert len(changes) == 1
    assert digits_shown(document) == [3, 5, 7, 4, 6]
    document.select([1])
    window = document.shown_window()
    assert document.snapshot.maps["output"][:, *window].argmax() == 1
    document.select(())
    document.hold_window((0, 4))  # of a demonstration's own scene nothing is held
    assert document.shown_window() != (0, 4)
    document.apply(shifted(document.scene, 0.5, 0), "drag")
    document.show(answer(document.request()))
    document.hold_window((0, 4))
    assert document.shown_window() == (0, 4)
    document.set_focus(StrokeSelection(7))  # no such item
    assert document.shown_window() is not None
    document.apply(demo.scene_at(3.5), "seek", staged=True)
    document.show(answer(document.request()))
    assert document.shown_window() != (0, 4)


def test_a_demonstrations_scene_is_not_the_users_drawing(document: Document) -> None:
    document.apply(scene_at(3), "draw")
    own = document.scene
    document.apply(scene_at(7), "play", gesture=1, staged=True)
    document.apply(scene_at(8), "play", gesture=1, staged=True)
    assert document.scene == scene_at(8) and document.drawing is own and kept(document) == [own]
    document.undo_stack.undo()
    assert document.scene == own and document.drawing is own


def staged(number_: str, dx: float = 0.0) -> Scene:
    return replace(number(number_, height=32, width=64), transform=Transform(dx=dx))


def test_a_demonstration_moved_about_leaves_the_users_drawing_what_it_was(
    document: Document,
) -> None:
    own = scene_at(3)
    document.apply(own, "draw")
    document.apply(staged("3"), "play", gesture=1, staged=True)
    document.apply(staged("3", 2.0), "nudge")
    assert kept(document) == [own], "after a nudge"
    document.apply(staged("8"), "play", gesture=2, staged=True)
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.scene == staged("3")
    assert (kept(document), document.drawing) == ([own], own), "after play, undo, undo"
    document.undo_stack.undo()
    document.apply(scene_at(4), "draw on")
    assert kept(document) == [scene_at(4)], "what grew out of it takes its place"


def test_ink_drawn_into_a_demonstration_is_kept_beside_the_drawing(document: Document) -> None:
    own, line = scene_at(3), Group.of([Stroke(((5, 5), (20, 20)))])
    document.apply(own, "draw")
    document.apply(staged("3"), "play", gesture=1, staged=True)
    with_line = replace(document.scene, items=(*document.scene.items, line))
    document.apply(with_line, "draw")
    assert kept(document) == [own, with_line]
    document.apply(staged("3", 1.0), "play", gesture=2, staged=True)
    document.apply(staged("3", 1.5), "play", gesture=2, staged=True)
    assert kept(document) == [own, with_line], "also while it plays on"
    document.undo_stack.undo()
    assert kept(document) == [own, with_line]
    document.undo_stack.undo()
    assert kept(document) == [own], "undone is undone"


def test_an_arranged_demonstration_is_kept_where_there_is_no_drawing(qapp: object) -> None:
    document = Document()
    document.apply(staged("3"), "play", gesture=1, staged=True)
    assert kept(document) == []
    document.apply(staged("3", 2.0), "nudge")
    assert kept(document) == [staged("3", 2.0)]


def test_opening_sets_aside_what_no_file_holds_and_new_forgets_it(
    document: Document, tmp_path: Path
) -> None:
    own, other = scene_at(3), scene_at(9)
    document.apply(own, "draw")
    document.open(other, tmp_path / "other", "open")
    assert kept(document) == [own]
    document.apply(scene_at(10), "draw on")
    assert kept(document) == [own, scene_at(10)]
    document.saved_as(tmp_path / "other")
    assert kept(document) == [own]
    document.undo_stack.undo()
    document.undo_stack.undo()
    document.saved_as(tmp_path / "own")
    document.open(other, tmp_path / "other", "open")
    assert kept(document) == [], "a file holds it"
    document.apply(scene_at(11), "draw on")
    document.open(Scene(), None, "new", keep=False)
    assert kept(document) == []
    document.undo_stack.undo()
    assert kept(document) == [scene_at(11)]


def test_what_was_saved_over_is_in_no_file(document: Document, tmp_path: Path) -> None:
    document.apply(scene_at(3), "draw")
    document.saved_as(tmp_path / "a")
    document.apply(scene_at(4), "draw on")
    document.saved_as(tmp_path / "a")
    document.undo_stack.undo()
    assert kept(document) == [scene_at(3)]


def test_opening_is_one_step_with_network_and_ablations(document: Document) -> None:
    document.apply(scene_at(3), "draw")
    document.toggle_ablation("C1", 2)
    count, requests = document.undo_stack.count(), []
    networks: list[str] = []
    document.request_changed.connect(requests.append)
    document.network_changed.connect(lambda: networks.append(document.network))
    document.open(scene_at(9), None, "open", network="blur", ablated={"C3": frozenset({4})})
    assert document.undo_stack.count() == count + 1
    assert [(r.scene, r.network, r.ablated) for r in requests] == [
        (scene_at(9), "blur", {"C3": frozenset({4})})
    ], "asked once, for all of it"
    document.undo_stack.undo()
    assert (document.network, dict(document.ablated)) == ("max", {"C1": frozenset({2})})
    assert requests[-1].scene == scene_at(3) and requests[-1].network == "max"
    document.undo_stack.redo()
    assert (document.network, dict(document.ablated)) == ("blur", {"C3": frozenset({4})})
    assert networks == ["blur", "max", "blur"]
    document.apply(scene_at(10), "draw")
    document.set_network("average")
    document.undo_stack.undo()
    assert document.network == "average", "an ordinary step changes the scene only"


def test_a_play_that_ends_where_the_drawing_was_leaves_it_the_users(document: Document) -> None:
    own = staged("3")
    document.apply(own, "draw")
    document.apply(staged("3", 1.0), "play", gesture=1, staged=True)
    document.apply(staged("3"), "play", gesture=1, staged=True)
    assert document.undo_stack.count() == 1
    assert document.drawing == own and kept(document) == [own]


def test_unknown_networks_are_refused(document: Document) -> None:
    with pytest.raises(ValueError, match="no network"):
        document.set_network("resnet")


def test_another_network_is_never_asked_with_the_ablations_of_the_one_before() -> None:
    document, asked = Document(number("3")), []
    document.request_changed.connect(asked.append)
    document.toggle_ablation("C1", 12)
    document.pin(Unit("C3", 40, 1, 1))
    asked.clear()
    document.set_network("notes")
    assert asked and all("C1" not in request.ablated for request in asked)
    assert document.pinned is None


def test_a_unit_that_the_network_lacks_is_neither_pinned_nor_hovered() -> None:
    document = Document(number("3"))
    document.set_network("zip-1989")  # has not answered: the maps on the screen are others'
    for unit in (Unit("C3", 5, 2, 3), Unit("H1", 12, 0, 0)):
        document.pin(unit)
        document.hover(unit)
        assert document.pinned is None and document.hovered is None
    document.pin(Unit("H1", 11, 0, 0))
    assert document.pinned == Unit("H1", 11, 0, 0)
