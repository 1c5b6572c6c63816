"""The menu of a map: ablate it, pin a unit, enlarge it or its layer, copy its values, save a
picture. Beside the entries stands what does the same without the menu."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMenu, QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Unit
from viz.views.widgets.export import NO_DIALOGS, Rows, csv_text, save_as


def map_menu(
    view: QWidget, document: Document, unit: Unit, name: str, rows: Callable[[], Rows]
) -> QMenu:
    """Build the menu of the map that holds ``unit``; it is gone once it was closed.

    ``name`` is that by which the map is enlarged, ``rows`` are its values. Of a read-only document
    nothing is ablated or pinned; while presenting nothing is saved, which takes a dialog.
    """
    menu = QMenu(view)
    menu.aboutToHide.connect(menu.deleteLater)
    layer, number = unit.layer, unit.map
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None

    def add(text: str, act: Callable[[], object], gesture: str = "") -> None:
        action = menu.addAction(f"{text}\t{gesture}" if gesture else text)
        assert action is not None
        action.triggered.connect(lambda _: act())

    if not document.read_only:
        is_ablated = number in document.ablated.get(layer, ())
        text = (
            tr("Restore map {map} of {layer}", map=number, layer=layer)
            if is_ablated
            else tr("Ablate map {map} of {layer}", map=number, layer=layer)
        )
        add(text, lambda: document.toggle_ablation(layer, number), tr("Ctrl+Click"))
        is_pinned = document.pinned == unit
        add(tr("Unpin") if is_pinned else tr("Pin unit"), lambda: document.pin(unit), tr("Click"))
        menu.addSeparator()
    look, double = document.view, tr("Double-click")
    if name not in (layer, look.enlarged):
        text = tr("Enlarge map {map} of {layer}", map=number, layer=layer)
        add(text, lambda: look.put("enlarged", name), double)
    if look.enlarged.partition(":")[0] == layer:
        back = double if name == look.enlarged else ""
        add(tr("Back to the usual size"), lambda: look.put("enlarged", ""), back)
    else:
        only = double if name == layer else ""
        add(tr("Enlarge {layer}", layer=layer), lambda: look.put("enlarged", layer), only)
    menu.addSeparator()
    add(tr("Copy values as CSV"), lambda: clipboard.setText(csv_text(rows())))
    window = view.window()
    if window is None or not window.property(NO_DIALOGS):
        text = tr("Save {layer} as PNG…", layer=layer)
        add(text, lambda: save_as(view, rows(), {tr("Image (*.png)"): ".png"}))
    return menu
