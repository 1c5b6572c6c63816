"""The canvas under everything that is no plain drag: resizing, interruptions, drops."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from canvas_user import NONE, CanvasUser
from PyQt6.QtCore import QByteArray, QEvent, QMimeData, QSize, Qt, QUrl
from PyQt6.QtGui import (
    QColor,
    QImage,
)
from pytestqt.qtbot import QtBot

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import digit
from viz.scene.hits import item_centre
from viz.views.canvas.commands import DIGIT_MIME
from viz.views.canvas.handles import Grip


@pytest.fixture
def digits(qtbot: QtBot) -> CanvasUser:
    """A 3 at (16, 16) and a 1 at (48, 16)."""
    return CanvasUser(qtbot, Scene(32, 64, (digit(3), digit(1, centre=(48.0, 16.0)))))


@pytest.fixture
def empty(qtbot: QtBot) -> CanvasUser:
    user = CanvasUser(qtbot, Scene(32, 64))
    user.canvas.set_tool("pen")
    return user


# Canvas size


def test_dragging_the_edge_changes_the_size_in_one_step(empty: CanvasUser) -> None:
    empty.canvas.resize(1000, 32 * 8 + 24)  # room to grow at the same zoom
    empty.resize((64.5, 16), [(32, 0), (64, 0)])
    assert (empty.scene.height, empty.scene.width) == (32, 80)
    assert empty.canvas.image_rect().right() == empty.canvas.width() / 2 + 40 * 8
    assert empty.steps == 1
    empty.resize((40, 32.5), [(0, 10**7)])
    assert (empty.scene.height, empty.scene.width) == (128, 80)
    empty.document.undo_stack.undo()
    empty.document.undo_stack.undo()
    assert empty.scene == Scene(32, 64)
    empty.resize((64.5, 32.5), [(-(10**7), -(10**7))])
    assert (empty.scene.height, empty.scene.width) == (32, 32)


def test_the_size_follows_the_pointer_back(empty: CanvasUser) -> None:
    ways = [(way, 0) for way in (*range(0, 400, 4), *range(400, -4, -4))]
    sizes: set[int] = set()
    empty.document.scene_changed.connect(lambda: sizes.add(empty.scene.width))
    empty.resize((64.5, 16), ways)
    assert max(sizes) > 200
    assert abs(empty.scene.width - 64) <= 3


# Interruptions


def test_escape_takes_a_gesture_back(digits: CanvasUser) -> None:
    before = digits.scene
    digits.press((48, 12))
    digits.move((58, 12))
    assert digits.scene != before
    digits.key(Qt.Key.Key_Escape)
    assert digits.scene == before
    digits.move((60, 12))
    assert digits.scene == before
    assert digits.steps == 0


@pytest.mark.parametrize("is_undone", [True, False])
def test_another_scene_during_a_drag_ends_it(is_undone: bool, digits: CanvasUser) -> None:
    before, document = digits.scene, digits.document
    digits.press((48, 12))
    digits.move((58, 12))
    document.undo_stack.undo() if is_undone else document.apply(Scene(32, 64), "")
    digits.move((60, 14))
    digits.release((60, 14))
    digits.canvas.grab()
    assert digits.scene == (before if is_undone else Scene(32, 64))


def test_a_lost_release_ends_the_drag(digits: CanvasUser) -> None:
    digits.press((48, 12))
    digits.move((50, 12))
    digits.event(QEvent.Type.MouseMove, (60, 12), NONE)
    assert item_centre(digits.scene, 1) == (50.0, 16.0)


# Drops


def test_a_digit_lands_where_it_is_dropped(empty: CanvasUser) -> None:
    mime = QMimeData()
    carried = json.dumps({"value": 7, "handwriting": "american"}).encode()
    mime.setData(DIGIT_MIME, QByteArray(carried))
    empty.drop(mime, (40.5, 15.25))
    assert empty.scene.items == (digit(7, "american", centre=(40.5, 15.25)),)
    assert empty.document.selection == {0}
    empty.document.apply(replace(empty.scene, transform=Transform(scale=2)), "")
    empty.drop(mime, (10, 20))
    assert item_centre(empty.scene, 1) == pytest.approx((10, 20))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b'{"value": 12, "handwriting": "round"}', b"\xff", b"[" * 100_000,
        b'{"value": 1e999, "handwriting": "round"}', b'{"value": 7, "handwriting": []}',
        b'{"value": 1.5, "handwriting": "american"}',
    ],
    ids=lambda data: data[:20],
)  # fmt: skip
def test_a_strange_drop_is_ignored(empty: CanvasUser, data: bytes) -> None:
    mime = QMimeData()
    mime.setData(DIGIT_MIME, QByteArray(data))
    empty.drop(mime, (40, 15))
    assert empty.scene == Scene(32, 64)


def test_files_and_pictures_are_announced(qtbot: QtBot, empty: CanvasUser) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/a/b.png"), QUrl("https://example.org/c.png")])
    with qtbot.waitSignal(empty.canvas.files_dropped) as announced:
        empty.drop(files, (5, 5))
    assert announced.args == [["/a/b.png"]]
    picture = QMimeData()
    image = QImage(QSize(3, 2), QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    picture.setImageData(image)
    with qtbot.waitSignal(empty.canvas.image_dropped) as announced:
        empty.drop(picture, (5, 5))
    assert announced.args[0].size() == QSize(3, 2)


# Whatever comes


def test_zero_size_and_empty_things_can_be_selected(qtbot: QtBot) -> None:
    layer = ImageLayer(np.ones((1, 1), np.float32), (30.0, 10.0))
    dot = Group.of([Stroke([(10, 10)], 0.1)])
    user = CanvasUser(qtbot, Scene(32, 64, (dot, layer)))
    for index in (0, 1):
        user.document.select([index])
        for grip in Grip:
            x, y = user.grip(grip)
            user.pull([(x, y), (x + 3, y + 2), (1e6, -1e6), (x, y)])
        user.canvas.grab()
    assert np.isfinite(rasterize_scene(user.scene)).all()


def test_what_the_scene_cannot_hold_is_refused_with_a_message(
    empty: CanvasUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    empty.canvas.refused.connect(messages.append)
    empty.pull([(5, 5), (8, 5)])
    monkeypatch.setattr("viz.scene.capacity.MOST_POINTS", 40)  # a user cannot draw that many
    empty.press((10, 10))
    for step in range(100):
        empty.move((10 + step / 4, 10 + step % 2))
    empty.release((40, 10))
    assert len(messages) == 1
    assert sum(len(stroke.points) for stroke in empty.scene.strokes_of(1)) <= 40
    empty.document.select([1])
    empty.run("duplicate")
    assert len(messages) == 2
    assert len(empty.scene.items) == 2
