"""Locality: six small networks answer the drawing while its pixels are permuted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.assumptions.ink_map import InkMap
from viz.chapters.assumptions.kinds import LEAST_PLOT, kind_colour, kind_names
from viz.chapters.assumptions.measure.locality import KINDS, NAMES, SHARES, Fade, fade
from viz.chapters.assumptions.measure.permuting import (
    count_at,
    in_place,
    order_at,
    swaps,
    window_about,
)
from viz.chapters.assumptions.permuted_row import PermutedRow
from viz.chapters.compared_networks import usable
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import UNKNOWN, number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.table import Column, Table
from viz.views.widgets.tooltip import wrapped


class AnswerTable(Table):
    """Wide enough for the names and both answers."""

    def minimumSizeHint(self) -> QSize:
        return QSize(round(18.4 * self.text_px), 4 * self.text_px)


@dataclass(frozen=True, eq=False)
class Permuted:
    """A fade, the target class, and why some networks could not be used."""

    fade: Fade
    target: int
    reasons: tuple[str, ...]


class Locality(MeasuredInstrument):
    """The permuted window, what each network answers to it, and the probability of the target class
    over the share of swaps. A click or a drag in the plot moves the permutation there."""

    tells_answer = True
    id = "locality"
    title = tr("Locality")
    hint = tr("Move the permutation to 1, and draw on: which networks still answer rightly?")
    tip = tr(
        "p(target class) of six networks for the window after a share of the swaps, "
        "p = exp y / Σ exp y (dashed: trained on permuted pixels); the target class is the digit "
        "that the network on the canvas reads."
    )
    explanation = tr(
        "Three networks about equal in parameters learned digits as they are, three more under one "
        "fixed <b>permutation</b> of all pixels. A <b>fully connected</b> network learns both "
        "alike; a <b>convolutional</b> one assumes that neighbours belong together, a <b>locally "
        "connected</b> one does so without sharing. The proof is in the <b>test errors</b>: curves "
        "are of one drawing. A network trained on permuted pixels answers by chance at share 0, "
        "with whatever p. Move the permutation while you draw, in the middle of the window."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._drawn: Any = None
        """Of which window and target class the curves are; None while they are not whole."""
        self.permuted = PermutedRow()
        self.add_setting("permuted", self.permuted)
        self.picture = InkMap()
        self.table = AnswerTable(tr("answers of six networks"), _columns())
        self.table.describe = _describe
        self.plot = Plot(
            tr("share of swaps"),
            tr("p of the target class"), step=0.05, fine=0.01,
        )  # fmt: skip
        self.plot.set_ranges((0.0, 1.0), (0.0, 1.0))
        self.plot.setMinimumWidth(LEAST_PLOT)
        self.plot.chosen.connect(self._go)
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.picture, 3)
        row.addWidget(self.table, 6)
        row.addWidget(self.plot, 9)
        self.set_view(view)

    # What is computed

    def key(self, snapshot: Snapshot) -> Any:
        request, window = snapshot.request, self.document.shown_window()
        return request.scene, request.network, request.ablated, window, self.permuted.value

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Permuted | None]:
        *_, place, share = key
        found, broken = usable(nets, NAMES)
        reasons = tuple(one.advice for one in broken.values())
        output = snapshot.maps["output"][:NONE_CLASS]
        row, column = (min(at, side - 1) for at, side in zip(place, output.shape[1:], strict=True))
        target = int(output[:, row, column].argmax())
        window = window_about(snapshot.image, snapshot.architecture, place)
        for one in fade(found, window, share):
            yield Permuted(one, target, reasons)

    # What is shown

    def show_result(self, result: Permuted) -> None:
        shown = result.fade
        self.picture.set_array(shown.shown)
        self.picture.set_caption(
            tr("window, {count} of {all} swaps", count=f"{count_at(shown.share):,}",
               all=f"{len(swaps()):,}"),
            shorter=tr("pixels"),
        )  # fmt: skip
        self.table.set_rows([_row(kind, shown) for kind in KINDS])
        self.plot.set_labels(
            tr("share of swaps"),
            tr("p({digit}), dashed: trained on permuted pixels", digit=result.target),
        )
        self.plot.set_mark(shown.share)
        self.plot.set_message("" if shown.now else "".join(result.reasons[:1]))
        self.plot.setToolTip(wrapped("\n".join(result.reasons)))
        what = shown.window.tobytes(), result.target
        is_whole = len(shown.curves) == len(shown.now)
        if self._drawn is None or (is_whole and what != self._drawn):
            self._drawn = what if is_whole else None
            self._draw(result)
        self.plot.set_dimmed(self._drawn not in (what, None))

    def _draw(self, result: Permuted) -> None:
        curves = result.fade.curves
        series = []
        for name in (name for name in NAMES if name in curves):
            kind, is_plain = name.split("-")[1], not name.endswith("-permuted")
            series.append(
                Series(
                    kind_names()[kind] if is_plain else "", SHARES,
                    curves[name][:, result.target], kind_colour(kind), dashed=not is_plain,
                )
            )  # fmt: skip
        self.plot.set_series(series)

    def clear(self) -> None:
        self._drawn = None

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.picture, self.table, self.plot):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("permuted pixel <i>i</i> = pixel π(<i>i</i>), π = a product of swaps")
        if self.result is None:
            return law
        shown, target = self.result.fade, self.result.target
        share, order = shown.share, order_at(shown.share)
        return tr(
            "{law}<br>after {count} of {all} swaps {left} of {pixels} pixels stand in their place; "
            "{answers}",
            law=law, count=f"{count_at(share):,}", all=f"{len(swaps()):,}",
            left=f"{in_place(order):,}", pixels=f"{len(order):,}",
            answers=", ".join(
                tr("{kind}: p({digit}) = <b>{p}</b>", kind=kind_names()[kind], digit=target,
                   p=number(float(shown.now[f"locality-{kind}"][target]), 3))
                for kind in KINDS if f"locality-{kind}" in shown.now
            ),
        )  # fmt: skip

    def _go(self, share: float) -> None:
        self.permuted.show_value(round(share, 2))
        self.grabbed.emit()
        self.refresh()


def _columns() -> tuple[Column, ...]:
    plain, permuted = tr("plain"), tr("permuted")
    trained, error = tr("trained on pixels"), tr("test error")
    return (
        Column(tr("network"), tip=tr("Three networks about equal in parameters."),
               widest=max(kind_names().values(), key=len), left=True),
        Column(trained, plain, tr("Answer and probability of the network trained on digits as "
               "they are, for the window beside."), "8 · 1.00"),
        Column(trained, permuted, tr("Answer and probability of the network trained on permuted "
               "digits, for the window beside."), "8 · 1.00", joined=True),
        Column(error, plain, tr("Share of wrong answers on MNIST’s test digits, trained and tested "
               "as they are."), "88.88 %", rank=1),
        Column(error, permuted, tr("Share of wrong answers, trained and tested on permuted "
               "digits."), "88.88 %", joined=True, rank=1),
        Column(tr("parameters"), tip=tr("Weights and biases, all of them trained."),
               widest="88,888", rank=2),
    )  # fmt: skip


def _row(kind: str, shown: Fade) -> tuple[str, ...]:
    plain, permuted = f"locality-{kind}", f"locality-{kind}-permuted"
    answers = []
    for name in (plain, permuted):
        p = shown.now.get(name)
        answers.append(UNKNOWN if p is None else f"{int(p.argmax())} · {number(float(p.max()), 2)}")
    errors = (test_error(plain, "plain"), test_error(permuted, "permuted"))
    count = networks.architecture(plain).parameters
    return (
        kind_names()[kind], *answers, *(percent(error, 2) for error in errors), f"{count:,}",
    )  # fmt: skip


def test_error(name: str, test: str) -> float:
    """Return the share of wrong answers that a network's file tells; NaN if it does not."""
    try:
        return float(networks.trained(name).metadata["figures"][test]) / 100
    except (UserError, KeyError, TypeError, ValueError):
        return float(np.nan)


def _describe(row: int, column: int) -> str:
    if column not in (1, 2):
        return ""
    name = f"locality-{KINDS[row]}" + ("-permuted" if column == 2 else "")
    return tr(
        "Test error {plain} on digits as they are, {permuted} on permuted ones.",
        plain=percent(test_error(name, "plain"), 2),
        permuted=percent(test_error(name, "permuted"), 2),
    )
