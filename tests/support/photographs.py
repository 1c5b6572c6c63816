"""Photographs of paper: a sheet as it is lit, what is written on it, and the camera's faults."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter
from real_digits import Floats, Rng

Colour = tuple[float, float, float]


def paper(rng: Rng, height: int, width: int, colour: Colour | None = None) -> Floats:
    """A sheet as it is lit: (height, width, 3)."""
    if colour is None:
        grey = rng.uniform(0.72, 0.95)
        colour = (grey, grey * rng.uniform(0.96, 1), grey * rng.uniform(0.88, 1.02))
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.14)
    light = (
        1 + fall * (x * np.cos(angle) + y * np.sin(angle)) - rng.uniform(0, 0.06) * (x * x + y * y)
    )
    return np.asarray(light[..., None] * np.array(colour, np.float32), np.float32)


def ink_of(rng: Rng) -> Colour:
    """The colour of a ballpoint, a felt pen or a pencil."""
    inks = ((0.1, 0.1, 0.14), (0.08, 0.12, 0.45), (0.15, 0.15, 0.15), (0.6, 0.08, 0.1),
            (0.35, 0.35, 0.37), (0.1, 0.25, 0.2))  # fmt: skip
    return tuple(np.clip(np.array(inks[rng.integers(len(inks))]) + rng.normal(0, 0.02, 3), 0, 1))


def write(page: Floats, ink: Floats, left: int, top: int, colour: Colour, way: str = "pen") -> None:
    """Lay ink on the page; a pen darkens with the light that falls there, "cover" hides it."""
    height, width = ink.shape
    x, y = max(0, left), max(0, top)
    part = page[y : top + height, x : left + width]
    share = ink[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1], None]
    tone = np.array(colour, np.float32)
    if way == "pen":
        tone = tone * part.mean(2, keepdims=True)
    part += share * (tone - part)


def photographed(
    rng: Rng, page: Floats, *, blur: float = 0.8, noise: float = 0.02, tilt: float = 2.0
) -> Image.Image:
    """The page through a telephone's camera: at an angle, a little blurred, noisy."""
    height, width = page.shape[:2]
    noisy = page + rng.normal(0, rng.uniform(0.003, noise), page.shape[:2])[..., None]
    image = Image.fromarray(np.rint(np.clip(noisy, 0, 1) * 255).astype(np.uint8))
    angle = np.deg2rad(rng.uniform(-tilt, tilt))
    keystone = rng.uniform(-0.02, 0.02, 2) * tilt / 2
    c, s = np.cos(angle), np.sin(angle)
    cx, cy = width / 2, height / 2
    # Output to input: turned about the middle, and a little narrower to one side
    matrix = (
        np.array([[1, 0, cx], [0, 1, cy], [0, 0, 1]])
        @ np.array([[c, -s, 0], [s, c, 0], [keystone[0] / width, keystone[1] / height, 1]])
        @ np.array([[1, 0, -cx], [0, 1, -cy], [0, 0, 1]])
    )
    edge = tuple(int(value) for value in np.median(np.asarray(image).reshape(-1, 3), axis=0))
    if tilt:
        mask = Image.new("L", image.size, 255).transform(
            image.size, Image.Transform.PERSPECTIVE, (matrix / matrix[2, 2]).ravel()[:8].tolist()
        )
        image = image.transform(
            image.size, Image.Transform.PERSPECTIVE, (matrix / matrix[2, 2]).ravel()[:8].tolist(),
            Image.Resampling.BILINEAR, fillcolor=edge,
        )  # fmt: skip
        box = mask.getbbox()
        trim = round(0.04 * min(image.size)) if box else 0
        image = image.crop((trim, trim, width - trim, height - trim))
    return image.filter(
        ImageFilter.GaussianBlur(rng.uniform(0, blur) * max(1, min(image.size) / 700))
    )
