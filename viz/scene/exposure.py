"""Light and noise: what becomes of ink before the network sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from viz.scene.limits import Between

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Noise:
    """Gaussian noise of standard deviation ``sigma``, then a share ``salt_pepper`` of pixels set to
    0 or 1 at random. The same ``seed`` gives the same noise."""

    sigma: Annotated[float, Between(0, 1e3)] = 0.0
    salt_pepper: Annotated[float, Between(0, 1)] = 0.0
    seed: Annotated[int, Between(0, (1 << 63) - 1)] = 0


@dataclass(frozen=True)
class Light:
    """How the drawing is lit: ink x becomes ``contrast``·x + ``background`` + ``ramp``·u.

    u goes from 0 to 1 across the canvas, in the ``direction`` in which the light grows: degrees,
    clockwise on the screen from the right. What exceeds 1 is cut off, as by a sensor.
    """

    contrast: Annotated[float, Between(0, 1)] = 1.0
    background: Annotated[float, Between(0, 1)] = 0.0
    ramp: Annotated[float, Between(0, 1)] = 0.0
    direction: Annotated[float, Between(-1e6, 1e6)] = 0.0

    @property
    def is_neutral(self) -> bool:
        """Whether it leaves every drawing as it is."""
        return self.contrast == 1 and self.background == 0 and self.ramp == 0


def lit(image: Image, light: Light) -> Image:
    """Return ink (H, W) as it looks in a light, clipped to [0, 1]; itself in a neutral one."""
    if light.is_neutral:
        return image
    height, width = image.shape
    angle = math.radians(light.direction)
    across, down = math.cos(angle), math.sin(angle)
    # u = 0 and 1 at the corners of the canvas that lie farthest along the direction
    most = width * abs(across) + height * abs(down)
    x = light.ramp * ((np.arange(width) + 0.5 - width / 2) * across / most + 0.5)
    y = light.ramp * (np.arange(height) + 0.5 - height / 2) * down / most
    shown = image * np.float32(light.contrast)
    shown += (x + light.background).astype(np.float32)
    shown += y.astype(np.float32)[:, None]
    return np.clip(shown, 0, 1, out=shown)


def add_noise(image: Image, noise: Noise) -> Image:
    """Add noise to an image, clipped to [0, 1]; return the image itself if there is none."""
    if noise.sigma <= 0 and noise.salt_pepper <= 0:
        return image
    rng = np.random.default_rng(noise.seed)
    gaussian = rng.standard_normal(image.shape, np.float32)
    noisy = np.clip(image + np.float32(noise.sigma) * gaussian, 0, 1)
    if noise.salt_pepper > 0:
        u = rng.random(image.shape, np.float32)
        noisy[u < noise.salt_pepper / 2] = 0
        noisy[u > 1 - noise.salt_pepper / 2] = 1
    return noisy
