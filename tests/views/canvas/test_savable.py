"""Whatever the commands and fields of the canvas make of a drawing can be saved, and comes back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from scene_files import dumps, loads
from scenes import utmost_scenes

from viz.errors import UserError
from viz.model.document import Document
from viz.scene import Group, ImageLayer, Scene
from viz.scene.digits import digit
from viz.scene.images import inverted
from viz.views.canvas import commands
from viz.views.canvas.commands import Nudges, selected_stroke
from viz.views.canvas.transform_fields import SelectedStroke, changed, fields

FIELDS = fields()


class User:
    """A document, and what the canvas and the panel beside it do with it."""

    def __init__(self, scene: Scene) -> None:
        self.document = Document(scene)
        ticks = count()
        self.nudges = Nudges(self.document, lambda: float(next(ticks)) / 2)

    def select(self, chosen: set[int]) -> None:
        there = len(self.document.scene.items)
        self.document.select({index % there for index in chosen} if there else ())

    def select_stroke(self, chosen: int) -> None:
        items = self.document.scene.items
        groups = [i for i, item in enumerate(items) if isinstance(item, Group)]
        if groups:
            item = groups[chosen % len(groups)]
            number = chosen % len(self.document.scene.strokes_of(item))
            self.document.select([item], (item, number))

    def field(self, which: int, share: float) -> None:
        """Type a number into a field of the panel."""
        field, document = FIELDS[which], self.document
        scene, stroke = document.scene, selected_stroke(document)
        value = field.least + share * (field.most - field.least)
        held = None
        if stroke is not None:
            held = SelectedStroke(*stroke, scene.strokes_of(stroke[0])[stroke[1]].points)
        document.apply(changed(field.name, value, scene, document.selection, held), field.name)

    def resize(self, height: int, width: int) -> None:
        self.document.apply(commands.resized(self.document.scene, height, width), "resize")

    def invert(self) -> None:
        items = tuple(
            inverted(item) if isinstance(item, ImageLayer) else item
            for item in self.document.scene.items
        )
        self.document.apply(replace(self.document.scene, items=items), "invert")

    def command(self, chosen: set[int], command: Callable[[Document], None]) -> None:
        """Select these items, all if there are none, and give a command."""
        self.select(chosen or set(range(len(self.document.scene.items))))
        command(self.document)

    def put(self, place: Callable[[Document, Group], None], value: int) -> None:
        place(self.document, digit(value))


far = st.sampled_from([-1e6, -50.0, 50.0, 1e6]) | st.floats(-1e6, 1e6)
whole = st.integers(0, 9)
plain = st.sampled_from([
    commands.delete_selection, commands.duplicate_selection, commands.centre, commands.clear,
    commands.group_selection, commands.ungroup_selection,
])  # fmt: skip
actions = st.one_of(
    st.tuples(st.just(User.command), st.sets(whole, max_size=2), plain),
    st.tuples(st.just(User.select), st.sets(whole)),
    st.tuples(st.just(User.select_stroke), whole),
    st.tuples(st.just(User.field), st.integers(0, len(FIELDS) - 1), st.floats(0, 1)),
    st.tuples(st.just(User.resize), st.integers(32, 128), st.integers(32, 512)),
    st.tuples(st.just(User.invert)),
    st.tuples(
        st.just(User.put), st.sampled_from([commands.put_beside, commands.drop_digit]), whole
    ),
    st.tuples(st.just(lambda user, *way: user.nudges.shift(*way)), far, far),
    st.tuples(st.just(lambda user, steps: user.nudges.scale(steps)), st.floats(-200, 200)),
    st.tuples(st.just(lambda user, way: user.nudges.turn(way)), far),
    st.tuples(st.just(lambda user: user.document.undo_stack.undo())),
)


@settings(max_examples=60)
@given(utmost_scenes, st.lists(actions, min_size=6, max_size=6))
def test_whatever_the_user_does_can_be_saved_and_opened_again(scene, chosen):
    user = User(scene)
    for act, *arguments in chosen:
        with contextlib.suppress(UserError):
            act(user, *arguments)
        now = user.document.scene
        assert loads(dumps(now)).scene == now
