"""The transform panel: what was done to the drawing as numbers, to be dragged or typed.

Its fields act on the selected items, else on the whole drawing; the pen's width acts on the
selected strokes, else on new ones; the noise lies over everything.
"""

from __future__ import annotations

import time

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from viz import settings
from viz.document import Document
from viz.i18n import tr
from viz.scene import Group
from viz.theme import GRID, Theme, font
from viz.views.canvas import Canvas
from viz.views.canvas_commands import RUN_S, selected_stroke
from viz.views.transform_fields import changed, fields, value_of
from viz.views.value_slider import ValueRow

_REFRESH_MS = 40
"""While something is dragged the numbers follow 25 times a second: the eye reads no faster, and
the live path keeps its time."""


class TransformPanel(QWidget):
    """Sliders with numbers in two columns, and a line that says what they act on."""

    def __init__(self, document: Document, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._canvas = document, canvas
        self._colours = "gray", "gray"
        self._held = ""
        self._run: tuple[str, int, float] = ("", 0, 0.0)
        self.target = QLabel()
        self.rows: dict[str, ValueRow] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.target, 0, 0, 1, 9)
        all_fields = fields()
        half = (len(all_fields) + 1) // 2
        for number, field in enumerate(all_fields):
            row = ValueRow(field, self)
            self.rows[field.name] = row
            across, down = divmod(number, half)
            for offset, part in enumerate((row.label, row.slider, row.number, row.reset)):
                grid.addWidget(part, down + 1, 5 * across + offset)
            row.changed.connect(lambda value, name=field.name: self._change(name, value))
            row.held.connect(lambda held, name=field.name: self._hold(name, held))
        grid.setColumnMinimumWidth(4, 2 * GRID)
        for column in (1, 6):
            grid.setColumnStretch(column, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        document.scene_changed.connect(self._later)
        document.selection_changed.connect(self.refresh)
        self.setAccessibleName(tr("Transform and noise"))
        self.refresh()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Take another theme and text size."""
        self._colours = theme.quiet.name(), theme.accent.name()
        self.target.setFont(font(text_px))
        self.target.setFixedHeight(round(1.6 * text_px))
        self.setStyleSheet(
            f"QLabel {{ color: {theme.quiet.name()}; }}"
            f"QDoubleSpinBox {{ border: none; border-radius: 3px; background: transparent;"
            f" color: {theme.text.name()}; }}"
            f"QDoubleSpinBox:hover, QDoubleSpinBox:focus {{ background: {theme.line.name()}; }}"
            "QToolButton { border: none; border-radius: 3px; padding: 0; }"
            f"QToolButton {{ color: {theme.quiet.name()}; }}"
            f"QToolButton:hover {{ background: {theme.line.name()}; }}"
            "QToolButton:disabled { color: transparent; }"
        )
        for row in self.rows.values():
            row.set_theme(theme, text_px)
        self.refresh()

    def refresh(self) -> None:
        """Show the document's numbers now."""
        self._timer.stop()
        scene, selection = self._document.scene, self._document.selection
        self.target.setText(self._target())
        self.target.setStyleSheet(f"color: {self._colours[bool(selection)]}")
        for name, row in self.rows.items():
            value = value_of(name, scene, selection)
            row.show_value(self._canvas.pen_width if value is None else value)

    def _later(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _target(self) -> str:
        chosen = self._document.selection
        if not chosen:
            return tr("Whole drawing")
        if len(chosen) > 1:
            return tr("{count} selected items", count=len(chosen))
        item = self._document.scene.items[min(chosen)]
        if not isinstance(item, Group):
            return tr("Selected image {name}", name=item.name)
        return tr("Selected digit {name}", name=item.name) if item.name else tr("Selected strokes")

    def _hold(self, name: str, held: bool) -> None:
        self._held = name if held else ""
        self._run = ("", 0, 0.0)

    def _change(self, name: str, value: float) -> None:
        document = self._document
        scene, selection = document.scene, document.selection
        if name == "width" and value_of(name, scene, selection) is None:
            self._canvas.set_pen_width(value)
            settings.put("pen_width", value)
            return
        new = changed(name, value, scene, selection, selected_stroke(document))
        text = tr("Change {name}", name=self.rows[name].field.label)
        document.apply(new, text, gesture=self._gesture(name))

    def _gesture(self, name: str) -> int:
        """One undo step for a whole drag, or for keys and wheel in quick succession."""
        known, step, until = self._run
        kind = f"{name} {sorted(self._document.selection)}"
        now = time.monotonic()
        if known != kind or (now > until and self._held != name):
            step = self._document.new_gesture()
        self._run = (kind, step, now + RUN_S)
        return step
