"""Networks of four papers, to the counts that these print: architectures as data, without torch.

``zip_1989()`` reads zip codes: LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel,
"Backpropagation applied to handwritten zip code recognition", Neural Computation 1 (1989):

    H1      conv 5×5, stride 2, biases for each place    12×8×8   1,068 parameters   19,968 links
    H2      the same over 8 of the 12 maps               12×4×4   2,592              38,592
    H3      fully connected                              30×1×1   5,790               5,790
    output  fully connected                              10×1×1     310                 310
                                                          9,760 and 64,660 in all

``lenet_1990()`` averages and has position-free biases: LeCun et al., "Handwritten digit recognition
with a back-propagation network", NIPS 2 (1989, printed 1990):

    H1      conv 5×5                     4×24×24     104 parameters   59,904 links
    H2      average · coefficient + b    4×12×12       8               2,880
    H3      conv 5×5, partly connected  12×8×8       512              32,768
    H4      average · coefficient + b   12×4×4        24                 960
    output  fully connected             10×1×1     1,930               1,930
                                                   2,578 and 98,442 in all

``lenet5_1998()`` is LeNet-5: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to
document recognition", Proc. IEEE 86 (1998):

    C1      conv 5×5                     6×28×28     156 parameters  122,304 links
    S2      average · coefficient + b    6×14×14      12               5,880
    C3      conv 5×5, partly connected  16×10×10   1,516             151,600
    S4      average · coefficient + b   16×5×5        32               2,000
    C5      conv 5×5                   120×1×1    48,120              48,120
    F6      fully connected             84×1×1    10,164              10,164
    output  distances to bitmaps        10×1×1         0                 840
                                                  60,000 and 340,908 in all

``race_1989()`` are five nets of growing structure: LeCun, "Generalization and network design
strategies", report CRG-TR-89-4, Toronto (1989).

All have 1.7159·tanh(⅔x) for their activation. A link is what one weight, or one bias, adds to one
unit; it counts where a window reaches over the border, too, as the papers do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

Table = tuple[tuple[int, ...], ...]
"""For each map the maps below that it is connected to."""

ZIP_SCHEME: Table = tuple(tuple(sorted((m + k) % 12 for k in range(8))) for m in range(12))
"""H2 of 1989: each map is joined to eight of H1's twelve. The paper says so, and not to which: here
to eight in a row, counted round, each map beginning one later."""

PARTIAL_1990: Table = (
    (0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1), (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3),
)  # fmt: skip
"""H3 of 1990: twelve maps in two halves, each on two of H2's four; 20 kernels, as table 1 has."""

C3_1998: Table = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip
"""C3 of LeNet-5: sixteen maps on three, four or all of S2's six; 60 kernels (table I)."""

SQUASHED = "scaled-tanh"


def zip_1989() -> Architecture:
    """Return the net of 1989: 16×16 in [−1, 1], paper is −1 beyond the border, too."""
    return Architecture(
        (
            Layer(
                "H1", "conv", 12, 5, 2, padding=2, padding_value=-1.0, unshared=("biases",),
                activation=SQUASHED,
            ),
            Layer(
                "H2", "conv", 12, 5, 2, padding=2, padding_value=-1.0, connections=ZIP_SCHEME,
                unshared=("biases",), activation=SQUASHED,
            ),
            Layer("H3", "dense", 30, activation=SQUASHED),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=16, scale=2, blank=-1.0, ink=1.0, none=False,
    )  # fmt: skip


def lenet_1990() -> Architecture:
    """Return the net of 1990: 28 → 24 → 12 → 8 → 4 → 1."""
    return Architecture(
        (
            Layer("H1", "conv", 4, 5, activation=SQUASHED),
            Layer("H2", "pool", 4, 2, 2, pooling="subsampling", activation=SQUASHED),
            Layer("H3", "conv", 12, 5, connections=PARTIAL_1990, activation=SQUASHED),
            Layer("H4", "pool", 12, 2, 2, pooling="subsampling", activation=SQUASHED),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=28, blank=-1.0, ink=1.0, none=False,
    )  # fmt: skip


def lenet5_1998() -> Architecture:
    """Return LeNet-5 of 1998: 32 → 28 → 14 → 10 → 5 → 1, F6, and ten fixed prototypes."""
    return Architecture(
        (
            Layer("C1", "conv", 6, 5, activation=SQUASHED),
            Layer("S2", "pool", 6, 2, 2, pooling="subsampling", activation=SQUASHED),
            Layer("C3", "conv", 16, 5, connections=C3_1998, activation=SQUASHED),
            Layer("S4", "pool", 16, 2, 2, pooling="subsampling", activation=SQUASHED),
            Layer("C5", "conv", 120, 5, activation=SQUASHED),
            Layer("F6", "dense", 84, activation=SQUASHED),
            Layer("output", "prototypes", 10, trained=False, activation="log-softmax"),
        ),
        blank=-0.1, ink=1.175, none=False,
    )  # fmt: skip


def race_1989() -> tuple[Architecture, ...]:
    """Return the five nets on 16×16: no hidden layer; 12 hidden units; two locally connected
    layers; the first shared, with two maps; both shared."""

    def local(name: str, maps: int, kernel: int, *unshared: str) -> Layer:
        first = kernel == 3
        return Layer(
            name, "conv", maps, kernel, 2 if first else 1, padding=int(first), padding_value=-1.0,
            unshared=unshared, activation=SQUASHED,
        )  # fmt: skip

    output = Layer("output", "dense", 10, activation="log-softmax")
    stacks = (
        (),
        (Layer("H1", "dense", 12, activation=SQUASHED),),
        (local("H1", 1, 3, "weights", "biases"), local("H2", 1, 5, "weights", "biases")),
        (local("H1", 2, 3, "biases"), local("H2", 1, 5, "weights", "biases")),
        (local("H1", 2, 3, "biases"), local("H2", 4, 5, "biases")),
    )
    return tuple(
        Architecture((*stack, output), side=16, blank=-1.0, ink=1.0, none=False) for stack in stacks
    )


def links(architecture: Architecture) -> int:
    """Count the connections of the papers: one for each weight or bias at each unit. A unit that
    averages n·n others has as many, and one for its bias."""
    return sum(layer_links(layer) for layer in architecture.layers)


def layer_links(layer: Layer) -> int:
    """Count those of one layer."""
    units = layer.maps * layer.size**2
    if layer.operation == "pool":
        return units * (layer.kernel**2 + 1)
    return layer.links * layer.size**2 + (0 if layer.operation == "prototypes" else units)


_DRAWN = """
.XXXXX.|...X...|.XXXXX.|.XXXXX.|....XX.|XXXXXXX|..XXXX.|XXXXXXX|.XXXXX.|.XXXXX.
XX...XX|..XX...|XX...XX|XX...XX|...XXX.|XX.....|.XX....|.....XX|XX...XX|XX...XX
XX...XX|.XXX...|.....XX|.....XX|..XX.X.|XX.....|XX.....|.....XX|XX...XX|XX...XX
XX...XX|...X...|.....XX|.....XX|..X..X.|XX.....|XX.....|....XX.|XX...XX|XX...XX
XX...XX|...X...|....XX.|..XXXX.|.XX..X.|XXXXXX.|XXXXXX.|....XX.|.XXXXX.|.XXXXXX
XX...XX|...X...|...XX..|..XXXX.|XX...X.|.....XX|XX...XX|...XX..|.XXXXX.|..XXXXX
XX...XX|...X...|..XX...|.....XX|XXXXXXX|.....XX|XX...XX|...XX..|XX...XX|.....XX
XX...XX|...X...|.XX....|.....XX|.....X.|.....XX|XX...XX|..XX...|XX...XX|.....XX
XX...XX|...X...|XX.....|.....XX|.....X.|XX...XX|XX...XX|..XX...|XX...XX|....XX.
.XXXXX.|.XXXXX.|XXXXXXX|XXXXXX.|.....X.|.XXXXX.|.XXXXX.|.XX....|.XXXXX.|.XXXX..
.......|.......|.......|.......|.......|.......|.......|.......|.......|.......
.......|.......|.......|.......|.......|.......|.......|.......|.......|.......
"""


def bitmaps() -> NDArray[np.float32]:
    """Return our own drawings (10, 12, 7) of the digits, +1 ink and −1 paper: what F6 is to show
    for each class. Like those of 1998 they are 7 wide and 12 high, with two rows to spare below."""
    rows = [line.split("|") for line in _DRAWN.split()]
    digits = [[[1.0 if c == "X" else -1.0 for c in row[k]] for row in rows] for k in range(10)]
    return np.array(digits, np.float32)


def prototypes() -> dict[str, NDArray[np.float32]]:
    """Return the bitmaps as the output layer's weights (10, 84, 1, 1), by name."""
    return {"output.weight": bitmaps().reshape(10, 84, 1, 1)}
