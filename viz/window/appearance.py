"""Appearance: dark or light, and how large the text is, throughout the window."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QWidget

from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState
from viz.views import theme as themes


class Appearance(QObject):
    """A window's theme and text size, as the user prefers them and its height demands."""

    changed = pyqtSignal()
    """Theme or text size changed, for what does not follow palette and font by itself."""

    def __init__(self, window: QWidget, view: ViewState) -> None:
        super().__init__(window)
        self._window, self._view = window, view
        self._fixed_theme, self._text_scale = "", 1.0
        view.changed.connect(self._follow)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.apply)

    @property
    def theme(self) -> themes.Theme:
        """The theme now in use; "system" resolved."""
        name = self._fixed_theme or self._view.theme
        if name not in ("light", "dark"):
            scheme = QGuiApplication.styleHints().colorScheme()
            name = "light" if scheme == Qt.ColorScheme.Light else "dark"
        return themes.theme(name)

    @property
    def text_px(self) -> int:
        """The size of small text now, in pixels; 0 until the window has a size."""
        return self._view.text_px

    def choose(self, name: str) -> None:
        """Use the theme ``"system"``, ``"light"`` or ``"dark"`` from now on."""
        self._fixed_theme = ""
        self._view.theme = name

    def switch(self) -> None:
        """Change from dark to light, or back."""
        self.choose("light" if self.theme.name == "dark" else "dark")

    def fix(self, theme: str, text_scale: float) -> None:
        """Use a theme and a text size without making them the user's preference."""
        self._fixed_theme, self._text_scale = theme, text_scale
        self._view.projection = False
        if self._window.isVisible():
            self.apply()

    @property
    def projected(self) -> bool:
        """Whether all text is enlarged for the last row."""
        return self._view.projection or self._view.presenting

    def _follow(self, name: str) -> None:
        if name in ("theme", "projection", "presenting"):
            self.apply()

    def _due_px(self) -> int:
        return round(themes.text_pixels(self._window.height(), self.projected) * self._text_scale)

    def follow_height(self) -> None:
        """Take the size of text that suits the window's height."""
        if self._due_px() != self._view.text_px:
            self.apply()

    def apply(self) -> None:
        """Set palette, font and style sheet; every widget inherits them."""
        theme, text_px = self.theme, self._due_px()
        self._view.text_px = text_px
        QApplication.setPalette(themes.palette(theme))
        QApplication.setFont(themes.font(text_px))
        self._window.setFont(themes.font(text_px))
        self._window.setStyleSheet(themes.style_sheet(theme))
        self.changed.emit()

    def commands(self) -> tuple[Command, ...]:
        """Return the commands about how the program looks."""
        menu, view = tr("&View"), self._view
        return (
            *(
                Command(f"theme_{name}", menu, text, "", tip, lambda name=name: self.choose(name),  # type: ignore[misc]
                        checked=lambda name=name: view.theme == name, group="theme")  # type: ignore[misc]
                for name, text, tip in (
                    ("system", tr("Theme of the &system"), tr("Dark or light, like the system.")),
                    ("light", tr("&Light theme"), tr("Dark text on a light background.")),
                    ("dark", tr("&Dark theme"), tr("Light text on a dark background.")),
                )
            ),
            Command("theme_next", menu, tr("S&witch dark and light"), "T",
                    tr("Change to the other theme."), self.switch, short=tr("Theme")),
            Command("projection", menu, tr("&Projection scale"), "F8",
                    tr("Enlarge all text so that the last row can read it (1/45 of the height)."),
                    lambda: setattr(view, "projection", not view.projection),
                    checked=lambda: view.projection, short=tr("Projection"), separated=True),
        )  # fmt: skip
