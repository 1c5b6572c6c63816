"""The layer table says what the network is."""

from __future__ import annotations

import torch
from PyQt6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from viz.nets import load_pretrained
from viz.nets.lenet5 import lenet5
from viz.views.inspector.layer_table import blocks_of, fitted, rows
from viz.views.widgets.text_cache import text_cache


def test_shapes_are_those_of_the_network() -> None:
    for height, width in ((32, 32), (32, 64), (48, 100)):
        with torch.inference_mode():
            maps = load_pretrained()(torch.zeros(1, 1, height, width))
        for layer, row in zip(lenet5().layers, rows(lenet5(), height, width)[1:-1], strict=True):
            _, count, high, wide = maps[layer.name].shape
            assert row[0] == layer.name
            assert row[2] == f"{count}@{high}×{wide}"


def test_parameters_add_up_to_what_the_network_has() -> None:
    table = rows(lenet5(), 32, 64)
    counted = sum(parameter.numel() for parameter in load_pretrained().parameters())
    assert table[-1][3] == f"{counted:,}"
    assert sum(int(row[3].replace(",", "")) for row in table[1:-1]) == counted


def test_columns_without_room_stand_in_blocks_below_beside_the_names() -> None:
    wide = [40.0, 100.0, 60.0, 60.0, 80.0, 30.0]
    assert blocks_of(wide, 1000) == [[0, 1, 2, 3, 4, 5]]
    assert blocks_of(wide, 300) == [[0, 1, 2, 3], [0, 4, 5]]
    assert blocks_of(wide, 130) == [[0, 2], [0, 3], [0, 4], [0, 5]]  # the second fits in none
    for room in (90, 130, 200, 410):
        for block in blocks_of(wide, room):
            assert sum(wide[number] for number in block) + 8 * (len(block) - 1) <= room


def test_all_columns_stand_side_by_side_as_long_as_shorter_ones_fit(qtbot: QtBot) -> None:
    """In little height, where no second block has room."""
    table, small = rows(lenet5(), 32, 64), text_cache(13)
    headings = [
        [column[0] for column in fitted(table, QRectF(0, 0, width, 8 * small.height), small)[0]]
        for width in (700, 440, 330)
    ]
    assert headings == [
        ["layer", "operation", "shape", "parameters", "receptive field", "stride"],
        ["layer", "operation", "shape", "parameters", "field", "stride"],
        ["layer", "shape", "parameters", "field", "stride"],
    ]
    high = QRectF(0, 0, 440, 20 * small.height)  # a second block has room: full words
    assert fitted(table, high, small)[0][4][0] == "receptive field"
