"""Decoding: a picture's file, of any format that is opened, becomes pixels of 8 bits.

Files come from strangers: size and format are checked before anything is decoded, a decoder may
raise whatever it comes to, and all that goes wrong is one sentence that says what the file is.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.scene import formats

MAX_PIXELS = 100_000_000
LONGEST_SIDE = 20_000
"""Larger pictures are refused before they are decoded."""

MOST_BYTES = 512 << 20
"""Of a picture's file."""


def open_picture(
    source: str | Path | bytes, name: str = "", *, least_side: int | None = None
) -> Pillow.Image:
    """Decode the picture in a file, or in a file's bytes; of an animation the first frame.

    It is of mode L, RGB or RGBA, 8 bits a channel, turned as its EXIF orientation says. A JPEG may
    come smaller, its longer side still ``least_side`` pixels or more, which is faster. ``name``
    stands in messages; it defaults to the path as given. Raises UserError for what is no whole
    picture of ``formats.FORMATS`` within ``MAX_PIXELS`` and ``LONGEST_SIDE``.
    """
    if not isinstance(source, bytes):
        name = name or str(source)
        source = disk.read(Path(source), MOST_BYTES)
    name = name or tr("The picture")
    if len(source) > MOST_BYTES:
        raise UserError(
            tr(
                "{name} has more than {limit} MB; make it smaller and open it again.",
                name=name,
                limit=MOST_BYTES >> 20,
            )
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in a file, and of its size
            with Pillow.open(io.BytesIO(source), formats=_known(source, name)) as picture:
                check_size(picture.size, name)
                if least_side is not None:
                    picture.draft("RGB", (least_side, least_side))
                # An icon may hold a picture larger than it says
                warnings.simplefilter("error", Pillow.DecompressionBombWarning)
                picture.load()
                check_size(picture.size, name)
                return ImageOps.exif_transpose(_plain(picture))
    except UserError:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it comes to
        raise _unreadable(source, name) from error


def _unreadable(data: bytes, name: str) -> UserError:
    kind = formats.described(data[:1024])
    if formats.is_picture(data):
        return UserError(
            tr(
                "{name} is {kind}, but damaged or of a rare kind; save it anew, as PNG or JPEG.",
                name=name,
                kind=kind,
            )
        )
    return UserError(
        tr(
            "{name} is {kind}; open a picture (PNG, JPEG, WebP, TIFF and others), a scene file or "
            "a lecture.",
            name=name,
            kind=kind,
        )
    )


def check_size(size: tuple[int, int], name: str) -> None:
    """Raise UserError for a picture (width, height) without pixels, or with too many."""
    width, height = size
    if width < 1 or height < 1:
        raise UserError(tr("{name} has no pixels; choose another picture.", name=name))
    if width * height > MAX_PIXELS or max(size) > LONGEST_SIDE:
        raise _too_large(name)


def _too_large(name: str) -> UserError:
    return UserError(
        tr(
            "{name} has more than {limit} megapixels or {side:,} pixels a side; make it smaller "
            "and open it again.",
            name=name,
            limit=MAX_PIXELS // 1_000_000,
            side=LONGEST_SIDE,
        )
    )


def _known(data: bytes, name: str) -> list[str]:
    """The formats that Pillow can open here. Raises UserError for HEIC where it cannot."""
    Pillow.init()
    if formats.is_heic(data):
        try:
            import pillow_heif  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise UserError(
                tr(
                    "{name} is a HEIC picture; install pillow-heif (pip install pillow-heif) to "
                    "open it, or save it as JPEG.",
                    name=name,
                )
            ) from error
        pillow_heif.register_heif_opener()
    return [kind for kind in formats.FORMATS if kind in Pillow.OPEN]


def _plain(picture: Pillow.Image) -> Pillow.Image:
    """The picture in mode L, RGB or RGBA, its EXIF orientation kept."""
    if picture.mode in ("F", "I") or picture.mode.startswith("I;"):
        plain = _grey(picture)
    elif picture.has_transparency_data:
        plain = picture.convert("RGBA")
    elif picture.mode in ("1", "L"):
        plain = picture.convert("L")
    else:
        plain = picture.convert("RGB")
    if plain is not picture:
        plain.info["exif"] = picture.getexif().tobytes()
    return plain


def _grey(picture: Pillow.Image) -> Pillow.Image:
    """Numbers of more than 8 bits as 8-bit grey: 0 … 65535, or floats of 0 … 1, as they are, others
    stretched from the least to the greatest; what is no number is 0."""
    values = np.array(picture, np.float32)
    np.nan_to_num(values, copy=False, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    most = 1.0 if picture.mode == "F" else 65535.0
    if low < 0 or high > most:
        values -= np.float32(low)
        most = max(high - low, 1e-30)
    values *= np.float32(255 / most)
    return Pillow.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))
