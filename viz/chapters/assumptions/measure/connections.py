"""Five inputs and three outputs, joined in three ways; and how often a picture shows a kernel."""

from __future__ import annotations

from dataclasses import dataclass

from viz.nets.architecture import Architecture, Layer

INPUTS, OUTPUTS, FIELD = 5, 3, 3
"""No input is padded, so that 5 inputs seen by threes make 3 outputs."""

DENSE, SPARSE, SHARED = "dense", "sparse", "shared"


@dataclass(frozen=True)
class Edge:
    """A connection from an input to an output, by the number of its ``weight``."""

    input: int
    output: int
    weight: int


def edges(kind: str) -> tuple[Edge, ...]:
    """List the connections: all 15 with 15 weights, 9 with 9, or 9 with 3.

    Output j sees inputs j … j + 2, unless it sees all. Raises ValueError for another kind.
    """
    if kind not in (DENSE, SPARSE, SHARED):
        raise ValueError(kind)
    pairs = [
        (i, j)
        for j in range(OUTPUTS)
        for i in (range(INPUTS) if kind == DENSE else range(j, j + FIELD))
    ]
    return tuple(
        Edge(i, j, i - j if kind == SHARED else number) for number, (i, j) in enumerate(pairs)
    )


def weights(kind: str) -> int:
    """Count the weights that are learned."""
    return len({edge.weight for edge in edges(kind)})


def first_kernels(architecture: Architecture) -> Layer | None:
    """Return the first layer whose kernels are shared by several places; None without any."""
    return next(
        (
            layer
            for layer in architecture.layers
            if layer.operation == "conv" and "weights" not in layer.unshared and layer.size > 1
        ),
        None,
    )
