"""The whole program, driven with real mouse and key events: from the pointer to the eye."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import scene_files
import torch
from opening import Open, settled
from PIL import Image
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.measure.reading import read
from viz.model.snapshot import Snapshot, Unit
from viz.nets import load_pretrained
from viz.nets.lenet5 import lenet5
from viz.scene import ImageLayer, Scene, Transform, rasterize, rasterize_scene
from viz.scene.digits import number


@pytest.fixture
def open_application(open_application: Open, qtbot: QtBot) -> Open:
    """Opened, and the first answer shown."""

    def open_(scene: Scene | None = None, *, keep: bool = False) -> Application:
        application = open_application(scene, keep=keep)
        settled(application, qtbot)
        return application

    return open_


def at(application: Application, x: float, y: float) -> QPoint:
    """The widget position nearest to a canvas point."""
    return application.window.canvas.to_widget(x, y).toPoint()


def drag(application: Application, *points: tuple[float, float]) -> None:
    canvas = application.window.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(application, *points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, at(application, *point))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(application, *points[-1]))


def test_a_drawn_one_is_read(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(Scene(32, 32))
    window, document = application.window, application.document
    window.canvas.set_tool("pen")
    drag(application, *[(16.0, y) for y in np.linspace(6, 26, 12)])
    settled(application, qtbot)
    assert document.snapshot.reading.text == "1"
    assert document.undo_stack.count() == 1
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settled(application, qtbot)
    assert document.scene.items == ()
    assert document.snapshot.reading.text == ""


def test_moving_the_three_shifts_every_map(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("3", height=32, width=64))
    window, document = application.window, application.document
    before = document.snapshot
    window.canvas.set_tool("select")
    window.canvas.setFocus()
    for _ in range(4):
        QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    settled(application, qtbot)
    after = document.snapshot
    assert np.array_equal(after.image[:, 4:], before.image[:, :-4])
    for layer in lenet5().layers:
        if layer.name == "output":
            continue
        shift = 4 // layer.stride
        a, b = before.maps[layer.name], after.maps[layer.name]
        assert np.allclose(b[:, :, shift:], a[:, :, :-shift], atol=1e-4), layer.name
    assert document.undo_stack.count() == 1, "a run of one arrow key is one step"


def test_maps_are_ablated_and_restored_while_a_demonstration_plays(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    document, window = application.document, application.window
    player, mosaic, net = window.player, window.stage.maps.mosaics["C1"], load_pretrained()
    QTest.keyClick(window, Qt.Key.Key_4)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert player.playing and player.demonstration.id == "31-61"
    seen: list[Snapshot] = []
    document.snapshot_changed.connect(seen.append)

    def passing(ablated: set[int]) -> None:
        """The next pictures are the demonstration's, each answered without the ablated maps, and
        read as it would be with all maps if and only if none is ablated."""
        expected = {"C1": frozenset(ablated)} if ablated else {}
        assert document.ablated == expected
        begun, asked = player.time, document.request().number
        seen.clear()

        def now() -> list[Snapshot]:
            return [shown for shown in seen if shown.request.number > asked]

        qtbot.waitUntil(lambda: len({id(shown.scene) for shown in now()}) > 5, timeout=20_000)
        assert player.playing and not player.taken_over and player.time > begun
        for shown in now():
            assert shown.request.ablated == expected
            image = torch.from_numpy(rasterize_scene(shown.scene))[None, None]
            with torch.inference_mode():
                whole, without = (net(image, maps)["output"][0].numpy() for maps in ({}, expected))
            assert np.allclose(shown.maps["output"], without, atol=1e-4)
            assert (shown.reading.text == read(whole).text) is (not ablated)

    def middle(map_: int) -> QPoint:
        return mosaic.unit_position(Unit("C1", map_, 10, 20)).toPoint()

    passing(set())
    control = Qt.KeyboardModifier.ControlModifier
    for map_ in (6, 13):
        QTest.mouseClick(mosaic, Qt.MouseButton.LeftButton, control, middle(map_))
    QTest.mouseClick(mosaic, Qt.MouseButton.LeftButton, pos=middle(16))
    QTest.keyClick(window, Qt.Key.Key_X)
    passing({6, 13, 16})
    QTest.mouseClick(mosaic, Qt.MouseButton.LeftButton, control, middle(6))
    assert document.ablated == {"C1": {13, 16}}, "again brings it back"
    QTest.keyClick(window, Qt.Key.Key_R, control)
    passing(set())
    assert player.playing


def test_every_command_runs_on_an_empty_and_on_a_full_canvas(
    open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PyQt6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([], ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "exec", lambda *_: 0)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_, **__: (0, False))
    monkeypatch.setattr(QMessageBox, "about", lambda *_: None)
    application = open_application(Scene())
    for scene in (Scene(), number("31")):
        application.document.open(scene, None, "open")
        for name, action in application.window.commands.actions.items():
            if name != "quit":
                action.trigger()
        settled(application, qtbot)
    application.window.commands.actions["quit"].trigger()
    assert not application.window.isVisible()


@pytest.mark.parametrize("name", ["drawing.scene.json", "my.drawing"])
def test_a_scene_opens_under_any_name_saves_and_gives_way_to_what_was_there(
    name: str, open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    """What is no picture by its name is read as a scene, whatever it is called."""
    application = open_application(number("31"))
    window, document, file = application.window, application.document, tmp_path / name
    actions = window.commands.actions
    scene_files.save(number("57"), file)
    window.files.open_paths([str(file)])
    qtbot.waitUntil(lambda: document.file == file)
    assert document.scene == number("57") and name in window.windowTitle()
    actions["undo"].trigger()
    assert document.file is None and window.windowTitle() == "LeNetScope"
    assert [one.scene for one in document.kept] == [number("31")]
    actions["redo"].trigger()
    assert document.file == file
    assert [one.scene for one in document.kept] == [number("31")], "it is in no file"
    actions["clear"].trigger()
    actions["save"].trigger()
    assert scene_files.load(file).scene.items == ()


def test_a_broken_file_says_so_and_loses_nothing(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(number("31"))
    for name, content in (("a.json", b"{"), ("b.png", b"\x89PNG\r\n\x1a\nrubbish"), ("c.jpg", b"")):
        (tmp_path / name).write_bytes(content)
        application.window.files.open_paths([str(tmp_path / name)])
        qtbot.waitUntil(lambda name=name: name in application.window.messages.text, timeout=5000)
    assert application.document.scene == number("31")


def test_a_pasted_scan_is_inverted_and_read(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(Scene(32, 32))
    ink = rasterize([s for item in number("3", width=32).items for s in item.placed], 32, 32)  # type: ignore[union-attr]
    grey = np.ascontiguousarray(255 - (ink * 255).astype(np.uint8))
    image = QImage(grey.data, 32, 32, 32, QImage.Format.Format_Grayscale8).copy()  # type: ignore[call-overload]
    application.window.files.place_image(image)
    qtbot.waitUntil(lambda: len(application.document.scene.items) == 1, timeout=5000)
    layer = application.document.scene.items[0]
    assert isinstance(layer, ImageLayer)
    assert layer.inverted
    settled(application, qtbot)
    assert application.document.snapshot.reading.text == "3"


def test_a_large_photo_opens_as_a_job(open_application: Open, qtbot: QtBot, tmp_path: Path) -> None:
    application = open_application(Scene())
    file = tmp_path / "photo.png"
    Image.new("L", (3000, 2000), 255).save(file)
    application.window.files.open_paths([str(file)])
    qtbot.waitUntil(lambda: len(application.document.scene.items) == 1, timeout=20000)


def test_the_theme_is_that_of_the_whole_window(open_application: Open) -> None:
    window, lightness = open_application(number("31")).window, []
    for theme in ("dark", "light"):
        window.appearance.choose(theme)
        lightness.append(window.grab().toImage().pixelColor(2, 2).lightness())
    assert lightness[0] < 60 < 200 < lightness[1]


def test_closing_while_the_network_is_busy(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("31"))
    for n in range(200):
        application.document.apply(
            Scene(128, 512, application.document.scene.items, Transform(dx=n / 7)), "move"
        )
    application.window.close()
    assert not any(thread.name == "live" for thread in threading.enumerate())


def test_wide_and_tall_canvases_are_read(open_application: Open, qtbot: QtBot) -> None:
    scene = number("2026", width=128)
    application = open_application(Scene(48, 128, scene.items, Transform(dy=8)))
    assert application.document.snapshot.maps["output"].shape == (11, 5, 25)
    assert application.document.snapshot.reading.text == "2026"
