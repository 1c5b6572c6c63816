"""What a drop or the clipboard brings: files, or pixels, or a sentence that says why neither."""

from __future__ import annotations

import base64
import os
from binascii import Error as DamagedBase64

from PyQt6.QtCore import QMimeData
from PyQt6.QtGui import QImage

from viz.errors import UserError
from viz.i18n import tr


def content(mime: QMimeData) -> list[str] | QImage:
    """Return the paths of files on this machine, else the pixels.

    A browser gives a picture's address and its pixels: then these are taken. Raises UserError if
    there is neither.
    """
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    if image.isNull():
        image = _inline(mime)
    # A screenshot's program may name a file that it has not written
    if paths and (image.isNull() or all(map(os.path.exists, paths))):
        return paths
    if not image.isNull():
        return image
    if mime.urls():
        raise UserError(tr("A picture on a web page has to be saved first; then open the file."))
    raise UserError(
        tr("That holds neither a picture nor files; take a picture, or files of this machine.")
    )


def _inline(mime: QMimeData) -> QImage:
    """The pixels of an address that holds them, as small pictures on web pages do."""
    for url in mime.urls():
        head, _, data = url.toString().partition(",")
        if url.scheme() == "data" and head.endswith(";base64"):
            try:
                return QImage.fromData(base64.b64decode(data, validate=True))
            except DamagedBase64:
                continue
    return QImage()
