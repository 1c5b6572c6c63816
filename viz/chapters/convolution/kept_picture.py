"""The picture that was opened last, among the settings of an instrument that takes it as input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.scene import ImageLayer
from viz.session.codec import Picture


class KeptPicture:
    """The document's picture as scene files keep it, one object as long as it is the same."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._picture: Picture | None = None

    @property
    def picture(self) -> Picture | None:
        """None if none was opened."""
        pixels = self._document.picture
        if pixels is None:
            self._picture = None
        elif self._picture is None or self._picture.pixels is not pixels:
            self._picture = Picture(pixels)
        return self._picture

    def restore(self, state: Mapping[str, Any]) -> None:
        """Give the document the picture of an instrument's settings, if they have one."""
        if isinstance(picture := state.get("picture"), Picture):
            self._picture, self._document.picture = picture, picture.pixels

    def source(self, snapshot: Snapshot) -> Picture | ImageLayer | None:
        """Return the picture, or else the uppermost image on the canvas, of which there is ink."""
        layers = [item for item in snapshot.scene.items if isinstance(item, ImageLayer)]
        return self.picture or (layers[-1] if layers else None)


def no_picture() -> str:
    """Say what to do where there is none."""
    return tr("There is no picture: open one with Ctrl+O, or drop one on the canvas.")
