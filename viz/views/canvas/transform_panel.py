"""The transform panel: what was done to the drawing as numbers, to be dragged or typed.

Its fields act on the selected stroke or items, else on the whole drawing; the pen's width acts on
the selected strokes, else on new ones; the noise lies over everything, under its own heading.

While a demonstration moves one item, the fields show that item's values, and editing a field
selects it. If several items move, fields that any of them has changed show a dash.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.scene import Group
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.commands import RUN_S, selected_stroke
from viz.views.theme import GRID, Theme, font
from viz.views.widgets.transform_fields import STROKE_FIELDS, Held, changed, fields, value_of
from viz.views.widgets.value_slider import LEAST_TRAVEL, ValueRow, row_height

_REFRESH_MS = 40
"""While something is dragged the numbers follow 25 times a second: the eye reads no faster, and
the live path keeps its time."""


_COLUMNS = (
    ("dx", "dy", "scale", "angle", "squeeze"),
    ("slant", "width", "", "sigma", "salt_pepper"),  # "": the heading of the noise
)

_OF_NO_ITEM = ("width", "sigma", "salt_pepper")
"""The pen's width for new strokes, and what lies over everything."""


class TransformPanel(QWidget):
    """Sliders with numbers in two columns, and a line that says what they act on."""

    def __init__(self, document: Document, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._canvas = document, canvas
        self._colours = "gray", "gray"
        self._held = ""
        self._run: tuple[str, int, float] = ("", 0, 0.0)
        self._text_px = 13
        self._stroke: Held | None = None
        self._movers: tuple[int, ...] = ()
        self.target = QLabel()
        self.noise = QLabel(tr("Noise on the canvas"))
        self.rows: dict[str, ValueRow] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.target, 0, 0, 1, 9)
        all_fields = {field.name: field for field in fields()}
        for across, names in enumerate(_COLUMNS):
            for down, name in enumerate(names, 1):
                if not name:
                    grid.addWidget(self.noise, down, 5 * across, 1, 4)
                    continue
                row = self.rows[name] = ValueRow(all_fields[name], self)
                for offset, part in enumerate((row.label, row.slider, row.number, row.reset)):
                    grid.addWidget(part, down, 5 * across + offset)
                row.changed.connect(lambda value, name=name: self._change(name, value))
                row.held.connect(lambda held, name=name: self._hold(name, held))
                row.typed.connect(canvas.setFocus)
        grid.setColumnMinimumWidth(4, 2 * GRID)
        for column in (1, 6):
            grid.setColumnStretch(column, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        document.scene_changed.connect(self._later)
        document.selection_changed.connect(self._selected)
        self.setAccessibleName(tr("Transform and noise"))
        self.refresh()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Take another theme and text size."""
        self._colours = theme.quiet.name(), theme.accent.name()
        self._text_px = text_px
        for heading in (self.target, self.noise):
            heading.setFont(font(text_px, bold=True))
            heading.setFixedHeight(row_height(text_px))
        self.setStyleSheet(
            f"QLabel {{ color: {theme.quiet.name()}; }}"
            f"QLabel:disabled {{ color: {theme.line.name()}; }}"
            f"QDoubleSpinBox {{ border: none; border-radius: 3px; background: transparent;"
            f" color: {theme.text.name()}; }}"
            f"QDoubleSpinBox:disabled {{ color: {theme.line.name()}; }}"
            f"QDoubleSpinBox:hover, QDoubleSpinBox:focus {{ background: {theme.line.name()}; }}"
            "QToolButton { border: none; border-radius: 3px; padding: 0; }"
            f"QToolButton {{ color: {theme.quiet.name()}; }}"
            f"QToolButton:hover {{ background: {theme.line.name()}; }}"
            "QToolButton:disabled { color: transparent; }"
        )
        for row in self.rows.values():
            row.set_theme(theme, text_px)
        self._fit_labels()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit_labels()

    def _fit_labels(self) -> None:
        """Shorten labels where the sliders would become too short."""
        columns = ([self.rows[name] for name in names if name] for names in _COLUMNS)
        own = sum(max(row.own_width(self._text_px) for row in rows) for rows in columns)
        gaps = 10 * GRID
        narrow = self.width() - own - gaps < 2 * LEAST_TRAVEL + 24
        for row in self.rows.values():
            row.set_narrow(narrow)

    def set_movers(self, items: Sequence[int]) -> None:
        """These items are moved by a demonstration, whose scene is on the canvas."""
        if tuple(items) != self._movers:
            self._movers = tuple(items)
            self._later()

    def _moving(self) -> tuple[int, ...]:
        """The items that are moved, where nothing is selected instead."""
        there = len(self._document.scene.items)
        moving = () if self._document.selection else self._movers
        return moving if all(index < there for index in moving) else ()

    def _at_rest(self, row: ValueRow, moving: tuple[int, ...]) -> bool:
        """Whether none of these items has a number of its own for a field of the transform."""
        scene, name = self._document.scene, row.field.name
        return all(value_of(name, scene, (index,)) == row.field.neutral for index in moving)

    def refresh(self) -> None:
        """Show the document's numbers now."""
        self._timer.stop()
        scene, selection = self._document.scene, self._document.selection
        held, moving = self._held_stroke(), self._moving()
        shown = moving if len(moving) == 1 else selection
        self.target.setText(self._target())
        self.target.setStyleSheet(f"color: {self._colours[bool(selection)]}")
        for name, row in self.rows.items():
            row.set_applicable(held is None or name in STROKE_FIELDS)
            if held is None or name in STROKE_FIELDS:
                value = value_of(name, scene, shown, held)
                known = len(moving) < 2 or name in _OF_NO_ITEM or self._at_rest(row, moving)
                row.show_value(self._canvas.pen_width if value is None else value, known=known)
            else:
                row.show_value(row.field.neutral)

    def _selected(self) -> None:
        self._stroke = None  # another selection, or the same stroke anew: it is found where it is
        self.refresh()

    def _held_stroke(self) -> Held | None:
        """The selected stroke, told from how it was when it was selected or last remade."""
        stroke, scene = selected_stroke(self._document), self._document.scene
        if stroke is None:
            return None
        held = self._stroke
        points = scene.strokes_of(stroke[0])[stroke[1]].points
        if held is None or held.stroke != stroke or len(held.found) != len(points):
            held = self._stroke = Held(stroke, points)
        return held

    def _later(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _target(self) -> str:
        chosen, moving = self._document.selection, self._moving()
        if len(moving) == 1:
            name = self._document.scene.items[moving[0]].name
            return tr("What changes: {name}", name=name) if name else tr("What changes")
        if moving:
            return tr("Whole drawing; {count} parts move by themselves", count=len(moving))
        if not chosen:
            return tr("Whole drawing")
        if len(chosen) > 1:
            return tr("{count} selected items", count=len(chosen))
        item = self._document.scene.items[min(chosen)]
        if not isinstance(item, Group):
            return tr("Image “{name}”", name=item.name) if item.name else tr("Image")
        stroke = selected_stroke(self._document)
        if stroke is not None and item.name:
            return tr("Stroke {number} of digit {name}", number=stroke[1] + 1, name=item.name)
        if stroke is not None:
            count = len(item.strokes)
            return tr("Stroke {number} of {count}", number=stroke[1] + 1, count=count)
        return tr("Selected digit {name}", name=item.name) if item.name else tr("Selected strokes")

    def _hold(self, name: str, held: bool) -> None:
        self._held = name if held else ""
        self._run = ("", 0, 0.0)

    def _change(self, name: str, value: float) -> None:
        document = self._document
        if len(moving := self._moving()) == 1:
            document.select(moving)
        scene, selection = document.scene, document.selection
        held = self._held_stroke()
        if name == "width" and value_of(name, scene, selection, held) is None:
            self._canvas.set_pen_width(value)
            settings.put("pen_width", value)
            return
        new = changed(name, value, scene, selection, held)
        text = tr("Change {name}", name=self.rows[name].field.label)
        document.apply(new, text, gesture=self._gesture(name))

    def _gesture(self, name: str) -> int:
        """One undo step for a whole drag, or for keys and wheel in quick succession."""
        known, step, until = self._run
        kind = f"{name} {sorted(self._document.selection)} {selected_stroke(self._document)}"
        now = time.monotonic()
        if known != kind or (now > until and self._held != name):
            step = self._document.new_gesture()
        self._run = (kind, step, now + RUN_S)
        return step
