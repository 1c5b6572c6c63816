"""What invariance gets wrong: parts in other places, and what is still accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viz.chapters.assumptions.measure.bank import THRESHOLDS
from viz.chapters.assumptions.measure.scramble import (
    MOST_OFFSET,
    MOST_STROKES,
    ORDERS,
    PLACES,
    WHOLE,
    Accepted,
    Offsets,
    Order,
    moved_strokes,
    scrambled_drawing,
    scrambled_letter,
    shift,
)
from viz.chapters.assumptions.measure.window import box_of
from viz.chapters.assumptions.puzzle import Puzzle
from viz.chapters.assumptions.sheet import Sheet
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID, Theme
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.class_map import class_name
from viz.views.widgets.segmented import Option, Segmented

DRAWING = "drawing"
QUARTERS, STROKES = "quarters", "strokes"


class Scrambled(MeasuredInstrument):
    """The puzzle; before and after; all arrangements, each with what is read in it."""

    id = "scrambled"
    title = tr("Scrambled")
    tab = tr("Puzzle")
    hint = tr("Drag one quarter onto another, or click an arrangement: is it still accepted?")
    tip = tr(
        "The 4! = 24 arrangements of the quarters are read by the network; C and D are told apart "
        "by whether hand-made units for end points and corners find any above a threshold."
    )
    explanation = tr(
        "A test <b>whether</b> a part is there, not where, accepts parts in any order. The "
        "hand-made <b>bank</b> answers D if a corner is found anywhere, else C if an end point is; "
        "rearranged quarters give D and C all the same. A <b>position-aware</b> variant tests each "
        "quarter and direction on its own, and accepts the whole letter only; “–” stands for "
        "neither letter. The network is between both: pooling forgets a few pixels, upper kernels "
        "depend on place. Try the 3, and networks without “none”."
    )
    tells_answer = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.order: Order = WHOLE
        self.offsets: Offsets = ()
        self.stroke = 0
        self.source = Segmented(
            tr("Picture"),
            (
                Option(DRAWING, tr("drawing"), tr("The drawing in the window, by the network.")),
                Option("C", "C", tr("A letter C, by the bank of hand-made units.")),
                Option("D", "D", tr("A letter D, by the bank of hand-made units.")),
            ),
        )
        self.cut = Segmented(
            tr("Parts"),
            (
                Option(QUARTERS, tr("quarters"), tr("Four quarters that change places.")),
                Option(STROKES, tr("strokes"), tr("Strokes that move; a single one in thirds.")),
            ),
            label=tr("cut into"),
        )
        self.add_setting("source", self.source)
        self.add_setting("cut", self.cut)
        again = QPushButton(tr("Put together"))
        again.setToolTip(tr("Put all parts back into their places."))
        again.clicked.connect(self._put_together)
        self.add_control(again)
        self.puzzle, self.sheet = Puzzle(), Sheet()
        self.puzzle.swapped.connect(self._swap)
        self.puzzle.taken.connect(self._take_stroke)
        self.puzzle.moved.connect(self._move)
        self.sheet.chosen.connect(self._choose)
        self.sheet.describe = self._describe
        self.bars = Bars("", tr("probability: grey before"))
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        row.addWidget(self.puzzle, 4)
        row.addWidget(self.bars, 5)
        row.addWidget(self.sheet, 6)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {
            **super().state(), "order": list(self.order), "stroke": self.stroke,
            "offsets": [list(one) for one in self.offsets],
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        order, offsets, stroke = (state.get(name) for name in ("order", "offsets", "stroke"))
        if isinstance(order, (list, tuple)) and tuple(order) in ORDERS:
            self.order = tuple(int(one) for one in order)
        if _are_offsets(offsets):
            self.offsets = tuple((int(dx), int(dy)) for dx, dy in offsets)
        if isinstance(stroke, int) and not isinstance(stroke, bool) and 0 <= stroke < MOST_STROKES:
            self.stroke = stroke
        super().restore(state)

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        return super().reason(snapshot) if self.source.value == DRAWING else ""

    def key(self, snapshot: Snapshot) -> Any:
        if self.source.value != DRAWING:
            return self.source.value, None, None, None, self.order
        request, architecture = snapshot.request, snapshot.architecture
        window = self.document.shown_window()
        parts = self.order if self.cut.value == QUARTERS else (STROKES, self.offsets, self.stroke)
        return (
            DRAWING,
            request.network,
            request.scene,
            box_of(architecture, snapshot.image.shape, window),
            parts,
        )

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Accepted | None]:
        source, network, scene, window, parts = key
        if source != DRAWING:
            yield scrambled_letter(source, parts)
        elif parts[0] == STROKES:
            yield from moved_strokes(nets(network), scene, window, parts[1], parts[2])
        else:
            yield from scrambled_drawing(nets(network), scene, window, parts)

    # What is shown

    def refresh(self) -> None:
        self.cut.setVisible(self.source.value == DRAWING)
        super().refresh()

    def show_result(self, result: Accepted) -> None:
        moves = self._moves_strokes(result)
        strokes = None
        if moves:
            strokes = np.stack(
                [
                    shift(one, *self._offset(at))
                    for at, one in enumerate(result.pieces.strokes)
                ]
            )  # fmt: skip
            self.puzzle.set_current(min(self.stroke, len(strokes) - 1))
        self.puzzle.set_picture(result.arranged, result.pieces.region, strokes)
        self.puzzle.set_caption(*self._answers(result))
        self.puzzle.set_marks(self._marks(result))
        if result.now is None:
            self._show_network(result, moves)
        else:
            self._show_bank(result)

    def _show_network(self, result: Accepted, moves: bool) -> None:
        read, tried = result.read, len(result.pictures)
        classes = result.probabilities.argmax(1)
        self.sheet.set_tiles(result.pictures, [_short_name(int(one)) for one in classes])
        self.sheet.set_caption(
            tr("stroke {stroke} in {count} places: still {read} in {kept}",
               stroke=self.stroke + 1, count=tried, read=class_name(read), kept=result.kept)
            if moves
            else tr("{count} arrangements: still {read} in {kept}", count=tried,
                    read=class_name(read), kept=result.kept),
            tr("still {read}: {kept} of {count}", read=class_name(read), kept=result.kept,
               count=tried),
        )  # fmt: skip
        self.sheet.set_selected(None if moves else ORDERS.index(self.order))
        self.bars.set_ranges(self.bars.ranges[0], (0.0, 1.0))
        has_none = len(result.before) > NONE_CLASS
        self.bars.set_labels(
            "", tr("probability: grey before; – none") if has_none
            else tr("probability: grey before"),
        )  # fmt: skip
        self.bars.names = (tr("before"), tr("after"))
        self.bars.set_groups(
            [
                Group(
                    _short_name(one), (float(before), float(after)),
                    colours=(_quiet, _coloured(one)),
                    tip=tr("{name}: {before} before, {after} after", name=class_name(one),
                           before=number(float(before), 3), after=number(float(after), 3)),
                )
                for one, (before, after) in enumerate(
                    zip(result.before, result.after, strict=True)
                )
            ]
        )  # fmt: skip

    def _show_bank(self, result: Accepted) -> None:
        now, whole = result.now, result.found[0]
        assert now is not None
        tried = len(result.pictures)
        self.sheet.set_tiles(
            result.pictures,
            [f"{_said(one.answer)} · {_said(one.placed_answer)}" for one in result.found],
        )
        self.sheet.set_caption(
            tr("bank · position-aware: accepted {kept} · {placed} of {tried}",
               kept=result.kept, placed=result.kept_in_place, tried=tried),
            tr("accepted {kept} · {placed} of {tried}",
               kept=result.kept, placed=result.kept_in_place, tried=tried),
        )  # fmt: skip
        self.sheet.set_selected(ORDERS.index(self.order))
        names = (tr("end"), tr("corner"), tr("crossing"))
        self.bars.set_ranges(self.bars.ranges[0], (-0.2, 1.0))
        self.bars.set_labels("", tr("largest sum: grey before, blue after"))
        self.bars.names = (tr("before"), tr("after"))
        self.bars.set_groups(
            [
                Group(
                    name, (max(-0.2, float(whole.sums[at])), max(-0.2, float(now.sums[at]))),
                    tr("> {least}", least=number(THRESHOLDS[at], 1 if at != 1 else 2)),
                    colours=(_quiet, _accent),
                    tip=tr("{name}: largest sum {before} before, {after} after; found above "
                           "{least}", name=name, before=number(float(whole.sums[at]), 2),
                           after=number(float(now.sums[at]), 2),
                           least=number(THRESHOLDS[at], 2)),
                )
                for at, name in enumerate(names)
            ]
        )  # fmt: skip

    def _answers(self, result: Accepted) -> tuple[str, str]:
        """The answer before and the one after, or those of both banks; in full and shorter."""
        if result.now is not None:
            said, placed = _said(result.now.answer), _said(result.now.placed_answer)
            return (
                tr("bank: {bank}, position-aware: {placed}", bank=said, placed=placed),
                f"{said} · {placed}",
            )
        pairs = [
            f"{class_name(int(one.argmax()))} {number(float(one.max()), 2)}"
            for one in (result.before, result.after)
        ]
        return tr("{before} → {after}", before=pairs[0], after=pairs[1]), ""

    def _marks(self, result: Accepted) -> tuple[tuple[str, int, int], ...]:
        """Where the bank finds a kind: in each quarter the largest sum."""
        if result.now is None:
            return ()
        names = (tr("end"), tr("corner"), tr("crossing"))
        places = result.now.places
        found = result.now.quarters > np.array(THRESHOLDS)
        return tuple(
            (names[kind], int(places[quarter, kind, 0]), int(places[quarter, kind, 1]))
            for quarter, kind in np.argwhere(found)
        )

    def _moves_strokes(self, result: Accepted) -> bool:
        return result.now is None and self.cut.value == STROKES and len(result.pieces.strokes) > 0

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.puzzle, self.sheet, self.bars):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("bank = max over places, position-aware = max over each quarter; 4! = 24 "
                 "arrangements")  # fmt: skip
        result: Accepted | None = self.result
        if result is None:
            return law
        tried = len(result.pictures)
        share = percent(result.kept / tried, 0)
        if result.now is None:
            return law + tr(
                "<br>still read as {name}: {kept} / {tried} = <b>{share}</b>, p = {p}",
                name=class_name(result.read), kept=result.kept, tried=tried, share=share,
                p=number(float(result.after[result.read]), 3),
            )  # fmt: skip
        return law + tr(
            "<br>bank: {kept} / {tried} = <b>{share}</b>; position-aware: {placed} / {tried}",
            kept=result.kept, tried=tried, share=share, placed=result.kept_in_place,
        )  # fmt: skip

    def _describe(self, place: int) -> str:
        result: Accepted = self.result
        if result.now is not None:
            found = result.found[place]
            return tr(
                "End point {end}, corner {corner}, crossing {crossing}; bank: {said}, "
                "position-aware: {placed}.",
                end=number(float(found.sums[0]), 2), corner=number(float(found.sums[1]), 2),
                crossing=number(float(found.sums[2]), 2), said=_said(found.answer),
                placed=_said(found.placed_answer),
            )  # fmt: skip
        best = int(result.probabilities[place].argmax())
        return tr(
            "{name}, p = {p}; {read}: p = {own}",
            name=class_name(best), p=number(float(result.probabilities[place, best]), 3),
            read=class_name(result.read),
            own=number(float(result.probabilities[place, result.read]), 3),
        )  # fmt: skip

    # What the user does

    def _offset(self, stroke: int) -> tuple[int, int]:
        return self.offsets[stroke] if stroke < len(self.offsets) else (0, 0)

    def _changed(self) -> None:
        self.grabbed.emit()
        self.refresh()

    def _swap(self, one: int, other: int) -> None:
        order = list(self.order)
        order[one], order[other] = order[other], order[one]
        self.order = tuple(order)
        self._changed()

    def _take_stroke(self, stroke: int) -> None:
        self.stroke = stroke
        self._changed()

    def _move(self, stroke: int, dx: int, dy: int) -> None:
        x, y = self._offset(stroke)
        self._place(stroke, x + dx, y + dy)

    def _place(self, stroke: int, x: int, y: int) -> None:
        placed = [self._offset(at) for at in range(max(len(self.offsets), stroke + 1))]
        placed[stroke] = (_kept(x), _kept(y))
        self.offsets = tuple(placed)
        self._changed()

    def _choose(self, place: int) -> None:
        if self._moves_strokes(self.result):
            row, column = divmod(place, len(PLACES))
            self._place(self.stroke, PLACES[column], PLACES[row])
        else:
            self.order = ORDERS[place]
            self._changed()

    def _put_together(self) -> None:
        self.order, self.offsets = WHOLE, ()
        self._changed()


def _kept(offset: int) -> int:
    return min(max(offset, -MOST_OFFSET), MOST_OFFSET)


def _are_offsets(value: object) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_STROKES:
        return False
    return all(
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and all(
            isinstance(at, int) and not isinstance(at, bool) and abs(at) <= MOST_OFFSET
            for at in pair
        )
        for pair in value
    )


def _said(letter: str) -> str:
    return letter or "–"


def _short_name(one: int) -> str:
    return "–" if one == NONE_CLASS else class_name(one)


def _quiet(theme: Theme) -> QColor:
    return theme.quiet


def _accent(theme: Theme) -> QColor:
    return theme.accent


def _coloured(one: int) -> Any:
    return lambda theme: theme.class_ink(one)
