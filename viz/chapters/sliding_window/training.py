"""What training with the eleventh class, and with distorted digits, is for: three networks read
the same drawing side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from viz.chapters.compared_networks import Unusable, error_on, usable
from viz.chapters.sliding_window.strip import Columns, draw_winners
from viz.chapters.sliding_window.window_instrument import SlidingInstrument
from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.measure.reading import Reading, read
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.fitting import draw_fitting

NETWORKS = ("max", "no-none", "no-augmentation")
BAR = 1.5 * GRID
TESTS = ("MNIST test, centred", "shift ±6, ±3 px", "strings, gaps 0…12 px")
"""The rows of the accuracy table whose errors are shown."""


@dataclass(frozen=True)
class Told:
    """What stands beside a network: its name and what it shows, at length and in short."""

    name: str
    shows: str
    short: str


def told() -> tuple[Told, ...]:
    """A text for each of ``NETWORKS``."""
    return (
        Told(
            tr("as shipped"),
            tr("distorted digits, side digits, “none of the above”"),
            tr("with “none”"),
        ),
        Told(
            tr("without “none”"),
            tr("it must name a digit, so every gap shouts one"),
            tr("every gap shouts a digit"),
        ),
        Told(
            tr("undistorted digits only"),
            tr("it saw no digit off centre, so a shift breaks it"),
            tr("a shift breaks it"),
        ),
    )


def errors(network: str) -> tuple[float | None, ...]:
    """The shares of wrong answers in ``TESTS``, as measured when the network was trained."""
    return tuple(error_on(test, network) for test in TESTS)


@dataclass(frozen=True, eq=False)
class Compared:
    """What the networks read on one snapshot: ``readings`` by name, ``broken`` those whose weights
    cannot be used. ``ablated`` is the one that answered with maps ablated."""

    readings: Mapping[str, Reading]
    broken: Mapping[str, Unusable]
    ablated: str | None


def compared(snapshot: Snapshot) -> Callable[[Nets], Iterator[Compared]]:
    """The work for the measuring lane. What the present network reads is the snapshot's own: only
    there does an ablated map's number mean anything."""
    image, live, reading = snapshot.image, snapshot.request.network, snapshot.reading
    ablated = live if any(snapshot.request.ablated.values()) else None

    def work(nets: Nets) -> Iterator[Compared]:
        import torch

        x = torch.tensor(image)[None, None]
        others, broken = usable(nets, (name for name in NETWORKS if name != live))
        with torch.inference_mode():
            readings = {name: read(net(x)["output"][0].numpy()) for name, net in others.items()}
        readings[live] = reading
        yield Compared(readings, broken, ablated)

    return work


class SlidingTraining(SlidingInstrument):
    """Winners and answer of three networks on the present drawing. A click lets one answer live."""

    id = "training"
    NAME = "sliding training"

    def __init__(self, document: Document, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(document, engine, parent)
        self.title = tr("Training")
        self.hint = tr("Leave room between digits: which networks read something where nothing is?")
        self.tip = tr(
            "The same drawing read by networks trained without the eleventh class, or on "
            "undistorted digits only; errors as measured on test digits."
        )
        self.compared = Compared({}, {}, None)
        self._told = told()
        self._errors = {name: errors(name) for name in NETWORKS}
        self._scroll = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Networks trained otherwise"))
        document.network_changed.connect(self.update)
        document.window_changed.connect(self.update)

    @property
    def readings(self) -> Mapping[str, Reading]:
        """What was read, by network."""
        return self.compared.readings

    def measure(self, snapshot: Snapshot) -> None:
        """Let all three read this canvas."""
        self._engine.measure(self.NAME, compared(snapshot), self._show)

    def _show(self, found: Compared) -> None:
        self.compared = found
        said = "; ".join(
            f"{text.name}: {self._said(name)}"
            for name, text in zip(NETWORKS, self._told, strict=True)
        )
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)
        self.update()

    def _said(self, name: str) -> str:
        if name in self.compared.broken:
            return self.compared.broken[name].advice
        text = self.readings[name].text or tr("nothing read")
        return f"{text}, {tr('maps ablated')}" if name == self.compared.ablated else text

    # Painting

    def _percent(self, error: float | None) -> str:
        return "–" if error is None else tr("{error:.1f} %", error=100 * error)

    def _heads(self) -> tuple[str, ...]:
        return tr("centred"), tr("shifted"), tr("strings")

    def _tops(self) -> list[float]:
        """Where the networks' rows begin and the last one ends; the table's head is above."""
        head, each = self._small.height, self._bold.height + self._large[0].height + BAR + 2
        gap = min(max(0.0, (self.height() - head - 3 * each) / 3), 2.0 * self._small.height)
        return [head + gap / 2 + number * (each + gap) for number in range(len(NETWORKS) + 1)]

    def row_at(self, position: QPointF) -> str | None:
        """The network whose row lies under a point."""
        row = sum(position.y() >= top for top in self._tops()) - 1
        return NETWORKS[row] if 0 <= row < len(NETWORKS) else None

    def _figures_left(self) -> float:
        return self.width() - len(TESTS) * self._figure_width

    @property
    def _figure_width(self) -> float:
        texts = (*self._heads(), self._percent(0.999))
        return max(self._small.width(text) for text in texts) + 3 * GRID

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A head over the errors, then a row for each network."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.background)
        painter.setFont(self._small.font)
        painter.setPen(self._theme.quiet)
        for number, text in enumerate(self._heads(), 1):
            x = self._figures_left() + number * self._figure_width
            self._small.draw(painter, x, 0, text, align=1.0)
        label = tr("wrong, of test digits:")
        x = self._figures_left()
        if self._small.width(label) <= x:
            self._small.draw(painter, x, 0, label, align=1.0)
        rows = zip(pairwise(self._tops()), NETWORKS, self._told, strict=True)
        for (top, end), name, told_ in rows:
            self._paint_network(painter, top, end, name, told_)
        self._paint_focus(painter)
        painter.end()

    def _paint_network(
        self, painter: QPainter, top: float, end: float, name: str, text: Told
    ) -> None:
        theme, small, bold = self._theme, self._small, self._bold
        live = name == self._document.network
        if live:
            colour = theme.accent
            high = bold.height + self._large[0].height + BAR
            painter.fillRect(QRectF(0, top, 3, high), colour)
        painter.setFont(bold.font)
        painter.setPen(theme.accent if live else theme.text)
        left = 3.0 * GRID
        x = left + bold.draw(painter, left, top, text.name) + 2 * GRID
        painter.setFont(small.font)
        if name == self.compared.ablated:
            painter.setPen(theme.text)
            x += small.draw(painter, x, top, tr("maps ablated")) + 2 * GRID
        painter.setPen(theme.quiet)
        shows = text.shows, text.short
        small.draw(painter, x, top, self._worded(painter, self.width() - x, shows))
        top += bold.height
        painter.setPen(theme.text)
        for number, error in enumerate(self._errors[name], 1):
            x = self._figures_left() + number * self._figure_width
            small.draw(painter, x, top, self._percent(error), align=1.0)
        reading = self.readings.get(name)
        if reading is not None:
            self._paint_reading(painter, top, left, reading)
        elif (broken := self.compared.broken.get(name)) is not None:
            room = QRectF(left, top, self._figures_left() - left, end - top).toRect()
            draw_fitting(painter, room, broken.advice, small.font.pixelSize())

    def _paint_reading(self, painter: QPainter, top: float, left: float, reading: Reading) -> None:
        """The answer, and the winners of all columns of windows."""
        room = (self._figures_left() - left) * 0.3
        text = reading.text.replace("\n", " ") or "–"
        large = next((size for size in self._large if size.width(text) <= room), self._large[-1])
        painter.setFont(large.font)
        painter.setPen(self._theme.text)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room) + 1)
        large.draw(painter, left, top + (self._large[0].height - large.height) / 2, text)
        total = len(reading.winners)
        shown = min((self._document.shown_window() or (0, 0))[1], total - 1)
        start = left + room + 3 * GRID
        end = self._figures_left() - GRID
        columns = Columns.within(start, end, total, self._small, shown, self._scroll)
        self._scroll = columns.first
        place = top + (self._large[0].height - self._small.height) / 2, BAR
        draw_winners(
            painter, self._small, self._theme, columns, place, reading.winners,
            reading.probabilities,
        )  # fmt: skip

    # Pointer and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Let the network under the pointer answer from now on."""
        assert event is not None
        name = self.row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and name is not None:
            self._document.set_network(name)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down choose the network that answers, of those that can."""
        assert event is not None
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        names = [name for name in NETWORKS if name not in self.compared.broken]
        now = self._document.network
        number = names.index(now) + step if now in names else 0
        self._document.set_network(names[min(max(number, 0), len(names) - 1)])

    def tooltip(self, position: QPointF) -> str:
        """What is said about the network under a point."""
        name = self.row_at(position)
        if name is None:
            return self.tip
        text = self._told[NETWORKS.index(name)]
        lines = [tr("{name}: {shows}. A click lets it answer.", name=text.name, shows=text.shows)]
        lines += [
            tr("{test}: {error} wrong", test=test, error=self._percent(error))
            for test, error in zip(TESTS, self._errors[name], strict=True)
        ]
        if name in self.compared.broken:
            lines.append(self.compared.broken[name].reason)
        if name == self.compared.ablated:
            lines.append(
                tr(
                    "Its ablated maps are left out. The others keep all theirs: a map’s number "
                    "means nothing in another network."
                )
            )
        return "\n".join(lines)
