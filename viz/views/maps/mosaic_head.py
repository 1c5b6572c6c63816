"""The head of a mosaic: the layer's name, the size of its maps or a unit's value, the scale.

Its tooltip explains how the layer is computed."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter

from viz.i18n import tr
from viz.nets.layers import BY_NAME, Layer
from viz.views import theme as themes
from viz.views.maps.legend import APART, draw_legend, least_width
from viz.views.maps.locked_scale import LockedScale, scale_of
from viz.views.theme import GRID, Theme


def head_height(text_px: int) -> int:
    """Pixels above the tiles."""
    return text_px + 2 * GRID


def size_text(layer: str, height: int, width: int) -> str:
    """The size of a layer's maps: ``50@10×26``."""
    return f"{BY_NAME[layer].maps}@{height}×{width}"


def head_width(layer: str, height: int, width: int, scales: dict[str, float], text_px: int) -> int:
    """Pixels that the head takes for maps of height × width, on either of the layer's scales."""
    bold, metrics = (QFontMetrics(themes.font(text_px, bold=heavy)) for heavy in (True, False))
    pres = (False, True) if BY_NAME[layer].operation == "conv" else (False,)
    legends = [least_width(metrics, scale_of(layer, pre, scales).numbers()) for pre in pres]
    words = metrics.horizontalAdvance(size_text(layer, height, width))
    return bold.horizontalAdvance(layer) + 2 * GRID + words + max(legends)


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
    """Draw it; ``value``, if there is one, stands in place of ``size``. The legend at the right end
    yields to the size, which says more."""
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(themes.font(text_px, bold=True))
    painter.setPen(theme.text)
    painter.drawText(place, middle, layer)
    place = place.adjusted(painter.fontMetrics().horizontalAdvance(layer) + 2 * GRID, 0, 0, 0)
    painter.setFont(themes.font(text_px))
    metrics = painter.fontMetrics()
    words = min(metrics.horizontalAdvance(size) + APART, place.width())
    legend = place.adjusted(words, 0, 0, 0)
    wide = draw_legend(painter, legend, scale.numbers(), scale.lut(theme), theme)
    painter.setPen(QColor(theme.field if value else theme.quiet))
    right = Qt.TextElideMode.ElideRight
    text = metrics.elidedText(value or size, right, place.width() - wide + 1)  # of fractions
    painter.drawText(place, middle, text)


def layer_tip(layer: Layer, pooling: str) -> str:
    """The formula, the size and the field of a layer, in a network with this pooling."""
    formula = (
        tr("y = max(0, b + Σ x·w) over the 5×5 patches below")
        if layer.operation == "conv"
        else {
            "max": tr("y = max of 2×2 units of the map below"),
            "average": tr("y = mean of 2×2 units of the map below"),
            "blur": tr("y = Σ of the maxima of 2×2 units, weighted by [1 2 1]⊗[1 2 1]/16"),
        }[pooling]
    )
    return tr(
        "{name}: {maps} maps, {parameters} parameters. {formula}. One unit sees "
        "{field}×{field} pixels, neighbours lie {stride} px apart. The scale is fixed.",
        name=layer.name, maps=layer.maps, parameters=f"{layer.parameters:,}",
        formula=formula, field=layer.field, stride=layer.stride,
    )  # fmt: skip
