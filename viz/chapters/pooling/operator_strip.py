"""The pooling strip: which operator, its window, its parameters, its formula; over each instrument.

All strips show one ``Operator``; to change it in one changes it in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import ceil

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent, QStaticText, QTextOption, QTransform
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from viz.chapters.pooling.operator import FORMULAS, PARAMETERS, Operator, about, names
from viz.i18n import tr
from viz.nets.pooling import KINDS, LEAST, MOST
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.reaching_value import ReachingValue, reaching
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped
from viz.views.widgets.transform_fields import Field

LEAST_TEXT = 9
"""Pixels of the smallest text, where even the kinds' row would be too wide otherwise."""

APART = 2 * GRID
"""Pixels between the parts of a row."""


class Arrangement(Enum):
    """Where the formula and the parameters stand."""

    WIDE = "the formula beside the kinds, the parameters beside the window"
    BESIDE = "both beside the window"
    BELOW = "both in a row of their own; a formula alone has none"


class Strip(QWidget):
    """Kinds and formula; window and parameters; and a line for what the instrument says.

    A narrow strip keeps the size of its text: formula and parameters move to where there is room,
    and the formula, which the kinds' tips put in words, goes before any text gets smaller.
    """

    def __init__(
        self, operator: Operator, parent: QWidget | None = None, *, toy: bool = False
    ) -> None:
        super().__init__(parent)
        self._operator, self._toy = operator, toy
        self._theme, self._text_px = themes.theme("dark"), 13
        called = names()
        self.kind = Segmented(
            tr("Pooling"), [Option(kind, called[kind], about(kind)) for kind in KINDS]
        )
        self.size_ = self._number(
            tr("size"),
            tr("A window holds {n}×{n} units.") if not toy else tr("{n} cells a window."),
        )
        self.stride = self._number(
            tr("stride"),
            tr("Windows lie {n} cells apart.") if toy else tr("Windows lie {n} units apart."),
        )
        self.parameters = {field.name: ReachingValue(field) for field in _fields()}
        self._formula, self._line = _Formula(operator), _Line()
        self._first, self._second, self._own = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._first.addWidget(self.kind)
        self._second.addWidget(self.size_)
        self._second.addWidget(self.stride)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        for row in (self._first, self._second, self._own):
            row.setSpacing(APART)
            row.addStretch(0)
            layout.addLayout(row)
        self._arrangement: Arrangement | None = None
        self._arrange(Arrangement.WIDE)
        self._set_up: object = None
        self._third = third = QHBoxLayout()
        third.setSpacing(GRID)
        third.addWidget(self._line, 1)
        layout.addLayout(third)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.kind.chosen.connect(lambda kind: operator.set(kind=kind))
        self.size_.chosen.connect(lambda size: operator.set(toy=toy, size=size))
        self.stride.chosen.connect(lambda stride: operator.set(toy=toy, stride=stride))
        for name, value in self.parameters.items():
            value.changed.connect(lambda x, name=name: operator.set(**{name: x}))
        operator.changed.connect(self._show)
        self._show()

    @staticmethod
    def _number(name: str, tip: str) -> Segmented:
        options = [Option(n, str(n), tip.format(n=n)) for n in range(LEAST, MOST + 1)]
        return Segmented(name, options, label=name)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme, self._text_px = theme, text_px
        self._line.set_theme(theme, text_px)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """More or less room for the text."""
        self._fit()

    def _fit(self) -> None:
        """The text as large as asked if there is any way to arrange it, else the largest."""
        for px in range(self._text_px, LEAST_TEXT - 1, -1):
            if (self._theme, px) != self._set_up:
                self._set_up = self._theme, px
                for choice in (self.kind, self.size_, self.stride):
                    choice.set_theme(self._theme, px)
                for value in self.parameters.values():
                    value.set_theme(self._theme, px)
                self._formula.set_theme(self._theme, px, self.kind.height())
            found = self._fitting()
            if found is not None:
                break
        arrangement, formula = found or (Arrangement.BELOW, False)
        self._arrange(arrangement)
        self._formula.setVisible(formula)

    def _fitting(self) -> tuple[Arrangement, bool] | None:
        """Where formula and parameters have room, and whether the formula has; None if nothing
        has. The wide arrangement only if it has room for every kind, so that nothing jumps."""
        room, formulas = self.width(), self._formula.widths()
        needs = {
            kind: [self.parameters[n].minimumSizeHint().width() for n in PARAMETERS.get(kind, ())]
            for kind in formulas
        }
        kinds, window = [self.kind.width()], [self.size_.width(), self.stride.width()]

        def fits(*widths: float) -> bool:
            return sum(widths) + APART * (len(widths) - 1) <= room

        if not fits(*kinds):
            return None
        if all(fits(*kinds, formulas[k]) and fits(*window, *needs[k]) for k in formulas):
            return Arrangement.WIDE, True
        formula, own = formulas[self._operator.pooling.kind], needs[self._operator.pooling.kind]
        if fits(*window, formula, *own):
            return Arrangement.BESIDE, True
        if own and fits(*window) and fits(formula, *own):
            return Arrangement.BELOW, True
        if fits(*window, *own):
            return Arrangement.BESIDE, False
        return (Arrangement.BELOW, False) if fits(*window) and fits(*own) else None

    def _arrange(self, arrangement: Arrangement) -> None:
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        values = self.parameters.values()
        for row in (self._first, self._second, self._own):
            for part in (self._formula, *values):
                row.removeWidget(part)
        own = self._own if arrangement == Arrangement.BELOW else self._second
        row = self._first if arrangement == Arrangement.WIDE else own
        row.insertWidget(row.count() - 1, self._formula)
        for value in values:
            own.insertWidget(own.count() - 1, value, 1)

    def add(self, control: QWidget) -> None:
        """Put a control of the instrument's own at the end of the line."""
        self._third.addWidget(control)

    def say(self, *wordings: str, tip: str = "") -> None:
        """What stands in the line: the first wording that fits; give the longest first. ``tip``
        has the formula of its numbers."""
        self._line.say(wordings)
        self._line.setToolTip(wrapped(tip))

    @property
    def said(self) -> str:
        """The longest wording of what stands in the line."""
        return self._line.said

    def _show(self) -> None:
        pooling = self._operator.toy if self._toy else self._operator.pooling
        self.kind.show_value(pooling.kind)
        self.size_.show_value(pooling.size)
        self.stride.show_value(pooling.stride)
        shown = PARAMETERS.get(pooling.kind, ())
        for name, value in self.parameters.items():
            value.show_value(getattr(pooling, name))
            value.setVisible(name in shown)
        self._formula.show_kind()
        self._fit()
        self._formula.setToolTip(
            wrapped(
                tr("x are the n values of a window, y what it is pooled to.")
                + " "
                + about(pooling.kind)
            )
        )


def _fields() -> tuple[Field, ...]:
    return (
        reaching("p", "p", tr("The power of Lp, 1 (average) to ∞ (maximum)"), 2, 1, 1),
        reaching(
            "b", "b", tr("How sharp log-prob is: 0 is the average, ∞ the maximum"), 1, 0, 4
        ),
        Field("coefficient", "w", tr("The weight of subsampling, learned in 1990; here by hand"),
              1, -4, 4, -1000, 1000, 0.05),
        Field("bias", "c", tr("The bias of subsampling, learned in 1990; here by hand"),
              0, -2, 2, -1000, 1000, 0.05),
    )  # fmt: skip


class _Formula(QWidget):
    """The formula of the present kind, as wide as that; each laid out once."""

    def __init__(self, operator: Operator) -> None:
        super().__init__()
        self._operator = operator
        self.setAccessibleName(tr("Formula of the pooling"))
        self.set_theme(themes.theme("dark"), 13, 21)

    def set_theme(self, theme: Theme, text_px: int, height: int) -> None:
        self._theme, self._font = theme, themes.font(text_px)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        self._texts: dict[str, QStaticText] = {}
        for kind, formula in FORMULAS.items():
            self._texts[kind] = text = QStaticText(formula)
            text.setTextFormat(Qt.TextFormat.RichText)
            text.setTextOption(option)
            text.prepare(QTransform(), self._font)
        self.setFixedHeight(height)
        self.show_kind()

    def show_kind(self) -> None:
        """Take the present kind's width, and paint it."""
        self.setFixedWidth(self.widths()[self._operator.pooling.kind])
        self.update()

    def widths(self) -> dict[str, int]:
        """Pixels that each kind's formula takes."""
        return {kind: ceil(text.size().width()) for kind, text in self._texts.items()}

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(self._theme.text)
        formula = self._texts[self._operator.pooling.kind]
        top = (self.height() - formula.size().height()) / 2
        painter.drawStaticText(QPointF(0, top), formula)
        painter.end()


class _Line(QWidget):
    """One line of words, painted; the longest wording that fits."""

    def __init__(self) -> None:
        super().__init__()
        self._wordings: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_theme(themes.theme("dark"), 13)

    @property
    def said(self) -> str:
        return self._wordings[0] if self._wordings else ""

    def set_theme(self, theme: Theme, text_px: int) -> None:
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self.setFixedHeight(round(1.6 * text_px))
        self.update()

    def say(self, wordings: Sequence[str]) -> None:
        if tuple(wordings) != self._wordings:
            self._wordings = tuple(wordings)
            self.setAccessibleName(self.said)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small = QPainter(self), self._small
        painter.setFont(small.font)
        painter.setPen(self._theme.quiet)
        top = self.height() / 2 - small.middle
        for words in self._wordings:
            if small.width(words) <= self.width():
                small.draw(painter, 0, top, words)
                break
        painter.end()
