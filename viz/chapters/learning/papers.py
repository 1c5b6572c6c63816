"""Papers: the nets of 1989, 1990 and 1998, to their papers’ counts; a click brings each on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from viz.chapters.instrument import Context, Instrument
from viz.chapters.learning.paper_words import differences, own_errors, sources, time_line
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Architecture, Layer
from viz.nets.papers import bitmaps, layer_links, links
from viz.nets.variants import VARIANTS
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.network_names import choice_text, network_tip
from viz.views.widgets.segmented import Option, Segmented
from viz.views.widgets.table import Column, Table
from viz.views.widgets.text_cache import text_cache

LENET5 = "lenet5-1998"
NET, HISTORY, NOTES = "net", "time-line", "notes"

ACROSS = 5
"""Bitmaps side by side."""

HIGH, WIDE = 12, 7


class Papers(Instrument):
    """A net's layers with their counts, its table of connections, and of LeNet-5 the bitmaps beside
    the units of F6; or the time line; or what the notes say otherwise."""

    tells_answer = True
    id = "papers"
    title = tr("Papers")
    hint = tr("Use a paper’s net on the canvas, and draw: its own maps follow.")
    tip = tr(
        "Each net has the counts of its paper: parameters are weights and biases, shared ones "
        "counted once; connections are the same at every unit that has them."
    )
    explanation = tr(
        "The net of 1989 has no pooling: its kernels move on by two pixels. That of 1990 takes "
        "<b>averages</b>, and trains a coefficient and a bias for each map. LeNet-5 joins each map "
        "of C3 to some maps of S2 only: its <b>table of connections</b>. F6 is trained to "
        "equal a <b>bitmap</b> of the digit, and the class of the nearest one wins. Use it on the "
        "canvas, and draw. All were trained here on MNIST, and without “none of the above”: "
        "between two digits they predict some digit, too."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown = Segmented(
            tr("What is shown"),
            (
                Option(NET, tr("nets"), tr("Layers, connections and bitmaps of one net.")),
                Option(HISTORY, tr("time line"), tr("Who did what, with what data and error.")),
                Option(NOTES, tr("notes and papers"), tr("Where the lecture’s notes differ.")),
            ),
        )
        self.paper = Segmented(
            tr("Paper"),
            [
                Option(name, tr("{year}", year=name[-4:]), network_tip(name))
                for name, variant in VARIANTS.items()
                if variant.paper
            ],
            label=tr("year"),
        )
        self.paper.show_value(LENET5)
        self.add_setting("shown", self.shown)
        self.add_setting("paper", self.paper)
        self.use = QPushButton(tr("Use on the canvas"))
        self.use.setToolTip(tr("Let this net predict; undo brings back the one before."))
        self.use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.use.clicked.connect(self._use)
        self.add_control(self.use)
        self.layers = Table(tr("Layers"), _layer_columns())
        self.connections = Heatmap(LockedScale(1.0), legend=False)
        self.connections.describe = self._describe_connection
        signed = LockedScale(1.7159, signed=True)
        self.seen, self.bitmaps = Heatmap(signed, legend=False), Heatmap(signed)
        self.seen.describe = self._describe_unit
        self.bitmaps.describe = self._describe_bitmap
        self.bitmaps.set_array(_tiled(bitmaps()))
        self.history = Table(tr("Time line"), _history_columns())
        self.history.describe = lambda row, column: sources()[row]
        self.notes = Table(tr("Notes and papers"), _note_columns())
        self.notes.set_rows(differences())
        self.distances: np.ndarray | None = None
        """Of F6 to each bitmap (10,), while LeNet-5 is on the stage."""
        self._told: Any = None
        self.told = Line(quiet=True)
        net, row = QWidget(), QHBoxLayout()
        row.setSpacing(3 * GRID)
        parts = (self.layers, 10), (self.connections, 6), (self.seen, 2), (self.bitmaps, 6)
        for part, share in parts:
            row.addWidget(part, share)
        column = QVBoxLayout(net)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row, 1)
        column.addWidget(self.told)
        self._stack = QStackedWidget()
        for page in (net, self.history, self.notes):
            self._stack.addWidget(page)
        self.set_view(self._stack)

    # What is shown

    def refresh(self) -> None:
        name = self.paper.value
        self._stack.setCurrentIndex((NET, HISTORY, NOTES).index(self.shown.value))
        is_net = self.shown.value == NET
        if self.shown.value == HISTORY and not self.history.rows:
            rows = zip(time_line(), own_errors(), strict=True)
            self.history.set_rows([(*row, error) for row, error in rows])
        self.paper.setVisible(is_net)
        self.use.setVisible(is_net)
        self.use.setEnabled(name != self.document.network and not self.document.read_only)
        if is_net and name != self._told:
            self._told = name
            self._show_net(VARIANTS[name].architecture)
        self._show_bitmaps()

    def formula(self) -> str:
        if self.snapshot is None:
            return tr("parameters = weights + biases, shared ones counted once")
        architecture = VARIANTS[self.paper.value].architecture
        counts = [layer.parameters for layer in architecture.layers]
        text = tr(
            "parameters = {sum} = <b>{total:,}</b>, connections = {links:,}",
            sum=" + ".join(f"{count:,}" for count in counts if count),
            total=architecture.parameters,
            links=links(architecture),
        )
        if self.distances is None:
            return text
        best = int(self.distances.argmin())
        return text + tr(
            "<br>F6 to the bitmap of {digit}: Σ (<i>x</i> − <i>w</i>)² = <b>{least}</b>",
            digit=best,
            least=number(float(self.distances[best]), 1),
        )

    def _show_net(self, architecture: Architecture) -> None:
        rows = [_row(layer) for layer in architecture.layers]
        total = f"{architecture.parameters:,}", f"{links(architecture):,}"
        self.layers.set_rows([*rows, (tr("total"), "", *total)])
        layer = _partial(architecture)
        below = architecture.below(layer)
        assert below is not None
        table = _table_of(layer)
        self.connections.set_array(table)
        self.connections.set_caption(
            tr("{joined} of {pairs} pairs joined", joined=int(table.sum()),
               pairs=table.size),
            tr("maps of {layer}", layer=layer.name),
            below.name,
            shorter=tr("joined"),
        )  # fmt: skip

    def _show_bitmaps(self) -> None:
        """Show F6 in the window that is shown, and the nearest bitmap."""
        is_lenet5 = self.paper.value == LENET5
        self.bitmaps.setVisible(is_lenet5)
        at, seen = self.document.shown_window(), None
        if self.snapshot is not None and at is not None:
            seen = _painted(self.snapshot, at)
        self.seen.setVisible(is_lenet5 and seen is not None)
        self.told.set_text(self._told_below(is_lenet5 and seen is None))
        if seen is None:
            self.distances = None
            self.seen.set_array(np.zeros((0, 0), np.float32))
            self.seen.set_caption(tr("F6"))
            self.bitmaps.set_caption(tr("bitmaps, 7×12"))
            self.bitmaps.set_marks(())
            return
        self.distances = np.asarray(((bitmaps() - seen) ** 2).sum((1, 2)))
        self.seen.set_array(seen)
        self.seen.set_caption(tr("F6 now"), shorter=tr("F6"))
        best = int(self.distances.argmin())
        self.bitmaps.set_caption(
            tr("nearest: {digit}, Σ (x − w)² = {least}", digit=best,
               least=number(float(self.distances[best]), 1)),
            shorter=tr("nearest: {digit}", digit=best),
        )  # fmt: skip
        top, left = (best // ACROSS) * (HIGH + 1), (best % ACROSS) * (WIDE + 1)
        self.bitmaps.set_marks([QRectF(left, top, WIDE, HIGH)])

    def _told_below(self, is_absent: bool) -> str:
        """What is said below: what the paper leaves open, and what is not there yet."""
        if is_absent:
            return tr("Use it on the canvas: its F6 then stands beside the bitmaps.")
        if self.paper.value == "zip-1989":
            return tr(
                "The paper leaves open which 8 of 12 maps are joined; here 8 in a row, cyclic."
            )
        return ""

    def _use(self) -> None:
        name = self.paper.value
        if not self.document.read_only:
            self.document.choose_network(name, choice_text(name))

    # What tips say

    def _describe_connection(self, row: int, column: int) -> str:
        layer = _partial(VARIANTS[self.paper.value].architecture)
        words = (
            tr("map {map} of {layer} has a kernel over map {below}")
            if self.connections.values[row, column]
            else tr("map {map} of {layer} has no kernel over map {below}")
        )
        return words.format(map=column, layer=layer.name, below=row)

    def _describe_unit(self, row: int, column: int) -> str:
        return tr(
            "unit {unit} of F6: {value}",
            unit=row * WIDE + column, value=number(float(self.seen.values[row, column]), 2),
        )  # fmt: skip

    def _describe_bitmap(self, row: int, column: int) -> str:
        digit = row // (HIGH + 1) * ACROSS + column // (WIDE + 1)
        if self.distances is None or digit > 9:
            return tr("bitmap of {digit}", digit=min(digit, 9))
        return tr(
            "bitmap of {digit}: Σ (x − w)² = {distance}",
            digit=digit, distance=number(float(self.distances[digit]), 1),
        )  # fmt: skip


def _painted(snapshot: Snapshot, at: tuple[int, int]) -> np.ndarray | None:
    """F6 (12, 7) of LeNet-5 in a window; None of any other network, or of a window that is gone."""
    if snapshot.request.network != LENET5:
        return None
    values = snapshot.maps["F6"]
    if at[0] >= values.shape[1] or at[1] >= values.shape[2]:
        return None
    return np.asarray(values[:, at[0], at[1]].reshape(HIGH, WIDE))


def _tiled(pictures: np.ndarray) -> np.ndarray:
    """Pictures (10, 12, 7) in two rows of five, with a cell of 0 between."""
    sheet = np.zeros((2 * HIGH + 1, ACROSS * (WIDE + 1) - 1), np.float32)
    for place, picture in enumerate(pictures):
        top, left = (place // ACROSS) * (HIGH + 1), (place % ACROSS) * (WIDE + 1)
        sheet[top : top + HIGH, left : left + WIDE] = picture
    return sheet


def _partial(architecture: Architecture) -> Layer:
    """The layer with a table of connections."""
    return next(layer for layer in architecture.layers if layer.connections is not None)


def _table_of(layer: Layer) -> np.ndarray:
    """(maps below, maps): 1 where they are joined."""
    table = np.zeros((layer.inputs, layer.maps), np.float32)
    for map_, below in enumerate(layer.connections or ()):
        table[list(below), map_] = 1.0
    return table


def _row(layer: Layer) -> tuple[str, ...]:
    size = f"{layer.maps}×{layer.size}×{layer.size}" if layer.size > 1 else f"{layer.maps}"
    return layer.name, size, f"{layer.parameters:,}", f"{layer_links(layer):,}"


def _layer_columns() -> tuple[Column, ...]:
    return (
        Column(tr("layer"), left=True, widest=tr("output")),
        Column(tr("units"), widest="16×10×10", rank=1, tip=tr("Maps × rows × columns.")),
        Column(tr("parameters"), widest="60,000", tip=tr("Trained numbers.")),
        Column(tr("connections"), widest="340,908", tip=tr("Weights and biases of all units.")),
    )


def _history_columns() -> tuple[Column, ...]:
    return (
        Column("", tr("year"), left=True, widest="1989"),
        Column("", tr("who"), left=True, rank=3, widest=_widest(row[1] for row in time_line())),
        Column("", tr("what"), left=True, widest=_widest(row[2] for row in time_line()), rank=2),
        Column("", tr("data"), left=True, widest=_widest(row[3] for row in time_line()), rank=1),
        Column(tr("test error"), tr("in the paper"), widest="0.95 %"),
        Column("", tr("here, MNIST"), widest="0.95 %", joined=True,
               tip=tr("Test error of the weights that ship, on MNIST’s 10,000 test digits.")),
    )  # fmt: skip


def _widest(texts: Iterable[str]) -> str:
    """The text that takes most room."""
    return max(texts, key=text_cache(13).width)


def _note_columns() -> tuple[Column, ...]:
    heads = tr("what"), tr("the notes"), tr("the papers")
    return tuple(
        Column(head, left=True, widest=_widest(row[place] for row in differences()))
        for place, head in enumerate(heads)
    )
