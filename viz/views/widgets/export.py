"""The menu of plots and maps: copy or save what they show, as CSV, PNG or SVG."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from PyQt6.QtCore import QBuffer, QPoint, QRect
from PyQt6.QtGui import QAction, QGuiApplication, QPainter, QPixmap
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from viz import disk
from viz.errors import UserError
from viz.i18n import tr

Rows = Iterable[Sequence[object]]

NO_DIALOGS = "no_dialogs"
"""A window with this property, as while it is presented, opens no dialog."""


def csv_text(rows: Rows) -> str:
    """Return rows as comma-separated values; the first row is the heading."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def picture(widget: QWidget) -> QPixmap:
    """Return what a widget shows, at the sharpness of the screen."""
    return widget.grab()


def svg(widget: QWidget) -> bytes:
    """Return what a widget shows as vectors.

    Qt's generator paints the widgets themselves; pyqtgraph's exporter fails with this PyQt6.
    """
    buffer, generator = QBuffer(), QSvgGenerator()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    generator.setTitle(widget.accessibleName())
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    painter.end()
    return buffer.data().data()


def png(shown: QPixmap) -> bytes:
    """Return a picture as a PNG."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    shown.save(buffer, "PNG")
    return buffer.data().data()


def save(widget: QWidget, rows: Rows, file: Path) -> None:
    """Write what a widget shows in the format that the file's ending names, else as a picture;
    whole or not at all: an older file survives a full disk.

    Raises UserError if it cannot be written.
    """
    if file.suffix == ".csv":
        data = csv_text(rows).encode()
    else:
        data = svg(widget) if file.suffix == ".svg" else png(picture(widget))
    disk.write(data, file)


def save_as(widget: QWidget, rows: Rows, kinds: Mapping[str, str]) -> None:
    """Ask for a file and write what a widget shows, in the format of its ending.

    ``kinds``: the endings to choose from, by what the dialog says of them. A file that cannot be
    written is told in a dialog, too.
    """
    title = tr("Save the values or the image")
    name, kind = QFileDialog.getSaveFileName(widget, title, "", ";;".join(kinds))
    if not name:
        return
    file = Path(name)
    if file.suffix not in kinds.values():
        file = file.with_name(file.name + kinds.get(kind, ".png"))
    try:
        save(widget, rows, file)
    except UserError as error:
        QMessageBox.warning(widget, title, str(error))


def export_menu(widget: QWidget, rows: Callable[[], Rows]) -> QMenu:
    """Build the menu of a ``widget`` whose values are ``rows``; it is gone once it was closed."""
    menu = QMenu(widget)
    menu.aboutToHide.connect(menu.deleteLater)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    kinds = {
        tr("Comma-separated values (*.csv)"): ".csv",
        tr("Image (*.png)"): ".png",
        tr("Vector graphics (*.svg)"): ".svg",
    }

    for text, act in (
        (tr("Copy the values"), lambda: clipboard.setText(csv_text(rows()))),
        (tr("Copy the image"), lambda: clipboard.setPixmap(picture(widget))),
        (tr("Save as CSV, PNG or SVG…"), lambda: save_as(widget, rows(), kinds)),
    ):
        action = QAction(text, menu)
        action.triggered.connect(act)
        menu.addAction(action)
    window = widget.window()
    action.setEnabled(window is None or not window.property(NO_DIALOGS))
    return menu
