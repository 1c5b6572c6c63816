"""LeNet-5 and its relatives as architectures, without torch.

``lenet5()`` is the lecture's, fully convolutional. For an input of 32×32 pixels (C5 and output are
1×1 there, so "fully connected" is a special case):

    C1      conv 5×5, ReLU          20×28×28       520 parameters
    S2      max pooling 2×2         20×14×14         0
    C3      conv 5×5, ReLU          50×10×10    25,050
    S4      max pooling 2×2         50×5×5           0
    C5      conv 5×5, ReLU         500×1×1     625,500
    output  conv 1×1, log-softmax   11×1×1       5,511      656,581 in all

``notes()`` is that of the lecture's notes, with tanh, average pooling and ten classes:

    C1      conv 5×5, tanh           6×28×28       156 parameters
    S2      average pooling 2×2      6×14×14         0
    C3      conv 5×5, tanh          16×10×10     2,416
    S4      average pooling 2×2     16×5×5           0
    C5      conv 5×5, tanh         120×1×1      48,120
    F6      fully connected, tanh   84×1×1      10,164
    output  log-softmax             10×1×1         850       61,706 in all

Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86 (1998); the numbers of maps and max pooling of the first are those of LeCun's lecture.
"""

from __future__ import annotations

from viz.nets.architecture import WINDOW, Architecture, Layer


def lenet5(
    pooling: str = "max",
    *,
    none: bool = True,
    side: int = WINDOW,
    blank: float = 0.0,
    ink: float = 1.0,
    maps: tuple[int, int, int] = (20, 50, 500),
) -> Architecture:
    """Return the lecture's LeNet-5, for which ``pooling`` is "max", "average" or "blur".

    With "blur" the maximum at every position is followed by the binomial filter [1 2 1]⊗[1 2 1]/16
    at every second (Zhang, "Making convolutional networks shift-invariant again", ICML 2019). The
    filter reaches one unit further on each side, so the input gets a blank rim of 3 pixels instead
    of every layer some padding of its own: shifts stay exact, and all maps have the shapes and
    places of the other two. A window sees 38×38 pixels.

    ``side`` 28 gives the network for MNIST's own pictures, whose C5 has kernels of 4×4; ``maps``
    are those of C1, C3 and C5.
    """
    first, second, third = maps
    return Architecture(
        (
            Layer("C1", "conv", first, 5, activation="relu"),
            Layer("S2", "pool", first, 2, 2, pooling=pooling),
            Layer("C3", "conv", second, 5, activation="relu"),
            Layer("S4", "pool", second, 2, 2, pooling=pooling),
            Layer("C5", "conv", third, (side - 12) // 4, activation="relu"),
            Layer("output", "conv", 10 + none, 1, activation="log-softmax"),
        ),
        side=side,
        blank=blank,
        ink=ink,
        none=none,
    )


def notes() -> Architecture:
    """Return the LeNet-5 of the lecture's notes: 6-16-120-84, tanh, average pooling."""
    return Architecture(
        (
            Layer("C1", "conv", 6, 5, activation="tanh"),
            Layer("S2", "pool", 6, 2, 2, pooling="average"),
            Layer("C3", "conv", 16, 5, activation="tanh"),
            Layer("S4", "pool", 16, 2, 2, pooling="average"),
            Layer("C5", "conv", 120, 5, activation="tanh"),
            Layer("F6", "dense", 84, activation="tanh"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        none=False,
    )
