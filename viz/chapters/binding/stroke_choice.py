"""Which part of the drawing the binding instruments speak of, and the line that says so.

A is what is selected: a stroke, else a single item; else what a demonstration moves; else a likely
stroke. Stepping to another one selects it, so that canvas, sliders and keys agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from viz.chapters.binding.measure.trajectory import Key, key_of
from viz.i18n import tr
from viz.measure.stroke_selection import (
    StrokeSelection,
    exists,
    likely_part,
    name_of,
    strokes_in,
    strokes_of,
    window_about,
)
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot
from viz.scene import Group, Scene
from viz.views import theme as themes
from viz.views.canvas.canvas import Canvas
from viz.views.theme import GRID, Theme


@dataclass(frozen=True, eq=False)
class Subject:
    """What is measured: part ``part`` of ``scene``, as ``window`` (row, column) sees it, answered
    by a network with some maps ``ablated``; ``key`` names the two."""

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    network: str
    ablated: dict[str, frozenset[int]]
    key: Key

    def is_as(self, other: Subject | None) -> bool:
        """Whether a measurement of the other one would say the same."""
        return other is not None and self.scene is other.scene and self.asks_as(other)

    def asks_as(self, other: Subject) -> bool:
        """Whether both ask for the same of a scene."""
        return (self.part, self.window, self.key) == (other.part, other.window, other.key)


class StrokeChoice(QObject):
    """Says which part is A, the same to all instruments of the chapter."""

    changed = pyqtSignal()
    """The choice may be another one although the scene is the same."""

    def __init__(self, document: Document, player: Player) -> None:
        super().__init__()
        self._document, self.player = document, player
        self._likely: tuple[tuple[int, ...], StrokeSelection | None] = ((), None)
        document.selection_changed.connect(self.changed)
        document.window_changed.connect(self.changed)
        player.demonstration_changed.connect(self.changed)
        document.snapshot_changed.connect(self._refocus)
        document.view.changed.connect(self._leave)

    def _refocus(self, snapshot: Snapshot) -> None:
        """The instruments may be hidden behind the inspector; the scores go on showing A's."""
        if self._document.focus is not None:
            self._document.set_focus(self._part(snapshot))

    def _leave(self, name: str) -> None:
        """The other chapters speak of no part."""
        if name == "chapter" and self._document.view.chapter != "binding":
            self._document.set_focus(None)

    def subject(self, snapshot: Snapshot) -> Subject | None:
        """What to measure of this snapshot; None on an empty canvas."""
        scene, output = snapshot.scene, snapshot.maps["output"]
        part = self._part(snapshot)
        if part is None:
            return None
        document, request = self._document, snapshot.request
        self.blockSignals(True)  # the caller takes the window from the return value
        document.set_focus(part)
        self.blockSignals(False)
        window = document.shown_window() or window_about(scene, part, snapshot.architecture, output)
        _, rows, columns = output.shape
        row, column = min(window[0], rows - 1), min(window[1], columns - 1)
        ablated = dict(request.ablated)
        key = key_of(request.network, ablated)
        return Subject(scene, part, (row, column), request.network, ablated, key)

    def _part(self, snapshot: Snapshot) -> StrokeSelection | None:
        document, scene = self._document, snapshot.scene
        if document.selected_stroke is not None:
            part = StrokeSelection(*document.selected_stroke)
            if exists(scene, part):
                return part
        if len(document.selection) == 1:
            part = StrokeSelection(min(document.selection))
            if exists(scene, part):
                return _with_a_rest(scene, part)
        demonstration = self.player.demonstration
        if demonstration is not None and demonstration.moving and not self.player.taken_over:
            part = StrokeSelection(*demonstration.moving)
            if exists(scene, part):
                return _with_a_rest(scene, part)
        # A default that stays while the drawing has the same strokes, however sure the answers get
        counts = tuple(len(scene.strokes_of(index)) for index in range(len(scene.items)))
        if counts != self._likely[0] or self._likely[1] is None:
            self._likely = (
                counts,
                likely_part(scene, snapshot.architecture, snapshot.maps["output"]),
            )
        return self._likely[1]

    def step(self, by: int) -> None:
        """Select the next or previous stroke of the drawing."""
        document = self._document
        snapshot = document.snapshot
        parts = strokes_in(document.scene)
        if snapshot is None or not parts:
            return
        now = self._part(snapshot)
        if now in parts:
            index = (parts.index(now) + by) % len(parts)
        else:  # a whole item: to its first stroke, or to the last one before it
            own = [i for i, part in enumerate(parts) if now is not None and part.item == now.item]
            index = (own[0] if by > 0 else own[0] - 1) % len(parts) if own else 0
        part = parts[index]
        stroke = None if part.stroke is None else (part.item, part.stroke)
        document.select([part.item], stroke)


def _with_a_rest(scene: Scene, part: StrokeSelection) -> StrokeSelection:
    """The part; of a drawing that is nothing else its shortest stroke, so that there is a rest."""
    if part.stroke is None and len(scene.items) == 1 and isinstance(scene.items[0], Group):
        return likely_part(scene) or part
    return part


class PartBar(QWidget):
    """Two buttons that step through the strokes, and what A is; outlines it on the canvas."""

    def __init__(
        self,
        choice: StrokeChoice,
        document: Document,
        canvas: Canvas,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._canvas = document, canvas
        self._line = _Line()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        self._buttons: list[QToolButton] = []
        for by, arrow, name in ((-1, "‹", tr("Previous stroke")), (1, "›", tr("Next stroke"))):
            button = QToolButton()
            self._buttons.append(button)
            button.setText(arrow)
            button.setAccessibleName(name)
            button.setToolTip(tr("{name}: another part of the drawing as A", name=name))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, by=by: choice.step(by))
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(self._line, 1)

    def add(self, widget: QWidget) -> None:
        """A setting at the right end."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._line.set_theme(theme, text_px)
        self.setFixedHeight(max(24, round(1.9 * text_px / GRID) * GRID))
        for button in self._buttons:
            button.setFont(themes.font(round(1.2 * text_px), bold=True))
            button.setFixedSize(round(1.7 * text_px), round(1.7 * text_px))
            button.setStyleSheet(
                f"QToolButton {{ border: 1px solid {theme.line.name()}; border-radius: 3px; "
                f"padding: 0 0 2px 0; color: {theme.text.name()}; }}"
                f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent.name()}; }}"
            )

    def show_subject(self, subject: Subject | None, note: str = "") -> None:
        """Say which part it is and in which window, and outline it where nothing else does."""
        if subject is None:
            self._line.say("", "")
            self._canvas.point_out(())
            return
        row, column = subject.window
        name = name_of(subject.scene, subject.part)
        where = note or tr("window row {row}, column {column}", row=row, column=column)
        self._line.say(tr("A: {part}", part=name), where)
        selected = self._document.selected_stroke is not None
        strokes = () if selected else strokes_of(subject.scene, subject.part)
        self._canvas.point_out([stroke.points for stroke in strokes])

    @property
    def text(self) -> str:
        """What the line says."""
        return self._line.accessibleName()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """The outline goes with the instrument."""
        self._canvas.point_out(())
        super().hideEvent(event)


class _Line(QWidget):
    """A text and a quieter one, painted: a label would lay the window out anew with each change."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("", "")
        self._theme, self._text_px = themes.theme("dark"), 13
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(40)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        self._theme, self._text_px = theme, text_px
        self.update()

    def say(self, text: str, quiet: str) -> None:
        if (text, quiet) != self._texts:
            self._texts = text, quiet
            self.setAccessibleName(f"{text}  {quiet}".strip())
            self.update()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.accessibleName())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        left = 0.0
        for text, colour in zip(self._texts, (self._theme.text, self._theme.quiet), strict=True):
            painter.setFont(themes.font(self._text_px))
            painter.setPen(colour)
            metrics = painter.fontMetrics()
            room = int(self.width() - left)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(left, 0, room, self.height()), side, shown)
            left += metrics.horizontalAdvance(text) + 3 * GRID
            if left > self.width() - 4 * GRID:
                break
        painter.end()
