"""The controls of the pooling operator: its kind, its window, its parameters, its formula."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QLabel, QWidget

from viz.chapters.instrument import Instrument
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.words import KINDS
from viz.i18n import tr
from viz.nets.pooling import LEAST, MOST
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.tooltip import wrapped
from viz.views.widgets.value_row import Field, ValueRow


class OperatorControls:
    """Stand in the row of an instrument; those of all instruments change and show one operator."""

    def __init__(
        self, instrument: Instrument, operator: Operator, *own: QWidget, toy: bool = False
    ) -> None:
        """``own`` are the instrument's own controls, which come before the formula, because how
        much room that takes depends on the kind. ``toy``: the window is that of the toy."""
        self._operator, self._toy = operator, toy
        self.kind = Segmented(
            tr("Pooling"), [Option(name, kind.name, kind.about) for name, kind in KINDS.items()]
        )
        apart = (
            tr("Distance from window to window, in cells: {n}")
            if toy
            else tr("Distance from window to window, in units: {n}")
        )
        holds = tr("Cells in a window: {n}") if toy else tr("Units in a window: {n}×{n}")
        self.size, self.stride = _choice(tr("size"), holds), _choice(tr("stride"), apart)
        self.parameters = {field.name: ValueRow(field) for field in _fields()}
        self.formula = QLabel()
        self.formula.setTextFormat(Qt.TextFormat.RichText)
        self.formula.setAccessibleName(tr("Formula of the pooling"))
        italic = QFont()
        italic.setItalic(True)
        for row in self.parameters.values():
            row.label.setFont(italic)
        parts = self.kind, self.size, self.stride, *own, *self.parameters.values(), self.formula
        for part in parts:
            instrument.add_control(part)
        self.kind.chosen.connect(lambda kind: operator.set(kind=kind))
        self.size.chosen.connect(lambda size: operator.set(toy=toy, size=size))
        self.stride.chosen.connect(lambda stride: operator.set(toy=toy, stride=stride))
        for name, row in self.parameters.items():
            row.changed.connect(lambda x, name=name: operator.set(**{name: x}))
        operator.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        pooling = self._operator.toy if self._toy else self._operator.pooling
        kind = KINDS[pooling.kind]
        self.kind.show_value(pooling.kind)
        self.size.show_value(pooling.size)
        self.stride.show_value(pooling.stride)
        for name, row in self.parameters.items():
            row.show_value(getattr(pooling, name))
            row.setVisible(name in kind.letters)
        self.formula.setText(kind.rich)
        variables = tr("x are the n values of a window, y is the pooled value.")
        self.formula.setToolTip(wrapped(f"{variables} {kind.about}"))


def _choice(name: str, tip: str) -> Segmented:
    options = [Option(n, str(n), tip.format(n=n)) for n in range(LEAST, MOST + 1)]
    return Segmented(name, options, label=name)


def _fields() -> tuple[Field, ...]:
    return (
        Field("p", "p", tr("The power of Lp, 1 (average) to ∞ (maximum)"),
              2, 1, math.inf, 1, math.inf, 0.1, half=1),
        Field("b", "b", tr("How sharp log-prob is: 0 is the average, ∞ the maximum"),
              1, 0, math.inf, 0, math.inf, 0.1, half=4),
        Field("coefficient", "w", tr("The weight of subsampling; in 1990 it was learned"),
              1, -4, 4, -1000, 1000, 0.05),
        Field("bias", "c", tr("The bias of subsampling; in 1990 it was learned"),
              0, -2, 2, -1000, 1000, 0.05),
    )  # fmt: skip
