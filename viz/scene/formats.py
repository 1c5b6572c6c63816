"""Formats: the kinds of pictures that are opened, and what other files are by their first bytes.

Opened is what Pillow decodes within the process. What it hands to another program (EPS, WMF) or
knows by name only (HDF5, GRIB) is not. Pillow itself is not imported here: dialogs need the names.
"""

from __future__ import annotations

from viz.i18n import tr

FORMATS = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "AVIF": (".avif",),
    "HEIF": (".heic", ".heif"),
    "JPEG2000": (".jp2", ".j2k", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "ICO": (".ico",),
    "CUR": (".cur",),
    "ICNS": (".icns",),
    "QOI": (".qoi",),
    "PCX": (".pcx",),
    "SGI": (".sgi", ".rgb", ".bw"),
    "DDS": (".dds",),
    "SUN": (".ras",),
    "XBM": (".xbm",),
    "XPM": (".xpm",),
    "TGA": (".tga",),  # the last: it has no mark at its beginning
}
"""Pillow's names of the formats, in the order in which they are tried, and their files' suffixes.
"HEIF" is there where ``pillow-heif`` is installed."""

SUFFIXES = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)
FILTER = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in SUFFIXES)
"""The pattern of a file dialog; some dialogs tell small letters from capitals."""

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def is_heic(data: bytes) -> bool:
    """Tell whether a file, by its beginning, is of the format of Apple's telephones."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS and b"avif" not in data[8:64]


def is_scene(data: bytes) -> bool:
    """Tell whether a file, by its beginning, can be a scene file: a JSON object."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and not data.startswith(
        b"{\\rtf"
    )


def is_picture(data: bytes) -> bool:
    """Tell whether a file, by a mark at its beginning, is a picture of a format that is opened."""
    return _marked(data, _pictures()) is not None


def described(data: bytes) -> str:
    """Say what the file that begins so is, as in “… is a PDF document”."""
    if not data:
        return tr("an empty file")
    known = _marked(data, (*_pictures(), *_others()))
    if known is not None:
        return known
    if is_scene(data):
        return tr("a JSON file")
    text = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return tr("a web page")
    if b"<svg" in text:
        return tr("an SVG drawing")
    if text.startswith(b"<"):
        return tr("an XML file")
    if not any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in data[:512]):
        return tr("a text file")
    return tr("a file of an unknown kind")


_Marks = tuple[tuple[tuple[tuple[int, bytes], ...], str], ...]
"""Of each kind of file ((place, mark), …), one of which it has, and its name with its article."""


def _marked(data: bytes, kinds: _Marks) -> str | None:
    return next(
        (
            words
            for marks, words in kinds
            if any(data[at : at + len(mark)] == mark for at, mark in marks)
        ),
        None,
    )


def _pictures() -> _Marks:
    return (
        (((0, b"\x89PNG"),), tr("a PNG picture")),
        (((0, b"\xff\xd8\xff"),), tr("a JPEG picture")),
        (((0, b"GIF8"),), tr("a GIF picture")),
        (((0, b"II*\0"), (0, b"MM\0*")), tr("a TIFF picture")),
        (((8, b"WEBP"),), tr("a WebP picture")),
        (((4, b"ftypavif"), (4, b"ftypavis")), tr("an AVIF picture")),
        (((4, b"jP  \r\n\x87\n"), (0, b"\xffO\xffQ")), tr("a JPEG 2000 picture")),
        (((0, b"qoif"),), tr("a QOI picture")),
        (((0, b"DDS "),), tr("a DDS picture")),
        (((0, b"BM"),), tr("a BMP picture")),
        *((((4, b"ftyp" + brand),), tr("a HEIC picture")) for brand in HEIC_BRANDS),
    )


def _others() -> _Marks:
    return (
        (((0, b"%PDF"),), tr("a PDF document")),
        (((0, b"%!PS"), (0, b"\xc5\xd0\xd3\xc6")), tr("a PostScript drawing")),
        (((0, b"\xd7\xcd\xc6\x9a"), (40, b" EMF")), tr("a Windows metafile")),
        (((0, b"8BPS"),), tr("a Photoshop picture")),
        (((0, b"gimp xcf"),), tr("a GIMP picture")),
        (((0, b"FUJIFILMCCD-RAW"), (0, b"IIRO"), (0, b"IIU\0")), tr("a camera's raw picture")),
        (((0, b"\xff\x0a"), (4, b"JXL ")), tr("a JPEG XL picture")),
        (((4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (8, b"AVI ")), tr("a film")),
        (((0, b"ID3"), (8, b"WAVE"), (0, b"OggS"), (0, b"fLaC")), tr("a sound")),
        (((0, b"PK\x03\x04"),), tr("a ZIP archive, or an office document")),
        (((0, b"\xd0\xcf\x11\xe0"), (0, b"{\\rtf")), tr("an office document")),
        (((0, b"\x1f\x8b"), (0, b"7z\xbc\xaf"), (0, b"Rar!"), (0, b"BZh"), (0, b"\xfd7zXZ")),
         tr("a packed archive")),
        (((0, b"\x7fELF"), (0, b"MZ")), tr("a program")),
        (((0, b"\x93NUMPY"),), tr("a NumPy array")),
    )  # fmt: skip
