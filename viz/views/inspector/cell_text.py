"""Numbers in cells: as short as they can be, in text that fits the cell."""

from __future__ import annotations

from itertools import product

from PyQt6.QtGui import QFont

from viz.views.widgets.text_cache import TextCache

EASY, TIGHT = ((100, 95, 90), 4), ((85, 80, 75, 70), 2)
"""How far cell numbers are condensed, in percent, and the least pixels between two of them."""


def fitted(font: QFont, least: int, cell: tuple[int, int]) -> TextCache | None:
    """Return text in which ``compact`` numbers stand clear of each other in cells (wide, high).

    Smaller text, down to ``least`` pixels, is preferred to text condensed by more than a tenth.
    None if nothing fits.
    """
    wide, high = cell
    sizes = range(font.pixelSize(), least - 1, -1)
    for stretches, gap in (EASY, TIGHT):
        for size, stretch in product(sizes, stretches):
            smaller = QFont(font)
            smaller.setPixelSize(size)
            smaller.setStretch(stretch)
            cache = TextCache(smaller)
            if cache.figures + 2 <= high and cache.width(compact(-0.12)) + gap <= wide:
                return cache
    return None


def compact(value: float) -> str:
    """Write a number in at most four narrow characters, for a cell: ``.95``, ``–.12``, ``1.3``.

    The sign is an en dash, two pixels narrower than a minus sign.
    """
    size = abs(value)
    if size < 0.005:
        return "0"
    if size < 0.995:
        text = f"{size:.2f}"[1:]
    elif size < 9.95:
        text = f"{size:.1f}"
    else:
        text = f"{size:.0f}"
    return f"\N{EN DASH}{text}" if value < 0 else text
