"""Record: the dialog that asks what a picture or film shall show."""

from __future__ import annotations

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
from viz.window.sizes import LEAST_STAGE, LEAST_WINDOW, least_size

SIZES = (LEAST_STAGE, (1280, 720), (1920, 1080))
RATES = {"mp4": (25, 30, 50, 60), "gif": (10, 20, 25, 50)}
"""A GIF's frames last whole hundredths of a second: these rates it holds exactly."""
USUAL = {"mp4": 30, "gif": 20}
LARGEST = 7680, 4320
SAID = 3
"""Lines below the fields: what is said there moves nothing."""


@dataclass(frozen=True)
class Wish:
    """What to record: ``kind`` is ``"mp4"``, ``"gif"``, or ``"png"`` for the present moment. A
    ``take`` is a film of the live session from now on."""

    kind: str
    stage: bool
    size: tuple[int, int]
    rate: int
    file: Path
    take: bool = False


def colours() -> str:
    """What a kind of file does to the colours of units that are one pixel large."""
    return tr("MP4 keeps colours at half the resolution, GIF 255 in all; PNG is exact.")


def least_of_both() -> str:
    """The least sizes, and why."""
    (width, height), (w, h) = LEAST_WINDOW, LEAST_STAGE
    return tr(
        "The whole window needs {width} × {height} px, the stage alone {w} × {h}: in less the maps "
        "have no room.",
        width=width,
        height=height,
        w=w,
        h=h,
    )


class RecordDialog(QDialog):
    """``wished`` when the user wants it done."""

    wished = pyqtSignal(object)

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
        of the demonstration. ``keys`` end a take."""
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
        self.summary.setMinimumHeight(SAID * self.fontMetrics().lineSpacing())
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.record = QPushButton(tr("Record"))
        self._form = QFormLayout()
        self._build()
        self._choose_what()
        self._choose_kind()

    def _build(self) -> None:
        if self._seconds is not None:
            self.kind.addItem(tr("the demonstration, as MP4"), "mp4")
            self.kind.addItem(tr("the demonstration, as GIF"), "gif")
        self.kind.addItem(tr("this moment, as PNG"), "png")
        self.kind.addItem(tr("what I do now, as MP4"), "take mp4")
        self.kind.addItem(tr("what I do now, as GIF"), "take gif")
        self.what.addItem(tr("the whole window"), False)
        self.what.addItem(tr("the stage alone: canvas, maps, instrument"), True)
        self.kind.setToolTip(colours())
        for box in (self.width_px, self.height_px):
            box.setSingleStep(2)
            box.setSuffix(" px")
            box.setToolTip(least_of_both())
        self.width_px.setAccessibleName(tr("Width"))
        self.height_px.setAccessibleName(tr("Height"))
        size = _row(self.size_choice, self.width_px, self.height_px)
        browse = QToolButton()
        browse.setText("…")
        browse.setAccessibleName(tr("Choose the file"))
        browse.clicked.connect(self._browse)
        form = self._form
        form.setSpacing(2 * GRID)
        for label, field in (
            (tr("Record"), self.kind),
            (tr("Part"), self.what),
            (tr("Size"), size),
            (tr("Frames a second"), self.rate),
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
        self._buttons.accepted.connect(self._wish)
        self._buttons.rejected.connect(self.reject)
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.what.currentIndexChanged.connect(self._choose_what)
        self.size_choice.currentIndexChanged.connect(self._choose_size)
        self.rate.currentIndexChanged.connect(self._summarise)
        for box in (self.width_px, self.height_px):
            box.valueChanged.connect(self._summarise)
        self.file.textChanged.connect(self._summarise)
        self.file.textEdited.connect(self._note_choice)

    def wish(self) -> Wish:
        """What the fields say."""
        kind, take = self._kind()
        file = Path(self.file.text().strip()).expanduser()
        if file.suffix.lower() != f".{kind}":
            file = file.with_name(f"{file.name}.{kind}")
        return Wish(
            kind,
            bool(self.what.currentData()),
            (self.width_px.value(), self.height_px.value()),
            int(self.rate.currentData() or 0),
            file,
            take,
        )

    def _kind(self) -> tuple[str, bool]:
        """The kind of file, and whether it is a take's."""
        *take, kind = str(self.kind.currentData()).split()
        return kind, bool(take)

    def problem(self) -> str:
        """Why this cannot be recorded, or ""."""
        if not self.file.text().strip():
            return tr("Name a file.")
        wish = self.wish()
        if not wish.file.parent.is_dir():
            return tr("There is no folder {folder}; choose another.", folder=wish.file.parent)
        if wish.file.is_dir():
            return tr("{file} is a folder; name a file.", file=wish.file)
        if wish.kind == "mp4" and (wish.size[0] % 2 or wish.size[1] % 2):
            return tr("An MP4 has even sides; change the size.")
        return ""

    def _choose_what(self) -> None:
        """Offer the sizes in which all of that has room; the stage has in less."""
        stage, chosen = bool(self.what.currentData()), self.size_choice.currentData()
        least = least_size(stage=stage)
        asked = chosen is None and self.size_choice.count() > 0
        sizes = [
            size
            for size in dict.fromkeys((self._window_size, *SIZES))
            if size[0] >= least[0] and size[1] >= least[1]
        ]
        self.size_choice.blockSignals(True)
        self.size_choice.clear()
        for size in sizes:
            text = tr("{w} × {h}", w=size[0], h=size[1])
            if size == self._window_size:
                text = tr("as the window, {size}", size=text)
            self.size_choice.addItem(text, size)
        self.size_choice.addItem(tr("another:"), None)
        number = len(sizes) if asked else sizes.index(chosen) if chosen in sizes else 0
        self.size_choice.setCurrentIndex(number)
        self.size_choice.blockSignals(False)
        for box, fewest, most in zip((self.width_px, self.height_px), least, LARGEST, strict=True):
            box.setRange(fewest, most)
        self._choose_size()

    def _choose_kind(self) -> None:
        kind, take = self._kind()
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
            self.file.setText(str(self._propose(f".{kind}", kind != "png" and not take)))
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
        wish, lines = self.wish(), []
        if wish.take:
            lines.append(
                tr(
                    "It begins at once and ends with Stop or {keys}, after {most:.0f} s at the "
                    "latest.",
                    keys=self._keys,
                    most=MOST_SECONDS,
                )
            )
        elif wish.kind != "png" and self._seconds is not None:
            frames = max(1, round(self._seconds * wish.rate))
            lines.append(
                tr("{seconds:.1f} s, {frames} frames.", seconds=self._seconds, frames=frames)
            )
        if wish.kind != "png":
            lines.append(colours())
        if self.size_choice.currentData() is None:
            lines.append(least_of_both())
        if wish.file.exists():
            lines.append(tr("It replaces the file of that name."))
        self.summary.setText(" ".join(lines))

    def _wish(self) -> None:
        if not self.problem():
            self.accept()
            self.wished.emit(self.wish())


def _row(*parts: QWidget) -> QWidget:
    """Widgets side by side; the first takes what is left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * GRID)
    for number, part in enumerate(parts):
        layout.addWidget(part, int(number == 0))
    return row
