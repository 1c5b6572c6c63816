"""The timeline of a moving scene: what the network reads off it, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from viz.measure.reading import read
from viz.scene import Scene, rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

RATE = 20.0
"""Readings per second: an answer of less than 0.05 s is too short to be seen."""

BATCH = 64


@dataclass(frozen=True)
class Span:
    """One ``text``, read without a break from ``begin`` to ``end`` seconds."""

    begin: float
    end: float
    text: str

    @property
    def seconds(self) -> float:
        """How long it was read."""
        return self.end - self.begin


def timeline(
    net: Network | Callable[[float], Network],
    scene_at: Callable[[float], Scene],
    duration: float,
    rate: float = RATE,
) -> tuple[Span, ...]:
    """Read ``scene_at(t)`` with ``net``, or with ``net(t)``, ``rate`` times a second,
    0 ≤ t ≤ duration.

    Scenes of one size are run together; a look stands for the time until the next.
    """
    import torch

    times = np.arange(0.0, duration, 1 / rate)
    texts: list[str] = []
    for first in range(0, len(times), BATCH):
        looks = [
            (net if isinstance(net, torch.nn.Module) else net(float(t)),
             rasterize_scene(scene_at(float(t))))
            for t in times[first : first + BATCH]
        ]  # fmt: skip
        for (reader, _), same in groupby(looks, lambda look: (look[0], look[1].shape)):
            images = torch.from_numpy(np.stack([image for _, image in same]))[:, None]
            with torch.inference_mode():
                outputs = reader(images)["output"]
            texts += [read(output.numpy()).text for output in outputs]
    spans: list[Span] = []
    for t, end, text in zip(times, (*times[1:], duration), texts, strict=True):
        if spans and spans[-1].text == text:
            spans[-1] = Span(spans[-1].begin, float(end), text)
        else:
            spans.append(Span(float(t), float(end), text))
    return tuple(spans)


def held(spans: tuple[Span, ...], seconds: float) -> tuple[str, ...]:
    """List the texts that were read for so long at a stretch, one after the other.

    What came and went between two stretches of one text counts as one stretch interrupted.
    """
    texts = [span.text for span in spans if span.seconds >= seconds]
    return tuple(text for k, text in enumerate(texts) if k == 0 or texts[k - 1] != text)
