"""Enlarging: one thing, or one map of a layer, has the whole stage, until it is given back."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QCursor

from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.nets.architecture import Architecture
from viz.window.stage import ENLARGEABLE, StageArea


class Enlarging(QObject):
    """The keys that enlarge; what is enlarged is the view state's."""

    told = pyqtSignal(str)
    """A sentence to be said for a while."""

    def __init__(self, area: StageArea, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area, self._document, self._view = area, document, document.view
        self._last = "canvas"
        document.snapshot_changed.connect(self._return_if_gone)
        self._view.changed.connect(self._follow)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that enlarge."""
        menu, view = tr("&View"), self._view
        return (
            Command("enlarge", menu, tr("E&nlarge what is pointed at"), "Z",
                    tr("Enlarge what is under the pointer to the whole stage: the canvas, a layer, "
                       "the scores or the instrument; again, or Esc, goes back. A double click on "
                       "its head does the same; for the canvas, on the answer above it."),
                    self.toggle, checked=lambda: bool(view.enlarged), separated=True, once=True),
            Command("enlarge_map", menu, tr("Enlarge the &map pointed at"), "Shift+Z",
                    tr("Enlarge the map under the pointer, or that of the pinned unit, to the "
                       "whole stage, with its numbers where they have room; Esc goes back to the "
                       "layer, then to the stage. A double click on the map does the same."),
                    self.toggle_map,
                    checked=lambda: view.enlarged_map is not None, once=True),
        )  # fmt: skip

    def toggle(self) -> None:
        """Enlarge what is under the pointer, else what was enlarged last; or return."""
        view = self._view
        view.enlarged = "" if view.enlarged else self._name_under_pointer() or self._last

    def _name_under_pointer(self) -> str:
        for stage in (self._area.live, self._area.other):
            if stage is not None:
                position = stage.mapFromGlobal(QCursor.pos())
                if stage.rect().contains(position):
                    return stage.name_at(position)
        return ""

    def toggle_map(self) -> None:
        """Enlarge the map of the unit that is pointed at, or pinned; or go back to its layer."""
        view, unit = self._view, self._document.inspected
        if view.enlarged_map is not None:
            self.go_back()
            return
        mosaics = self._area.live.maps.architecture.mosaics
        if unit is not None and unit.layer in (layer.name for layer in mosaics):
            view.enlarged = f"{unit.layer}:{unit.map}"
        else:
            self.told.emit(tr("Point at a map of a layer, then press Shift+Z to enlarge it alone."))

    def go_back(self) -> bool:
        """Go back from one map to its layer, from anything else to the stage; return whether
        anything was enlarged."""
        view = self._view
        was_enlarged = bool(view.enlarged)
        view.enlarged = view.enlarged_map[0] if view.enlarged_map is not None else ""
        return was_enlarged

    def _follow(self, name: str) -> None:
        if name == "enlarged" and self._view.enlarged:
            self._last = self._view.enlarged

    def _return_if_gone(self) -> None:
        """Return if the network that answers has not what is enlarged."""
        snapshot, view = self._document.snapshot, self._view
        if not view.enlarged or snapshot is None:
            return
        shown = snapshot.request.network == self._document.network  # else another is on its way
        if shown and not _has(snapshot.architecture, view.enlarged, view.enlarged_map):
            view.enlarged = ""


def _has(architecture: Architecture, name: str, one: tuple[str, int] | None) -> bool:
    """Whether there is something of this name, ``one`` map or not, to be enlarged."""
    if one is not None:
        return any(one[0] == layer.name and one[1] < layer.maps for layer in architecture.mosaics)
    layers = (*architecture.mosaics, *architecture.vectors)
    return name in ENLARGEABLE or name in (layer.name for layer in layers)
