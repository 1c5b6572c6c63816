"""Appearance: dark or light, and how large the text is, throughout the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from viz.model import settings
from viz.views import theme as themes

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


class Appearance(QObject):
    """The window's theme and text size, as the user prefers them and its height demands."""

    changed = pyqtSignal()
    """Theme or text size: every view is to be told."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._projection = bool(settings.get("projection"))
        self._fixed_theme, self._text_scale = "", 1.0
        self.text_px = 0
        """The size of small text now, in pixels; 0 until the window has a size."""
        hints = QGuiApplication.styleHints()
        if hints is not None and hasattr(hints, "colorSchemeChanged"):  # Qt ≥ 6.5
            hints.colorSchemeChanged.connect(self.apply)

    @property
    def theme(self) -> themes.Theme:
        """The theme now in use; "system" resolved."""
        name = self._fixed_theme or str(settings.get("theme"))
        if name not in ("light", "dark"):
            hints = QGuiApplication.styleHints()
            scheme = getattr(hints, "colorScheme", lambda: None)()
            name = "light" if scheme == Qt.ColorScheme.Light else "dark"
        return themes.theme(name)

    def choose(self, name: str) -> None:
        """Use the theme ``"system"``, ``"light"`` or ``"dark"`` from now on."""
        settings.put("theme", name)
        self._window.actions_by_id[f"theme_{name}"].setChecked(True)
        self.apply()

    def switch(self) -> None:
        """Dark to light and back."""
        self.choose("light" if self.theme.name == "dark" else "dark")

    def fix(self, theme: str, text_scale: float) -> None:
        """Use a theme and a text size without making them the user's preference."""
        self._fixed_theme, self._text_scale = theme, text_scale
        self._projection = False
        if self._window.isVisible():
            self.apply()

    @property
    def projected(self) -> bool:
        """Whether all text is enlarged for the last row."""
        return self._projection or self._window.presentation.on

    def toggle_projection(self) -> None:
        """All text at 1/45 of the window's height, or small again."""
        self._projection = not self._projection
        settings.put("projection", self._projection)
        self._window.actions_by_id["projection"].setChecked(self._projection)
        self.apply()

    def _wanted_px(self) -> int:
        return round(themes.text_pixels(self._window.height(), self.projected) * self._text_scale)

    def follow_height(self) -> None:
        """The window has another height, which may be one for another size of text."""
        if self._wanted_px() != self.text_px:
            self.apply()

    def apply(self) -> None:
        """Take theme and text size from what they depend on, for everything."""
        theme, self.text_px = self.theme, self._wanted_px()
        QApplication.setPalette(themes.palette(theme))
        QApplication.setFont(themes.font(self.text_px))
        self._window.setFont(themes.font(self.text_px))
        self._window.setStyleSheet(themes.style_sheet(theme))
        self.changed.emit()
