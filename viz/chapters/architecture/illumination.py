"""Illumination: uneven light on the canvas, and what each normalisation leaves of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from PyQt6.QtWidgets import QGridLayout, QWidget

from viz.chapters.architecture.measure.modules import Seen, goes_with, normalised
from viz.chapters.architecture.module_words import no_modules, short_name
from viz.chapters.instrument import Context, MeasuredInstrument
from viz.engine.compute import Nets
from viz.i18n import number, tr
from viz.measure.inspection import INPUT
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.modules import base_of, split
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.class_map import class_name
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.labelled_box import CountBox
from viz.views.widgets.locked_scale import LockedScale, scale_of
from viz.views.widgets.value_row import Field, ValueRow

RUN_S = 1.0
"""Changes of one slider that follow each other within so many seconds are one step to undo."""

LEAST = 26
"""Pixels along a side of a map in the smallest window."""

Key = tuple[Any, str, Any, tuple[int, int]]


class InputMap(Heatmap):
    """A map that may be the input, which is shown as ink on paper."""

    is_input = False

    def colours(self, theme: Theme) -> Lut:
        return theme.ink if self.is_input else super().colours(theme)


class Illumination(MeasuredInstrument):
    """What the network sees of a window, and reads, with each normalisation in front of C1."""

    tells_answer = True
    id = "illumination"
    title = tr("Illumination")
    hint = tr("Lower the contrast, raise the ramp: which normalisations still read the digit?")
    tip = tr(
        "A pixel of ink x is seen as contrast · x + background + ramp · u, u from 0 to 1 across "
        "the canvas, cut off at 1. Above: the window as each normalisation passes it on; below: a "
        "map of C1 made of that, with the answer."
    )
    explanation = tr(
        "Uneven light changes every pixel, though the digit stays the same. <b>Mean removal</b> "
        "and <b>high-pass</b> filters take away what hardly changes within a small window: the "
        "background and the ramp. The low contrast is left; only dividing by the local "
        "<b>standard deviation</b> makes up for it, as <b>local contrast normalisation</b> does. "
        "Dividing alone, as variance normalisation does, makes the background brighter instead. "
        "Where the light has cut ink off at 1, nothing brings it back."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._run: tuple[str, int, float] = ("", 0, 0.0)
        self.rows = {field.name: ValueRow(field) for field in _fields()}
        sliders = QWidget()
        grid = QGridLayout(sliders)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(0)
        for index, (name, row) in enumerate(self.rows.items()):
            row.changed.connect(lambda value, name=name: self._change(name, value))
            row.typed.connect(context.canvas.setFocus)
            grid.addWidget(row, index // 2, index % 2)
        self.map = CountBox(tr("map"), tr("The map of C1 that is shown, from 0 on."), 0, 4095, 0)
        self.add_control(sliders)
        self.add_setting("map", self.map)
        self.windows = [InputMap(LockedScale(1.0), legend=False) for _ in range(7)]
        self.maps = [Heatmap(LockedScale(1.0), legend=False) for _ in range(7)]
        view = QWidget()
        places = QGridLayout(view)
        places.setContentsMargins(0, 0, 0, 0)
        places.setHorizontalSpacing(2 * GRID)
        places.setVerticalSpacing(GRID)
        for column, (window, of_map) in enumerate(zip(self.windows, self.maps, strict=True)):
            for line, part in enumerate((window, of_map)):
                part.setMinimumSize(LEAST, LEAST)
                places.addWidget(part, line, column)
        self.set_view(view)
        self.map.chosen.connect(lambda _number: self._draw())
        self.document.scene_changed.connect(self._show_light)
        self.document.view.changed.connect(lambda name: self._draw())
        self._show_light()

    def reason(self, snapshot: Snapshot) -> str:
        base = networks.architecture(base_of(snapshot.request.network))
        return super().reason(snapshot) if goes_with(base) else no_modules()

    def key(self, snapshot: Snapshot) -> Key:
        request, window = snapshot.request, self.document.shown_window()
        assert window is not None  # as there is a snapshot
        return request.scene, request.network, request.ablated, window

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Key) -> Iterator[tuple[Seen, ...]]:
        _, network, ablated, window = key
        yield from normalised(nets, network, snapshot.image, window, ablated)

    def show_result(self, result: tuple[Seen, ...]) -> None:
        self._draw()

    def set_dimmed(self, dimmed: bool) -> None:
        for part in (*self.windows, *self.maps):
            part.set_dimmed(dimmed)

    def clear(self) -> None:
        self._draw()

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._draw()

    def formula(self) -> str:
        law = tr(
            "<i>v</i> = min(1, contrast · <i>x</i> + background + ramp · <i>u</i>), <i>u</i> from "
            "0 to 1 across the canvas"
        )
        if self.result is None or self.snapshot is None:
            return law
        light, image = self.snapshot.scene.light, self.snapshot.image
        return tr(
            "{law}<br><i>v</i> = min(1, {contrast} <i>x</i> + {background} + {ramp} <i>u</i>), "
            "here from <b>{low}</b> to <b>{high}</b>",
            law=law, contrast=number(light.contrast, 2), background=number(light.background, 2),
            ramp=number(light.ramp, 2), low=number(float(image.min()), 2),
            high=number(float(image.max()), 2),
        )  # fmt: skip

    def _draw(self) -> None:
        results: tuple[Seen, ...] = self.result or ()
        self.map.box.setMaximum(max(0, self._most() - 1))
        for column, (window, of_map) in enumerate(zip(self.windows, self.maps, strict=True)):
            window.setVisible(column < len(results) or not results)
            of_map.setVisible(column < len(results) or not results)
            if column < len(results):
                self._draw_one(results[column], window, of_map)

    def _draw_one(self, one: Seen, window: InputMap, of_map: Heatmap) -> None:
        trained = networks.trained(one.network)
        architecture, kind = trained.architecture, split(one.network)[1].before
        first = architecture.layers[0]
        bank = architecture.layers[1] if kind else first
        source = first.name if kind else INPUT
        place = self.document.shown_window() or (0, 0)
        scale = LockedScale(trained.scales[source], True) if kind else LockedScale(1.0)
        window.is_input = not kind
        window.set_scale(scale)
        window.set_array(_cut(one.maps[source], 0, place, architecture.stride, architecture.window))
        window.set_caption(short_name(kind))
        of_map.set_scale(scale_of(bank, False, trained.scales))
        shown = min(self.map.value, bank.maps - 1)
        of_map.set_array(
            _cut(one.maps[bank.name], shown, place, architecture.stride // bank.stride, bank.size)
        )
        hidden = self.document.view.answer_hidden
        of_map.set_caption(
            "" if hidden else tr(
                "{answer}: {p}", answer=class_name(one.answer), p=number(one.probability, 2)
            ),
            shorter=class_name(one.answer),
        )  # fmt: skip

    def _most(self) -> int:
        layer = networks.architecture(base_of(self.document.network)).layers[0]
        return layer.maps

    # The light

    def _show_light(self) -> None:
        light = self.document.scene.light
        for name, row in self.rows.items():
            row.show_value(getattr(light, name))

    def _change(self, name: str, value: float) -> None:
        """Set one number of the light; one step to undo for a drag or a run of keys."""
        known, gesture, until = self._run
        now = time.monotonic()
        if known != name or now > until:
            gesture = self.document.new_gesture()
        self._run = name, gesture, now + RUN_S
        scene = self.document.scene
        light = replace(scene.light, **{name: value})
        text = tr("Change {name}", name=self.rows[name].field.label)
        self.document.apply(replace(scene, light=light), text, gesture=gesture)


def _cut(maps: Any, shown: int, place: tuple[int, int], step: int, side: int) -> Any:
    """The units of one map that belong to a window, at ``place`` times ``step`` units."""
    top, left = (at * step for at in place)
    return maps[shown, top : top + side, left : left + side]


def _fields() -> tuple[Field, ...]:
    return (
        Field("contrast", tr("contrast"), tr("Factor of the ink: 1 leaves it as it is drawn"),
              1, 0, 1, 0, 1, 0.01),
        Field("background", tr("background"), tr("Light that falls on paper and ink alike"),
              0, 0, 1, 0, 1, 0.01),
        Field("ramp", tr("ramp"), tr("Light that grows by so much across the canvas"),
              0, 0, 1, 0, 1, 0.01),
        Field("direction", tr("direction °"), tr("Where the ramp grows, clockwise from the right"),
              0, -180, 180, -180, 180, 5, 0),
    )  # fmt: skip
