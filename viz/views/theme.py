"""The look: one dark and one light theme, their colour scales, fonts and spacing.

Neutral greys carry everything that is not a measurement. Colour is spent on activations
(perceptually uniform scales), on the classes (one hue each, everywhere) and on one accent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QFont, QFontInfo, QPalette
from PyQt6.QtWidgets import QWidget

Lut = NDArray[np.uint32]
"""256 colours as 0xffRRGGBB, the layout of QImage.Format_RGB32."""

DIM = 0.35
"""Opacity of what belongs to another drawing than the one on the canvas."""

GRID = 4
"""Every distance is a multiple of this many pixels."""

CLASS_COLOURS = (
    "#4477aa", "#ee7733", "#228833", "#cc3311", "#aa4499",
    "#33bbee", "#ccbb44", "#ee3377", "#009988", "#aa7744", "#888888",
)  # fmt: skip
"""One hue per class, after Paul Tol's colour-blind-safe schemes; grey is "none"."""


READ = 4.5
"""The least contrast of text, after the Web Content Accessibility Guidelines (level AA)."""


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, 1 … 21, after the Web Content Accessibility Guidelines."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (value / 255 for value in colour.getRgb()[:3] if value is not None)
    linear = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@cache
def _ink(name: str, ground: str) -> str:
    """The colour nearest to one that is read on a ground: of its hue, darker or lighter."""
    colour, behind = QColor(name), QColor(ground)
    hue, saturation, lightness, _ = colour.getHslF()
    step = -1 / 256 if behind.lightnessF() > 0.5 else 1 / 256
    while contrast(colour, behind) < READ:
        lightness += step
        colour = QColor.fromHslF(hue, saturation, lightness)
    return colour.name()


@dataclass(frozen=True, eq=False)
class Theme:
    """Colours as Qt takes them, and lookup tables for images."""

    name: str
    background: QColor
    surface: QColor
    """Behind data: mosaics, canvas."""
    line: QColor
    text: QColor
    quiet: QColor
    """Text that is not a measurement."""
    accent: QColor
    field: QColor
    """Receptive fields and targets."""
    ink: Lut
    """Paper to ink, for the canvas."""
    sequential: Lut
    """Zero to the layer's fixed maximum, for activations."""
    diverging: Lut
    """Symmetric about zero, for weights and pre-activations."""

    def class_colour(self, number: int) -> QColor:
        """The hue of class 0 … 9, grey for 10 ("none")."""
        return QColor(CLASS_COLOURS[number])

    def class_ink(self, number: int) -> QColor:
        """The same hue for text and thin lines, dark or light enough to be read."""
        return QColor(_ink(CLASS_COLOURS[number], self.background.name()))


Colour = QColor | Callable[[Theme], QColor] | None
"""A colour, one that depends on the theme, or None for that of the text."""


def colour_in(theme: Theme, colour: Colour) -> QColor:
    """Return a colour as it is in a theme."""
    if colour is None:
        return theme.text
    return QColor(colour(theme) if callable(colour) else colour)


def _map(name: str) -> Lut:
    """One of pyqtgraph's colour maps, read from its file: importing pyqtgraph takes a third of the
    time in which the window opens, and only charts need it."""
    package = find_spec("pyqtgraph")
    assert package is not None and package.submodule_search_locations is not None
    file = Path(package.submodule_search_locations[0], "colors", "maps", f"{name}.csv")
    return _lut(255 * np.loadtxt(file, delimiter=",", comments=";") + 0.5)


def _ramp(start: str, end: str) -> Lut:
    return _lut(np.linspace(*(QColor(colour).getRgb()[:3] for colour in (start, end)), 256))


def _lut(colours: NDArray[np.float64]) -> Lut:
    """256 colours (red, green, blue), 0 … 255 each, as a table."""
    red, green, blue = colours.astype(np.uint32).T
    lut: Lut = 0xFF000000 | red << 16 | green << 8 | blue
    lut.setflags(write=False)
    return lut


@cache
def theme(name: str) -> Theme:
    """The theme ``"dark"`` or ``"light"``."""
    if name == "light":
        return Theme(
            name="light",
            background=QColor("#f4f4f2"),
            surface=QColor("#ffffff"),
            line=QColor("#cfcfcb"),
            text=QColor("#1b1b1a"),
            quiet=QColor("#5f5f5b"),
            accent=QColor("#0a66c2"),
            field=QColor("#d6006c"),
            ink=_ramp("#ffffff", "#101010"),
            sequential=_map("CET-L17"),
            diverging=_map("CET-D9"),
        )
    return Theme(
        name="dark",
        background=QColor("#191a1c"),
        surface=QColor("#0b0b0c"),
        line=QColor("#37393d"),
        text=QColor("#ececec"),
        quiet=QColor("#a2a5aa"),
        accent=QColor("#4da3ff"),
        field=QColor("#39e5b6"),
        ink=_ramp("#0b0b0c", "#f2f2f2"),
        sequential=_map("inferno"),
        diverging=_map("CET-D4"),
    )


def of(widget: QWidget) -> Theme:
    """Return the theme whose palette a widget has inherited."""
    ground = widget.palette().color(QPalette.ColorRole.Window)
    return theme("light" if ground.lightness() > 127 else "dark")


def text_px(widget: QWidget) -> int:
    """Return the size of a widget's text, in pixels."""
    pixels = widget.font().pixelSize()
    return pixels if pixels > 0 else QFontInfo(widget.font()).pixelSize()  # a font in points


def palette(theme: Theme) -> QPalette:
    """The theme as a palette for Qt's Fusion style."""
    role = QPalette.ColorRole
    result = QPalette()
    for name, colour in (
        (role.Window, theme.background),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.background),
        (role.Button, theme.background),
        (role.ToolTipBase, theme.surface),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipText, theme.text),
        (role.BrightText, theme.text),
        (role.PlaceholderText, theme.quiet),
        (role.Highlight, theme.accent),
        (role.HighlightedText, QColor("#ffffff")),
        (role.Link, theme.accent),
        (role.Mid, theme.line),
        (role.Dark, theme.line),
        (role.Midlight, theme.line),
        (role.Light, theme.surface),
        (role.Shadow, theme.line),
    ):
        result.setColor(name, colour)
    for disabled in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        faded = QColor(theme.quiet)
        faded.setAlphaF(0.5)
        result.setColor(QPalette.ColorGroup.Disabled, disabled, faded)
    return result


def style_sheet(theme: Theme) -> str:
    """What a palette cannot say, by object name, class or property."""
    line, accent, text, quiet = (
        colour.name() for colour in (theme.line, theme.accent, theme.text, theme.quiet)
    )
    around = f"{GRID - 1}px {2 * GRID}px"
    return f"""
        QToolBar {{ border: none; spacing: 2px; padding: 0; }}
        QToolBar::separator {{ width: 1px; margin: 4px; background: {line}; }}
        QToolButton {{ padding: 3px 4px; border: none; border-radius: 3px; }}
        QToolButton:hover {{ background: {line}; }}
        QToolButton:checked {{ background: {accent}; color: white; }}
        QToolButton::menu-indicator {{ image: none; }}
        QToolButton[outlined="true"] {{ border: 1px solid {line}; padding: 0 6px; }}
        QToolButton[outlined="true"]:hover, QToolButton[outlined="true"]:focus {{
            background: transparent; border-color: {accent};
        }}
        #loop:checked {{ background: transparent; }}
        #qt_toolbar_ext_button, #reset, QToolButton#step {{ padding: 0; }}
        #reset {{ color: {quiet}; }}
        #reset:disabled {{ color: transparent; }}
        QMenuBar {{ background: transparent; border: none; }}
        QMenuBar::item {{ padding: {around}; background: transparent; }}
        QMenuBar::item:selected {{ background: {line}; border-radius: 3px; }}
        #chapters::tab, #instruments::tab {{
            padding: {around}; border: none; border-bottom: 2px solid transparent;
            background: transparent; color: {quiet};
        }}
        #instruments::tab {{ padding: {GRID - 1}px {GRID * 3 // 2}px; }}
        #instruments[close="true"]::tab {{ padding: {GRID - 1}px {GRID // 2}px; }}
        #chapters::tab:hover, #instruments::tab:hover {{ color: {text}; }}
        #chapters::tab:selected, #instruments::tab:selected {{
            color: {text}; border-bottom-color: {accent};
        }}
        #chapters::tab:focus, #instruments::tab:focus {{ background: {line}; }}
        NumberBox {{ border: none; border-radius: 3px; background: transparent; }}
        NumberBox:hover, NumberBox:focus {{ background: {line}; }}
        #lecture {{ border-left: 1px solid {line}; }}
        #lecture_title {{ border: none; background: transparent; }}
        #commands {{ background: palette(window); }}
        #commands::item {{ padding: 2px 4px; }}
        QStatusBar::item {{ border: none; }}
        QStatusBar QPushButton {{ padding: 0 8px; }}
        QToolTip {{ border: 1px solid {line}; padding: 4px; }}
        #message {{ background: {line}; border-radius: 3px; }}
    """


FAMILIES = ["Inter", "Segoe UI Variable", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans"]
"""Faces with tabular figures, best first; Qt takes the first that is installed."""


def font(pixels: int, *, bold: bool = False) -> QFont:
    """The program's face with tabular figures, so that changing numbers do not jitter."""
    result = QFont(FAMILIES)
    result.setPixelSize(max(1, pixels))
    result.setBold(bold)
    if hasattr(result, "setFeature"):  # Qt ≥ 6.7
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def text_pixels(window_height: int, projection: bool) -> int:
    """The size of small text: 1/45 of the window's height when projected, else 13 px or a little
    more on large windows."""
    if projection:
        return -(-window_height // 45)
    return max(13, min(16, window_height // 60))
