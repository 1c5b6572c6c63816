"""Binding needs non-linearity and data: the same stroke in networks that lack one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from viz.chapters.binding.binding_instrument import BindingInstrument
from viz.chapters.binding.measure.ingredients import (
    LINEAR,
    NETWORKS,
    REACH,
    Ingredients,
    measure,
)
from viz.chapters.compared_networks import error_on, usable
from viz.chapters.instrument import Context
from viz.engine.compute import Nets
from viz.errors import UserError
from viz.i18n import UNKNOWN, number, percent, tr
from viz.measure.shift_map import middle_of
from viz.measure.stroke_selection import centre_of, put
from viz.model.snapshot import Snapshot
from viz.nets.networks import trained
from viz.views.theme import GRID
from viz.views.widgets.class_map import class_name
from viz.views.widgets.network_names import short_network_name
from viz.views.widgets.plot import Plot, layer_colour
from viz.views.widgets.plot_series import Series
from viz.views.widgets.table import Column, Table

PATH = 5
"""Predictions along the way that are listed at most."""


class BindingData(BindingInstrument):
    """The share of interaction in the logits of five networks above the place of A along x, and a
    table of what each predicts along that way. A drag moves A."""

    tells_answer = True
    id = "binding-data"
    title = tr("What binding needs")
    hint = tr(
        "Drag A along the curves: where inks do not overlap the linear network has no interaction."
    )
    tip = tr(
        "Share of interaction in the logits, Σ|f(AB) − f(A) − f(B) + f(∅)| / (Σ|f(AB) − f(∅)| + "
        "Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|), of networks that lack non-linearity or data."
    )
    invitation = tr(
        "Draw a digit of two or more strokes, or drag one onto the canvas: this shows what binds "
        "one of its strokes to the rest."
    )
    explanation = tr(
        "A network binds stroke A to the rest B where its logits for both are not the sum of "
        "those for each: the <b>interaction term</b>. A <b>linear</b> network, convolutions with "
        "average pooling, only adds up: its term is 0 wherever the inks do not overlap, and no "
        "amount of data changes that. Networks with ReLU generally have interaction, but which "
        "answers it gives comes from the digits they learned: compare 100, 1,000 and 60,000. "
        "Drag A along the curves; the grey area is the overlap of the inks. A large term alone "
        "does not make an answer correct."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._gesture = 0
        self._from = 0.0
        """The x of A in the drawing that was measured."""
        self.plot = Plot(tr("middle of A, x / px"), tr("interaction"))
        self.plot.started.connect(self._start)
        self.plot.chosen.connect(self._go)
        self.table = Table(tr("What each network makes of the stroke"), _columns())
        self.table.describe = self._describe
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self.plot, 8)
        row.addWidget(self.table, 5)
        self.set_view(view)

    # What is measured

    def note(self) -> str:
        if self.result is None:
            return tr("shifted by up to ±{reach} px", reach=REACH)
        found: Ingredients = self.result[1]
        if found.overlap[found.present] > 0:
            return tr("The inks overlap here: drag A aside.")
        return tr("The inks do not overlap here.")

    def key(self, snapshot: Snapshot) -> Any:
        assert self.subject is not None
        middle = middle_of(self.subject.window, snapshot.architecture)
        ablated = {snapshot.request.network: dict(snapshot.request.ablated)}
        return self.subject.scene, self.subject.part, middle, snapshot.request.network, ablated

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        scene, part, middle, network, ablated = key
        loaded, _ = usable(nets, (*NETWORKS, network))
        yield None
        for found in measure(loaded, scene, part, middle, ablated):
            yield None if found is None else (key, found)

    # What is shown

    def refresh(self) -> None:
        super().refresh()
        if self.subject is not None and self.isVisible():
            self.plot.set_mark(centre_of(self.subject.scene, self.subject.part)[0])

    def show_result(self, result: tuple[Any, Ingredients]) -> None:
        (scene, part, *_), found = result
        x = centre_of(scene, part)[0] + found.shifts.astype(np.float64)
        self.plot.set_ranges((float(x[0]), float(x[-1])), (0.0, 1.0))
        names = list(found.shares)
        overlap = Series(
            tr("overlap"), x, found.overlap, lambda theme: theme.quiet, dashed=True, filled=True
        )
        curves = [
            Series(
                _name(name), x, found.shares[name], layer_colour(place, len(names)),
                thick=name == LINEAR, pattern=_LINES[place % len(_LINES)],
            )
            for place, name in enumerate(names)
        ]  # fmt: skip
        self.plot.set_series([overlap, *curves])
        self.table.set_rows([self._row(name, found) for name in names])
        self.describe_part()

    def set_dimmed(self, dimmed: bool) -> None:
        self.plot.set_dimmed(dimmed)
        self.table.set_dimmed(dimmed)

    def clear(self) -> None:
        self.plot.set_series(())
        self.plot.set_mark(None)
        self.table.set_rows(())

    def formula(self) -> str:
        law = tr("<i>I</i> = <i>f</i>(AB) − <i>f</i>(A) − <i>f</i>(B) + <i>f</i>(∅)")
        if self.result is None:
            return law
        _, found = self.result
        at, parts = found.present, []
        for name in found.terms:
            digit = int(found.answers(name)[at])
            term = float(found.terms[name][at, digit])
            parts.append(
                tr("{network}: <i>I</i>({digit}) = <b>{term}</b>", network=_name(name),
                   digit=class_name(digit), term=_small(term))
            )  # fmt: skip
        return law + "<br>" + ", ".join(parts)

    def _row(self, name: str, found: Ingredients) -> tuple[str, ...]:
        digit = int(found.answers(name)[found.present])
        path = [class_name(one) for one in found.path(name)]
        if len(path) > PATH:
            path = [*path[: PATH - 1], "…"]
        return (
            _name(name), _error(name), class_name(digit),
            _small(float(found.terms[name][found.present, digit])), " ".join(path),
        )  # fmt: skip

    def _describe(self, row: int, column: int) -> str:
        if self.result is None:
            return ""
        _, found = self.result
        name = list(found.terms)[row]
        most = found.most_apart(name)
        return tr(
            "{about}\nlargest |interaction term| where the inks do not overlap: {most}",
            about=_about(name), most=UNKNOWN if np.isnan(most) else _small(most),
        )  # fmt: skip

    # The user

    def _start(self) -> None:
        self._gesture = self.document.new_gesture()

    def _go(self, x: float) -> None:
        """Move A to the place that was chosen."""
        document, subject = self.document, self.subject
        if subject is None or self.snapshot is not document.snapshot:
            return
        by = round(x - centre_of(subject.scene, subject.part)[0])
        document.apply(
            put(subject.scene, subject.part, by, 0.0), tr("Move A"), gesture=self._gesture
        )


_LINES: tuple[tuple[float, ...], ...] = (
    (), (4.0, 2.0), (1.0, 1.5), (6.0, 2.0, 1.0, 2.0), (2.0, 1.0),
)  # fmt: skip


def _name(name: str) -> str:
    texts = {
        LINEAR: tr("linear"),
        "digits-100": tr("100 digits"),
        "digits-1000": tr("1,000 digits"),
        "centred-convolutional": tr("60,000 digits"),
    }
    return texts.get(name) or tr("present: {name}", name=short_network_name(name))


def _about(name: str) -> str:
    """What sets a network apart, in a sentence."""
    if name == LINEAR:
        return tr("Convolutions and average pooling without a non-linearity, 60,000 digits.")
    if name in NETWORKS:
        return tr("Convolutions, ReLU and max pooling; learned MNIST’s first {count}.",
                  count=_name(name))  # fmt: skip
    return tr("The network that answers on the canvas.")


def _error(name: str) -> str:
    """The error on MNIST's test digits, in percent."""
    if name not in NETWORKS:
        share = error_on("MNIST test, centred", name)
        return UNKNOWN if share is None else percent(share)
    try:
        return f"{float(trained(name).metadata['figures']['test']):.1f} %"
    except (UserError, KeyError, TypeError, ValueError):
        return UNKNOWN


def _small(value: float) -> str:
    """A term with two decimals; what is only rounding by its power of ten."""
    if value and abs(value) < 0.005:
        return f"{value:.0e}".replace("-", "−")
    return number(value, 2)


def _columns() -> tuple[Column, ...]:
    return (
        Column("", widest=tr("present: {name}", name="average"), left=True),
        Column(
            tr("test error"), widest="00.0 %", rank=2,
            tip=tr("Of MNIST’s 10,000 test digits, centred: the share read wrongly."),
        ),
        Column(tr("now"), widest=tr("now"), tip=tr("The prediction for the drawing as it stands.")),
        Column(
            tr("term I"), widest="−00.00",
            tip=tr("The interaction term of the predicted class’s logit, as the drawing stands."),
        ),
        Column(
            tr("along the way"), widest="0 0 0 0 …", rank=1,
            tip=tr("Predictions from the left end of the curves to the right."),
        ),
    )  # fmt: skip
