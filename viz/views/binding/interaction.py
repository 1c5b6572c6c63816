"""The interaction of a part with the rest, layer by layer: as bars, and as marks on the maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QCheckBox, QToolTip, QWidget

from viz import theme as themes
from viz.compute import Nets
from viz.document import Document
from viz.engine import Engine
from viz.i18n import tr
from viz.measure.binding import ACTIVE, MARKED, ROWS, SILENT, Decomposition, decompose
from viz.nets.weights import load_metadata
from viz.snapshot import Snapshot
from viz.theme import GRID, Lut, Theme
from viz.views.binding.part import PartBar, PartChoice, Subject
from viz.views.binding.wording import LINEAR, NOTHING, percent, row_names, row_note
from viz.views.canvas.canvas import Canvas
from viz.views.lettering import Lettering
from viz.views.marks import draw_marks
from viz.views.tips import wrapped

NAME = "binding interaction"

LEAST_TEXT, DOT = 9, 6

REST_MS = 120
"""The drawing must have rested so long before units are marked. While it moves marks flicker, at
five looks a second, too: of two in a row 15 to 56 % of the units are the same (demonstrations)."""


class BindingInteractionView(QWidget):
    """Bars of f(AB) − f(A) − f(B) + f(∅), and how many units answer A and B only together."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        canvas: Canvas,
        choice: PartChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = tr("Interaction")
        self.tip = wrapped(
            tr(
                "I = f(AB) − f(A) − f(B) + f(∅) of every unit that the window sees: activity that "
                "is there only because both the part A and the rest B are. Bars: "
                "Σ|I| / (Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|), at most 1."
            )
        )
        self._document, self._engine, self._choice = document, engine, choice
        self._scales: dict[str, float] = {}
        self._snapshot: Snapshot | None = None
        self._subject: Subject | None = None
        self._asked: Subject | None = None
        self.result: Decomposition | None = None
        self._pictures: list[QImage] = []
        self._regions: list[tuple[QRectF, str]] = []
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._point_out)
        self.bar = PartBar(choice, document, canvas, self)
        self.marking = QCheckBox(tr("Mark on the maps"))
        self.marking.setChecked(True)
        self.marking.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.marking.setToolTip(wrapped(self._marks_tip()))
        self.marking.toggled.connect(self._point_out)
        self.bar.add(self.marking)
        choice.changed.connect(self._refresh)
        self.setMinimumSize(320, 150)
        self.setAccessibleName(tr("Interaction of the part with the rest, by layer"))
        self.set_theme(themes.theme("dark"), 13)

    # The instrument

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self.bar.set_theme(theme, text_px)
        self.marking.setFont(themes.font(text_px))
        self._colour()
        self._place()
        self.update()

    def state(self) -> dict[str, Any]:
        """Whether units are marked."""
        return {"marks": self.marking.isChecked()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take this back."""
        if isinstance(state.get("marks"), bool):
            self.marking.setChecked(state["marks"])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Measure this drawing; the last result stays until that is done."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        subject = self._choice.subject(snapshot)
        if subject is None:
            self.update()
        self._subject = subject
        self.bar.setVisible(subject is not None)
        self.bar.show_subject(subject)
        if subject is None:
            self._engine.forget(NAME)
            self._asked, self.result = None, None
            self._point_out()
        elif not subject.is_as(self._asked):
            if self._asked is not None and subject.scene is not self._asked.scene:
                self._rest.start()
            self._asked = subject
            scales = self._scales_shown()

            def work(nets: Nets) -> Iterator[Decomposition]:
                yield decompose(
                    nets(subject.network), subject.scene, subject.part, subject.window, scales,
                    subject.ablated,
                )  # fmt: skip

            self._engine.measure(NAME, work, self._show)

    def _scales_shown(self) -> dict[str, float]:
        """The colour scales of the maps: those of the main network, whichever answers."""
        if not self._scales:
            self._scales = load_metadata()["scales"]
        return self._scales

    def _show(self, result: Decomposition) -> None:
        self.result = result
        parts = (f"{name} {percent(share)}" for name, share in result.shares.items())
        self.setAccessibleDescription(", ".join(parts))
        self._colour()
        if not self._rest.isActive():
            self._point_out()
        self.update()

    def _colour(self) -> None:
        if self.result is not None:
            self._pictures = [_picture(image, self._theme.ink) for image in self.result.images]

    def _point_out(self) -> None:
        """Mark the units on the maps, or take the marks away."""
        wanted = self.result is not None and self.marking.isChecked() and self.isVisible()
        self._document.mark(self.result.marks if wanted and self.result else None)

    def _refresh(self) -> None:
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Measure what came while this was out of sight."""
        super().showEvent(event)
        self._refresh()
        self._point_out()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nothing is measured that nobody sees, and no unit stays marked."""
        self._rest.stop()
        self._engine.forget(NAME)
        self._asked = None
        self._document.mark(None)
        super().hideEvent(event)

    # Layout and painting

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The bar on top is as wide as this."""
        self._place()

    def _place(self) -> None:
        self.bar.setGeometry(0, 0, self.width(), self.bar.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The rows, the four images, and what the bars mean."""
        painter = QPainter(self)
        self._regions = []
        if self._subject is None and self._snapshot is not None:
            painter.setFont(themes.font(self._text_px))
            painter.setPen(self._theme.quiet)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            hint = tr(
                "Draw a digit of two or more strokes, or drag one onto the canvas: this shows what "
                "each layer does only because one stroke stands where it does beside the others."
            )
            painter.drawText(self.rect().adjusted(GRID, 0, -GRID, 0), flags, hint)
        elif self.result is not None:
            self._paint_result(painter, self.result)
        painter.end()

    def _paint_result(self, painter: QPainter, result: Decomposition) -> None:
        top = self.bar.height() + GRID
        high = (self.height() - top) / (len(ROWS) + 1)
        size = min(self._text_px, max(LEAST_TEXT, int(high * 0.8)))
        small = Lettering(themes.font(size))
        painter.setFont(small.font)
        names = row_names()
        wide = max(small.width(name) for name in names.values()) + 2 * GRID
        pictures = min(0.24 * self.width(), self.height() - top - 2 * GRID)
        right = self.width() - pictures - 4 * GRID
        beside = [tr("{n:,} of {all:,}", n=888, all=15680), row_note("input", result)]
        counted = max(small.width(text) for text in beside) + 6 * GRID
        figures = small.width("100.0 %") + 2 * GRID
        room = right - wide - figures - counted
        for number, name in enumerate(ROWS):
            y = top + number * high
            line = QRectF(0, y, right, high)
            self._regions.append((line, self._row_tip(name, result)))
            painter.setPen(self._theme.quiet if name in LINEAR else self._theme.text)
            text = y + (high - small.height) / 2
            small.draw(painter, wide - 2 * GRID, text, names[name], 1)
            self._paint_bar(painter, QRectF(wide, y, room, high), result.shares[name], name)
            painter.setPen(self._theme.quiet if name in LINEAR else self._theme.text)
            small.draw(painter, wide + room + figures - GRID, text, percent(result.shares[name]), 1)
            if name in MARKED:
                self._paint_count(painter, small, right, text, result, name)
            elif note := row_note(name, result):
                painter.setPen(self._theme.text)
                small.draw(painter, right, text, note, 1)
        bottom = top + len(ROWS) * high
        self._paint_key(painter, small, QRectF(0, bottom, self.width(), high))
        self._paint_images(painter, small, QRectF(right + 4 * GRID, top, pictures, pictures))

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float, name: str) -> None:
        """From 0 to 100 %: full where the layer makes interaction, hollow where it spreads it."""
        thick = max(4.0, round(area.height() * 0.5))
        top = round(area.center().y() - thick / 2)
        painter.fillRect(QRectF(area.left(), top + thick // 2, area.width(), 1), self._theme.line)
        bar = QRectF(area.left(), top, share * area.width(), thick)
        if share < NOTHING:
            painter.fillRect(QRectF(area.left(), top, 1, thick), self._theme.quiet)
        elif name in LINEAR:
            painter.setPen(QPen(self._theme.quiet, 1))
            painter.setBrush(self._theme.background)
            painter.drawRect(bar.adjusted(0, 0, -1, -1))
        else:
            painter.fillRect(bar, self._theme.text)

    def _paint_count(
        self,
        painter: QPainter,
        small: Lettering,
        right: float,
        top: float,
        result: Decomposition,
        name: str,
    ) -> None:
        """How many conjunction units the layer has, beside a dot as on the maps."""
        found = len(result.marks.units[name])
        text = tr("{n:,} of {all:,}", n=found, all=result.sizes[name])
        painter.setPen(self._theme.text if found else self._theme.quiet)
        wide = small.draw(painter, right, top, text, 1)
        if found:
            spot = (right - wide - 3 * GRID, top + small.middle - DOT / 2)
            draw_marks(painter, np.array([spot]), DOT)

    def _paint_key(self, painter: QPainter, small: Lettering, area: QRectF) -> None:
        """What full, hollow and dot mean, in smaller text where there is little room."""
        keys = (
            (tr("ReLU and pooling create interaction"), "full"),
            (tr("convolutions only add it up"), "hollow"),
            (tr("unit that answers A and B only together"), "dot"),
        )
        while (
            sum(small.width(text) + 8 * GRID for text, _ in keys) > area.width()
            and small.font.pixelSize() > LEAST_TEXT
        ):
            small = Lettering(themes.font(small.font.pixelSize() - 1))
        painter.setFont(small.font)
        x, top = area.left() + GRID, area.top() + (area.height() - small.height) / 2
        painter.setBrush(self._theme.background)
        for text, kind in keys:
            if x + small.width(text) + 4 * GRID > area.right():
                break
            spot = QRectF(x, round(top + small.middle) - DOT / 2, DOT if kind == "dot" else 12, DOT)
            if kind == "hollow":
                painter.setPen(QPen(self._theme.quiet, 1))
                painter.drawRect(spot.adjusted(0, 0, -1, -1))
            elif kind == "dot":
                draw_marks(painter, np.array([[spot.x(), spot.y()]]), DOT)
            else:
                painter.fillRect(spot, self._theme.text)
            painter.setPen(self._theme.quiet)
            x += spot.width() + GRID
            x += small.draw(painter, x, top, text) + 4 * GRID
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_images(self, painter: QPainter, small: Lettering, area: QRectF) -> None:
        """AB − A − B + ∅, as the window sees them."""
        painter.setFont(small.font)
        captions = ("AB", "−  A", "−  B", "+  ∅")
        side = min((area.width() - 2 * GRID) / 2, (area.height() - 2 * GRID) / 2 - small.height)
        if side < 20:
            return
        self._regions.append((area, self._images_tip()))
        left = area.right() - 2 * side - 2 * GRID
        for number, (caption, picture) in enumerate(zip(captions, self._pictures, strict=True)):
            row, column = divmod(number, 2)
            x = left + column * (side + 2 * GRID)
            y = area.top() + row * (side + small.height + 2 * GRID)
            painter.setPen(self._theme.quiet)
            small.draw(painter, x, y, caption)
            painter.drawImage(QRectF(x, y + small.height, side, side), picture)
            painter.setPen(QPen(self._theme.line, 1))
            painter.drawRect(QRectF(x - 0.5, y + small.height - 0.5, side, side))

    # Tips

    def event(self, event: QEvent | None) -> bool:
        """Every number has its formula one hover away."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            text = next((tip for area, tip in self._regions if area.contains(at)), "")
            QToolTip.showText(event.globalPos(), wrapped(text) if text else "", self)
            return True
        return super().event(event)

    def _row_tip(self, name: str, result: Decomposition) -> str:
        share = result.shares[name]
        size = result.sizes[name]
        formula = tr(
            "{name}: Σ|I| over {size:,} units is {share:.2e} of "
            "Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|.",
            name=row_names()[name], size=size, share=share,
        )  # fmt: skip
        if name == "input":
            said = tr(
                "Ink on ink is the larger of the two: where A and B touch or overlap, the input "
                "itself is not their sum."
            )
        elif name == "C1 pre":
            said = tr(
                "A convolution adds up, so all of this comes from the input: I(C1 sums) = "
                "conv(I(input)), here to {residue:.0e} of the largest sum (rounding). Where the "
                "inks do not overlap it is exactly zero.",
                residue=result.residue,
            )
        elif name in LINEAR:
            said = tr("A convolution adds up: it passes on the interaction below and makes none.")
        else:
            said = tr("Not linear: here interaction arises.")
        marks = " " + self._marks_tip() if name in MARKED else ""
        return f"{formula} {said}{marks}"

    def _marks_tip(self) -> str:
        return tr(
            "Marked units rise by more than {active:.0%} of the layer's scale for A and B "
            "together, by at most {silent:.0%} for A alone and for B alone.",
            active=ACTIVE, silent=SILENT,
        )  # fmt: skip

    def _images_tip(self) -> str:
        return tr(
            "What the window sees: the part A and the rest B, each alone, and neither. "
            "I = f(AB) − f(A) − f(B) + f(∅)."
        )


def _picture(image: NDArray[np.float32], ink: Lut) -> QImage:
    """An image in the ink's colours; owns its pixels."""
    height, width = image.shape
    pixels = ink[(image * np.float32(255)).astype(np.uint8)]
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
