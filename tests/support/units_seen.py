"""What a unit sees, by going down from kernel cell to kernel cell along one axis."""

from __future__ import annotations

from functools import cache

from viz.nets.architecture import Architecture, Layer


@cache
def seen(architecture: Architecture, layer: Layer, index: int, pixels: int) -> frozenset[int]:
    """Those of so many pixels that unit ``index`` of ``layer`` sees, the cells of kernels counted
    one by one and padding not."""
    units = below(architecture, layer, index, pixels)
    under = architecture.below(layer)
    scale = architecture.scale
    if under is None:
        every = (scale * unit + pixel for unit in units for pixel in range(scale))
        return frozenset(pixel for pixel in every if 0 <= pixel < pixels)
    return frozenset().union(*(seen(architecture, under, unit, pixels) for unit in units))


def below(architecture: Architecture, layer: Layer, index: int, pixels: int) -> list[int]:
    """The units of the layer below, or of the input, that unit ``index`` sees."""
    before = layer.padding
    cells = [layer.dilation * cell for cell in range(layer.kernel)]
    if layer.pooling == "blur":
        before, cells = 1, list(range(layer.kernel + 2))
    units = [index * layer.step - before + cell for cell in cells]
    if not layer.padding:  # those of the rim are computed, too
        return units
    under = architecture.below(layer)
    size = under.shape(pixels, pixels)[1] if under else pixels // architecture.scale
    return [unit for unit in units if 0 <= unit < size]
