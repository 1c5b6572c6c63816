"""LeNet-5 as in the lecture, fully convolutional, with every activation kept and named.

For an input of 32×32 pixels (C5 and output are 1×1 there, so "fully connected" is a special case):

    C1      conv 5×5, ReLU          20×28×28       520 parameters
    S2      max pooling 2×2         20×14×14         0
    C3      conv 5×5, ReLU          50×10×10    25,050
    S4      max pooling 2×2         50×5×5           0
    C5      conv 5×5, ReLU         500×1×1     625,500
    output  conv 1×1, log-softmax   11×1×1       5,511      656,581 in all

Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86 (1998); the numbers of maps and max pooling are those of LeCun's lecture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from viz.nets.layers import CLASSES

Ablation = Mapping[str, Collection[int]]
"""Feature maps set to zero from their layer on: {layer name: map numbers}."""


def pool(x: Tensor, pooling: str, stride: int = 2) -> Tensor:
    """Pooling of (B, C, H, W) by 2: ``"max"``, ``"average"`` or ``"blur"``.

    With ``stride`` 1 every position has its value; every second of them is what stride 2 gives.
    """
    if pooling == "average":
        return F.avg_pool2d(x, 2, stride)
    if pooling == "blur":  # averaging twice is the binomial filter [1 2 1]/4
        # Slices, since torch's pooling at stride 1 is 4 times as slow; the sums in torch's order
        x = torch.maximum(x[..., :-1], x[..., 1:])
        x = torch.maximum(x[..., :-1, :], x[..., 1:, :])
        above, below = x[..., :-1, :], x[..., 1:, :]
        x = above[..., :-1] + above[..., 1:] + below[..., :-1] + below[..., 1:]
        return F.avg_pool2d(x * 0.25, 2, stride)
    return F.max_pool2d(x, 2, stride)


BLUR_RIM = 3
"""Blank pixels round the input of a network with blur pooling; its maps keep their sizes so."""

BLUR_CROPS: Mapping[str, int] = {"C1": 3, "S2": 1, "C3": 1}
"""Units that the rim adds on each side of a layer; they are computed with, not shown."""


class LeNet5(nn.Module):
    """The network; ``net(x)`` returns all activations of ``x`` (B, 1, H, W), H, W ≥ 32.

    ``pooling`` is ``"max"``, ``"average"``, or ``"blur"``: a maximum at every position, then the
    binomial filter [1 2 1]⊗[1 2 1]/16 at every second (Zhang, "Making convolutional networks
    shift-invariant again", ICML 2019). The filter reaches one unit further on each side, so the
    input gets a blank rim of 3 pixels instead of every layer some padding of its own: shifts stay
    exact, and all maps have the shapes and places of the other two. A window sees 38×38 pixels.
    """

    def __init__(self, pooling: str = "max") -> None:
        super().__init__()
        self.pooling = pooling
        self.C1 = nn.Conv2d(1, 20, 5)
        self.C3 = nn.Conv2d(20, 50, 5)
        self.C5 = nn.Conv2d(50, 500, 5)
        self.output = nn.Conv2d(500, CLASSES, 1)

    def forward(
        self, x: Tensor, ablated: Ablation | None = None, *, rimmed: bool = False
    ) -> dict[str, Tensor]:
        """Every activation by layer name, and the pre-activations as ``"C1 pre"`` and so on.

        ``output`` holds log-probabilities (B, 11, H′, W′), ``output pre`` the logits. ``rimmed``:
        the rim for blur pooling is part of ``x`` already, and need not be blank.
        """
        maps: dict[str, Tensor] = {}

        def keep(name: str, value: Tensor) -> Tensor:
            if ablated and ablated.get(name):
                value = value.clone()
                value[:, sorted(ablated[name])] = 0.0
            maps[name] = value
            return value

        if self.pooling == "blur" and not rimmed:
            x = F.pad(x, (BLUR_RIM,) * 4)
        maps["C1 pre"] = self.C1(x)
        x = keep("C1", F.relu(maps["C1 pre"]))
        x = keep("S2", pool(x, self.pooling))
        maps["C3 pre"] = self.C3(x)
        x = keep("C3", F.relu(maps["C3 pre"]))
        x = keep("S4", pool(x, self.pooling))
        if self.pooling == "blur":
            for name in maps:
                rim = BLUR_CROPS.get(name.removesuffix(" pre"), 0)
                maps[name] = maps[name][..., rim or None : -rim or None, rim or None : -rim or None]
        maps["C5 pre"] = self._c5(x)
        x = keep("C5", F.relu(maps["C5 pre"]))
        maps["output pre"] = self.output(x)
        maps["output"] = F.log_softmax(maps["output pre"], dim=1)
        return maps

    def _c5(self, x: Tensor) -> Tensor:
        """C5 as unfold and one matrix product: equal to the convolution, and faster on CPUs."""
        batch, _, height, width = x.shape
        columns = F.unfold(x, 5)
        assert self.C5.bias is not None
        product = self.C5.weight.view(500, -1) @ columns + self.C5.bias[:, None]
        return product.view(batch, 500, height - 4, width - 4)

    def load_numpy(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Copy the weights from arrays named like ``C1.weight``; shapes must agree exactly."""
        self.load_state_dict(
            {name: torch.from_numpy(np.array(value, np.float32)) for name, value in arrays.items()}
        )
