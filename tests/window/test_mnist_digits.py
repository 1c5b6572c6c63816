"""“MNIST test digit…”: MNIST's own where it is, pen digits that ship where it is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from viz.nets import data, shipped_digits
from viz.nets.pen import drawn
from viz.scene import Group, ImageLayer, Scene
from viz.scene.digits import number
from viz.window.dialogs import Dialogs
from viz.window.files import Files
from viz.window.messages import Messages


class NumberDialog:
    """What the dialog for a number said; it is answered with ``answer``, None: cancelled."""

    def __init__(self) -> None:
        self.answer: int | None = 0
        self.title = self.text = ""
        self.range = (-1, -1)
        self.times = 0

    def get_int(
        self, parent: QWidget, title: str, text: str, value: int, low: int, high: int
    ) -> tuple[int, bool]:
        self.title, self.text, self.range = title, text, (low, high)
        self.times += 1
        assert low <= value <= high
        return (0, False) if self.answer is None else (self.answer, True)


class Menu:
    """The commands of files about the drawing of a lab, and what they say."""

    def __init__(self, lab: Lab, parent: QWidget) -> None:
        self.document = lab.document
        self.messages = Messages(lab.document.view, parent)
        self.messages.bar.setParent(parent)
        dialogs = Dialogs(parent, lab.document.view, self.messages)
        self.files = Files(lab.document, lab.engine, None, self.messages, dialogs)  # type: ignore[arg-type]

    def choose(self) -> None:
        (command,) = (one for one in self.files.commands() if one.id == "mnist")
        command.run()


@pytest.fixture
def dialog(monkeypatch: pytest.MonkeyPatch) -> NumberDialog:
    dialog = NumberDialog()
    monkeypatch.setattr(QInputDialog, "getInt", dialog.get_int)
    return dialog


@pytest.fixture
def no_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "mnist"
    monkeypatch.setenv("MNIST_DIR", str(folder))
    return folder


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(Scene())


@pytest.fixture
def menu(lab: Lab, qtbot: QtBot) -> Menu:
    parent = QWidget()
    qtbot.addWidget(parent)
    return Menu(lab, parent)


def test_without_mnist_pen_digits_are_offered_as_such(
    menu: Menu, dialog: NumberDialog, no_mnist: Path
) -> None:
    dialog.answer = None
    menu.choose()
    assert dialog.title == "Included pen digit"
    assert dialog.range == (0, 1499) and "(0 … 1499)" in dialog.text
    assert "MNIST is not on this computer" in dialog.text
    assert "lenetscope train --download" in dialog.text and "MNIST_DIR" in dialog.text
    assert menu.messages.text == "" and menu.document.scene == Scene(), "cancelled"


@pytest.mark.parametrize("chosen", [0, 44, 1499])
def test_a_pen_digit_lies_on_the_canvas_as_strokes_and_is_read(
    lab: Lab, menu: Menu, dialog: NumberDialog, no_mnist: Path, chosen: int
) -> None:
    dialog.answer = chosen
    menu.choose()
    digit = shipped_digits.shipped_digits()[chosen]
    (group,) = lab.document.scene.items
    assert isinstance(group, Group) and group.name == str(chosen % 10)
    for stroke, expected in zip(group.strokes, drawn(digit, (32.0, 16.0)), strict=True):
        np.testing.assert_allclose(stroke.points, expected.points, atol=1e-9)
    assert group.anchor == pytest.approx((32, 16)) and lab.document.selection == {0}
    lab.settle()
    assert lab.document.snapshot is not None
    assert lab.document.snapshot.reading.text == str(chosen % 10)


def test_it_comes_beside_what_is_there_as_one_step(
    lab: Lab, menu: Menu, dialog: NumberDialog, no_mnist: Path
) -> None:
    before = number("31")
    lab.document.apply(before, "draw")
    dialog.answer = 7
    menu.choose()
    assert lab.document.scene.items[:2] == before.items and len(lab.document.scene.items) == 3
    assert lab.document.selection == {2}
    lab.document.undo_stack.undo()
    assert lab.document.scene == before


def test_a_full_drawing_says_why_it_takes_no_more(
    lab: Lab, menu: Menu, dialog: NumberDialog, no_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viz.scene.capacity.MOST_ITEMS", 0)
    menu.choose()
    assert menu.messages.text != "" and lab.document.scene == Scene()


def test_with_mnist_its_own_digits_are_offered(
    lab: Lab, menu: Menu, dialog: NumberDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = np.zeros((3, 28, 28), np.uint8)
    images[2, 10] = 255
    digits = data.Digits(images, np.array([4, 5, 6], np.uint8))
    monkeypatch.setattr(data, "load_mnist", lambda test: digits)
    dialog.answer = 2
    menu.choose()
    assert (dialog.title, dialog.text) == ("MNIST test digit", "Number (0 … 2)")
    (layer,) = lab.document.scene.items
    assert isinstance(layer, ImageLayer) and layer.name == "MNIST 2: a 6"
    assert np.array_equal(layer.pixels * 255, images[2]) and lab.document.selection == {0}


def test_damaged_files_of_mnist_are_named_and_not_passed_over(
    menu: Menu, dialog: NumberDialog, no_mnist: Path
) -> None:
    no_mnist.mkdir()
    for part in ("images-idx3", "labels-idx1"):
        (no_mnist / f"t10k-{part}-ubyte").write_bytes(b"nothing of the kind")
    menu.choose()
    assert "is damaged or not an idx file" in menu.messages.text and dialog.times == 0


def test_where_the_pen_digits_are_lost_too_it_says_what_to_do(
    menu: Menu, dialog: NumberDialog, no_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped_digits, "shipped_path", lambda: no_mnist / "pendigits.npz")
    shipped_digits.shipped_digits.cache_clear()
    menu.choose()
    assert "reinstall LeNetScope" in menu.messages.text and dialog.times == 0
