"""What a drop or the clipboard brings, as browsers, file managers and screenshots put it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from canvas_user import CanvasUser
from PyQt6.QtCore import QBuffer, QIODevice, QMimeData, QSize, QUrl
from PyQt6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.errors import UserError
from viz.scene import ImageLayer, Scene
from viz.views.canvas.transferred import content

WEB = QUrl("https://example.org/seven.png")


def pixels() -> QImage:
    image = QImage(QSize(12, 9), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image


def mime(*urls: QUrl, image: QImage | None = None, html: str = "") -> QMimeData:
    data = QMimeData()
    if urls:
        data.setUrls(urls)
    if image is not None:
        data.setImageData(image)
    if html:
        data.setHtml(html)
    return data


def inline() -> QUrl:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixels().save(buffer, "PNG")
    coded = base64.b64encode(buffer.data().data()).decode()
    return QUrl(f"data:image/png;base64,{coded}")


def test_of_a_browsers_picture_the_pixels_are_taken() -> None:
    html = '<img src="https://example.org/seven.png">'
    for data in (mime(WEB, image=pixels(), html=html), mime(image=pixels()), mime(inline())):
        taken = content(data)
        assert isinstance(taken, QImage) and taken.size() == QSize(12, 9)


def test_files_go_before_pixels_if_they_are_there(tmp_path: Path) -> None:
    there, absent = tmp_path / "a.png", tmp_path / "b.png"
    there.touch()
    local = [QUrl.fromLocalFile(str(path)) for path in (there, absent)]
    assert content(mime(local[0], image=pixels())) == [str(there)]
    assert content(mime(*local, WEB)) == [str(there), str(absent)], "opening says what is missing"
    assert isinstance(content(mime(local[1], image=pixels())), QImage)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: mime(WEB), "on a web page has to be saved first"),
        (lambda: mime(QUrl("data:image/png;base64,%%%")), "has to be saved first"),
        (lambda: mime(QUrl("data:image/png;base64,AAAA")), "has to be saved first"),
        (lambda: mime(image=QImage()), "neither a picture nor files"),
        (lambda: mime(html="<b>7</b>"), "neither a picture nor files"),
    ],
)
def test_what_cannot_be_taken_is_told(data, told: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UserError, match=told):
        content(data())


def test_the_canvas_tells_what_it_cannot_take(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 64))
    with qtbot.waitSignal(user.canvas.refused) as told:
        user.drop(mime(WEB), (5, 5))
    assert "has to be saved first" in told.args[0]


def test_pasting_from_a_browser(open_application, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    application: Application = open_application(Scene(32, 64))
    files, messages = application.window.files, application.window.messages
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(mime(WEB))
    files.paste()
    assert "has to be saved first" in messages.text
    clipboard.setMimeData(mime(html="<b>7</b>"))
    files.paste()
    assert "holds no image" in messages.text
    clipboard.setMimeData(mime(WEB, image=pixels()))
    files.paste()
    qtbot.waitUntil(lambda: len(application.document.scene.items) == 1)
    assert isinstance(application.document.scene.items[0], ImageLayer)
    clipboard.clear()


def test_a_file_of_another_kind_is_called_what_it_is(
    open_application, qtbot: QtBot, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    application: Application = open_application(Scene(32, 64))
    for name, data, told in (
        ("notes.pdf", b"%PDF-1.7", "notes.pdf is a PDF document; open a picture (PNG"),
        ("page", b"<!DOCTYPE html>", "page is a web page; open a picture (PNG"),
        ("map.json", b'{"type": "Feature"}', "map.json: This is a JSON file of another program"),
        ("empty.json", b"", "empty.json is an empty file; open a picture (PNG"),
    ):
        (tmp_path / name).write_bytes(data)
        application.window.files.open_paths([str(tmp_path / name)])
        qtbot.waitUntil(lambda told=told: told in application.window.messages.text)
        assert "no scene file" not in application.window.messages.text
    (tmp_path / "photo.json").write_bytes(base64.b64decode(inline().toString().partition(",")[2]))
    application.window.files.open_paths([str(tmp_path / "photo.json")])
    qtbot.waitUntil(lambda: len(application.document.scene.items) == 1)
