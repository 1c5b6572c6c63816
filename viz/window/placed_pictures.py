"""Placed pictures: what was opened or added as a picture, page by page, and what was done to it.

A picture is placed by its writing (``viz/pictures``), off the GUI thread. The message says so and
offers what can be changed: every step can be left out, and taken up again, an undo step each; where
the writing takes several canvases, each is a page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QActionGroup, QCursor, QImage
from PyQt6.QtWidgets import QMenu, QWidget

from viz.engine.engine import Engine
from viz.errors import UserError
from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.scene import ImageLayer, Scene
from viz.scene.model import MIN_SIDE
from viz.window.messages import Action, Messages

if TYPE_CHECKING:
    from viz.pictures.placing import Placing

_REMEMBERED = 50
"""So many of the latest scenes are known to show a picture, for undo and redo."""


KEPT_SIDE = 1024
"""Larger pictures are kept in colour at this size: scene files hold no larger ones."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was read: its bytes (h, w) or (h, w, 3), and how it was placed.

    ``kept`` are the bytes that stay with the drawing, of at most ``KEPT_SIDE``."""

    pixels: NDArray[np.uint8]
    name: str
    placing: Placing
    kept: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Shown:
    """A scene that shows a page of a picture, laid on the drawing ``under`` it.

    ``replaced``: it took a drawing's place and can be added to it instead.
    """

    picture: Picture
    page: int
    under: Scene
    scene: Scene
    replaced: bool


class PlacedPictures:
    """Shows pictures, their pages and the steps of their placing."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        messages: Messages,
        parent: QWidget,
        failed: Callable[[Exception], None],
    ) -> None:
        self._document, self._engine, self._messages = document, engine, messages
        self._parent, self._failed = parent, failed
        self._known: deque[_Shown] = deque(maxlen=_REMEMBERED)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that turn pages and change how a picture was placed."""
        edit = tr("&Edit")
        return (
            Command("next_page", edit, tr("Ne&xt page of the picture"), "Alt+PgDown",
                    tr("Show the next page of the picture on the canvas."),
                    partial(self.turn, 1), enabled=partial(self._can_turn, 1)),
            Command("previous_page", edit, tr("Pre&vious page of the picture"), "Alt+PgUp",
                    tr("Show the page of the picture before this one."),
                    partial(self.turn, -1), enabled=partial(self._can_turn, -1)),
            Command("placing", edit, tr("&How the picture was placed"), "",
                    tr("Leave out, or take up again, what was done to the picture."),
                    self.change, enabled=lambda: self._shown is not None),
        )  # fmt: skip

    def open(self, picture: Picture) -> None:
        """Show a picture in the drawing's place; what was drawn is an undo away."""
        if not self._document.scene.items:
            self.add(picture)
            return
        scene = picture.placing.pages[0]
        under = Scene(MIN_SIDE, MIN_SIDE)  # so that each page is a canvas of its own
        shown = _Shown(picture, 0, under, scene, True)
        self._known.append(shown)  # before the commands ask
        self._document.open(scene, None, tr("Open {name}", name=picture.name))
        self._select(shown)

    def add(self, picture: Picture) -> None:
        """Add a picture to the drawing."""
        from viz.scene.images import joined

        under = self._document.scene
        try:
            scene = joined(under, picture.placing.pages[0])
        except UserError as error:
            self._failed(error)
            return
        self._apply(_Shown(picture, 0, under, scene, False), tr("Add image"))

    @property
    def _shown(self) -> _Shown | None:
        """The picture that the scene shows, unless something else was done to it since."""
        scene = self._document.scene
        return next((shown for shown in reversed(self._known) if shown.scene is scene), None)

    def _apply(self, shown: _Shown, text: str) -> None:
        if shown.scene == self._document.scene:  # the step changed nothing
            shown = replace(shown, scene=self._document.scene)
        self._known.append(shown)
        self._document.apply(shown.scene, text)
        self._select(shown)

    def _select(self, shown: _Shown) -> None:
        first = len(shown.under.items)
        self._document.picture = shown.picture.kept
        self._document.select(tuple(range(first, len(shown.scene.items))))
        self._document.view.tool = "select"
        self._tell(shown)

    # Pages

    def _can_turn(self, by: int) -> bool:
        shown = self._shown
        return shown is not None and 0 <= shown.page + by < len(shown.picture.placing.pages)

    def turn(self, by: int) -> None:
        """Show the page ``by`` pages further on, if there is one."""
        shown = self._shown
        if shown is not None and self._can_turn(by):
            self._show(shown, shown.picture, shown.page + by, tr("Turn the page"))

    def _show(self, shown: _Shown, picture: Picture, page: int, text: str) -> None:
        from viz.scene.images import joined

        page = min(page, len(picture.placing.pages) - 1)
        try:
            scene = joined(shown.under, picture.placing.pages[page])
        except UserError as error:
            self._failed(error)
            return
        self._apply(replace(shown, picture=picture, page=page, scene=scene), text)

    # Steps

    def change(self) -> None:
        """Open the menu of what was done to the picture."""
        if (shown := self._shown) is not None:
            menu = self.menu(shown)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(QCursor.pos())

    def menu(self, shown: _Shown | None = None) -> QMenu:
        """Return a menu of the steps, ticked where they were done, and of the pages."""
        menu = QMenu(self._parent)
        shown = shown or self._shown
        if shown is None:
            return menu
        placing = shown.picture.placing
        for step in placing.steps:
            action = menu.addAction(step.text)
            action.setCheckable(True)
            action.setChecked(step.id not in placing.left_out)
            action.triggered.connect(partial(self._change_step, shown, step.id))
        count = len(placing.pages)
        if count > 1:
            menu.addSeparator()
            group = QActionGroup(menu)
            for page in range(count):
                action = menu.addAction(tr("Page {page} of {pages}", page=page + 1, pages=count))
                action.setCheckable(True)
                action.setChecked(page == shown.page)
                group.addAction(action)
                action.triggered.connect(
                    partial(self._show, shown, shown.picture, page, tr("Turn the page"))
                )
        return menu

    def _change_step(self, shown: _Shown, step: str, done: bool) -> None:
        """Place the picture again, with or without a step."""
        picture = shown.picture
        left_out = picture.placing.left_out
        left_out = left_out - {step} if done else left_out | {step}

        def show(placing: Placing) -> None:
            if self._document.scene is shown.scene:
                changed = replace(picture, placing=placing)
                self._show(shown, changed, shown.page, tr("Place the picture differently"))

        work = partial(_place, picture.pixels, picture.name, left_out)
        self._engine.run_job(work, show, self._failed)

    def _add_instead(self, shown: _Shown) -> None:
        """Bring the drawing back that a picture took the place of, and add the picture to it."""
        self._document.undo_stack.undo()
        self.add(shown.picture)

    # What is said

    def _tell(self, shown: _Shown) -> None:
        placing, name = shown.picture.placing, shown.picture.name
        ids = {step.id for step in placing.steps}
        is_inverted = ids == {"inverted"} and not placing.left_out
        pages = len(placing.pages)
        layers = [item for item in placing.pages[0].items if isinstance(item, ImageLayer)]
        pixels = layers[0].pixels if layers else None
        actions: list[Action] = []
        if pages > 1 and shown.page + 1 < pages:
            actions.append((tr("Next page"), partial(self.turn, 1)))
        elif pages > 1:
            actions.append((tr("Previous page"), partial(self.turn, -1)))
        if is_inverted:
            actions.append((tr("Invert back"), partial(self._invert_back, pixels)))
        elif ids:
            actions.append((tr("Change…"), self._change_and_tell))
        if shown.replaced and shown.page == 0 and not placing.left_out:
            actions += [(tr("Add instead"), partial(self._add_instead, shown)),
                        (tr("Undo"), self._document.undo_stack.undo)]  # fmt: skip
        if not actions:
            return
        if pages > 1:
            text = tr(
                "{name} was placed by its writing: page {page} of {pages}.",
                name=name,
                page=shown.page + 1,
                pages=pages,
            )
        elif "size" in ids and shown.replaced:
            text = tr(
                "{name} was opened in place of the drawing, placed by its writing.", name=name
            )
        elif "size" in ids:
            text = tr("{name} was placed by its writing.", name=name)
        elif is_inverted and shown.replaced:
            text = tr(
                "{name} was opened in place of the drawing; it is dark on light and was inverted: "
                "ink is 1.",
                name=name,
            )
        elif is_inverted:
            text = tr("{name} is dark on light and was inverted: ink is 1.", name=name)
        elif shown.replaced:
            text = tr("{name} was opened in place of the drawing.", name=name)
        else:
            text = tr("{name} was added to the drawing.", name=name)

        def holds() -> bool:
            if is_inverted:
                return self._layer_with(pixels) is not None
            return self._document.scene is shown.scene

        self._messages.show(text, actions, holds=holds)

    def _layer_with(self, pixels: NDArray[np.float32] | None) -> int | None:
        """The number of the image on the canvas that shows these pixels, wherever it lies."""
        items = enumerate(self._document.scene.items)
        return next(
            (i for i, item in items if isinstance(item, ImageLayer) and item.pixels is pixels), None
        )

    def _invert_back(self, pixels: NDArray[np.float32] | None) -> None:
        from viz.scene.images import inverted

        scene, index = self._document.scene, self._layer_with(pixels)
        if index is not None:
            item = scene.items[index]
            assert isinstance(item, ImageLayer)
            self._document.apply(scene.with_item(index, inverted(item)), tr("Invert image"))

    def _change_and_tell(self) -> None:
        """Open the menu of steps; if nothing is chosen, the message stays."""
        if (shown := self._shown) is not None:
            self.change()
            self._tell(shown)


def read_picture(path: Path) -> Picture:
    """Open a picture's file and place it; for a job. Raises UserError if it cannot be opened."""
    from viz import disk
    from viz.pictures import placing  # OpenCV and Pillow are imported when there is a picture
    from viz.scene.decoding import MOST_BYTES

    return placed(placing.opened(disk.read(path, MOST_BYTES), path.name), path.name)


def placed(pixels: NDArray[np.uint8], name: str) -> Picture:
    """Place pixels (h, w) or (h, w, 3); for a job."""
    from viz.pictures.pixels import shrunk

    return Picture(pixels, name, _place(pixels, name, frozenset()), shrunk(pixels, KEPT_SIDE))


def pasted(image: QImage) -> Picture:
    """Place an image of Qt's; for a job. Raises UserError if it has no pixels or too many."""
    from viz.pictures import placing

    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    bits = rgba.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(rgba.sizeInBytes()), np.uint8)
    pixels = rows.reshape(rgba.height(), rgba.bytesPerLine() // 4, 4)[:, : rgba.width()]
    return placed(placing.opaque(pixels), tr("Pasted image"))


def _place(pixels: NDArray[np.uint8], name: str, without: frozenset[str]) -> Placing:
    from viz.measure.pictures import chooser_of_main
    from viz.pictures.placing import place

    # The picture stays as it is when another network is chosen
    return place(pixels, name, without=without, choose=chooser_of_main())
