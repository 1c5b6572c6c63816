"""No segmentation: the drawing cut into pieces and read piece by piece, beside the one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QPushButton, QWidget

from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.sliding_window.measure.segmentation import (
    COMPONENTS,
    CUTS,
    GAPS,
    Cut,
    Floats,
    Piece,
    Segmented,
    centre_of,
    name_of,
    segmented,
)
from viz.chapters.sliding_window.piece_view import Label, PieceView
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.scene import Group, Scene, Stroke
from viz.scene.edit import with_group
from viz.views.theme import GRID, text_px
from viz.views.widgets.class_map import class_name
from viz.views.widgets.line import Line
from viz.views.widgets.tooltip import wrapped

ONE_PASS = "one pass"

ROOMY = 17
"""Heights of text from which on there is room for the windows below the drawings."""

SMALL = 12
"""Below so many, what went wrong stands beside the answer only."""

WIDE, STACKED = 3.0, 14
"""Wider canvases than so many times their height stand one below the other, where there is room:
so many heights of text."""

APART = 4
"""Pixels between two windows that stand side by side."""

PEN_PX = 2.4
"""Width of a ligature where no stroke says how thick the pen is."""


@dataclass(eq=False)
class _Column:
    """One way of reading: what it reads, the drawing, what went wrong, what it costs."""

    head: Line
    view: PieceView
    windows: PieceView
    wrong: Line
    cost: Line


class Segmentation(MeasuredInstrument):
    """Pieces, answers and costs of two cuts and of one pass. A click chooses the window there."""

    tells_answer = True
    id = "segmentation"
    title = tr("No segmentation")
    hint = tr("Join the digits: the cuts merge them, and the one pass goes on reading.")
    tip = tr(
        "The drawing cut at gaps and into connected components, each piece read in a window of its "
        "own, beside one pass: multiply-adds = pieces · those of a window."
    )
    explanation = tr(
        "Older systems first cut a line into digits, then read each. <b>Gaps</b> are columns "
        "without ink; a <b>connected component</b> is ink that hangs together. Each piece is read "
        "in the middle of an empty window: often cheaper than one pass, but a <b>ligature</b> that "
        "joins two digits merges them, and a stroke that stands apart splits one. One pass cuts "
        "nothing, since training showed it touching neighbours. Join the digits, then undo; push "
        "them further together until one pass fails, too."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.join = QPushButton(tr("Join digits"))
        self.join.setToolTip(wrapped(tr(
            "Draws a ligature from each connected component to the next, by the shortest way. "
            "It can be undone."
        )))  # fmt: skip
        self.join.setFocusPolicy(self.join.focusPolicy().TabFocus)
        self.join.clicked.connect(self._join)
        self.add_control(self.join)
        self._scene: Scene | None = None
        self._canvas = 64, 32
        view = QWidget()
        self._grid = grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(0)
        self.columns: dict[str, _Column] = {}
        for name in (*CUTS, ONE_PASS):
            column = _Column(Line(), PieceView(), PieceView(), Line(), Line(quiet=True))
            column.view.setMinimumSize(48, 32)
            column.view.chosen.connect(self._look_at)
            self.columns[name] = column
        self._stacked: bool | None = None
        self.set_view(view)
        self._arrange()

    # Where it stands

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()
        if self.result is not None:
            self.show_result(self.result)

    def _arrange(self) -> None:
        """Put the three ways side by side; or, of a wide canvas, one below the other, where there
        is room."""
        text, height = text_px(self), self.height()
        wide, high = self._canvas
        stacked = wide > WIDE * high and height >= STACKED * text
        roomy = not stacked and height >= ROOMY * text
        if stacked != self._stacked:
            self._stacked = stacked
            for place, column in enumerate(self.columns.values()):
                said = column.head, column.wrong, column.cost
                if stacked:
                    for at, line in enumerate(said):
                        self._grid.addWidget(line, 2 * place, at)
                    self._grid.addWidget(column.view, 2 * place + 1, 0, 1, 3)
                else:
                    parts = column.head, column.view, column.windows, column.wrong, column.cost
                    for row, part in enumerate(parts):
                        self._grid.addWidget(part, row, place)
        stretches = (0, 1, 0, 1, 0, 1) if stacked else (0, 4, 3 if roomy else 0, 0, 0, 0)
        for row, stretch in enumerate(stretches):
            self._grid.setRowStretch(row, stretch)
            self._grid.setColumnStretch(row, int(row < 3))
        for column in self.columns.values():
            column.windows.setVisible(roomy)
            column.wrong.setVisible(stacked or height >= SMALL * text)

    # What is computed

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return request.scene, request.network, request.ablated

    @staticmethod
    def measure(
        nets: Nets, snapshot: Snapshot, key: Any
    ) -> Iterator[tuple[Scene, Segmented] | None]:
        scene, network, ablated = key
        for found in segmented(nets(network), snapshot.image, snapshot.reading, dict(ablated)):
            yield None if found is None else (scene, found)

    # What is shown

    def show_result(self, result: tuple[Scene, Segmented]) -> None:
        self._scene, found = result
        high, wide = found.image.shape
        if (wide, high) != self._canvas:
            self._canvas = wide, high
            self._arrange()
        image = np.ascontiguousarray(found.image)
        self.join.setEnabled(bool(found.joins) and not self.document.read_only)
        for name, (long, short) in _titles().items():
            column = self.columns[name]
            text = _text_of(found.cuts[name]) if name in CUTS else found.reading.text
            text = text.replace("\n", " ") or tr("nothing")
            is_small = name in CUTS and column.wrong.isHidden()
            fault = _faults(found.cuts[name]) if is_small else ""
            brief = tr("{method}: {text}", method=short, text=text)
            column.head.set_text(
                tr("{method}: {text}", method=long, text=text), fault,
                shorter=((brief, fault), (brief, "")),
            )  # fmt: skip
            column.view.set_array(image)
        for name in CUTS:
            self._show_cut(self.columns[name], found.cuts[name], found)
        self._show_pass(self.columns[ONE_PASS], found)

    def _show_cut(self, column: _Column, cut: Cut, found: Segmented) -> None:
        labels = [_label(piece) for piece in cut.pieces]
        column.view.set_labels(labels)
        _show_windows(column.windows, [piece.image for piece in cut.pieces], labels)
        column.wrong.set_text(*_wrong(cut), tip=_about(cut))
        self._show_cost(column.cost, cut.multiply_adds, len(cut.pieces), found)

    def _show_pass(self, column: _Column, found: Segmented) -> None:
        labels = []
        for digit in found.reading.digits:
            x, y = centre_of(digit, found.architecture)
            tip = tr(
                "{digit} at x = {x}, y = {y}, p = {p} in its most confident window",
                digit=name_of(digit), x=number(x, 1), y=number(y, 1),
                p=number(digit.confidence, 3),
            )  # fmt: skip
            shown = NONE_CLASS if digit.digit is None else digit.digit
            labels.append(Label(name_of(digit), shown, x, None, tip))
        column.view.set_labels(labels)
        _show_windows(column.windows, found.seen, labels)
        column.wrong.set_text(tr("nothing is cut"), tip=tr(
            "Below the drawing stands the window that is most confident of each digit."
        ))  # fmt: skip
        self._show_cost(column.cost, found.whole, found.windows, found)

    def _show_cost(self, line: Line, count: int, windows: int, found: Segmented) -> None:
        adds = tr("{count:,} multiply-adds", count=count)
        of = tr("1 window") if windows == 1 else tr("{n} windows", n=windows)
        tip = tr(
            "A window of {side}×{side} px costs {one:,} multiply-adds; one pass over the canvas "
            "costs {whole:,}.",
            side=found.architecture.window, one=found.a_window, whole=found.whole,
        )  # fmt: skip
        line.set_text(adds, of, tip, shorter=((f"{count:,}", of),))

    def clear(self) -> None:
        self._scene = None
        self.join.setEnabled(False)

    def set_dimmed(self, dimmed: bool) -> None:
        for column in self.columns.values():
            column.view.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("multiply-adds of a cut = pieces · those of a window")
        if self.result is None:
            return law
        found: Segmented = self.result[1]
        parts = [
            tr(
                "{method}: {n} · {one:,} = <b>{all:,}</b>", method=_titles()[name][0],
                n=len(found.cuts[name].pieces), one=found.a_window,
                all=found.cuts[name].multiply_adds,
            )
            for name in CUTS
        ]  # fmt: skip
        return "<br>".join([law, *parts, tr("one pass: <b>{whole:,}</b>", whole=found.whole)])

    # What is done

    def _look_at(self, row: int, column: int) -> None:
        """Choose the window whose centre is nearest to a pixel."""
        if self.snapshot is None:
            return
        architecture = self.snapshot.architecture
        counts = architecture.windows(*self.snapshot.image.shape)
        first = architecture.centre(0)
        at = [
            min(max(round((place + 0.5 - first) / architecture.stride), 0), count - 1)
            for place, count in zip((row, column), counts, strict=True)
        ]
        self.document.select_window((at[0], at[1]))

    def _join(self) -> None:
        """Draw the ligatures, if the drawing is still that which was cut."""
        if self.result is None or self._scene is not self.document.scene:
            return
        found: Segmented = self.result[1]
        try:
            scene = joined(self.document.scene, found)
        except UserError as error:
            self.join.setToolTip(wrapped(str(error)))
            self.join.setEnabled(False)
            return
        self.document.apply(scene, tr("Join digits"))


def joined(scene: Scene, found: Segmented) -> Scene:
    """Return the scene with a ligature for each of the lines that were found, on top.

    They are as thick as the strokes are. Raises UserError where the scene can hold no more.
    """
    every = [stroke for k in range(len(scene.items)) for stroke in scene.strokes_of(k)]
    width = float(np.median([stroke.width_px for stroke in every])) if every else PEN_PX
    for ends in found.joins:
        line = scene.transform.unapply(np.array(ends), scene.centre)
        group = Group.of([Stroke(line, width / scene.transform.width_factor)])
        x, y = np.mean(ends, axis=0).tolist()
        scene = with_group(scene, group, (x, y))
    return scene


def _titles() -> dict[str, tuple[str, str]]:
    """What each way is called, and in fewer words."""
    return {
        GAPS: (tr("cut at gaps"), tr("gaps")),
        COMPONENTS: (tr("connected components"), tr("components")),
        ONE_PASS: (tr("one pass, no cut"), tr("one pass")),
    }


def _text_of(cut: Cut) -> str:
    """What the pieces read, one after the other."""
    names = [class_name(piece.winner) for piece in cut.pieces]
    return ("" if all(len(name) == 1 for name in names) else " ").join(names)


def _label(piece: Piece) -> Label:
    left, top, right, bottom = piece.box
    name = class_name(piece.winner)
    lines = [
        tr(
            "{width}×{height} px of ink, in the middle of a window: {name}, p = {p}",
            width=right - left, height=bottom - top, name=name, p=number(piece.probability, 3),
        )
    ]  # fmt: skip
    if piece.is_merged:
        lines.append(tr("Merged: one pass reads {digits} here.", digits=" ".join(piece.holds)))
    if piece.scale < 1:
        lines.append(tr(
            "It is too large for a window, and was reduced to {percent}.",
            percent=percent(piece.scale, 0),
        ))  # fmt: skip
    box = QRectF(left, top, right - left, bottom - top)
    return Label(name, piece.winner, (left + right) / 2, box, "\n".join(lines))


def _show_windows(view: PieceView, windows: Sequence[Floats], labels: Sequence[Label]) -> None:
    """Show windows side by side, each in a box, with the answers of ``labels`` above."""
    if not windows:
        view.set_array(np.zeros((0, 0), np.float32))
        view.set_labels(())
        return
    side = len(windows[0])
    strip = np.zeros((side, len(windows) * (side + APART) - APART), np.float32)
    shown = []
    for place, (window, label) in enumerate(zip(windows, labels, strict=True)):
        left = place * (side + APART)
        strip[:, left : left + side] = window
        box = QRectF(left, 0, side, side)
        shown.append(Label(label.text, label.number, left + side / 2, box, label.tip))
    view.set_array(strip)
    view.set_labels(shown)


def _faults(cut: Cut) -> str:
    """Which digits are merged, and which is split; "" if none is."""
    faults = [tr("{digits} merged", digits="".join(piece.holds)) for piece in cut.merged]
    faults += [tr("{digit} split in {n}", digit=digit, n=n) for digit, n in cut.split]
    return ", ".join(faults)


def _wrong(cut: Cut) -> tuple[str, str]:
    """What went wrong, and in how many pieces."""
    pieces = tr("1 piece") if len(cut.pieces) == 1 else tr("{n} pieces", n=len(cut.pieces))
    return _faults(cut) or tr("each digit one piece"), pieces


def _about(cut: Cut) -> str:
    lines = [tr(
        "Merged: a piece that holds the centres of several digits of the one pass. Split: a digit "
        "of the one pass that lies in several pieces."
    )]  # fmt: skip
    if cut.left_out:
        lines.append(tr("{n} pieces too small or too many were left out.", n=cut.left_out))
    return "\n".join(lines)
