"""The theme: a class's hue is read as text in both themes, and stays the class's hue."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtGui import QColor

from viz.nets.architecture import CLASSES
from viz.views.theme import CLASS_COLOURS, READ, contrast, theme


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)
    assert contrast(QColor("#ffffff"), QColor("#777777")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("number", range(CLASSES))
def test_a_class_is_read_in_its_hue(name: str, number: int) -> None:
    look = theme(name)
    ink, filled = look.class_ink(number), look.class_colour(number)
    for ground in (look.background, look.surface):
        assert contrast(ink, ground) >= READ
    assert READ == 4.5
    assert abs(ink.hslHue() - filled.hslHue()) <= 2
    if contrast(filled, look.background) >= READ:
        assert ink == filled, "no other than the areas' where that is read"


def test_no_class_is_taken_for_another() -> None:
    """At the contrast that all have, hue and strength must tell them apart."""
    look = theme("light")
    inks = [look.class_ink(number).getRgb()[:3] for number in range(CLASSES)]
    apart = [
        sum(abs(a - b) for a, b in zip(one, other, strict=True))
        for k, one in enumerate(inks)
        for other in inks[:k]
    ]
    assert min(apart) > 40
    assert len(set(CLASS_COLOURS)) == CLASSES


def test_quiet_text_and_accent_are_read() -> None:
    for name in ("dark", "light"):
        look = theme(name)
        for colour in (look.text, look.quiet, look.accent, look.field):
            assert contrast(colour, look.background) >= READ


def test_colours_of_values_are_those_of_the_published_scales() -> None:
    for name, table, published in (
        ("light", "sequential", "CET-L17"),
        ("light", "diverging", "CET-D9"),
        ("dark", "sequential", "inferno"),
        ("dark", "diverging", "CET-D4"),
    ):
        red, green, blue = pg.colormap.get(published).getLookupTable(nPts=256, alpha=False).T
        wanted = 0xFF000000 | (red.astype(np.uint32) << 16) | (green.astype(np.uint32) << 8) | blue
        assert np.array_equal(getattr(theme(name), table), wanted), published
    paper, ink = (QColor.fromRgb(int(theme("light").ink[end])).name() for end in (0, -1))
    assert (paper, ink) == ("#ffffff", "#101010")
