"""Volumes: a layer over a colour picture, one slice of each kernel for each channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.convolution.kept_picture import KeptPicture, no_picture
from viz.chapters.convolution.measure.inputs import of
from viz.chapters.convolution.measure.volume import (
    BANK,
    CHANNELS,
    GAP,
    MOST_PIXELS,
    SIDE,
    Volume,
    across,
    activated,
    bars,
    bound,
    channels_of,
    coloured,
    layer,
    tiled,
)
from viz.chapters.convolution.words import bank_options, volume_facts
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot
from viz.scene import Scene
from viz.scene.model import MAX_WIDTH
from viz.views.theme import GRID
from viz.views.widgets.check_box import CheckBox
from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.facts import Facts
from viz.views.widgets.heatmap import Cell, Heatmap
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.segmented import Option, Segmented

BARS, CANVAS, PICTURE = "bars", "canvas", "picture"

MOST_BIAS = 5

TINTS = (255, 84, 84), (84, 220, 100), (96, 140, 255)
"""Full red, green and blue as the channels show them, bright enough to tell from black."""


class Volumes(MeasuredInstrument):
    """Channels, slices, partial sums and their total at one unit; all maps of the layer beside."""

    id = "volumes"
    title = tr("Volumes")
    hint = tr("Drag over a picture: the window moves through all channels at once.")
    tip = tr(
        "y = b + Σ over channels of Σ x · k: a kernel has a slice for each channel, its partial "
        "sums are added up to one map, and c′ kernels make c′ maps."
    )
    explanation = tr(
        "A colour picture is a <b>volume</b>: three <b>channels</b>, stacked. A kernel has a "
        "<b>slice</b> for each, and the window moves through all at once: the three partial sums "
        "add up to one number, so one kernel makes one flat map. A kernel whose other slices are "
        "zero looks at red alone, and answers to white too. Several kernels make a volume again; "
        "with a <b>bias</b> for each and a non-linearity, such as <b>ReLU</b>, that is a whole "
        "layer. Its parameters do not depend on the picture’s size."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._kept = KeptPicture(self.document)
        self.place = (5, 3)
        """Row and column of the unit that is written out."""
        self.input = Segmented(
            tr("Input"),
            (
                Option(BARS, tr("bars"), tr("A red, a green, a blue, a white and a yellow bar.")),
                Option(
                    CANVAS,
                    tr("canvas"),
                    tr("The drawing, each item in a colour of its own. The network sees grey."),
                ),
                Option(
                    PICTURE,
                    tr("picture"),
                    tr(
                        "The picture that was opened last, in its colours, reduced to {most} "
                        "pixels a side if it is larger.",
                        most=MOST_PIXELS,
                    ),
                ),
            ),
            label=tr("input"),
        )
        self.kernel = ChoiceBox(tr("Kernel that is written out"), bank_options(len(BANK)))
        self._wanted: str = self.kernel.value
        """The kernel that was chosen last, be it offered now or not."""
        self.count = CountBox(
            tr("kernels"),
            tr("c′, the kernels of the layer, 1 to {most}: each makes one map.", most=len(BANK)),
            1,
            len(BANK),
            len(BANK),
        )
        self.bias = CountBox(
            tr("bias b"), tr("What is added to every sum of the layer."), -MOST_BIAS, MOST_BIAS, 0
        )
        self.rectified = CheckBox(
            tr("ReLU"), tr("max(0, x): what is negative becomes 0."), checked=True
        )
        for name, control in (
            ("input", self.input), ("count", self.count), ("bias", self.bias),
            ("relu", self.rectified), ("kernel", self.kernel),
        ):  # fmt: skip
            self.add_setting(name, control)
            if control is not self.kernel:
                control.chosen.connect(lambda _: self._show_settings())
        self.kernel.chosen.connect(self._choose)
        names = tr("red"), tr("green"), tr("blue"), tr("together")
        one = LockedScale(1.0, signed=True)
        self.pictures = [Heatmap(LockedScale(1.0), legend=False) for _ in names]
        self.slices: list[Heatmap] = [NumberGrid(one, legend=False) for _ in range(CHANNELS)]
        self.sums = [Heatmap(one, legend=place == CHANNELS) for place in range(CHANNELS + 1)]
        self.output = Heatmap(LockedScale(1.0))
        self.output.chosen.connect(self._pick)
        self.written, self.facts = Line(), Facts("18 × 18 × 10")
        view = QWidget()
        grid = QGridLayout(view)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        for row, (maps, share) in enumerate(((self.pictures, 5), (self.slices, 5), (self.sums, 5))):
            grid.setRowStretch(row, share)
            for column, part in enumerate(maps):
                grid.addWidget(part, row, column)
        for part, name in zip(self.pictures, names, strict=True):
            part.set_caption(name)
            part.pointed.connect(lambda cell: self._walk(cell, SIDE // 2))
        for part in self.slices:
            part.set_caption(tr("slice"))
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in self.sums:
            part.pointed.connect(lambda cell: self._walk(cell, 0))
        for part in (*self.pictures, *self.slices, *self.sums, self.output):
            part.setMinimumSize(24, 12)  # so that the least room holds all
        grid.addWidget(self.written, 1, CHANNELS)
        grid.addWidget(self.output, 0, CHANNELS + 1, 3, 1)
        grid.addWidget(self.facts, 0, CHANNELS + 2, 3, 1)
        for column, share in enumerate((3, 3, 3, 3, 4, 5)):
            grid.setColumnStretch(column, share)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        state = {**super().state(), "kernel": self._wanted, "place": list(self.place)}
        if self.input.value == PICTURE and (picture := self._kept.picture) is not None:
            state["picture"] = picture
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        self._kept.restore(state)
        place = state.get("place")
        if isinstance(place, (list, tuple)) and len(place) == 2 and all(map(_is_place, place)):
            self.place = place[0], place[1]
        if state.get("kernel") in list(BANK):
            self._wanted = state["kernel"]
        super().restore(state)
        self._show_settings()

    # What is computed

    def reason(self, snapshot: Snapshot) -> str:
        if self.input.value != PICTURE:
            return super().reason(snapshot) if self.input.value == CANVAS else ""
        source = self._kept.source(snapshot)
        if source is None:
            return no_picture()
        if min(source.pixels.shape[:2]) < SIDE:
            return tr("The picture is smaller than a kernel, so no window fits: open another.")
        return ""

    def key(self, snapshot: Snapshot) -> Any:
        sources = {CANVAS: snapshot.request.scene, PICTURE: self._kept.source(snapshot)}
        return self.count.value, sources.get(self.input.value)

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Volume]:
        count, source = key
        if isinstance(source, Scene):
            yield layer(coloured(source, snapshot.image), count)
        else:
            yield layer(bars() if source is None else channels_of(of(source).x), count)

    # What is shown

    def show_result(self, result: Volume) -> None:
        *parts, together = self.pictures
        for part, values, tint in zip(parts, result.picture, TINTS, strict=True):
            part.set_array(values, colours=(values[..., None] * tint).astype(np.uint8))
        lights = np.rint(np.moveaxis(result.picture, 0, 2) * 255).astype(np.uint8)
        together.set_array(result.picture.mean(0), colours=lights)
        self.facts.set_facts("", volume_facts(result))
        self._show_kernel()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (*self.pictures, *self.sums, self.output):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("(<i>n</i>×<i>n</i>×<i>c</i>) ∗ (<i>f</i>×<i>f</i>×<i>c</i>), <i>c</i>′ kernels = "
                 "(<i>n</i>−<i>f</i>+1)×(<i>n</i>−<i>f</i>+1)×<i>c</i>′")  # fmt: skip
        if self.result is None:
            return law
        volume: Volume = self.result
        channels, height, width = volume.picture.shape
        maps, _, rows, columns = volume.partial.shape
        return law + tr(
            "<br>({height}×{width}×{channels}) ∗ ({side}×{side}×{channels}), {maps} kernels = "
            "<b>{rows}×{columns}×{maps}</b><br>parameters = {maps} · ({channels}·{side}·{side} + "
            "1) = <b>{parameters}</b>",
            height=height, width=width, channels=channels, side=SIDE, maps=maps, rows=rows,
            columns=columns, parameters=f"{volume.parameters:,}",
        )  # fmt: skip

    @property
    def _number(self) -> int:
        """The number of the kernel that is written out."""
        return min(list(BANK).index(self.kernel.value), len(self.result.kernels) - 1)

    def _show_settings(self) -> None:
        offered = list(BANK)[: self.count.value]
        self.kernel.set_options(bank_options(len(offered)))
        self.kernel.show_value(self._wanted if self._wanted in offered else offered[0])
        self._show_kernel()

    def _show_kernel(self) -> None:
        """Show the slices and sums of the kernel that is chosen, and the output of all."""
        if self.result is None:
            return
        volume: Volume = self.result
        kernel, totals = volume.kernels[self._number], volume.sums()
        scale = LockedScale(bound(kernel), signed=True)
        for part, weights in zip(self.slices, kernel, strict=True):
            part.set_scale(LockedScale(float(np.abs(kernel).max()), signed=True))
            part.set_array(weights)
        for part, sums in zip(
            self.sums, (*volume.partial[self._number], totals[self._number]), strict=True
        ):
            part.set_scale(scale)
            part.set_array(sums)
        bounds = np.array([bound(one) for one in volume.kernels], np.float32)[:, None, None]
        made = activated(totals, self.bias.value, rectified=self.rectified.value) / bounds
        self.output.set_scale(LockedScale(1.0, signed=not self.rectified.value))
        self.output.set_array(tiled(made))
        self.output.set_caption(
            tr("output: {maps} maps", maps=len(made)), shorter=tr("{maps} maps", maps=len(made))
        )
        row, column = divmod(self._number, across(len(made)))
        height, width = totals.shape[1:]
        self.output.set_marks([QRectF(column * (width + GAP), row * (height + GAP), width, height)])
        self._show_unit()

    def _show_unit(self) -> None:
        """Show the window of the unit at the place, as near as the maps have it, and its sums."""
        if self.result is None:
            return
        volume: Volume = self.result
        rows, columns = volume.partial.shape[2:]
        row, column = min(self.place[0], rows - 1), min(self.place[1], columns - 1)
        for part in self.pictures:
            part.set_marks([QRectF(column, row, SIDE, SIDE)])
        values = volume.partial[self._number, :, row, column].tolist()
        total = sum(values)
        words = "{value}", "+ {value}", "+ {value}", "= {value}"
        for part, text, value in zip(self.sums, words, (*values, total), strict=True):
            part.set_marks([QRectF(column, row, 1, 1)])
            part.set_caption(text.format(value=_short(value)), shorter=_short(value))
        bias, rectified = self.bias.value, self.rectified.value
        made = _short(float(activated(np.array(total), bias, rectified=rectified)))
        added = _short(total)
        if bias:
            added += f" {'+' if bias > 0 else '−'} {abs(bias)}"
        law = tr("max(0, {sum}) = {value}") if rectified else tr("{sum} = {value}")
        self.written.set_text(
            law.format(sum=added, value=made),
            tip=tr("The sum over all channels, the bias, and what ReLU leaves of them."),
            shorter=[(tr("output {value}", value=made), "")],
        )

    def _walk(self, cell: Cell | None, behind: int) -> None:
        """Move to the unit whose window has its middle, ``behind`` its corner, at a cell."""
        if cell is not None:
            self.place = max(0, cell[0] - behind), max(0, cell[1] - behind)
            self._show_unit()

    def _pick(self, row: int, column: int) -> None:
        """Choose the kernel that made the map at a cell of the output."""
        height, width = self.result.partial.shape[2:]
        chosen = row // (height + GAP) * across(self.count.value) + column // (width + GAP)
        if chosen < self.count.value:
            self.grabbed.emit()
            self._choose(list(BANK)[chosen])

    def _choose(self, kernel: str) -> None:
        """Write another kernel out."""
        self._wanted = kernel
        self._show_settings()


def _short(value: float) -> str:
    return number(round(value, 2))


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_WIDTH
