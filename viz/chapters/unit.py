"""Unit: how the unit that is pointed at or pinned comes to its value; in every chapter."""

from __future__ import annotations

from viz.chapters.instrument import Context, Instrument
from viz.i18n import tr
from viz.views.inspector.inspector import Inspector


class Unit(Instrument):
    """The inspector; without a unit the table of the network's layers."""

    id = "unit"
    title = tr("Unit")
    tip = tr(
        "How a unit comes to its value: patches × kernels, summed, + bias, → activation; without a "
        "unit the layers of the network, their shapes and parameters."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.inspector = Inspector(context.document, context.clock)
        self.set_view(self.inspector)

    def refresh(self) -> None:
        if self.snapshot is not None:
            self.inspector.show_snapshot(self.snapshot)
