"""The menu of a map: ablate it, pin a unit, enlarge the layer, copy its values, save a picture."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMenu, QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Unit
from viz.views.widgets.export import NO_DIALOGS, Rows, csv_text, save_as


def map_menu(view: QWidget, document: Document, unit: Unit, rows: Callable[[], Rows]) -> QMenu:
    """Build the menu of the map that holds ``unit``; it is gone once it was closed.

    ``rows`` are the map's values. Of a read-only document nothing is ablated or pinned; while
    presenting nothing is saved, which takes a dialog.
    """
    menu = QMenu(view)
    menu.aboutToHide.connect(menu.deleteLater)
    layer, number = unit.layer, unit.map
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None

    def add(text: str, act: Callable[[], object]) -> None:
        action = menu.addAction(text)
        assert action is not None
        action.triggered.connect(lambda _: act())

    if not document.read_only:
        is_ablated = number in document.ablated.get(layer, ())
        text = (
            tr("Restore map {map} of {layer}", map=number, layer=layer)
            if is_ablated
            else tr("Ablate map {map} of {layer}", map=number, layer=layer)
        )
        add(text, lambda: document.toggle_ablation(layer, number))
        is_pinned = document.pinned == unit
        add(tr("Unpin") if is_pinned else tr("Pin unit"), lambda: document.pin(unit))
        menu.addSeparator()
    look = document.view
    if look.enlarged.partition(":")[0] == layer:
        add(tr("Back to the usual size"), lambda: look.put("enlarged", ""))
    else:
        add(tr("Enlarge {layer}", layer=layer), lambda: look.put("enlarged", layer))
    menu.addSeparator()
    add(tr("Copy values as CSV"), lambda: clipboard.setText(csv_text(rows())))
    window = view.window()
    if window is None or not window.property(NO_DIALOGS):
        name = tr("Save {layer} as PNG…", layer=layer)
        add(name, lambda: save_as(view, rows(), {tr("Image (*.png)"): ".png"}))
    return menu
