"""Digit keys: the number on a key, by its place on the keyboard where it types something else.

On a French keyboard the row of digits types & é " ' ( without Shift, on a Czech one + ě š č ř.
Qt tells the key by what it types; where that is no digit the place says which key it is: the
scan code under X11 and Wayland, the virtual key under Windows and macOS.
"""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent

SCAN_CODE_OF_1 = 10
"""Under X11 and Wayland: evdev's code, 2, and 8. The keys of 2 … 9 and 0 follow."""

VIRTUAL_KEYS = {
    "windows": {0x30 + digit: digit for digit in range(10)},
    "cocoa": {
        0x1D: 0, 0x12: 1, 0x13: 2, 0x14: 3, 0x15: 4, 0x17: 5, 0x16: 6, 0x1A: 7, 0x1C: 8, 0x19: 9,
    },
}  # fmt: skip
"""Digits by virtual key: VK_0 … VK_9 and kVK_ANSI_0 … kVK_ANSI_9, which name keys of the row."""


def digit_of(event: QKeyEvent, platform: str = "") -> int | None:
    """Return the number on a key, None for a key without one. ``platform`` is Qt's name for it, if
    not the present one.

    With Shift only what is typed counts, or ! would be 1.
    """
    typed = event.key() - Qt.Key.Key_0
    if 0 <= typed <= 9:
        return typed
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return None
    virtual = VIRTUAL_KEYS.get(platform or QGuiApplication.platformName())
    if virtual is not None:
        return virtual.get(event.nativeVirtualKey())
    place = event.nativeScanCode() - SCAN_CODE_OF_1
    return (place + 1) % 10 if 0 <= place <= 9 else None
