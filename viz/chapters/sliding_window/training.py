"""Training: three networks on one drawing, or what “none” and distorted digits are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QToolButton, QWidget

from viz.chapters.compared_networks import Unusable, error_on, usable
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.chapters.sliding_window.strip import WinnerStrip
from viz.engine.compute import Nets
from viz.i18n import UNKNOWN, percent, tr
from viz.measure.reading import Reading, read
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import GRID, text_px
from viz.views.widgets.line import Line
from viz.views.widgets.network_names import choice_text
from viz.views.widgets.tooltip import wrapped

NETWORKS = ("max", "no-none", "no-augmentation")
TESTS = ("MNIST test, centred", "shift ±6, ±3 px", "strings, gaps 0…12 px")
"""The rows of the accuracy table whose errors are shown."""

ERROR = 3.9
"""The least width of their columns, in sizes of text: that of their heads."""

ANSWER = 5.2
"""The least width of the answers' column, in sizes of text: that of some digits and "[?]"."""


@dataclass(frozen=True, eq=False)
class Readings:
    """What the networks read: by name; the ``broken`` ones, whose weights cannot be used; and the
    one whose maps were ``ablated``."""

    readings: Mapping[str, Reading]
    broken: Mapping[str, Unusable]
    ablated: str | None


def texts() -> dict[str, tuple[str, str]]:
    """Return what each of ``NETWORKS`` is called here, and what it shows."""
    return {
        "max": (
            tr("default model"),
            tr("trained on distorted digits, neighbouring digits and “none of the above”"),
        ),
        "no-none": (
            tr("without “none”"),
            tr("it must name a digit, so it reads one in every gap"),
        ),
        "no-augmentation": (
            tr("no augmentation"),
            tr("it was trained on centred digits, so a shift breaks it"),
        ),
    }


class _Row:
    """A network's widgets: its name to click, what it shows, its answer, windows and errors."""

    def __init__(self, name: str, title: str, shows: str) -> None:
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.shows, self.answer, self.strip = Line(quiet=True), Line(), WinnerStrip()
        self.shows.set_text(shows)
        self.errors = [Line(align=Qt.AlignmentFlag.AlignRight) for _ in TESTS]
        lines = [tr("{name}: {shows}. Click to use it.", name=title, shows=shows)]
        for test, line in zip(TESTS, self.errors, strict=True):
            error = error_on(test, name)
            text = UNKNOWN if error is None else percent(error)
            line.set_text(text)
            lines.append(tr("{test}: test error {error}", test=test, error=text))
        self.tip = "\n".join(lines)
        self.button.setToolTip(wrapped(self.tip))

    def show(self, found: Readings, name: str, column: int) -> None:
        """Show what this network reads, with the window ``column`` in sight."""
        broken, reading = found.broken.get(name), found.readings.get(name)
        if broken is not None or reading is None:
            self.answer.set_text(
                broken.advice if broken else "", tip=broken.reason if broken else ""
            )
            self.strip.hide()
            return
        text = reading.text.replace("\n", " ") or tr("nothing read")
        if name == found.ablated:
            self.answer.set_text(text, tr("maps ablated"), tip=tr(
                "The ablated maps of this network are set to zero. The other networks keep all of "
                "theirs: a map's number means nothing in another network."
            ))  # fmt: skip
        else:
            self.answer.set_text(text)
        self.strip.set_winners(reading.winners, reading.probabilities, column)
        self.strip.show()


class Training(MeasuredInstrument):
    """Answers and winners of three networks on the present drawing. A click lets one answer."""

    id = "training"
    title = tr("Training")
    hint = tr("Leave gaps between digits: which networks read a digit where there is none?")
    tip = tr(
        "The same drawing read by networks trained without the eleventh class, or on undistorted "
        "digits only; test errors as measured after training."
    )
    explanation = tr(
        "Three networks of one architecture read the same drawing; only their training differs. "
        "The default model learned from distorted digits with neighbouring digits, and an eleventh "
        "class, <b>none of the above</b>, for what has no digit at its centre; the notes’ code has "
        "ten outputs. Without “none” a network has to name a digit in every gap. Without "
        "augmentation it misses a digit off centre, although its maps shift with it: equivariant "
        "layers alone do not make an answer invariant. Leave gaps between digits: which networks "
        "read a digit there?"
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.rows = {name: _Row(name, *text) for name, text in texts().items()}
        view = QWidget()
        self._grid = grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(0)
        heads = tr("test error"), tr("centred"), tr("shifted"), tr("strings")
        for column, head in enumerate(heads, 2):
            line = Line(align=Qt.AlignmentFlag.AlignRight, quiet=True)
            line.set_text(head)
            grid.addWidget(line, 0, column)
        for place, (name, row) in enumerate(self.rows.items()):
            grid.addWidget(row.button, 1 + 2 * place, 0)
            grid.addWidget(row.answer, 1 + 2 * place, 1)
            grid.addWidget(row.strip, 1 + 2 * place, 2)
            for column, error in enumerate(row.errors, 3):
                grid.addWidget(error, 1 + 2 * place, column)
            grid.addWidget(row.shows, 2 + 2 * place, 0, 1, 6)
            grid.setRowStretch(2 + 2 * place, 1)
            row.button.clicked.connect(lambda _on, name=name: self._answer_by(name))
        for column, stretch in enumerate((0, 4, 8, 3, 3, 3)):
            grid.setColumnStretch(column, stretch)
        self.set_view(view)
        self.document.network_changed.connect(self._mark)
        self._mark()

    def reason(self, snapshot: Snapshot) -> str:
        return ""  # what is read where nothing is drawn is the point

    def key(self, snapshot: Snapshot) -> Any:
        request = snapshot.request
        return request.scene, request.network, request.ablated

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Readings]:
        import torch

        live, ablated = snapshot.request.network, any(snapshot.request.ablated.values())
        x = torch.tensor(snapshot.image)[None, None]
        others, broken = usable(nets, (name for name in NETWORKS if name != live))
        with torch.inference_mode():
            readings = {name: read(net(x)["output"][0].numpy()) for name, net in others.items()}
        readings[live] = snapshot.reading  # with the maps that are ablated there only
        yield Readings(readings, broken, live if ablated else None)

    def show_result(self, result: Readings) -> None:
        column = (self.document.shown_window() or (0, 0))[1]
        for name, row in self.rows.items():
            row.show(result, name, column)
            row.button.setEnabled(name not in result.broken)

    def formula(self) -> str:
        law = tr("windows with argmax <i>p</i> ≠ none")
        result: Readings | None = self.result
        if result is None:
            return law
        names = texts()
        found = ", ".join(
            tr(
                "{network} <b>{digits}</b> of {windows}", network=names[name][0],
                digits=int((result.readings[name].winners != NONE_CLASS).sum()),
                windows=len(result.readings[name].winners),
            )
            for name in NETWORKS
            if name in result.readings
        )  # fmt: skip
        return f"{law}<br>{found}"

    def _answer_by(self, name: str) -> None:
        self.document.choose_network(name, choice_text(name))
        self._mark()

    def _mark(self) -> None:
        for name, row in self.rows.items():
            row.button.setChecked(name == self.document.network)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._grid.setColumnMinimumWidth(1, round(ANSWER * text_px(self)))
        for column in range(3, 6):
            self._grid.setColumnMinimumWidth(column, round(ERROR * text_px(self)))
        roomy = self.height() >= 11 * text_px(self)
        for row in self.rows.values():
            row.shows.setVisible(roomy)
