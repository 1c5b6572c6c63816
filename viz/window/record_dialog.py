"""Record: the dialog that asks what a picture or film shall show."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.recording.take import MOST_SECONDS
from viz.views.theme import GRID
from viz.window.sizes import LEAST_SIZE

SIZES = ((960, 540), (1280, 720), (1920, 1080))
RATES = {"mp4": (25, 30, 50, 60), "gif": (10, 20, 25, 50)}
"""A GIF's frames last whole hundredths of a second: these rates it holds exactly."""
USUAL = {"mp4": 30, "gif": 20}
LARGEST = 7680, 4320
SUMMARY_LINES = 3
"""Lines kept below the fields, so that the summary moves nothing."""


@dataclass(frozen=True)
class RecordOptions:
    """What to record: ``kind`` is ``"mp4"``, ``"gif"``, or ``"png"`` for the present moment;
    ``live``: a film of the live session from now on; ``size`` in pixels, ``rate`` in frames a
    second."""

    kind: str
    stage: bool
    size: tuple[int, int]
    rate: int
    file: Path
    live: bool = False


def colours() -> str:
    """Return what a kind of file does to the colours of units that are one pixel large."""
    return tr("MP4: 4:2:0 chroma; GIF: 255 colours; PNG: lossless.")


def least_size() -> str:
    """Return a sentence with the least size and its reason."""
    width, height = LEAST_SIZE
    return tr(
        "At least {width} × {height} px: in less, maps and instruments have no room.",
        width=width,
        height=height,
    )


class RecordDialog(QDialog):
    """A dialog whose ``chosen`` carries the ``RecordOptions``."""

    chosen = pyqtSignal(object)

    def __init__(
        self,
        seconds: float | None,
        window_size: tuple[int, int],
        propose: Callable[[str, bool], Path],
        parent: QWidget | None = None,
        *,
        keys: str = "Ctrl+Shift+R",
    ) -> None:
        """``seconds``: how long a film of the demonstration lasts, None where there is none.
        ``propose``: a free file name for a suffix such as ``".mp4"``, and whether it is for a film
        of the demonstration. ``keys`` end a live session."""
        super().__init__(parent)
        self.setWindowTitle(tr("Record"))
        self._seconds, self._propose, self._keys = seconds, propose, keys
        self._window_size = window_size[0] & ~1, window_size[1] & ~1
        self._file_chosen = False
        self.what, self.kind, self.size_choice, self.rate = (QComboBox() for _ in range(4))
        self.width_px, self.height_px = QSpinBox(), QSpinBox()
        self.file = QLineEdit()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setMinimumHeight(SUMMARY_LINES * self.fontMetrics().lineSpacing())
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.record = QPushButton(tr("Record"))
        self._form = QFormLayout()
        self._offer_kinds()
        self._offer_sizes()
        self._lay_out()
        self._choose_kind()
        self._choose_size()
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.size_choice.currentIndexChanged.connect(self._choose_size)
        for changed in (
            self.what.currentIndexChanged, self.rate.currentIndexChanged, self.file.textChanged,
            self.width_px.valueChanged, self.height_px.valueChanged,
        ):  # fmt: skip
            changed.connect(self._summarise)
        self.file.textEdited.connect(self._note_choice)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)

    def _offer_kinds(self) -> None:
        """Offer what there is to record, and how much of the window."""
        if self._seconds is not None:
            self.kind.addItem(tr("the demonstration, as MP4"), "mp4")
            self.kind.addItem(tr("the demonstration, as GIF"), "gif")
        self.kind.addItem(tr("this moment, as PNG"), "png")
        self.kind.addItem(tr("the live session from now on, as MP4"), "live mp4")
        self.kind.addItem(tr("the live session from now on, as GIF"), "live gif")
        self.what.addItem(tr("the whole window"), False)
        self.what.addItem(tr("only the stage: canvas, maps, instrument"), True)
        self.kind.setToolTip(colours())

    def _lay_out(self) -> None:
        browse = QToolButton()
        browse.setText("…")
        browse.setAccessibleName(tr("Choose the file"))
        browse.clicked.connect(self._browse)
        form = self._form
        form.setSpacing(2 * GRID)
        for label, field in (
            (tr("Record"), self.kind),
            (tr("Part"), self.what),
            (tr("Size"), _row(self.size_choice, self.width_px, self.height_px)),
            (tr("Frames per second"), self.rate),
            (tr("File"), _row(self.file, browse)),
        ):
            form.addRow(label, field)
        self._buttons.addButton(self.record, QDialogButtonBox.ButtonRole.AcceptRole)
        self.record.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*4 * (4 * GRID,))
        layout.setSpacing(4 * GRID)
        layout.addLayout(form)
        layout.addWidget(self.summary)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(40 * self.fontMetrics().averageCharWidth() + 240)

    def options(self) -> RecordOptions:
        """Return what the fields say."""
        kind, live = self._kind()
        file = Path(self.file.text().strip()).expanduser()
        if file.suffix.lower() != f".{kind}":
            file = file.with_name(f"{file.name}.{kind}")
        return RecordOptions(
            kind,
            bool(self.what.currentData()),
            (self.width_px.value(), self.height_px.value()),
            int(self.rate.currentData() or 0),
            file,
            live,
        )

    def _kind(self) -> tuple[str, bool]:
        """Return the kind of file, and whether it shows the live session."""
        *live, kind = str(self.kind.currentData()).split()
        return kind, bool(live)

    def problem(self) -> str:
        """Return why this cannot be recorded, or ""."""
        if not self.file.text().strip():
            return tr("Choose a file.")
        options = self.options()
        # os.path: pathlib raises where a name is longer than any file's may be
        if not os.path.isdir(options.file.parent):
            return tr("There is no folder {folder}; choose another.", folder=options.file.parent)
        if os.path.isdir(options.file):
            return tr("{file} is a folder; choose a file.", file=options.file)
        if options.kind == "mp4" and (options.size[0] % 2 or options.size[1] % 2):
            return tr("The sides of an MP4 must be even; change the size.")
        return ""

    def _offer_sizes(self) -> None:
        """Offer the window's size, and some that others expect."""
        for size in dict.fromkeys((self._window_size, *SIZES)):
            text = tr("{w} × {h}", w=size[0], h=size[1])
            if size == self._window_size:
                text = tr("as the window, {size}", size=text)
            self.size_choice.addItem(text, size)
        self.size_choice.addItem(tr("another:"), None)
        for box, name, fewest, most in zip(
            (self.width_px, self.height_px), (tr("Width"), tr("Height")), LEAST_SIZE, LARGEST,
            strict=True,
        ):  # fmt: skip
            box.setRange(fewest, most)
            box.setSingleStep(2)
            box.setSuffix(" px")
            box.setToolTip(least_size())
            box.setAccessibleName(name)

    def _choose_kind(self) -> None:
        kind, live = self._kind()
        rates = RATES.get(kind, ())
        self.rate.clear()
        for rate in rates:
            self.rate.addItem(str(rate), rate)
        self._form.setRowVisible(self.rate, bool(rates))
        if rates:
            self.rate.setCurrentIndex(rates.index(USUAL[kind]))
        if self._file_chosen:
            self.file.setText(str(Path(self.file.text()).with_suffix(f".{kind}")))
        else:
            self.file.setText(str(self._propose(f".{kind}", kind != "png" and not live)))
        self._summarise()

    def _choose_size(self) -> None:
        size = self.size_choice.currentData()
        for box, side in zip((self.width_px, self.height_px), size or (None, None), strict=True):
            box.setEnabled(size is None)
            if side is not None:
                box.setValue(side)
        self._summarise()

    def _note_choice(self) -> None:
        self._file_chosen = True

    def _browse(self) -> None:
        kind, _ = self._kind()
        dialog = QFileDialog(self, tr("Record to"), self.file.text(), f"{kind.upper()} (*.{kind})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.fileSelected.connect(self.file.setText)
        dialog.fileSelected.connect(self._note_choice)
        dialog.open()

    def _summarise(self) -> None:
        problem = self.problem()
        self.record.setEnabled(not problem)
        if problem:
            self.summary.setText(problem)
            return
        options, lines = self.options(), []
        if options.live:
            lines.append(
                tr(
                    "It begins at once and ends with Stop or {keys}, or after {most:.0f} s.",
                    keys=self._keys,
                    most=MOST_SECONDS,
                )
            )
        elif options.kind != "png" and self._seconds is not None:
            frames = max(1, round(self._seconds * options.rate))
            lines.append(
                tr(
                    "Duration {seconds:.1f} s, number of frames {frames:,}.",
                    seconds=self._seconds,
                    frames=frames,
                )
            )
        if options.kind != "png":
            lines.append(colours())
        if self.size_choice.currentData() is None:
            lines.append(least_size())
        if os.path.exists(options.file):
            lines.append(tr("The existing file of that name will be replaced."))
        self.summary.setText(" ".join(lines))

    def _accept(self) -> None:
        if not self.problem():
            self.accept()
            self.chosen.emit(self.options())


def _row(*parts: QWidget) -> QWidget:
    """Put widgets side by side; the first takes what is left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * GRID)
    for number, part in enumerate(parts):
        layout.addWidget(part, int(number == 0))
    return row
