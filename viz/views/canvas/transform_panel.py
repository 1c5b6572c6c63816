"""The transform panel: what was done to the drawing as numbers, to be dragged or typed.

Its fields act on the selected stroke or items, else on the whole drawing; the pen's width acts on
the selected strokes, else on new ones; the noise lies over everything, under its own heading.

While a demonstration moves one item, the fields show that item's values, and editing a field
selects it. If several items move, fields that any of them has changed show a dash.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QSize, QTimer
from PyQt6.QtGui import QFont, QPalette, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.scene import Group
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.commands import RUN_S, selected_stroke
from viz.views.canvas.transform_fields import (
    STROKE_FIELDS,
    SelectedStroke,
    changed,
    fields,
    value_of,
)
from viz.views.theme import GRID
from viz.views.widgets.value_row import ValueRow, row_height

LEAST_SLIDER = 76
"""The least width of a slider, in pixels, with the long labels."""

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
        self._held = ""
        self._run: tuple[str, int, float] = ("", 0, 0.0)
        self._stroke: SelectedStroke | None = None
        self._movers: tuple[int, ...] = ()
        self.target, self.noise = QLabel(), QLabel(tr("Noise on the canvas"))
        bold = QFont()
        bold.setBold(True)
        for heading in (self.target, self.noise):
            heading.setFont(bold)
            heading.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.rows: dict[str, ValueRow] = {}
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.target, 0, 0, 1, 2)
        all_fields = {field.name: field for field in fields()}
        for across, names in enumerate(_COLUMNS):
            for down, name in enumerate(names, 1):
                if name:
                    self.rows[name] = self._row(ValueRow(all_fields[name]))
                grid.addWidget(self.rows[name] if name else self.noise, down, across)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        document.scene_changed.connect(self._refresh_soon)
        document.selection_changed.connect(self._select)
        self.setAccessibleName(tr("Transform and noise"))
        self._fit()
        self.refresh()

    def _row(self, row: ValueRow) -> ValueRow:
        name = row.field.name
        row.changed.connect(lambda value: self._change(name, value))
        row.held.connect(lambda held: self._hold(name if held else ""))
        row.typed.connect(self._canvas.setFocus)
        return row

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    @property
    def _columns(self) -> list[list[ValueRow]]:
        return [[self.rows[name] for name in names if name] for names in _COLUMNS]

    @property
    def _beside(self) -> int:
        """Pixels of a row beside its label and its slider."""
        return self.rows["dx"].number.sizeHint().width() + themes.text_px(self) + 3 * GRID

    def sizeHint(self) -> QSize:
        """Wide enough for whole labels, whichever are shown now: places do not hang on the past."""
        labels = (max(row.label_width(short=False) for row in rows) for rows in self._columns)
        wide = 2 * GRID + sum(labels) + 2 * (LEAST_SLIDER + self._beside)
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Wide enough for short labels, whichever are shown now."""
        slider = self.rows["dx"].slider.minimumSizeHint().width()
        wide = [
            max(row.label_width(short=True) for row in rows) + slider + self._beside
            for rows in self._columns
        ]
        wide[1] = max(wide[1], self.noise.minimumSizeHint().width())
        return QSize(2 * GRID + sum(wide), super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Align the columns; shorten labels where sliders would become too short."""
        for heading in (self.target, self.noise):
            heading.setFixedHeight(row_height(themes.text_px(self)))
        columns, beside = self._columns, self._beside
        for short in (False, True):
            widths = [max(row.label_width(short=short) for row in rows) for rows in columns]
            slider = (self.width() - 2 * GRID - sum(widths)) // 2 - beside
            if slider >= LEAST_SLIDER:
                break
        for across, (rows, width) in enumerate(zip(columns, widths, strict=True)):
            self._grid.setColumnStretch(across, width + beside + max(1, slider))
            for row in rows:
                row.set_label(short=short, width=width)

    def set_movers(self, items: Sequence[int]) -> None:
        """Show the values of these items, which a demonstration moves."""
        if tuple(items) != self._movers:
            self._movers = tuple(items)
            self._refresh_soon()

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
        """Show the document's numbers at once."""
        self._timer.stop()
        scene, selection = self._document.scene, self._document.selection
        stroke, moving = self._selected_stroke(), self._moving()
        shown = moving if len(moving) == 1 else selection
        self.target.setText(self._target())
        role = QPalette.ColorRole
        self.target.setForegroundRole(role.Link if selection else role.PlaceholderText)
        for name, row in self.rows.items():
            applies = stroke is None or name in STROKE_FIELDS
            row.set_applicable(applies)
            if applies:
                value = value_of(name, scene, shown, stroke)
                known = len(moving) < 2 or name in _OF_NO_ITEM or self._at_rest(row, moving)
                row.show_value(self._canvas.pen_width if value is None else value, known=known)
            else:
                row.show_value(row.field.neutral)

    def _select(self) -> None:
        self._stroke = None  # measured anew, even if the same stroke is selected again
        self.refresh()

    def _selected_stroke(self) -> SelectedStroke | None:
        """The selected stroke, with its points when it was selected or last redrawn."""
        stroke, scene = selected_stroke(self._document), self._document.scene
        if stroke is None:
            return None
        known = self._stroke
        points = scene.stroke(*stroke).points
        same = known is not None and (known.item, known.number) == stroke
        if known is None or not same or len(known.original) != len(points):
            known = self._stroke = SelectedStroke(*stroke, points)
        return known

    def _refresh_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _target(self) -> str:
        chosen, moving = self._document.selection, self._moving()
        if len(moving) == 1:
            name = self._document.scene.items[moving[0]].name
            return tr("What changes: {name}", name=name) if name else tr("What changes")
        if moving:
            return tr("Whole drawing; moving parts: {count}", count=len(moving))
        if not chosen:
            return tr("Whole drawing")
        if len(chosen) > 1:
            return tr("Selected items: {count}", count=len(chosen))
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

    def _hold(self, name: str) -> None:
        """The slider of this field is being dragged, of none if ""."""
        self._held = name
        self._run = ("", 0, 0.0)

    def _change(self, name: str, value: float) -> None:
        document = self._document
        if len(moving := self._moving()) == 1:
            document.select(moving)
        scene, selection = document.scene, document.selection
        stroke = self._selected_stroke()
        if name == "width" and value_of(name, scene, selection, stroke) is None:
            self._canvas.set_pen_width(value)
            settings.put("pen_width", value)
            return
        new = changed(name, value, scene, selection, stroke)
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
