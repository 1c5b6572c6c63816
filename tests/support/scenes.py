"""Hypothesis strategies that make scenes, for all tests of the scene; and distances in them."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, Transform

coordinates = st.floats(-100, 600, width=32)
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6)


def _stroke(line, width_px, ink, widths):
    return Stroke(line, width_px, ink, widths and widths[: len(line)])


strokes = st.builds(
    _stroke,
    points,
    st.floats(0.5, 8),
    st.floats(0.1, 1),
    st.none() | st.lists(st.floats(0.1, 4), min_size=6, max_size=6),
)
mild_transforms = st.builds(
    Transform,
    dx=st.floats(-40, 40),
    dy=st.floats(-40, 40),
    scale=st.floats(0.3, 3),
    angle=st.floats(-180, 180),
    squeeze=st.floats(0.5, 2),
    slant=st.floats(-1, 1),
)
extreme_transforms = st.builds(
    Transform,
    dx=st.floats(-1e5, 1e5),
    dy=st.floats(-1e5, 1e5),
    scale=st.floats(1e-3, 100),
    angle=st.floats(-180, 180),
    squeeze=st.floats(1e-3, 100),
    slant=st.floats(-100, 100),
)


def distances_to(line: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The distance of every pixel (x, y) from the polyline ``line`` (N, 2), N ≥ 1."""
    distance = np.hypot(x - line[0, 0], y - line[0, 1])
    for (ax, ay), (bx, by) in pairwise(line):
        ux, uy = bx - ax, by - ay
        length2 = ux * ux + uy * uy
        if length2 > 0:
            t = np.clip(((x - ax) * ux + (y - ay) * uy) / length2, 0, 1)
            distance = np.minimum(distance, np.hypot(x - ax - t * ux, y - ay - t * uy))
    return distance


def groups(transforms=mild_transforms):
    return st.builds(
        Group,
        st.lists(strokes, min_size=1, max_size=3).map(tuple),
        st.tuples(coordinates, coordinates),
        transforms,
        st.sampled_from(["", "3"]) | st.text(max_size=5),
    )


def layers(transforms=mild_transforms, most=255):
    """Pictures whose pixels lie on the grid of ``most`` + 1 grey levels."""

    def layer(seed, size, anchor, transform, inverted, name):
        grey = np.random.default_rng(seed).integers(0, most + 1, size)
        pixels = grey.astype(np.float32) / np.float32(most)
        return ImageLayer(pixels, anchor, transform, inverted, name)

    return st.builds(
        layer,
        st.integers(0, 99),
        st.tuples(st.integers(1, 20), st.integers(1, 20)),
        st.tuples(coordinates, coordinates),
        transforms,
        st.booleans(),
        st.text(max_size=5),
    )


def scenes(transforms=mild_transforms, most=255):
    return st.builds(
        Scene,
        st.integers(32, 128),
        st.integers(32, 512),
        st.lists(groups(transforms) | layers(transforms, most), max_size=4).map(tuple),
        st.just(Transform()) | transforms,
        st.builds(Noise, st.floats(0, 2), st.floats(0, 1), st.integers(0, 2**63 - 1)),
    )


far = st.sampled_from([-1e6, -1e3, 0, 1e3, 1e6]) | st.floats(-1e6, 1e6)
sizes = st.sampled_from([1e-6, 1e-3, 1, 1e3, 1e6]) | st.floats(1e-6, 1e6)
utmost_transforms = st.builds(Transform, far, far, sizes, far, sizes, far)
utmost_groups = st.builds(
    Group,
    st.lists(
        st.builds(
            Stroke,
            st.lists(st.tuples(far, far), min_size=1, max_size=4),
            st.sampled_from((1e-6, 1e7)),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    st.tuples(far, far),
    utmost_transforms,
)
utmost_scenes = st.builds(
    Scene,
    items=st.lists(utmost_groups | layers(utmost_transforms), max_size=3).map(tuple),
    transform=st.just(Transform()) | utmost_transforms,
)
