"""What the chapter's instruments share: each speaks of the part A in the snapshot on the screen."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QToolButton

from viz.chapters.binding.stroke_choice import StrokeChoice, Subject
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.i18n import tr
from viz.measure.stroke_selection import name_of, strokes_of
from viz.model.snapshot import Snapshot
from viz.views.widgets.line import Line


class BindingInstrument(MeasuredInstrument):
    """Its controls begin with what A is; two buttons step to other strokes."""

    invitation = ""
    """What is said of an empty canvas."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.choice = context.shared(StrokeChoice)
        self.subject: Subject | None = None
        """What is to be measured of the snapshot on the screen; None on an empty canvas."""
        for by, arrow, name in ((-1, "‹", tr("Previous stroke")), (1, "›", tr("Next stroke"))):
            button = QToolButton()
            button.setText(arrow)
            button.setProperty("outlined", True)
            button.setAccessibleName(name)
            button.setToolTip(tr("{name}: choose another part of the drawing as A", name=name))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, by=by: self.choice.step(by))
            self.add_control(button)
        self.line = Line()
        """Says what A is."""
        self.add_control(self.line)
        context.player.demonstration_changed.connect(self.refresh)

    def note(self) -> str:
        """Say what else is to be known, beside what A is."""
        assert self.subject is not None
        row, column = self.subject.window
        return tr("window row {row}, column {column}", row=row, column=column)

    def reason(self, snapshot: Snapshot) -> str:
        return self.invitation if self.subject is None else ""

    def refresh(self) -> None:
        if self.snapshot is not None and self.isVisible():
            self.subject = self.choice.subject(self.snapshot)
            super().refresh()
            self.describe_part()

    def describe_part(self) -> None:
        """Say which part A is, and outline it on the canvas where nothing else does."""
        subject = self.subject
        if subject is None:
            self.line.set_text("")
            self.context.canvas.point_out(())
            return
        part = tr("A: {part}", part=name_of(subject.scene, subject.part))
        self.line.set_text(part, self.note(), shorter=[(part, "")])
        is_selected = self.document.selected_stroke is not None
        strokes = () if is_selected else strokes_of(subject.scene, subject.part)
        self.context.canvas.point_out([stroke.points for stroke in strokes])

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.context.canvas.point_out(())
        super().hideEvent(event)
