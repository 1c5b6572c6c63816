"""Give a widget the theme and the text size that the window would give it."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from viz.views import theme as themes


def dress(widget: QWidget, theme: str = "dark", text_px: int = 13) -> None:
    """Set palette and font of a theme; its children inherit both."""
    widget.setPalette(themes.palette(themes.theme(theme)))
    widget.setFont(themes.font(text_px))
