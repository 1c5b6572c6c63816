"""Networks: max, average and blur pooling side by side, switched live.

For each the shift map of the window in focus, its test error on MNIST as measured after training,
and its shift consistency on this window and on 1,000 MNIST test digits; these are measured in the
background where MNIST is there, else shown as stored. Of a network whose weights cannot be used its
column says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viz.chapters.compared_networks import Unusable, error_on
from viz.chapters.equivariance.measure.invariance import (
    DIGITS,
    SHIFTS,
    central,
    pairs_kept,
)
from viz.chapters.equivariance.measure.networks import (
    MnistConsistency,
    NetworkMap,
    NetworkMaps,
    mnist_consistency,
    network_maps,
)
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, percent, tr
from viz.measure.shift_map import REACH, middle_of
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID, text_px
from viz.views.widgets.class_map import ClassMap
from viz.views.widgets.line import Line
from viz.views.widgets.network_names import (
    POOLINGS,
    ablation_text,
    choice_text,
    short_network_name,
)
from viz.views.widgets.table import Column, Table
from viz.views.widgets.tooltip import wrapped

MNIST = "networks on MNIST"
"""The slot of the measuring lane for the consistency on MNIST."""

TABLE = 22
"""Width that is kept for the figures, in sizes of the text."""


class NetworkColumn(QWidget):
    """A network's name to click, and below it its shift map, or why there is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        title = short_network_name(name)
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setToolTip(wrapped(tr("Click to use this network everywhere.")))
        self.map = ClassMap(REACH, legend=False)
        self.map.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.map.setCursor(Qt.CursorShape.PointingHandCursor)
        self.map.setAccessibleName(tr("Shift map, {network}", network=title))
        self.map.setAccessibleDescription("")
        self.map.setToolTip(wrapped(tr(
            "The answer to each shift of up to 14 px; hue is the class, strength its probability. "
            "Click to use this network everywhere."
        )))  # fmt: skip
        self.advice = QLabel()
        self.advice.setWordWrap(True)
        self.advice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.advice.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.button)
        layout.addWidget(self.map, 1)
        layout.addWidget(self.advice, 1)

    def show_map(self, found: NetworkMap | None, broken: Unusable | None) -> None:
        """Show a map, or why there is none."""
        if found is not None:
            self.map.set_map(found.classes, found.probabilities)
        self.map.setVisible(found is not None)
        self.advice.setVisible(broken is not None)
        if broken is not None:
            # With a place for a line break before the end of a file's name, which fills a column
            self.advice.setText(broken.advice.replace(".safetensors", "\u200b.safetensors"))
            self.advice.setToolTip(wrapped(broken.reason))


class Networks(MeasuredInstrument):
    """Three maps and a table of figures. A click on a map or a name lets that network answer."""

    tells_answer = True
    id = "networks"
    title = tr("Networks")
    hint = tr("Click a network to use it, then move the digit by single pixels.")
    tip = tr(
        "Max, average and blur pooling, trained alike: test error on MNIST, and shift consistency, "
        "the share of neighbouring shifts that keep the answer. Click one to use it."
    )
    explanation = tr(
        "Three networks that differ in their pooling read the same window, shifted: max keeps the "
        "largest of 2×2 units, average their mean, and blur smooths the maxima before it keeps "
        "every second. <b>Shift consistency</b> is the share of neighbouring shifts with one "
        "answer: it measures how steady answers are, not how often they are right. Click a "
        "network, then move the digit by single pixels. The rest is the same in all three: a fully "
        "connected layer would not keep equivariance, and softmax does not make answers steadier."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._errors = {name: error_on("MNIST test, centred", name) for name in POOLINGS}
        self._mnist: dict[str, MnistConsistency] = {}
        self.columns = {name: NetworkColumn(name) for name in POOLINGS}
        self.table = Table(tr("Figures of the networks"), _columns())
        self.table.describe = self._describe
        self.line = Line(quiet=True)
        self.add_control(self.line)
        self.set_view(_Row(list(self.columns.values()), self.table))
        for name, column in self.columns.items():
            column.button.clicked.connect(partial(self._answer_by, name))
            column.map.chosen.connect(partial(self._answer_by, name))
        self.document.network_changed.connect(self._mark)
        self._mark()
        self._tell()

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # blank paper is answered, too

    def key(self, snapshot: Snapshot) -> Any:
        request, place = snapshot.request, self.document.shown_window() or (0, 0)
        ablated = {request.network: request.ablated} if request.ablated else {}
        return request.scene, middle_of(place, snapshot.architecture), ablated

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        _, middle, ablated = key
        return network_maps(nets, POOLINGS, snapshot.image, middle, ablated)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        whole = {one.network for one in self._mnist.values() if one.digits == DIGITS}
        names = [name for name in POOLINGS if name not in whole]
        if names:
            work = partial(mnist_consistency, names=names)
            self.context.engine.measure(MNIST, work, self._take_mnist)

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.context.engine.forget(MNIST)
        super().hideEvent(event)

    # What is shown

    def show_result(self, result: NetworkMaps) -> None:
        for name, column in self.columns.items():
            column.show_map(result.maps.get(name), result.broken.get(name))
        self._tell()

    def formula(self) -> str:
        maps = self.result.maps if self.result is not None else {}
        law = tr("shift consistency = pairs with one answer / pairs one pixel apart")
        name = self.document.network if self.document.network in maps else POOLINGS[0]
        if name not in maps:
            return law
        kept, pairs = pairs_kept(central(maps[name].classes, SHIFTS))
        return law + tr(
            "<br>= {kept} / {pairs} = <b>{share}</b> ({network})",
            kept=kept, pairs=pairs, share=percent(kept / pairs), network=short_network_name(name),
        )  # fmt: skip

    def set_dimmed(self, dimmed: bool) -> None:
        for column in self.columns.values():
            column.map.set_dimmed(dimmed)

    def _take_mnist(self, found: MnistConsistency) -> None:
        self._mnist[found.network] = found
        self._tell()

    def _tell(self) -> None:
        maps = self.result.maps if self.result is not None else {}
        self.table.set_rows(
            [
                (
                    short_network_name(name),
                    _percent(self._errors[name], 2),
                    _percent(maps[name].consistency if name in maps else None, 1),
                    _percent(self._mnist[name].share if name in self._mnist else None, 2),
                )
                for name in POOLINGS
            ]
        )
        said = (
            ablation_text(self.document.network, self.document.ablated),
            tr("Answers within ±{reach} px; stronger colour: more probable.", reach=REACH),
        )
        tip = tr("These three are compared whichever network is in use.")
        self.line.set_text(" ".join(filter(None, said)), tip=tip)

    def _describe(self, row: int, column: int) -> str:
        """What the tip of the table adds: on how many digits a consistency was measured."""
        found = self._mnist.get(POOLINGS[row])
        if found is None or column != 3:
            return ""
        if found.digits is None:
            return tr("This is a stored figure, because MNIST is not installed.")
        return tr("Measured so far on {count} digits.", count=f"{found.digits:,}")

    def _mark(self) -> None:
        """Show which network answers."""
        for name, column in self.columns.items():
            column.button.setChecked(name == self.document.network)

    def _answer_by(self, name: str, *_: object) -> None:
        self.document.choose_network(name, choice_text(name))
        self._mark()


class _Row(QWidget):
    """The columns, as wide as their maps are high if the table has enough room beside them."""

    def __init__(self, columns: list[NetworkColumn], table: Table) -> None:
        super().__init__()
        self._columns = columns
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        for column in columns:
            layout.addWidget(column)
        layout.addWidget(table, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)  # the columns' present width does not hinder a smaller one

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        gaps = 2 * GRID * len(self._columns)
        room = (self.width() - TABLE * text_px(self) - gaps) // len(self._columns)
        high = self.height() - self._columns[0].button.sizeHint().height() - GRID
        names = max(column.button.sizeHint().width() for column in self._columns)  # none is cut
        for column in self._columns:
            column.setFixedWidth(max(column.map.minimumWidth(), names, min(room, high)))


def _columns() -> tuple[Column, ...]:
    """The figures of each network."""
    about = tr(
        "Shift consistency, after Zhang (2019): of all pairs of shifts one pixel apart, with |dx|, "
        "|dy| ≤ {reach}, the share that have one answer.",
        reach=SHIFTS,
    )
    on_mnist = tr("MNIST's test digits 0 to {last}, whole networks.", last=DIGITS - 1)
    return (
        Column(
            "", widest=max(map(short_network_name, POOLINGS), key=len), left=True,
            tip=tr("LeNet-5 with three ways of pooling, trained alike."),
        ),
        Column(
            tr("test error"), tr("MNIST"), widest="0.00 %",
            tip=tr("Of MNIST's 10,000 test digits, centred: the share read wrongly, those read as "
                    "“none” included."),
        ),
        Column(tr("consistency"), tr("this window"), about, "100.0 %"),
        Column(
            "", tr("{count} digits", count=f"{DIGITS:,}"), widest="100.00 %", joined=True,
            tip=f"{about} {on_mnist}",
        ),
    )  # fmt: skip


def _percent(share: float | None, decimals: int) -> str:
    return UNKNOWN if share is None else percent(share, decimals)
