"""File commands: scenes and images come in and go out; reading large images is a job.

Everything from outside is converted here, at the edge; what cannot be read becomes one message.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QStandardPaths
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtWidgets import QFileDialog, QInputDialog

from viz import disk
from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.document import Document
from viz.nets.networks import MAIN
from viz.scene import Group, ImageLayer, Scene, Transform, formats
from viz.scene.digits import HANDWRITINGS, digit
from viz.scene.edit import resized
from viz.session import files as scene_files
from viz.session import lecture_files
from viz.session.session import Session
from viz.views.canvas import transferred
from viz.views.canvas.commands import free_place, put_beside
from viz.views.widgets.export import png
from viz.window.dialogs import Dialogs
from viz.window.messages import NOTICE_MS, PASSING_MS, Messages
from viz.window.open_files import OpenFiles
from viz.window.parsing import read_in_job
from viz.window.placed_pictures import Picture, PlacedPictures, pasted, read_picture
from viz.window.saving import Saving, is_large
from viz.window.session_store import SessionStore

if TYPE_CHECKING:
    from viz.nets.data import Digits
    from viz.nets.pen import PenDigit

SCENE_FILTER = "*.json"
SHORT = QFileDialog.Option.HideNameFilterDetails
"""The dialog does not list dozens of endings."""


class Files:
    """The File menu's handlers."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        store: SessionStore,
        messages: Messages,
        dialogs: Dialogs,
    ) -> None:
        self._document, self._engine, self._store = document, engine, store
        self._messages, self._dialogs = messages, dialogs
        self.pictures = PlacedPictures(document, engine, messages, dialogs.parent, self._failed)
        self.open_files = OpenFiles(messages)
        """What was read and written."""
        self.saving = Saving(engine, messages)
        self.open_lecture: Callable[[Path], object] = lambda path: None
        """Opens a lecture, which is shown by another part of the window."""

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that bring drawings and pictures in and out."""
        file, edit = tr("&File"), tr("&Edit")
        return (
            Command("new", file, tr("&New drawing"), "Ctrl+N",
                    tr("Start with an empty canvas of the same size, the default model and no "
                       "ablated map."), self.new),
            Command("open", file, tr("&Open…"), "Ctrl+O",
                    tr("Open a scene file, an image (PNG, JPEG, WebP, TIFF and others) in place "
                       "of the drawing, or a lecture."),
                    self.open_dialog, dialog=True),
            Command("place", file, tr("&Place image…"), "Ctrl+Shift+I",
                    tr("Add an image (PNG, JPEG, WebP, TIFF and others) to the drawing."),
                    self.place_dialog, dialog=True),
            Command("save", file, tr("&Save"), "Ctrl+S",
                    tr("Save the drawing as a scene file."), self.save, enabled=self._can_save),
            Command("save_as", file, tr("Save &as…"), "Ctrl+Shift+S",
                    tr("Save the drawing under another name."), self.save_as, dialog=True),
            Command("export", file, tr("&Export image…"), "Ctrl+E",
                    tr("Save the whole window as a PNG at the resolution of the screen."),
                    self.export_dialog, separated=True, dialog=True),
            Command("mnist", file, tr("&MNIST test digit…"), "Ctrl+M",
                    tr("Put a digit of the MNIST test set on the canvas, by its number; where "
                       "MNIST is missing, an included pen digit."),
                    self.mnist_dialog, dialog=True),
            Command("paste", edit, tr("&Paste image"), "Ctrl+V",
                    tr("Put the image from the clipboard on the canvas."), self.paste,
                    separated=True),
            Command("invert", edit, tr("&Invert image"), "I",
                    tr("Exchange dark and light in the selected image, or in the topmost one."),
                    self.invert),
            *self.pictures.commands(),
            Command("random", edit, tr("Rando&m digit"), "R",
                    tr("Add a digit in one of the handwriting styles, slightly distorted."),
                    self.random_digit, short=tr("Random")),
        )  # fmt: skip

    def _can_save(self) -> bool:
        """Whether Save needs no dialog, or may open one."""
        return self._document.file is not None or not self._document.view.presenting

    # Scenes

    def new(self) -> None:
        """Empty the canvas, with the main network and no ablated map; undo brings the drawing back,
        autosave forgets it."""
        empty = Scene(self._document.scene.height, self._document.scene.width)
        text = tr("New drawing")
        self._document.open(empty, None, text, network=MAIN, ablated={}, keep=False)

    def open_dialog(self) -> None:
        """Choose files and open them."""
        if not self._dialogs.may_open():
            return
        names, _ = QFileDialog.getOpenFileNames(
            self._dialogs.parent,
            tr("Open"),
            self.folder(),
            tr(
                "Scene files, lectures and images ({all});;All files (*)",
                all=f"{SCENE_FILTER} *{lecture_files.PACKED} {formats.FILTER}",
            ),
            "",
            SHORT,
        )
        self.open_paths(names)

    def folder(self) -> str:
        """Return where a file dialog opens: where it was last, else the user's documents."""
        return str(settings.get("folder")) or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )

    def open_paths(self, names: list[str]) -> None:
        """Open scene files and images in the drawing's place, further images beside the first, and
        lectures; read off the GUI thread."""
        paths = [Path(name) for name in names]
        images = [path for path in paths if path.suffix.lower() in formats.SUFFIXES]
        for path in paths:
            settings.put("folder", str(path.parent))
            if lecture_files.is_lecture(path):
                self.open_lecture(path)
            elif path not in images:
                read_in_job(
                    "scene", path, self._engine, self._messages,
                    partial(self._show_opened, path), partial(self._failed, name=path.name),
                )  # fmt: skip
        self._read_images(images, replace_drawing=True)

    def place_dialog(self) -> None:
        """Choose images and add them to the drawing."""
        if not self._dialogs.may_open():
            return
        names, _ = QFileDialog.getOpenFileNames(
            self._dialogs.parent,
            tr("Place image"),
            self.folder(),
            tr("Images ({all});;All files (*)", all=formats.FILTER),
            "",
            SHORT,
        )
        for name in names:
            settings.put("folder", str(Path(name).parent))
        self._read_images([Path(name) for name in names], replace_drawing=False)

    def _read_images(self, paths: list[Path], *, replace_drawing: bool) -> None:
        """Read images one after another, off the GUI thread, and show them in this order."""
        if not paths:
            return
        show = self.pictures.open if replace_drawing else self.pictures.add

        def take(picture: Picture) -> None:
            settings.note_file(paths[0])
            show(picture)
            self._read_images(paths[1:], replace_drawing=False)

        def skip(error: Exception) -> None:
            self._read_images(paths[1:], replace_drawing=replace_drawing)
            self._failed(error)

        self._engine.run_job(partial(read_picture, paths[0]), take, skip)

    def _show_opened(self, path: Path, opened: Session | Scene | Picture, checksum: str) -> None:
        # An undo step, so that opening the wrong file loses nothing that was drawn
        settings.note_file(path)
        if isinstance(opened, Picture):
            self.pictures.open(opened)
            return
        self.open_files.note(path, checksum)
        if isinstance(opened, Session):
            self.restore(opened, path)
        else:
            self._document.open(opened, path, tr("Open {name}", name=path.name))

    def restore(self, session: Session, path: Path | None) -> None:
        """Show a session, or say why not; ``path`` is where it came from."""
        try:
            self._store.restore(session, path)
        except UserError as error:
            self._failed(error, path.name if path is not None else "")

    def save(self) -> None:
        """Save to the file it came from, else ask for one."""
        if self._document.file is None:
            self.save_as()
        else:
            document, file = self._document, self._document.file
            self.open_files.save(file, self._save_to, self.save_as, lambda: document.file == file)

    def save_as(self) -> None:
        """Save under a new name."""
        path = self.ask(
            tr("Save the drawing"),
            self._document.file or Path(self.folder(), f"drawing{scene_files.SUFFIX}"),
            tr("Scene files ({all})", all=SCENE_FILTER),
            scene_files.SUFFIX,
        )
        if path is not None:
            self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        """Save there, and tell whether that went well; a large drawing is on its way then."""
        session, loaded = self._store.capture(), self._document.loaded
        if is_large(session.scene):
            gone = self.open_files.is_gone(path)
            saved = partial(self._note_saved, path, session.scene, loaded, gone=gone)
            self.saving.save(session, path, saved)
            return False
        try:
            scene_files.save(session, path, known_ids())
        except UserError as error:
            self._messages.show(str(error))
            return False
        self._note_saved(path, session.scene, loaded)
        return True

    def _note_saved(
        self, path: Path, scene: Scene, loaded: int, checksum: str | None = None, gone: bool = False
    ) -> None:
        """Note that a file holds a scene, and say so. ``loaded``: ``Document.loaded`` of then."""
        self.open_files.note(path, checksum)
        self._document.saved_as(path, scene, loaded)
        settings.note_file(path)
        if gone:
            self.open_files.say_saved_anew(path)
        else:
            self._messages.show(tr("Saved as {file}.", file=path), for_ms=NOTICE_MS)

    def export_dialog(self) -> None:
        """Save the window as it is as a PNG."""
        picture = self._dialogs.parent.grab()  # before the dialog lies over it
        proposal = Path(self.folder(), "lenetscope.png")
        path = self.ask(tr("Export image"), proposal, "PNG (*.png)", ".png")
        if path is None:
            return
        try:
            disk.write(png(picture), path)
        except UserError as error:
            self._failed(error)
        else:
            self._messages.show(tr("Saved as {file}.", file=path), for_ms=NOTICE_MS)

    def ask(self, title: str, proposal: Path, kinds: str, suffix: str) -> Path | None:
        """Ask where to save; a name without a suffix gets ``suffix`` before the dialog asks whether
        to overwrite."""
        if not self._dialogs.may_open():
            return None
        dialog = QFileDialog(self._dialogs.parent, title, str(proposal.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.selectFile(proposal.name)
        if not dialog.exec():
            return None
        path = Path(dialog.selectedFiles()[0])
        settings.put("folder", str(path.parent))
        return path

    # Images

    def place_image(self, image: QImage) -> None:
        """Put a pasted or dropped picture on the canvas."""
        self._engine.run_job(partial(pasted, image), self.pictures.add, self._failed)

    def paste(self) -> None:
        """Paste an image, or image files."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData() if clipboard else None
        if clipboard is None or data is None:
            return
        if not data.hasUrls() and not data.hasImage():
            self._messages.show(
                tr("The clipboard holds no image; copy one first."), for_ms=PASSING_MS
            )
            return
        try:
            content = transferred.content(data)
        except UserError as error:
            self._failed(error)
            return
        if isinstance(content, QImage):
            self.place_image(content)
        else:
            self.open_paths(content)

    def invert(self) -> None:
        """Swap dark and light in the selected image, or the topmost."""
        scene, chosen = self._document.scene, self._document.selection
        images = [i for i, item in enumerate(scene.items) if isinstance(item, ImageLayer)]
        picked = [i for i in images if i in chosen] or images[-1:]
        if not picked:
            self._messages.show(
                tr("There is no image on the canvas; open or paste one first."), for_ms=PASSING_MS
            )
        self._invert(picked)

    def _invert(self, indices: Iterable[int]) -> None:
        from viz.scene.images import inverted

        scene = self._document.scene
        for index in indices:
            item = scene.items[index]
            assert isinstance(item, ImageLayer)
            scene = scene.with_item(index, inverted(item))
        self._document.apply(scene, tr("Invert image"))

    # Digits

    def random_digit(self) -> None:
        """Add a digit in a random handwriting, a little out of shape, beside what is there."""
        transform = Transform(
            scale=random.uniform(0.8, 1.15),
            angle=random.uniform(-12, 12),
            squeeze=random.uniform(0.85, 1.15),
            slant=random.uniform(-0.15, 0.25),
        )
        group = digit(random.randrange(10), random.choice(HANDWRITINGS))
        self._put(replace(group, transform=transform))

    def mnist_dialog(self) -> None:
        """Ask for the number of an MNIST test digit and put it on the canvas; where MNIST is
        missing, of a pen digit that comes with the program."""
        self._engine.run_job(_read_test_digits, self._ask_for_digit, self._failed)

    def _ask_for_digit(self, digits: Digits | tuple[PenDigit, ...]) -> None:
        if not self._dialogs.may_open():  # it may have begun while they were read
            return
        title, last = tr("MNIST test digit"), len(digits) - 1
        text = tr("Number (0 … {last})", last=last)
        if isinstance(digits, tuple):
            title = tr("Included pen digit")
            text = tr(
                "MNIST is not on this computer; these are the included pen digits.\nTo get MNIST, "
                "run “lenetscope train --download” or name its folder in MNIST_DIR.\nNumber (0 … "
                "{last})",
                last=last,
            )
        number, ok = QInputDialog.getInt(self._dialogs.parent, title, text, 0, 0, last)
        if not ok:
            return
        if isinstance(digits, tuple):
            self._put_pen_digit(digits[number])
        else:
            self._put_mnist_digit(digits, number)

    def _put_mnist_digit(self, digits: Digits, number: int) -> None:
        pixels = np.asarray(digits.images[number], np.float32) / np.float32(255)
        name = tr("MNIST {number}: a {label}", number=number, label=int(digits.labels[number]))
        scene = self._document.scene
        x, width = free_place(scene, pixels.shape[1] / 2, self._document.architecture.window)
        # On whole pixels, so that the image is MNIST's own and not resampled
        layer = ImageLayer(pixels, (float(round(x)), float(scene.height // 2)), name=name)
        scene = resized(scene, scene.height, width)
        self._document.apply(replace(scene, items=(*scene.items, layer)), tr("Add MNIST digit"))
        self._document.select((len(scene.items),))

    def _put_pen_digit(self, digit: PenDigit) -> None:
        from viz.nets.pen import drawn

        # Named like the palette's digits: the name is the class that it is held to
        self._put(Group.of(drawn(digit), str(digit.label)))

    def _put(self, group: Group) -> None:
        """Put a digit beside what is there, or say why it cannot be."""
        try:
            put_beside(self._document, group)
        except UserError as error:
            self._failed(error)

    def _failed(self, error: Exception, name: str = "") -> None:
        if isinstance(error, UserError):
            told = str(error)
            self._messages.show(told if name in told else f"{name}: {told}")
        else:
            raise error


def _read_test_digits() -> Digits | tuple[PenDigit, ...]:
    """Read MNIST's test digits; the pen digits that come with the program where it is missing."""
    from viz.nets.data import MissingMnistError, load_mnist

    try:
        return load_mnist(test=True)
    except MissingMnistError:
        from viz.nets.shipped_digits import shipped_digits

        return shipped_digits()
