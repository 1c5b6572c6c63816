"""The explanation of what is on the screen: of the chapter and of the instrument, each with its
formula, in which the present numbers stand.

Painted from one small document for each piece, because setting a formula and laying it out anew
takes a third of a millisecond, and a page of all of it ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import (
    QAbstractTextDocumentLayout,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
    QTextDocument,
)
from PyQt6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from viz.chapters.panels import ChapterPanels
from viz.i18n import tr
from viz.model.document import Document
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.painted_view import STYLES

EVERY_MS = 100
"""How often it is looked whether the numbers have changed: more often they could not be read."""

LARGEST = 1.6
"""Of the text, in sizes of small text, which is its least."""

SIZES, TIGHT_SIZES = (1.25, 1.0, 1.2), (1.0, 1.0, 1.0)
"""Of heading, text and formula, in sizes of the text; and where they have no room so."""

TIGHT_LINES = 90
"""From line to line where there is no room, in percent of the usual way."""

SHARES = (0.5, 0.45, 0.55, 0.4, 0.6)
"""Of the width for the chapter where there is no room: the longer text gets more."""

IN_ORDER, FORMULA_FIRST = (0, 1, 2), (0, 2, 1)

TWO_COLUMNS_EM = 34
"""In less width, in sizes of small text, the chapter stands above the instrument."""

BETWEEN, TIGHT_BETWEEN = 5 * GRID, 3 * GRID
"""Pixels between the columns, and where there is no room."""

BAR = 4 * GRID
"""Pixels that are kept for the scroll bar."""


@dataclass(frozen=True)
class Part:
    """What is told of one thing: its name in plain text, sentences and a formula in rich text."""

    title: str
    text: str
    formula: str

    @property
    def pieces(self) -> tuple[str, str, str]:
        """Heading, text and formula, as rich text. No line ends behind an equals sign."""
        formula = self.formula.replace("= ", "=\N{NO-BREAK SPACE}")
        return f"<b>{escape(self.title)}</b>", self.text, formula


class Explanation(QAbstractScrollArea):
    """Text as large as fits into its place; where even small text does not, its lines stand closer
    and its columns are no more alike; scrolled only where that does not suffice.

    While it is in sight it follows the drawing, the chapter and the instrument.
    """

    def __init__(
        self, document: Document, panels: ChapterPanels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._panels = document, panels
        self.shown: tuple[Part, ...] = ()
        """What is told: of the chapter and of the instrument."""
        self.text_px = 0
        """The size of its text in pixels."""
        self._pieces: list[list[QTextDocument]] = []
        """Heading, text and formula of each part."""
        self._places: list[list[QRectF]] = []
        self._order, self._is_tight = IN_ORDER, False
        self._fitted: object = None
        """What the size of the text was chosen for."""
        ground, bar = self.viewport(), self.verticalScrollBar()
        assert ground is not None and bar is not None
        self._ground, self._bar = ground, bar
        ground.setBackgroundRole(QPalette.ColorRole.Window)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
        self.setAccessibleName(tr("Explanation"))
        # Looked for, because what a formula depends on changes in many ways: drawings, results of
        # measurements, settings. Single shots, which a ``Renderer`` runs at once.
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(EVERY_MS)
        self._next.timeout.connect(self._look)

    # What is told

    def _parts(self) -> tuple[Part, ...]:
        panel, snapshot = self._panels.shown, self._document.snapshot
        if panel is None:
            return ()
        chapter, instrument = panel.chapter, panel.current
        window = self._document.shown_window()
        known = snapshot is not None and window is not None
        chapter_hidden, hidden = (
            self._document.view.answer_hidden and told.tells_answer
            for told in (chapter, instrument)
        )
        return (
            Part(
                f"{chapter.number}\N{EN SPACE}{chapter.title}",
                chapter.explanation,
                chapter.formula(snapshot, window)  # type: ignore[arg-type]
                if known and not chapter_hidden
                else "",
            ),
            Part(instrument.title, instrument.explanation, "" if hidden else instrument.formula()),
        )

    def _look(self) -> None:
        self.refresh()
        self._next.start()

    def refresh(self) -> None:
        """Show what is told now, as far as it is not what stands there."""
        parts, small = self._parts(), self._least
        to_fit = [part.title for part in parts], self.size(), small
        if to_fit != self._fitted:
            self._fitted, self.shown = to_fit, parts
            self._pieces = [[_document(piece) for piece in part.pieces] for part in parts]
            self._order, self._is_tight = IN_ORDER, False
            self._fit(range(round(LARGEST * themes.text_px(self)), small - 1, -1))
            self._bar.setValue(0)
        elif parts != self.shown:
            old, self.shown = self.shown, parts
            self._change(old)
        else:
            return
        self.setAccessibleDescription(
            "\n".join(piece.toPlainText() for pieces in self._pieces for piece in pieces)
        )

    @property
    def _least(self) -> int:
        """The smallest size that its text may have in pixels: that of small text, or, where that is
        less, the one that the last row can read."""
        window = self.window()
        return min(
            themes.text_px(self),
            themes.text_pixels(window.height() if window else 0, projection=True) or 1,
        )

    def _change(self, old: tuple[Part, ...]) -> None:
        """Write the pieces that are not as before; smaller if they do not fit any more, but no
        larger, or the text would jump."""
        is_other = False  # in height
        for before, part, pieces, places in zip(
            old, self.shown, self._pieces, self._places, strict=True
        ):
            for was, now, piece, place in zip(
                before.pieces, part.pieces, pieces, places, strict=True
            ):
                if now != was:
                    piece.setHtml(self._html(now))
                    is_other |= piece.size().height() != place.height()
                    self._ground.update(place.translated(0, -self._scrolled).toAlignedRect())
        if is_other:
            sizes = range(self.text_px, self._least - 1, -1)
            self._fit(() if self._is_tight else sizes)  # what is tight stays so

    # Places

    @property
    def _scrolled(self) -> int:
        return self._bar.value()

    def _html(self, piece: str) -> str:
        return f'<p style="line-height:{TIGHT_LINES}%">{piece}</p>' if self._is_tight else piece

    def _fit(self, sizes: Iterable[int]) -> None:
        """Lay the pieces out in the first of the sizes with which all fits, else in the last, or as
        it is, and closer; where that does not do, with the formulas above the texts, to be seen
        without scrolling."""
        for self.text_px in sizes:
            height = self._lay_out()
            if height <= self.height():
                break
        else:
            height = self._tighten()
        self._bar.setRange(0, max(0, round(height) - self.height()))
        self._bar.setPageStep(self.height())
        self._bar.setSingleStep(2 * self.text_px)
        self._ground.update()

    def _tighten(self) -> float:
        """Lay the pieces out as close as they may stand, and return how high they are."""
        if not self._is_tight:
            self._is_tight = True
            for part, pieces in zip(self.shown, self._pieces, strict=True):
                for text, piece in zip(part.pieces, pieces, strict=True):
                    piece.setHtml(self._html(text))
        heights = {share: self._lay_out(share, bar=0) for share in SHARES}
        best = min(heights, key=lambda share: heights[share])
        if heights[best] <= self.height() and self._order == IN_ORDER:
            return self._lay_out(best, bar=0)
        self._order = FORMULA_FIRST  # and stays so
        return self._lay_out(best)

    def _lay_out(self, share: float = 0.5, *, bar: int = BAR) -> float:
        """Place the pieces, with a ``share`` of the width for the first column and ``bar`` pixels
        free on the right; return how high they are."""
        is_wide, tight = self.width() >= TWO_COLUMNS_EM * themes.text_px(self), self._is_tight
        columns = len(self._pieces) if is_wide else 1
        between = TIGHT_BETWEEN if tight else BETWEEN
        room = self.width() - bar - (columns - 1) * between
        widths = (
            [share * room, (1 - share) * room] if columns == 2 else [room / max(1, columns)] * 2
        )
        for pieces, width in zip(self._pieces, widths, strict=False):
            for piece, size in zip(pieces, TIGHT_SIZES if tight else SIZES, strict=True):
                piece.setDefaultFont(themes.font(round(size * self.text_px)))
                piece.setTextWidth(width)
        heights = [[piece.size().height() for piece in pieces] for pieces in self._pieces]
        if is_wide and heights and not tight:  # what is alike stands on one line
            heights = [list(map(max, zip(*heights, strict=True)))] * columns
        gap = self.text_px / (4 if tight else 2)
        left, top, end = 0.0, 0.0, 0.0
        self._places = []
        for pieces, rows, width in zip(self._pieces, heights, widths, strict=False):
            places = [QRectF()] * len(pieces)
            for number in self._order:
                places[number] = QRectF(left, top, width, pieces[number].size().height())
                top += rows[number] + gap
            self._places.append(places)
            end = max(end, top - gap)
            if is_wide:
                left, top = left + width + between, 0.0
            else:
                top += gap
        return end

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        assert event is not None
        painter = QPainter(self._ground)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette = self.palette()
        clip = QRectF(event.rect())
        for pieces, places in zip(self._pieces, self._places, strict=True):
            for piece, place in zip(pieces, places, strict=True):
                there = place.translated(QPointF(0, -self._scrolled))
                if there.intersects(clip):
                    painter.save()
                    painter.translate(there.topLeft())
                    piece.documentLayout().draw(painter, context)
                    painter.restore()
        if self.hasFocus():  # by Tab, which is how the arrow keys come to scroll it
            painter.setPen(QPen(themes.of(self).accent, 1))
            painter.drawRect(self._ground.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._ground.update()

    # Events

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._next.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self.refresh()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in STYLES and self.isVisible():
            self.refresh()


def _document(html: str) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setHtml(html)
    return document
