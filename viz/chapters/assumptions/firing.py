"""Where kernels fire: how often a kernel that is shared by all places is active at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from viz.chapters.assumptions.measure.firing import ACTIVE, SHIFT, Firing, firing, first_kernels
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, percent, tr
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.shipped_digits import COUNT
from viz.views.theme import GRID
from viz.views.widgets.facts import Fact, Facts
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.segmented import Option, Segmented

OFTEN = 0.01
"""Share of the digits from which on a place counts as one where the kernel is used."""


class KernelPlaces(MeasuredInstrument):
    """The mean digit, one kernel of the first layer, the share of digits that make it active at
    each place, and how many places use it."""

    id = "kernel-places"
    title = tr("Where kernels fire")
    tab = tr("Firing")
    hint = tr("Step through the kernels; then show the digits anywhere in the window.")
    tip = tr(
        "For each unit of the first layer: the share of the {count} digits that ship for which "
        "|activation| is above {active} of the layer’s colour scale.",
        count=f"{COUNT:,}", active=percent(ACTIVE, 0),
    )  # fmt: skip
    explanation = tr(
        "A shared kernel looks for one pattern at every place. The map shows <b>how often</b> it "
        "finds it there, over the digits that ship. An edge is found nearly everywhere on the "
        "digit, so one set of weights learns from all these places at once: that is what makes "
        "sharing pay. In the corners there is hardly any ink: centred digits are not "
        "<b>stationary</b>. Show them anywhere in the window, and the map gets flatter. "
        "Stationarity is a property of the data, not of the network."
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.number = 0
        """Which kernel is shown."""
        for by, arrow, name in ((-1, "‹", tr("Previous kernel")), (1, "›", tr("Next kernel"))):
            button = QToolButton()
            button.setText(arrow)
            button.setProperty("outlined", True)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, by=by: self._step(by))
            self.add_control(button)
            setattr(self, "previous" if by < 0 else "next", button)
        self.shown = Segmented(
            tr("Where the digits stand"),
            (
                Option(False, tr("centred"), tr("Each digit in the middle of the window.")),
                Option(
                    True, tr("anywhere"),
                    tr("Each digit shifted by up to ±{most} px, drawn from a seed.", most=SHIFT),
                ),
            ),
            label=tr("digits"),
        )  # fmt: skip
        self.add_setting("shifted", self.shown)
        self.line = Line(quiet=True)
        self.add_control(self.line)
        self.mean = Heatmap(LockedScale(1.0), legend=False)
        self.kernel = Heatmap(LockedScale(1.0, signed=True), legend=False)
        self.map = Heatmap(LockedScale(1.0))
        self.facts = Facts("100.0 %")
        self.map.describe = self._describe
        view = QWidget()
        row = QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        for part, share in ((self.mean, 3), (self.kernel, 2), (self.map, 4), (self.facts, 4)):
            row.addWidget(part, share)
        self.set_view(view)

    # What is kept

    def state(self) -> dict[str, Any]:
        return {**super().state(), "kernel": self.number}

    def restore(self, state: Mapping[str, Any]) -> None:
        value = state.get("kernel")
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 4096:
            self.number = value
        super().restore(state)
        self._show()

    # What is measured

    def reason(self, snapshot: Snapshot) -> str:
        layer = first_kernels(snapshot.architecture.layers)
        if layer.is_vector:
            return tr(
                "{layer} is connected to the whole window: no other place shares its kernel.",
                layer=layer.name,
            )
        return ""

    def key(self, snapshot: Snapshot) -> Any:
        return snapshot.request.network, self.shown.value

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        name, shifted = key
        layer = first_kernels(snapshot.architecture.layers)
        scale = networks.trained(name).scales[layer.name]
        net = nets(name)
        yield None
        for found in firing(net, scale, shifted=shifted):
            yield found, net.weights(layer).detach().numpy()

    # What is shown

    def show_result(self, result: Any) -> None:
        self._show()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (self.mean, self.kernel, self.map):
            part.set_dimmed(dimmed)

    def formula(self) -> str:
        law = tr("share = digits with |activation| > {active} of the scale / digits",
                 active=percent(ACTIVE, 0))  # fmt: skip
        if self.result is None:
            return law
        found, chosen = self._chosen()
        used = int((chosen >= OFTEN).sum())
        return law + tr(
            "<br>places of {layer} with share ≥ {often}: {used} / {all} = <b>{part}</b>",
            layer=found.layer.name, often=percent(OFTEN, 0), used=used, all=chosen.size,
            part=percent(used / chosen.size),
        )  # fmt: skip

    def _chosen(self) -> tuple[Firing, Any]:
        """The result, and the shares (h, w) of the map that is shown."""
        found: Firing = self.result[0]
        return found, found.shares[self.number % found.layer.maps]

    def _show(self) -> None:
        if self.result is None:
            return
        found, chosen = self._chosen()
        weights = self.result[1]
        number_ = self.number % found.layer.maps
        kernel = weights[number_, 0]
        middle = found.layer.size // 2
        if kernel.ndim == 4:  # unshared: that of the middle place
            kernel = kernel[..., middle, middle]
        self.line.set_text(
            tr("{layer}, kernel {number} (0 … {last})", layer=found.layer.name, number=number_,
               last=found.layer.maps - 1),
            tr("{count} digits", count=f"{found.count:,}"),
        )  # fmt: skip
        self.mean.set_scale(LockedScale(max(0.1, float(found.mean.max()))))
        self.mean.set_array(found.mean)
        self.mean.set_caption(tr("mean digit"))
        self.kernel.set_scale(LockedScale(float(np.abs(kernel).max()) or 1.0, signed=True))
        self.kernel.set_array(np.ascontiguousarray(kernel, np.float32))
        shared = "weights" not in found.layer.unshared
        self.kernel.set_caption(
            tr("kernel") if shared else tr("kernel in the middle"), shorter=tr("kernel")
        )
        self.map.set_array(np.ascontiguousarray(chosen))
        self.map.set_caption(tr("share of digits that make it active"), shorter=tr("share active"))
        self.facts.set_facts("", _facts(chosen))

    def _describe(self, row: int, column: int) -> str:
        _, chosen = self._chosen()
        return tr(
            "row {row}, column {column}: active for {share} of the digits",
            row=row, column=column, share=percent(float(chosen[row, column])),
        )  # fmt: skip

    def _step(self, by: int) -> None:
        if self.result is not None:
            self.number = (self.number + by) % self.result[0].layer.maps
            self.grabbed.emit()
            self._show()


def _facts(chosen: Any) -> list[Fact]:
    """How the shares of one map are spread over the places."""
    height, width = chosen.shape
    quarter = max(1, height // 4)
    inner = chosen[quarter : height - quarter, quarter : width - quarter]
    corner = chosen[:quarter, :quarter]
    return [
        Fact(
            percent(float((chosen >= OFTEN).mean()), 1),
            tr("of {places} places are active in at least {often} of the digits",
               places=f"{chosen.size:,}", often=percent(OFTEN, 0)),
        ),
        Fact(
            number(float(chosen.sum()), 1),
            tr("places a digit are active: as many examples for one kernel"),
            tr("The sum of the shares over all places."),
        ),
        Fact(percent(float(inner.mean()), 1), tr("mean share in the middle half of the map")),
        Fact(percent(float(corner.mean()), 1), tr("mean share in the upper left corner")),
    ]  # fmt: skip
