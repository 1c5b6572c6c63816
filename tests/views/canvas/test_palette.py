"""The palette: a digit goes beside what is there, or travels to where it is dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from canvas_user import CanvasUser
from dressing import dress
from opening import Open, settled
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QDrag
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.model import settings
from viz.model.document import Document
from viz.scene import Group, Scene, Transform, rasterize_scene
from viz.scene.digits import HANDWRITINGS, digit
from viz.scene.hits import item_bounds, item_centre
from viz.views.canvas.commands import DIGIT_MIME
from viz.views.canvas.palette import Palette

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document() -> Document:
    return Document(Scene(32, 64))


@pytest.fixture
def palette(qtbot: QtBot, document: Document) -> Palette:
    palette = Palette(document)
    qtbot.addWidget(palette)
    dress(palette)
    palette.resize(540, palette.height())
    palette.show()
    return palette


def test_a_click_puts_the_digit_in_the_middle_of_an_empty_canvas(
    palette: Palette, document: Document
) -> None:
    QTest.mouseClick(palette.tiles[3], LEFT)
    (group,) = document.scene.items
    assert isinstance(group, Group)
    assert group.name == "3"
    assert item_centre(document.scene, 0) == (32.0, 16.0)
    assert document.selection == {0}
    assert document.undo_stack.count() == 1


def test_digits_stand_beside_each_other_where_windows_can_read_them(
    palette: Palette, document: Document
) -> None:
    for value in (3, 1, 4, 1, 5, 9, 2, 6):
        QTest.mouseClick(palette.tiles[value], LEFT)
    scene = document.scene
    boxes = sorted(item_bounds(scene, index) for index in range(8))
    for (_, _, right, _), (left, _, _, _) in pairwise(boxes):
        assert left > right
    for index in range(8):
        x, _ = item_centre(scene, index)
        assert 16 <= x <= scene.width - 16
        assert x == round(x)
    assert scene.width > 64
    document.undo_stack.undo()
    assert len(document.scene.items) == 7


def test_a_full_canvas_takes_still_more(palette: Palette, document: Document) -> None:
    document.apply(Scene(32, 512, (digit(8, centre=(20, 16)), digit(8, centre=(495, 16)))), "")
    palette.put(7)
    assert document.scene.width == 512
    assert 16 <= item_centre(document.scene, 2)[0] <= 496


def test_return_works_like_a_click(palette: Palette, document: Document) -> None:
    palette.tiles[7].setFocus()
    QTest.keyClick(palette.tiles[7], Qt.Key.Key_Return)
    assert [item.name for item in document.scene.items] == ["7"]


def test_the_chosen_handwriting_is_drawn_and_kept(
    qtbot: QtBot, palette: Palette, document: Document
) -> None:
    before = palette.tiles[1].grab().toImage()
    palette.handwritings.setCurrentIndex(HANDWRITINGS.index("american"))
    assert palette.tiles[1].grab().toImage() != before
    palette.put(1)
    expected = Scene(32, 64, (digit(1, "american", centre=(32.0, 16.0)),))
    assert (rasterize_scene(document.scene) == rasterize_scene(expected)).all()
    assert settings.get("handwriting") == "american"
    again = Palette(Document())
    qtbot.addWidget(again)
    assert again.handwriting == "american"


def test_a_drag_carries_the_digit_and_a_short_pull_does_not(
    palette: Palette, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[bytes] = []

    def exec_(drag: QDrag, _actions: Qt.DropAction) -> Qt.DropAction:
        carried.append(drag.mimeData().data(DIGIT_MIME).data())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", exec_)  # it would wait for a real drop
    tile = palette.tiles[5]
    middle = tile.rect().center()
    QTest.mousePress(tile, LEFT, pos=middle)
    for way in (1, 2, 40):
        QTest.mouseMove(tile, middle + QPoint(0, -way))
    QTest.mouseRelease(tile, LEFT, pos=middle + QPoint(0, -40))
    assert [json.loads(data) for data in carried] == [
        {"value": 5, "handwriting": palette.handwriting}
    ]
    assert document.scene.items == ()


def test_a_drawing_too_far_away_takes_no_digit_and_says_so(
    open_application: Open, qtbot: QtBot
) -> None:
    far = Scene(32, 64, transform=Transform(dx=1e6, scale=1e-6))  # as a file can have it
    application = open_application(far)
    settled(application, qtbot)
    window = application.window
    document, palette, bar = window.document, window.palette_strip, window.messages
    dropped = CanvasUser(qtbot, far)
    dropped.canvas.refused.connect(bar.show)
    for put in (
        lambda: QTest.mouseClick(palette.tiles[3], LEFT),
        lambda: QTest.keyClick(window, Qt.Key.Key_R),
        lambda: dropped.drop(palette.tiles[2].mime_data(), (20.5, 17.25)),
    ):
        put()
        assert "too far to draw on it; reset its transform first." in bar.text
        bar.close()
    assert document.scene == dropped.scene == far
    assert not document.undo_stack.count() and not document.selection
    document.apply(replace(far, transform=Transform()), "reset")
    QTest.keyClick(window, Qt.Key.Key_R)
    assert len(document.scene.items) == 1 and document.selection == {0} and not bar.text


def test_tiles_stay_apart_from_the_focus_of_the_mouse(palette: Palette) -> None:
    for part in (palette.handwritings, *palette.tiles):
        assert not part.focusPolicy() & Qt.FocusPolicy.ClickFocus


@pytest.mark.parametrize("text_px", [13, 24])
def test_the_palette_fits_its_column(palette: Palette, text_px: int) -> None:
    dress(palette, "light", text_px)
    assert palette.minimumSizeHint().width() <= (520 if text_px == 13 else 632)
