"""Warp: a net of 2-h-1 units that bends the plane until one line separates two classes.

h = tanh(Wx + b), p = σ(v·h + c); the loss is the mean cross-entropy −log p(class). All steps of a
training are computed at once and kept. Beside it what does not bend the plane: the linear
classifier, trained to the end, and a Gaussian-kernel one, which answers by nearness alone (Bengio,
LeCun 2007, "Scaling learning algorithms towards AI", section 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure.optimisers import no_memory, step
from viz.chapters.learning.measure.points import REACH, Points

Floats = NDArray[np.float64]

STEPS = 600
RATE = 0.05
WIDTHS = (2, 3, 4)

SIGMA = 0.3
"""Of the Gaussian kernel, in units of the plane."""
RIDGE = 0.01
FAR = 3.0
"""As far as that is looked at, from −3 to 3."""
UNSURE = 0.1
"""Where |2p − 1|, or the kernel classifier's |f|, is smaller it gives no answer."""

LINES, DOTS = 13, 41
"""Lines of the grid each way, and points of each."""

PAUSE = 50
"""Steps from one pause to the next."""

BOUNDARY, COMPONENTS = "boundary", "components"


@dataclass(frozen=True, eq=False)
class Weights:
    """Of one net: ``inner`` W (h, 2), ``shift`` b (h,), ``outer`` v (h,), ``offset`` c."""

    inner: Floats
    shift: Floats
    outer: Floats
    offset: float

    def hidden(self, places: Floats) -> Floats:
        """Return the hidden units' values (…, h) at places (…, 2)."""
        return np.tanh(places @ self.inner.T + self.shift)

    def logit(self, places: Floats) -> Floats:
        """Return v·h + c (…) at places (…, 2)."""
        return np.asarray(self.hidden(places) @ self.outer + self.offset)


def unpack(flat: Floats) -> Weights:
    """Return 4h + 1 numbers as weights: W row by row, b, v, c."""
    units = (len(flat) - 1) // 4
    inner, rest = flat[: 2 * units].reshape(units, 2), flat[2 * units :]
    return Weights(inner, rest[:units], rest[units : 2 * units], float(rest[-1]))


def loss(flat: Floats, data: Points) -> float:
    """Return the mean cross-entropy, in nats."""
    return _cross_entropy(unpack(flat).logit(data.places), data.classes)


def gradient(flat: Floats, data: Points) -> Floats:
    """Return the derivative of the loss by each number of ``flat``."""
    weights = unpack(flat)
    hidden = weights.hidden(data.places)
    wrong = (sigmoid(hidden @ weights.outer + weights.offset) - data.classes) / len(data.classes)
    back = wrong[:, None] * weights.outer * (1 - hidden**2)
    return np.concatenate(
        [(back.T @ data.places).ravel(), back.sum(0), wrong @ hidden, [wrong.sum()]]
    )


def first_weights(units: int, seed: int) -> Floats:
    """Draw the first weights of 2-h-1, normal, σ = 1, the offsets 0."""
    drawn = np.random.default_rng(seed).normal(0, 1, 4 * units + 1)
    drawn[2 * units : 3 * units] *= 0.5
    drawn[-1] = 0
    return drawn


@dataclass(frozen=True, eq=False)
class Plain:
    """A classifier that does not bend the plane: its values on a field from −``FAR`` to ``FAR``
    (rows upwards), in [−1, 1], the share of points that are right, and the share of the field on
    which it gives no answer; ``loss`` NaN where it has none."""

    field: Floats
    right: float
    unsure: float
    loss: float


@dataclass(frozen=True, eq=False)
class Warped:
    """A training: ``path`` (steps + 1, 4h + 1), ``losses`` and ``right`` (steps + 1,), and for
    h > 2 by name the projections of the hidden space: ``axes`` (steps + 1, 2, h) with their
    ``origins`` (steps + 1, 2), to be added.
    ``reaches``: what ``reach`` found."""

    data: Points
    path: Floats
    losses: Floats
    right: Floats
    axes: dict[str, Floats]
    origins: dict[str, Floats]
    linear: Plain
    kernel: Plain
    reaches: dict[str, float] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """Hidden units."""
        return int(self.path.shape[1] - 1) // 4

    def weights(self, at: int) -> Weights:
        """Return the net after so many steps."""
        return unpack(self.path[at])

    def projected(self, at: int, places: Floats, view: str) -> Floats:
        """Return places of the plane (…, 2) in the picture (…, 2) of the hidden space."""
        hidden = self.weights(at).hidden(places)
        if self.units == 2:
            return hidden
        return np.asarray(hidden @ self.axes[view][at].T + self.origins[view][at])

    def reach(self, view: str) -> float:
        """Return how far from 0 the picture of the hidden space goes, over the whole training."""
        if self.units == 2:
            return 1.1
        if view not in self.reaches:
            steps = range(0, len(self.path), 20)
            self.reaches[view] = 1.15 * max(
                float(np.abs(self.projected(at, self.data.places, view)).max()) for at in steps
            )
        return self.reaches[view]

    def line(self, at: int, view: str) -> Floats | None:
        """Return two points (2, 2) of the line at which p = ½ in that picture; None where the plane
        of p = ½ is none there."""
        weights = self.weights(at)
        if self.units > 2:
            return np.array([[0.0, -9.0], [0.0, 9.0]]) if view == BOUNDARY else None
        across = weights.outer
        length = float(across @ across)
        if length < 1e-12:
            return None
        foot = -weights.offset * across / length
        along = np.array([-across[1], across[0]]) / np.sqrt(length)
        return np.stack([foot - 9 * along, foot + 9 * along])


def train(
    data: Points, units: int, seed: int, steps: int = STEPS, rate: float = RATE
) -> Iterator[Warped | None]:
    """Train by Adam on all points at once; yields None for a pause, at last the training.

    Raises ValueError unless there are points of both classes.
    """
    if not data.is_teachable:
        raise ValueError("points of both classes")
    flat = first_weights(units, seed)
    memory, path = no_memory(flat), [flat]
    for number in range(1, steps + 1):
        flat, memory = step("adam", flat, gradient(flat, data), memory, rate, number)
        path.append(flat)
        if number % PAUSE == 0:
            yield None
    taken = np.array(path)
    logits = np.stack([unpack(one).logit(data.places) for one in taken])
    losses = np.mean(np.logaddexp(0, logits) - logits * data.classes, axis=1)
    right = np.mean((logits > 0) == (data.classes > 0.5), axis=1)
    yield None
    axes, origins = _projections(taken, data) if units > 2 else ({}, {})
    yield None
    yield Warped(data, taken, losses, right, axes, origins, linear(data), kernel(data))


def linear(data: Points) -> Plain:
    """Fit p = σ(w·x + b) to the end, by Newton's method; a ridge of 0.001 keeps it finite."""
    rows = np.column_stack([data.places, np.ones(len(data.places))])
    found = np.zeros(3)
    for _ in range(30):
        p = sigmoid(rows @ found)
        slope = rows.T @ (p - data.classes) / len(rows) + 1e-3 * found
        bend = (rows.T * (p * (1 - p))) @ rows / len(rows) + 1e-3 * np.eye(3)
        found = found - np.linalg.solve(bend, slope)
    logits, over = rows @ found, far_field()
    field = np.tanh((over @ found[:2] + found[2]) / 2)  # 2σ(z) − 1
    return _plain(field, logits, data, _cross_entropy(logits, data.classes))


def kernel(data: Points) -> Plain:
    """Fit f(x) = Σ αᵢ exp(−‖x − xᵢ‖² / 2σ²) to ±1, by least squares with a ridge."""
    near = _gaussian(data.places, data.places)
    wanted = 2 * data.classes - 1
    alpha = np.linalg.solve(near + RIDGE * np.eye(len(near)), wanted)
    field = _gaussian(far_field().reshape(-1, 2), data.places) @ alpha
    side = int(np.sqrt(len(field)))
    return _plain(field.reshape(side, side), near @ alpha, data, float("nan"))


def far_field(side: int = 48, reach: float = FAR) -> Floats:
    """Return the middles (side, side, 2) of a field of square cells, rows upwards."""
    at = (np.arange(side) + 0.5) / side * 2 * reach - reach
    return np.stack(np.meshgrid(at, at), -1)


def grid() -> Floats:
    """Return the lines of the grid over the plane (2 · LINES, DOTS, 2): those across, those up."""
    fixed, along = np.linspace(-REACH, REACH, LINES), np.linspace(-REACH, REACH, DOTS)
    level = np.stack(np.broadcast_arrays(along[None, :], fixed[:, None]), -1)
    return np.concatenate([level, level[..., ::-1]])


def unsure(field: Floats) -> float:
    """Return the share of a field, values in [−1, 1], that is no answer."""
    return float(np.mean(np.abs(field) < UNSURE))


def sigmoid(z: Floats) -> Floats:
    """Return 1 / (1 + exp(−z)), for any z."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


def _plain(field: Floats, scores: Floats, data: Points, loss_: float) -> Plain:
    right = float(np.mean((scores > 0) == (data.classes > 0.5)))
    return Plain(np.clip(field, -1, 1), right, unsure(field), loss_)


def _cross_entropy(logits: Floats, classes: Floats) -> float:
    return float(np.mean(np.logaddexp(0, logits) - logits * classes))


def _gaussian(one: Floats, other: Floats) -> Floats:
    apart = ((one[:, None] - other[None]) ** 2).sum(-1)
    return np.asarray(np.exp(-apart / (2 * SIGMA**2)))


def _projections(path: Floats, data: Points) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """The axes and origins of both pictures of the hidden space, turned as little as can be from
    step to step."""
    nets = [unpack(one) for one in path]
    hidden = np.stack([net.hidden(data.places) for net in nets])  # (steps + 1, n, h)
    middle = hidden.mean(1)
    apart = hidden - middle[:, None]
    outer = np.stack([net.outer for net in nets])
    length = np.maximum(np.linalg.norm(outer, axis=1), 1e-12)
    across = outer / length[:, None]
    offsets = np.array([net.offset for net in nets]) / length
    left = apart - (apart @ across[..., None]) * across[:, None]
    along = _steady(_components(left)[:, :1])[:, 0]
    boundary = np.stack([across, along], 1)
    away = np.stack([offsets, -(middle * along).sum(1)], 1)
    turned = _steady(_components(apart)[:, :2])
    back = -np.einsum("skh,sh->sk", turned, middle)
    return {BOUNDARY: boundary, COMPONENTS: turned}, {BOUNDARY: away, COMPONENTS: back}


def _components(apart: Floats) -> Floats:
    """Principal components (s, h, h) of centred points (s, n, h), the largest first."""
    _, vectors = np.linalg.eigh(np.einsum("snh,snk->shk", apart, apart))
    return np.asarray(np.swapaxes(vectors, 1, 2)[:, ::-1])


def _steady(axes: Floats) -> Floats:
    """Axes (s, k, h) rotated, or flipped, within what they span, nearest to those before."""
    found = [axes[0]]
    for one in axes[1:]:
        u, _, v = np.linalg.svd(found[-1] @ one.T)
        found.append(u @ v @ one)
    return np.array(found)
