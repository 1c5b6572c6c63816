"""Digit keys: a French keyboard's & is 1 by its place, under X11, Windows and macOS."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QSpinBox
from pytestqt.qtbot import QtBot

from viz.chapters.registry import chapter_ids
from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.window.digit_keys import digit_of

NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)  # fmt: skip

FRENCH = "&é\"'(-è_çà"
"""What the row types without Shift, from the key of 1 to that of 0."""

KEYS = (
    Qt.Key.Key_Ampersand, Qt.Key.Key_Eacute, Qt.Key.Key_QuoteDbl, Qt.Key.Key_Apostrophe,
    Qt.Key.Key_ParenLeft, Qt.Key.Key_Minus, Qt.Key.Key_Egrave, Qt.Key.Key_Underscore,
    Qt.Key.Key_Ccedilla, Qt.Key.Key_Agrave,
)  # fmt: skip

CARBON = (0x12, 0x13, 0x14, 0x15, 0x17, 0x16, 0x1A, 0x1C, 0x19, 0x1D)


def event(place: int, modifiers: Qt.KeyboardModifier = NONE, platform: str = "xcb") -> QKeyEvent:
    """A key of the row on a French keyboard, as a platform reports it; ``place`` from 0."""
    scan, virtual = {
        "xcb": (10 + place, ord(FRENCH[place])),
        "wayland": (10 + place, ord(FRENCH[place])),
        "windows": (2 + place, 0x30 + (place + 1) % 10),
        "cocoa": (0, CARBON[place]),
    }[platform]
    return QKeyEvent(QEvent.Type.KeyPress, KEYS[place], modifiers, scan, virtual, 0, FRENCH[place])


@pytest.mark.parametrize("platform", ["xcb", "wayland", "windows", "cocoa"])
@pytest.mark.parametrize("modifiers", [NONE, ALT])
def test_a_key_of_the_row_is_its_digit(platform: str, modifiers: Qt.KeyboardModifier) -> None:
    digits = [digit_of(event(place, modifiers, platform), platform) for place in range(10)]
    assert digits == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]


def test_what_types_a_digit_is_one_and_other_keys_are_none() -> None:
    def typed(key: Qt.Key, modifiers: Qt.KeyboardModifier, scan: int, text: str) -> int | None:
        press = QEvent.Type.KeyPress
        return digit_of(QKeyEvent(press, key, modifiers, scan, 0, 0, text), "xcb")

    assert typed(Qt.Key.Key_7, NONE, 16, "7") == 7
    assert typed(Qt.Key.Key_7, SHIFT, 16, "7") == 7, "French, with Shift"
    assert typed(Qt.Key.Key_4, Qt.KeyboardModifier.KeypadModifier, 83, "4") == 4
    assert typed(Qt.Key.Key_Exclam, SHIFT, 10, "!") is None
    assert typed(Qt.Key.Key_A, NONE, 38, "a") is None
    assert typed(Qt.Key.Key_Minus, NONE, 20, "-") is None, "right of 0"


@pytest.mark.parametrize("presenting", [False, True])
def test_a_french_keyboard_turns_to_chapters_and_instruments(
    presenting: bool, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window, view = application.window, application.document.view
    settled(application, qtbot)
    if presenting:
        QTest.keyClick(window, Qt.Key.Key_F5)
    focused = window.focusWidget()
    assert focused is not None
    for place, chapter in enumerate(chapter_ids()):
        QApplication.sendEvent(focused, event(place))
        assert view.chapter == chapter
    QApplication.sendEvent(focused, event(1))
    panel = window.panels.shown
    assert panel is not None
    for place in (2, 0, 5):
        QApplication.sendEvent(focused, event(place, ALT))
        assert panel.current is panel.instruments[place]
    QApplication.sendEvent(focused, event(8, ALT))
    assert "no instrument 9" in window.hint_line.hint and panel.current is panel.instruments[5]
    QApplication.sendEvent(focused, event(9))
    assert "no chapter 0" in window.hint_line.hint


@pytest.mark.parametrize("presenting", [False, True])
def test_ctrl_and_page_keys_and_alt_and_a_number_choose_the_instrument(
    presenting: bool, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window, document = application.window, application.document
    settled(application, qtbot)
    if presenting:
        QTest.keyClick(window, Qt.Key.Key_F5)
    QTest.keyClick(window, Qt.Key.Key_2)
    panel = window.panels.shown
    assert panel is not None and panel.chapter.id == "equivariance"
    control = Qt.KeyboardModifier.ControlModifier

    def current() -> int:
        return panel.instruments.index(panel.current)

    QTest.keyClick(window, Qt.Key.Key_PageUp, control)
    assert current() == 0
    for expected in range(1, len(panel.instruments)):
        QTest.keyClick(window, Qt.Key.Key_PageDown, control)
        assert current() == expected
    QTest.keyClick(window, Qt.Key.Key_PageDown, control)
    assert current() == len(panel.instruments) - 1
    QTest.keyClick(window, Qt.Key.Key_PageUp, control)
    assert current() == len(panel.instruments) - 2
    QTest.keyClick(window, Qt.Key.Key_3, ALT)
    assert current() == 2
    document.pin(Unit("C1", 0, 1, 1))
    assert panel.current is panel.unit
    QTest.keyClick(window, Qt.Key.Key_2, ALT)
    assert current() == 1 and document.pinned is None, "which would hide it"
    QTest.keyClick(window, Qt.Key.Key_9, ALT)
    assert "has no instrument 9; it has 1" in window.hint_line.hint and current() == 1
    assert document.view.chapter == "equivariance"


def test_alt_and_a_number_act_beside_a_number_that_is_typed(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window = application.window
    settled(application, qtbot)
    window.view.chapter = "equivariance"
    box = QSpinBox(window)
    box.show()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_3, ALT)
    panel = window.panels.shown
    assert panel is not None and panel.current is panel.instruments[2] and box.value() == 0
