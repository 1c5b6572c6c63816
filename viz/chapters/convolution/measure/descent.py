"""Gradient descent that finds a kernel from an image and its filtered copy.

The loss is the mean square of y − x ⋆ k over the map. With the windows as rows of A it is
(Ak − y)²/n, a quadratic in the kernel's numbers, whose gradient 2Aᵀ(Ak − y)/n needs AᵀA once.
Momentum: v ← μv − η∇, k ← k + v (Polyak 1964).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 400


@dataclass(frozen=True, eq=False)
class Descent:
    """``kernels`` (steps + 1, f, f), the first at random, and the ``losses`` (steps + 1,) of each;
    ``target`` (f, f) made ``wanted`` from ``image`` (H, W). ``rate`` is η."""

    image: Floats
    wanted: Floats
    target: Floats
    kernels: Floats
    losses: Floats
    rate: float

    def difference(self, step: int) -> Floats:
        """Return x ⋆ k − y (H′, W′) at a step."""
        side = len(self.target)
        made = _windows(self.image, side) @ self.kernels[step].ravel()
        return np.asarray(made - self.wanted)


def descend(
    image: Floats, target: Floats, seed: int, momentum: float, steps: int = STEPS
) -> Descent:
    """Descend from a random kernel, normal with σ = ½, to the one that filtered the image.

    ``image`` (H, W) and ``target`` (f, f), of which a window fits. The rate is the inverse of the
    largest curvature, so that it never diverges. Raises ValueError where no window fits.
    """
    side = len(target)
    if min(image.shape) < side:
        raise ValueError(f"no window of {target.shape} fits into {image.shape}")
    windows = _windows(image, side)
    wanted = windows @ target.ravel()
    rows = windows.reshape(-1, side * side)
    gram, towards = rows.T @ rows / len(rows), rows.T @ wanted.ravel() / len(rows)
    largest = 2 * float(np.linalg.eigvalsh(gram)[-1])
    rate = 1 / largest if largest > 0 else 1.0
    kernel = np.random.default_rng(seed).normal(0, 0.5, side * side)
    velocity, kernels = np.zeros(side * side), [kernel]
    for _ in range(steps):
        velocity = momentum * velocity - rate * 2 * (gram @ kernel - towards)
        kernel = kernel + velocity
        kernels.append(kernel)
    path = np.array(kernels)
    apart = path - target.ravel()
    losses = np.einsum("si,ij,sj->s", apart, gram, apart)
    return Descent(image, wanted, target, path.reshape(-1, side, side), losses, rate)


def noise(seed: int, height: int = 32, width: int = 32) -> Floats:
    """Make an image of independent normal values, mean ½, σ = ¼."""
    return np.random.default_rng(seed).normal(0.5, 0.25, (height, width))


def _windows(image: Floats, side: int) -> Floats:
    """All windows (H′, W′, side²) of an image (H, W), row by row."""
    view = np.lib.stride_tricks.sliding_window_view(image, (side, side))
    return np.asarray(view.reshape(*view.shape[:2], side * side), np.float64)
