"""The pooling strip: which operator, its window, its parameters, its formula; over each instrument.

All strips show one ``Operator``; to change it in one changes it in all.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent, QStaticText, QTextOption, QTransform
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from viz import theme as themes
from viz.i18n import tr
from viz.nets.pooling import KINDS, LEAST, MOST
from viz.theme import GRID, Theme
from viz.views.choice import Choice, Option
from viz.views.lettering import Lettering
from viz.views.pooling.operator import FORMULAS, PARAMETERS, Operator, about, names
from viz.views.reaching_value import ReachingValue, reaching
from viz.views.tips import wrapped
from viz.views.transform_fields import Field

LEAST_TEXT = 9
"""Pixels of the smallest text of a narrow strip."""

FORMULA = 0.8
"""The smallest text of the formula, as a share of that beside it."""


class Strip(QWidget):
    """Kinds and formula; window and parameters; and a line for what the instrument says."""

    def __init__(
        self, operator: Operator, parent: QWidget | None = None, *, toy: bool = False
    ) -> None:
        super().__init__(parent)
        self._operator, self._toy = operator, toy
        self._theme, self._text_px = themes.theme("dark"), 13
        called = names()
        self.kind = Choice(
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
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.kind)
        first.addWidget(self._formula, 1)
        second.addWidget(self.size_)
        second.addWidget(self.stride)
        for value in self.parameters.values():
            second.addWidget(value, 1)
        second.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for row in (first, second):
            row.setSpacing(3 * GRID)
            layout.addLayout(row)
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
    def _number(name: str, tip: str) -> Choice:
        options = [Option(n, str(n), tip.format(n=n)) for n in range(LEAST, MOST + 1)]
        return Choice(name, options, label=name)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text, which is smaller where the strip is too narrow for it."""
        self._theme, self._text_px = theme, text_px
        self._line.set_theme(theme, text_px)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """More or less room for the text."""
        self._fit()

    def _fit(self) -> None:
        """The largest text, up to the one asked for, at which both rows hold what they ever show,
        so that nothing jumps when another kind is chosen."""
        for px in range(self._text_px, LEAST_TEXT - 1, -1):
            for choice in (self.kind, self.size_, self.stride):
                choice.set_theme(self._theme, px)
            for value in self.parameters.values():
                value.set_theme(self._theme, px)
            room = self.width() - self.kind.width() - 3 * GRID
            sizes = range(px, max(LEAST_TEXT, round(FORMULA * px)) - 1, -1)
            formula = next((size for size in sizes if self._formula.widest(size) <= room), None)
            if formula is not None and self._second_row() <= self.width():
                break
        self._formula.set_theme(self._theme, formula or LEAST_TEXT, self.kind.height())

    def _second_row(self) -> int:
        """Its width with the parameters of the kind that has most of them."""
        needs = {n: value.minimumSizeHint().width() for n, value in self.parameters.items()}
        most = max(sum(needs[n] + 3 * GRID for n in shown) for shown in PARAMETERS.values())
        return self.size_.width() + 3 * GRID + self.stride.width() + most

    def add(self, control: QWidget) -> None:
        """Put a control of the instrument's own at the end of the line."""
        self._third.addWidget(control)

    def say(self, *wordings: str) -> None:
        """What stands in the line: the first wording that fits; give the longest first."""
        self._line.say(wordings)

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
        self._formula.update()
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
    """The formula of the present kind, laid out once for each size."""

    def __init__(self, operator: Operator) -> None:
        super().__init__()
        self._operator = operator
        self._sizes: dict[int, dict[str, QStaticText]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Formula of the pooling"))
        self.set_theme(themes.theme("dark"), 13, 21)

    def set_theme(self, theme: Theme, text_px: int, height: int) -> None:
        self._theme, self._text_px = theme, text_px
        self.setFixedHeight(height)
        self.update()

    def widest(self, text_px: int) -> float:
        """Pixels of width that the longest of all formulas takes in this size."""
        return max(text.size().width() for text in self._laid_out(text_px).values())

    def _laid_out(self, text_px: int) -> dict[str, QStaticText]:
        if text_px not in self._sizes:
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.NoWrap)
            self._sizes[text_px] = texts = {}
            for kind, formula in FORMULAS.items():
                texts[kind] = text = QStaticText(formula)
                text.setTextFormat(Qt.TextFormat.RichText)
                text.setTextOption(option)
                text.prepare(QTransform(), themes.font(text_px))
        return self._sizes[text_px]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(themes.font(self._text_px))
        painter.setPen(self._theme.text)
        formula = self._laid_out(self._text_px)[self._operator.pooling.kind]
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
        self._theme, self._small = theme, Lettering(themes.font(text_px))
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
