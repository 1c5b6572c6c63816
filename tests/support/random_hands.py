"""Hands that do anything anywhere in the real window: pointer, keys, commands, drops, files.

Unlike ``random_user``, which is used in a process that is killed, they do what nobody would.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from hostile_scenes import hostile_scene
from hostile_weights import hostile_weights
from PIL import Image
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QWheelEvent,
)
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractSlider, QApplication, QMenu, QWidget
from stepped_window import SteppedEngine

from viz.app import Application
from viz.nets.architecture import NORMALISATIONS
from viz.nets.modules import ACTIVATIONS, POOLINGS, SIDES, Modules
from viz.scene import Light
from viz.scene.digits import HANDWRITINGS
from viz.views.canvas.commands import DIGIT_MIME

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
MODIFIERS = (PLAIN, PLAIN, PLAIN, SHIFT, CONTROL, Qt.KeyboardModifier.AltModifier, SHIFT | CONTROL)
KEYS = (
    *(getattr(Qt.Key, f"Key_{name}") for name in (
        "Left", "Right", "Up", "Down", "Space", "Tab", "Escape", "Return", "Delete", "Backspace",
        "Home", "End", "PageUp", "PageDown", "F1", "F2", "F5", "Menu", "Plus", "Minus", "Period",
    )),
    *(Qt.Key(ord(letter)) for letter in "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"),
)  # fmt: skip
WINDOW_SIZES = (911, 512), (1024, 640), (1280, 720), (1920, 1080), (2000, 600), (911, 1200)
NESTED_MS = 30
LEFT_OUT = ("quit",)
"""Commands that end what is tried."""

KINDS = (".scene.json", ".json", ".png", ".jpg", ".lecture.json", ".safetensors", ".pt", "")


class Hands:
    """``do`` does one thing."""

    def __init__(
        self, application: Application, engine: SteppedEngine, rng: random.Random, folder: Path
    ) -> None:
        self.window, self.document = application.window, application.document
        self.application, self.engine, self.random = application, engine, rng
        self.folder, self.files = folder, [folder / "none.json"]
        self.now = 0.0
        self.done: list[str] = []
        """What was done, the latest last."""
        self.window.player.clock = lambda: self.now
        # Qt's buttons with a menu wait for it within the press
        self._inside, self._release = False, QTimer()
        self._release.timeout.connect(self._close_menu)
        self._release.start(NESTED_MS)
        self.ways: dict[Callable[[], object], int] = {
            self.pull: 100, self.point: 80, self.press_key: 80, self.command: 50, self.wheel: 30,
            self.slide: 30, self.undo_or_redo: 24, self.wait: 15, self.choose_from_menu: 15,
            self.turn: 10, self.drop: 10, self.open: 10, self.time_out: 8, self.paste: 6,
            self.type: 6, self.resize: 1, self.present: 1, self.modules: 8, self.light: 4,
        }  # fmt: skip

    def do(self) -> None:
        """Do something, and let the screen keep up now and then."""
        (way,) = self.random.choices(list(self.ways), list(self.ways.values()))
        self.done.append(way.__name__)
        self.now += self.random.choice((0.0, 0.01, 0.05, 1.0))
        self._inside = way is not self.wait
        way()
        self._inside = False

    def _close_menu(self) -> None:
        """Let an action that waits for a menu go on."""
        menu = QApplication.activePopupWidget()
        if self._inside and menu is not None:
            menu.close()

    def note(self, what: object) -> None:
        self.done[-1] += f" {what}"

    # Pointer

    def pull(self) -> None:
        """Pull the pointer over the canvas, with any tool."""
        canvas, scene = self.window.canvas, self.document.scene
        if self.random.random() < 0.5:
            canvas.set_tool(self.random.choice(("pen", "eraser", "select")))
        self.note(self.document.view.tool)
        points = [
            canvas.to_widget(
                self.random.uniform(-3, scene.width + 3), self.random.uniform(-3, scene.height + 3)
            ).toPoint()
            for _ in range(self.random.randint(1, 5))
        ]
        self._pull(canvas, points)

    def _pull(self, widget: QWidget, points: list[QPoint]) -> None:
        modifiers = self.random.choice(MODIFIERS)
        if self.random.random() < 0.1:
            QTest.mouseDClick(widget, LEFT, modifiers, points[0])
        QTest.mousePress(widget, LEFT, modifiers, points[0])
        for point in points[1:]:
            self._move(widget, point, LEFT)
        if self.random.random() < 0.05:  # in the middle of it
            QTest.keyClick(widget, self.random.choice(KEYS))
        QTest.mouseRelease(widget, LEFT, modifiers, points[-1])

    def _move(self, widget: QWidget, at: QPoint, button: Qt.MouseButton) -> None:
        """Move the pointer; QTest would let the screen be painted each time."""
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)),
            Qt.MouseButton.NoButton, button, PLAIN,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _widget(self) -> QWidget:
        """What lies at a place of the window; now and then any of the small things, too."""
        if self.random.random() < 0.9:
            return self.window.childAt(self._place(self.window)) or self.window
        shown = [w for w in self.window.findChildren(QWidget) if w.isVisible() and w.width() > 0]
        return self.random.choice([self.window, *shown])

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.random.randrange(-1, widget.width() + 1),
            self.random.randrange(-1, widget.height() + 1),
        )

    def point(self) -> None:
        """Click, drag or hover anywhere."""
        widget = self._widget()
        self.note(type(widget).__name__)
        places = [self._place(widget) for _ in range(self.random.randint(1, 3))]
        match self.random.randrange(5):
            case 0:
                for place in places:
                    self._move(widget, place, Qt.MouseButton.NoButton)
            case 1:
                QTest.mouseClick(widget, RIGHT, PLAIN, places[0])
            case 2:
                self._pull(widget, places)
            case _:
                QTest.mouseClick(widget, LEFT, self.random.choice(MODIFIERS), places[0])

    def wheel(self) -> None:
        widget = self.window.canvas if self.random.random() < 0.5 else self._widget()
        at, delta = (
            QPointF(self._place(widget)),
            self.random.choice((-1200, -120, -7, 15, 120, 3000)),
        )
        event = QWheelEvent(
            at, QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, delta),
            Qt.MouseButton.NoButton, self.random.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase,
            False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def slide(self) -> None:
        sliders = [s for s in self.window.findChildren(QAbstractSlider) if s.isVisible()]
        if sliders:
            slider = self.random.choice(sliders)
            self.note(slider.accessibleName())
            slider.setValue(self.random.randint(slider.minimum(), slider.maximum()))

    # Keys and commands

    def press_key(self) -> None:
        key, modifiers = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        if key == Qt.Key.Key_Q and modifiers & CONTROL:
            return
        self.note(f"{key.name} {modifiers}")
        focused = QApplication.focusWidget()
        inside = focused is not None and focused.window() is self.window
        QTest.keyClick(focused if inside else self.window.canvas, key, modifiers)

    def type(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and focused.window() is self.window:
            QTest.keyClicks(focused, self.random.choice(("1e308", "-7", "nan", "0,5", "999999")))

    def command(self) -> None:
        """Give any command, as a menu does."""
        actions = self.window.commands.actions
        name = self.random.choice([id_ for id_ in actions if id_ not in LEFT_OUT])
        self.note(name)
        if actions[name].isEnabled():
            actions[name].trigger()

    def choose_from_menu(self) -> None:
        """Choose something from the menu that is open, or close it."""
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            actions = [
                a for a in menu.actions() if a.isEnabled() and a.objectName() not in LEFT_OUT
            ]
            if actions and self.random.random() < 0.7:
                self.note(actions[0].text())
                self.random.choice(actions).trigger()
        if menu is not None:
            menu.close()

    def turn(self) -> None:
        """Turn to another chapter or instrument."""
        keys = self.random.choice((PLAIN, Qt.KeyboardModifier.AltModifier))
        QTest.keyClick(self.window.canvas, Qt.Key(ord(self.random.choice("123456789"))), keys)

    def modules(self) -> None:
        """Switch modules on and off, whether the network can have them or not."""
        choose = self.random.choice
        modules = Modules(
            choose(("", *NORMALISATIONS)), choose(("", *NORMALISATIONS)), choose(SIDES),
            choose(("", *ACTIVATIONS)), choose(("", *POOLINGS)), choose((0, 0, 1)),
        )  # fmt: skip
        self.note(modules)
        with suppress(ValueError):
            self.document.set_modules(modules, "modules")

    def light(self) -> None:
        light = Light(*(self.random.random() for _ in range(3)), self.random.uniform(-360, 360))
        self.document.apply(replace(self.document.scene, light=light), "light")

    def undo_or_redo(self) -> None:
        stack = self.document.undo_stack
        for _ in range(self.random.randint(1, 6)):
            self.random.choice((stack.undo, stack.undo, stack.redo))()

    def present(self) -> None:
        self.window.commands.actions["present"].trigger()

    def resize(self) -> None:
        self.window.resize(*self.random.choice(WINDOW_SIZES))

    # Files

    def _file(self) -> Path:
        """A file, new or old, of any kind and any name."""
        if self.random.random() < 0.3:
            return self.random.choice(self.files)
        path = self.folder / f"{len(self.files)}{self.random.choice(KINDS)}"
        kind = self.random.randrange(6)
        if kind == 0:
            path.write_bytes(hostile_weights(self.random, self.folder / "ran"))
        elif kind == 1:
            grey = np.zeros((self.random.randint(1, 90), self.random.randint(1, 200)), np.uint8)
            grey[grey.shape[0] // 3 : grey.shape[0] // 2] = self.random.randrange(256)
            Image.fromarray(grey).save(path, "PNG")
        else:
            path.write_bytes(hostile_scene(self.random))
        self.files.append(path)
        return path

    def open(self) -> None:
        path = self._file()
        self.note(path.name)
        window = self.window
        match self.random.randrange(6):
            case 0:
                window.lectures.open_path(path)
            case 1:
                window.networks.open_file(path, "raw")
            case 2:
                window.recent.open(str(path))
            case _:
                window.files.open_paths([str(path)])

    def _mime(self) -> QMimeData:
        mime = QMimeData()
        match self.random.randrange(6):
            case 0:
                mime.setUrls([QUrl.fromLocalFile(str(self._file())) for _ in range(2)])
            case 1:
                image = QImage(self.random.randint(1, 60), self.random.randint(1, 60),
                               self.random.choice((QImage.Format.Format_ARGB32,
                                                   QImage.Format.Format_Mono)))  # fmt: skip
                image.fill(self.random.randrange(2))
                mime.setImageData(image)
            case 2:
                mime.setUrls(
                    [QUrl("https://example.org/a.png"), QUrl("data:image/png;base64,aaaa")]
                )
            case 3:
                mime.setText(self.random.choice(("31", "a" * 10_000)))
            case 4:
                carried = {"value": self.random.randrange(10), "handwriting": HANDWRITINGS[0]}
                mime.setData(DIGIT_MIME, json.dumps(carried).encode())
            case _:
                odd = (
                    b"",
                    b"{}",
                    b"[" * 5_000,
                    b'{"value": 1e999, "handwriting": 1}',
                    b"\xff",
                    b"7",
                )
                mime.setData(DIGIT_MIME, self.random.choice(odd))
        return mime

    def drop(self) -> None:
        mime, canvas = self._mime(), self.window.canvas
        at, copy = QPointF(self._place(canvas)), Qt.DropAction.CopyAction
        events = (
            QDragEnterEvent(at.toPoint(), copy, mime, LEFT, PLAIN),
            QDragMoveEvent(at.toPoint(), copy, mime, LEFT, PLAIN),
            QDropEvent(at, copy, mime, LEFT, PLAIN),
        )
        for event in events:
            QApplication.sendEvent(canvas, event)

    def paste(self) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setMimeData(self._mime())
        self.window.commands.actions["paste"].trigger()

    # Time

    def wait(self) -> None:
        """Let some of what is computed be through, and the screen be painted at times."""
        for _ in range(self.random.choice((1, 2, 6))):
            self.engine.step()
        if self.random.random() < 0.2:
            QApplication.processEvents()

    def time_out(self) -> None:
        """Let the time be over that something waits for."""
        timers = [t for t in self.application.findChildren(QTimer) if t.isActive()]
        timers += [t for t in self.window.findChildren(QTimer) if t.isActive()]
        if timers:
            timer = self.random.choice(timers)
            if timer.isSingleShot():
                timer.stop()
            timer.timeout.emit()

    def leave_all(self) -> None:
        """Close menus, let go, and come back to the usual screen."""
        self._release.stop()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for _ in range(12):
            QApplication.sendEvent(self.window.canvas, QEvent(QEvent.Type.Leave))
            QTest.keyClick(self.window.canvas, Qt.Key.Key_Escape)
