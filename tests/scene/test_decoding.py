"""Opening pictures of every format: the pixels, or one sentence that says what the file is."""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import threading
import zlib
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from viz import disk
from viz.errors import UserError
from viz.scene import formats
from viz.scene.decoding import LONGEST_SIDE, MAX_PIXELS, open_picture

GREY = np.linspace(0, 255, 24 * 24).reshape(24, 24).round().astype(np.uint8)


def file(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def grey(mode: str = "L") -> Image.Image:
    return Image.fromarray(GREY).convert(mode)


def luminance(data: bytes) -> np.ndarray:
    return np.asarray(open_picture(data).convert("L"), np.float64)


WRITTEN = {
    "PNG": "RGB", "JPEG": "RGB", "BMP": "RGB", "DIB": "RGB", "GIF": "L", "TIFF": "RGB",
    "WEBP": "RGB", "AVIF": "RGB", "JPEG2000": "RGB", "PPM": "RGB", "ICO": "RGBA", "ICNS": "RGBA",
    "QOI": "RGB", "PCX": "RGB", "SGI": "RGB", "DDS": "RGB", "XBM": "1", "TGA": "RGB",
}  # fmt: skip
"""The formats of those opened that Pillow writes too, each with a mode that it has."""


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_format_is_opened(kind: str) -> None:
    if kind in ("WEBP", "AVIF") and not features.check(kind.lower()):
        pytest.skip(f"this Pillow has no {kind}")
    picture = grey(WRITTEN[kind])
    data = file(picture, kind, **({"sizes": [(24, 24)]} if kind == "ICO" else {}))
    opened = open_picture(data)
    assert opened.mode in ("L", "RGB", "RGBA")
    if kind == "ICNS":  # written in fixed sizes
        return
    assert opened.size == (24, 24)
    expected = np.asarray(grey("1").convert("L") if kind == "XBM" else grey(), np.float64)
    assert np.abs(np.asarray(opened.convert("L"), np.float64) - expected).mean() < 6


def test_what_dialogs_offer_is_what_is_opened() -> None:
    Image.init()
    suffixes = Image.registered_extensions()
    for kind, own in formats.FORMATS.items():
        known = {kind, "MPO"} if kind == "JPEG" else {kind}
        assert kind == "HEIF" or {suffixes[suffix] for suffix in own} <= known
    assert not {"EPS", "WMF", "MPEG", "HDF5", "GRIB", "BUFR"} & set(formats.FORMATS)


DEEP = {
    "16 bits": file(Image.fromarray(GREY.astype(np.uint16) * 257)),
    "16 bits, PPM": file(Image.fromarray(GREY.astype(np.int32) * 257), "PPM"),
    "floats 0 … 1": file(Image.fromarray(GREY.astype(np.float32) / 255), "TIFF"),
    "floats of any range": file(Image.fromarray(GREY.astype(np.float32) * 9 - 700), "TIFF"),
    "32 bits": file(Image.fromarray(GREY.astype(np.int32) * 70_000), "TIFF"),
    "grey and alpha": file(grey("LA")),
    "CMYK": file(grey("RGB").convert("CMYK"), "TIFF"),
    "palette": file(grey("P")),
    "YCbCr": file(grey("RGB").convert("YCbCr"), "TIFF"),
}


@pytest.mark.parametrize("kind", DEEP)
def test_every_depth_and_colour_is_the_same_grey(kind: str) -> None:
    assert np.abs(luminance(DEEP[kind]) - GREY).max() <= 1


def test_floats_that_are_no_numbers_are_ignored() -> None:
    values = GREY.astype(np.float32) / 255
    values[3, 4:7] = np.nan, np.inf, -np.inf
    found = luminance(file(Image.fromarray(values), "TIFF"))
    assert found[3, 4:7].tolist() == [0, 0, 0]
    assert found.max() == 255


def test_transparency_of_every_kind() -> None:
    palette = Image.fromarray((GREY > 99).astype(np.uint8), "P")
    palette.putpalette([9, 9, 9, 200, 0, 0])
    for data in (
        file(palette, transparency=0),
        file(palette, "GIF", transparency=0),
        file(palette, transparency=bytes([0, 255])),
    ):
        opened = open_picture(data)
        assert opened.mode == "RGBA"
        assert np.array_equal(np.asarray(opened)[..., 3], np.where(GREY > 99, 255, 0))


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PNG", "WEBP"])
def test_of_several_frames_the_first_is_opened(kind: str) -> None:
    black, white = (Image.new("L", (24, 24), value) for value in (0, 255))
    data = file(black, kind, save_all=True, append_images=[white, white])
    assert luminance(data).max() == 0


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that promises so many pixels and holds none."""
    data = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT\x35\xaf\x06\x1e"


@pytest.mark.parametrize(
    "size",
    [
        (LONGEST_SIDE + 1, 1),
        (1, LONGEST_SIDE + 1),
        (10_001, MAX_PIXELS // 10_000),
        (60_000, 60_000),
        (2**31 - 1, 2**31 - 1),
    ],
)
def test_too_many_pixels_are_refused_from_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(UserError, match="more than 100 megapixels or 20,000 pixels a side"):
        open_picture(png_header(*size), "sky.png")


def test_an_icon_that_holds_a_larger_picture_than_it_says_is_refused() -> None:
    inner = file(Image.new("1", (LONGEST_SIDE + 1, 20)))
    head = struct.pack("<HHH", 0, 1, 1)
    head += struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22)
    with pytest.raises(UserError):
        open_picture(head + inner, "tiny.ico")


def whole(kind: str) -> bytes:
    picture = grey("RGB").resize((64, 64))
    return file(picture, kind)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_a_file_cut_off_gives_a_sentence(kind: str, share: float) -> None:
    data = whole(kind)
    with pytest.raises(UserError, match=r"scan\.png is .*; (save it anew|open a picture)"):
        open_picture(data[: int(len(data) * share)], "scan.png")


OTHERS = {
    b"": "an empty file",
    b"Dear Sir or Madam": "a text file",
    b"%PDF-1.7\n%\xe2\xe3": "a PDF document",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n": "a PostScript drawing",
    b"\xd7\xcd\xc6\x9a" + bytes(60): "a Windows metafile",
    b"<!DOCTYPE html><html>": "a web page",
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>': "an SVG drawing",
    b'{"type": "FeatureCollection"}': "a JSON file",
    b"PK\x03\x04" + bytes(40): "a ZIP archive, or an office document",
    b"\0\0\0\x18ftypmp42" + bytes(40): "a film",
    b"8BPS\0\x01" + bytes(40): "a Photoshop picture",
    bytes(range(200, 256)) + bytes(9): "a file of an unknown kind",
}


@pytest.mark.parametrize("data", OTHERS, ids=OTHERS.get)
def test_another_file_is_called_what_it_is(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "thing.png"
    path.write_bytes(data)
    with pytest.raises(UserError) as told:
        open_picture(path)
    text = str(told.value)
    assert text.startswith(f"{path} is {OTHERS[data]}; open a picture (PNG, ")
    assert "no scene file" not in text


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60)


def test_the_package_that_opens_heic_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not installed
    with pytest.raises(UserError, match=r"a HEIC picture; install pillow-heif"):
        open_picture(HEIC, "IMG_1.HEIC")


def test_where_it_is_installed_heic_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = SimpleNamespace(register_heif_opener=lambda: None)
    monkeypatch.setitem(sys.modules, "pillow_heif", plugin)
    opener = (
        lambda file, name: Image.open(io.BytesIO(file_of_24)),
        lambda head: head[8:12] == b"heic",
    )
    monkeypatch.setitem(Image.OPEN, "HEIF", opener)
    file_of_24 = file(grey())
    assert open_picture(HEIC).size == (24, 24)


def test_files_that_are_none(tmp_path: Path) -> None:
    for source, match in (
        (tmp_path / "nowhere.png", r"nowhere\.png cannot be opened \(No such file"),
        (tmp_path, r"cannot be opened \(it is a folder\)"),
        ("a\0b.png", "cannot be opened"),
        ("x" * 5000, "cannot be opened"),
    ):
        with pytest.raises(UserError, match=match):
            open_picture(source)


unix = pytest.mark.skipif(sys.platform == "win32", reason="devices and FIFOs as files are Unix's")


@unix
def test_what_is_no_file_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "PATIENCE_S", 0.05)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UserError, match="Nothing more comes through the pipe"):
        open_picture(tmp_path / "fifo")
    reader, writer = os.pipe()
    os.write(writer, b"\x89PNG")
    with pytest.raises(UserError, match="Nothing more comes"):
        open_picture(f"/dev/fd/{reader}")
    os.close(reader)
    os.close(writer)
    for device in ("/dev/zero", "/dev/null"):
        with pytest.raises(UserError, match=r"\(it is a device or a socket\)"):
            open_picture(device)
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # the path of a socket is short
        server.bind("socket")
        with pytest.raises(UserError, match=r"\(it is a device or a socket\)"):
            open_picture("socket")


@unix
def test_a_pipe_that_ends_is_read(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    data = whole("BMP") * 9  # more than a pipe holds; what stands behind the picture is ignored

    def write() -> None:
        with open(writer, "wb") as end:
            end.write(data)

    thread = threading.Thread(target=write)
    thread.start()
    assert open_picture(f"/dev/fd/{reader}").size == (64, 64)
    thread.join()
    os.close(reader)


SMALL = {kind: file(grey(mode), kind) for kind, mode in WRITTEN.items() if kind != "ICNS"}


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(SMALL)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    st.integers(0, 60),
)
def test_a_damaged_file_gives_a_picture_or_a_sentence(
    kind: str, damage: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(SMALL[kind])
    for position, value in damage:
        data[position % len(data)] = value
    try:
        picture = open_picture(bytes(data[: len(data) - cut]), "x")
    except UserError:
        return
    assert picture.mode in ("L", "RGB", "RGBA")
    assert 0 < picture.width * picture.height <= MAX_PIXELS


@settings(max_examples=60)
@given(st.binary(max_size=64), st.sampled_from([data[:16] for data in SMALL.values()] + [b""]))
def test_bytes_of_any_kind_give_a_sentence_or_a_picture(tail: bytes, head: bytes) -> None:
    with suppress(UserError):
        assert open_picture(head + tail, "x").mode in ("L", "RGB", "RGBA")
