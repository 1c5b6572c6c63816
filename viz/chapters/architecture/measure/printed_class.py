"""A class of LeNet-5 with the mistakes that the notes' one has, each run alone, and all mended.

The class is ours. With every mistake mended it computes what the program's network computes, to
rounding; with one of them it fails, or answers something else without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from viz.chapters.architecture.measure.mistakes import BATCH, MISTAKES, Effect
from viz.nets.architecture import WINDOW


class Printed(nn.Module):
    """LeNet-5 with some of ``MISTAKES``, drawn at random.

    ``view`` has the sizes that it was written for: 20 maps of 5×5, 500 values, of which it takes
    800 a row.
    """

    def __init__(self, mistakes: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.mistakes = mistakes
        maps = 20 if mistakes & {"channels", "view"} else 50
        side = 4 if "size" in mistakes else 5
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5), nn.Conv2d(20, maps, 5)
        self.fc1 = nn.Linear(800 if "view" in mistakes else 50 * side * side, 500)
        self.fc2 = nn.Linear(500, 10 if "classes" in mistakes else 11)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 800) if "view" in self.mistakes else x.flatten(1)
        layer: Any = self.fc1
        x = F.relu(layer if "argument" in self.mistakes else layer(x))
        return F.log_softmax(self.fc2(x), 1)


def effects(weights: Mapping[str, np.ndarray], wanted: Tensor, x: Tensor) -> Iterator[Effect]:
    """Run each mistake alone over ``x`` (8, 1, 32, 32), then the class with none.

    ``weights`` of the program's LeNet-5, ``wanted`` (8, 11) its log-probabilities.
    """
    for mistake in MISTAKES:
        net = Printed(frozenset({mistake}))
        yield Effect(mistake, *_run(net, x))
    net = Printed()
    names = {"conv1": "C1", "conv2": "C3", "fc1": "C5", "fc2": "output"}
    with torch.no_grad():
        for name, layer in names.items():
            part = getattr(net, name)
            for kind in ("weight", "bias"):
                values = torch.from_numpy(np.array(weights[f"{layer}.{kind}"]))
                getattr(part, kind).copy_(values.reshape(getattr(part, kind).shape))
        made = net(x)
    yield Effect(
        "", shape=(len(made), made.shape[1]), difference=float((made - wanted).abs().max())
    )


def _run(net: Printed, x: Tensor) -> tuple[str, tuple[int, int], str]:
    with torch.no_grad():
        try:
            made = net(x)
        except (RuntimeError, TypeError) as error:
            return str(error).split("\n")[0], (0, 0), ""
        shape = made.shape[0], made.shape[1]
        try:
            F.nll_loss(made[:1], torch.tensor([10]))
        except IndexError as error:
            return "", shape, str(error)
    return "", shape, ""


def batch(image: np.ndarray) -> Tensor:
    """Cut ``BATCH`` windows (8, 1, 32, 32) out of a canvas, evenly apart along its width."""
    lefts = np.linspace(0, image.shape[1] - WINDOW, BATCH).astype(int)
    cut = np.stack([image[:WINDOW, left : left + WINDOW] for left in lefts])
    return torch.from_numpy(np.ascontiguousarray(cut[:, None], np.float32))
