"""Mapping and frames: room is used, device pixels are met, and every grip can be reached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from canvas_user import NONE, CanvasUser
from hypothesis import assume, given
from hypothesis import strategies as st
from PyQt6.QtCore import QEvent, QPointF, QSizeF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.scene import Scene, Stroke, Transform
from viz.scene.digits import digit, number
from viz.views.canvas.handles import (
    MARGIN,
    Edge,
    Grip,
    Mapping,
    edge_lines,
    frame_of,
    under,
)
from viz.views.canvas.painting import draw_strokes
from viz.views.theme import theme

_SIDES = st.integers(32, 128), st.integers(32, 512)
_RATIOS = st.sampled_from([1.0, 1.25, 1.5, 2.0])


@given(*_SIDES, st.integers(100, 1200), st.integers(60, 700), _RATIOS)
def test_the_canvas_fills_its_room(
    height: int, width: int, room_x: int, room_y: int, ratio: float
) -> None:
    mapping = Mapping.fit(Scene(height, width), room_x, room_y, ratio)
    rect, zoom = mapping.rect, mapping.zoom * ratio
    fitting = ratio * min((room_x - 2 * MARGIN) / width, (room_y - 2 * MARGIN) / height)
    assume(fitting >= 0.05)
    for side in (rect.left(), rect.right(), rect.top()):
        assert side * ratio == pytest.approx(round(side * ratio), abs=1e-6)
    assert zoom <= fitting + 1e-9
    if fitting >= 4:
        assert zoom == math.floor(fitting)
    else:  # nearly a device pixel is lost at most
        assert (fitting - zoom) * width < 1
    assert rect.left() >= 0 and rect.right() <= room_x
    assert rect.bottom() <= room_y - MARGIN + 1e-6


@pytest.mark.parametrize("width", [252 * 3 // 2 + 24, 252 + 252 // 3 + 24, 2 * 252 + 200 + 24])
def test_pixels_lie_where_the_mapping_says_at_any_zoom(qtbot: QtBot, width: int) -> None:
    user = CanvasUser(qtbot, Scene(32, 64))
    user.document.apply(number("3141592", width=252), "")
    user.document.view.pixel_grid = False
    user.canvas.resize(width, 300)
    assert user.canvas.image_rect().width() == width - 24
    snapshot = user.answer()
    shown = user.canvas.grab().toImage()
    ink = theme("dark").ink
    for row in range(3, 29):
        for column in range(34, 236):  # right of the shown window's outline
            at = user.canvas.to_widget(column + 0.5, row + 0.5)
            found = user.canvas.to_scene(at)
            assert (int(found.x()), int(found.y())) == (column, row)
            pixel = QPointF(math.floor(at.x()), math.floor(at.y())).toPoint()
            assert shown.pixelColor(pixel).rgb() == int(ink[int(snapshot.image[row, column] * 255)])


transforms = st.builds(
    Transform,
    dx=st.floats(-300, 300),
    dy=st.floats(-300, 300),
    scale=st.floats(0.05, 20),
    angle=st.floats(-180, 180),
    squeeze=st.floats(0.1, 10),
    slant=st.floats(-3, 3),
)


def test_the_knob_stands_where_there_is_room(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 96, (digit(8),)))
    user.canvas.resize(2 * 96 + 24, 2 * 32 + 24)
    for x, y, side in ((48, 16, Grip.RIGHT), (90, 16, Grip.LEFT), (48, 36, Grip.TOP),
                       (48, -4, Grip.BOTTOM)):  # fmt: skip
        user.document.apply(Scene(32, 96, (digit(8, centre=(float(x), float(y))),)), "")
        user.document.select([0])
        frame = user.canvas.frame
        assert frame is not None and frame.knob == side
        knob = frame.grips()[Grip.KNOB]
        assert min(np.hypot(*(corner - knob)) for corner in frame.corners) > 24
        knob_x, knob_y = user.grip(Grip.KNOB)
        user.pull([(knob_x, knob_y), (x - (knob_y - y), y + (knob_x - x))])
        assert user.scene.items[0].transform.angle == pytest.approx(90)


@given(transforms, st.integers(100, 900), st.integers(100, 500))
def test_no_grip_leaves_the_widget_and_no_edge_is_covered(
    transform: Transform, width: int, height: int
) -> None:
    scene = Scene(32, 64, (digit(3),), transform)
    mapping, room = Mapping.fit(scene, width, height, 1.0), QSizeF(width, height)
    frame = frame_of(scene, {0}, None, mapping, room)
    assert frame is not None
    for x, y in frame.grips().values():
        assert 4 <= x <= width - 4 and 4 <= y <= height - 4
    for edge, line in edge_lines(mapping).items():
        at = QPointF(*(line[1] if edge is Edge.CORNER else line.mean(0)))
        grips = frame.grips().values()
        if min(max(abs(np.subtract(grip, (at.x(), at.y())))) for grip in grips) > 0:
            assert under(mapping, frame, at) == edge


def test_grips_over_the_rim_are_reached_too(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 64, (digit(8, centre=(64.0, 10.0)),)))
    user.document.select([0])
    shown = {}
    for grip in Grip:
        x, y = user.grip(grip)
        user.event(QEvent.Type.MouseMove, (x, y), NONE)
        shown[grip] = user.canvas.under_pointer
    assert shown == {grip: grip for grip in Grip}
    mapping = Mapping.fit(user.scene, user.canvas.width(), user.canvas.height(), 1.0)
    at = user.canvas.to_scene(QPointF(*edge_lines(mapping)[Edge.RIGHT].mean(0)))
    user.event(QEvent.Type.MouseMove, (at.x(), at.y()), NONE)
    assert user.canvas.under_pointer is Edge.RIGHT


@pytest.mark.parametrize("grip", [Grip.LOWER_RIGHT, Grip.RIGHT, Grip.TOP, Grip.KNOB])
def test_the_frame_stays_when_a_grip_is_let_go(qtbot: QtBot, grip: Grip) -> None:
    user = CanvasUser(qtbot, Scene(64, 96, (digit(3, centre=(40.0, 32.0)),)))
    user.document.select([0])
    x, y = user.grip(grip)
    user.press((x, y))
    user.move((x + 7, y + 5))
    during = user.canvas.frame
    user.release((x + 7, y + 5))
    after = user.canvas.frame
    assert during is not None and after is not None
    assert after.corners == pytest.approx(during.corners, abs=1e-6)


def test_strokes_of_a_translucent_colour_are_as_light_where_they_meet() -> None:
    cross = [Stroke([(4, 16), (28, 16)], 4.0), Stroke([(16, 4), (16, 28)], 4.0)]
    image = QImage(256, 256, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw_strokes(painter, cross, Mapping(0, 0, 8, 32, 32), QColor(255, 255, 255, 150))
    painter.end()
    assert {image.pixelColor(8 * x, 8 * 16).alpha() for x in range(5, 28)} == {150}
