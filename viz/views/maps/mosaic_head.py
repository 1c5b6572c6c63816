"""The head of a mosaic: the layer's name, the size of its maps or a unit's value, the scale.

Its tooltip explains how the layer is computed."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter

from viz.i18n import tr
from viz.nets.architecture import Layer
from viz.views import theme as themes
from viz.views.layer_words import formula
from viz.views.theme import GRID, Theme
from viz.views.widgets.legend import APART, draw_legend, least_width
from viz.views.widgets.locked_scale import LockedScale, scale_of


def head_height(text_px: int) -> int:
    """Return the pixels above the tiles."""
    return text_px + 2 * GRID


def size_text(layer: Layer, height: int, width: int) -> str:
    """Return the size of a layer's maps: ``50@10×26``."""
    return f"{layer.maps}@{height}×{width}"


def head_width(
    layer: Layer, height: int, width: int, scales: Mapping[str, float], text_px: int
) -> int:
    """Return the pixels that the head takes for maps of height × width, on either of the layer's
    scales."""
    bold, metrics = (QFontMetrics(themes.font(text_px, bold=heavy)) for heavy in (True, False))
    pres = (False, True) if layer.has_weights else (False,)
    legends = [least_width(metrics, scale_of(layer, pre, scales).numbers()) for pre in pres]
    words = metrics.horizontalAdvance(size_text(layer, height, width))
    return bold.horizontalAdvance(layer.name) + 2 * GRID + words + max(legends)


def draw_head(
    painter: QPainter,
    place: QRect,
    layer: str,
    size: str,
    value: str,
    scale: LockedScale,
    theme: Theme,
    text_px: int,
) -> None:
    """Draw the head; ``value``, if there is one, stands in place of ``size``. The legend at the
    right end yields to the size, which says more."""
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(themes.font(text_px, bold=True))
    painter.setPen(theme.text)
    painter.drawText(place, middle, layer)
    place = place.adjusted(painter.fontMetrics().horizontalAdvance(layer) + 2 * GRID, 0, 0, 0)
    painter.setFont(themes.font(text_px))
    metrics = painter.fontMetrics()
    words = min(metrics.horizontalAdvance(value or size) + APART, place.width())
    legend = place.adjusted(words, 0, 0, 0)
    wide = draw_legend(painter, legend, scale.numbers(), scale.lut(theme), theme)
    painter.setPen(QColor(theme.field if value else theme.quiet))
    right = Qt.TextElideMode.ElideRight
    text = metrics.elidedText(value or size, right, place.width() - wide + 1)  # of fractions
    painter.drawText(place, middle, text)


def layer_tip(layer: Layer) -> str:
    """Say the formula, the size and the receptive field of a layer."""
    return tr(
        "{name}: {maps} maps, {parameters} parameters. {formula}. The receptive field of a unit is "
        "{field}×{field} pixels, neighbours lie {stride} px apart. The scale is fixed.",
        name=layer.name, maps=layer.maps, parameters=f"{layer.parameters:,}",
        formula=formula(layer), field=layer.field, stride=layer.stride,
    )  # fmt: skip
