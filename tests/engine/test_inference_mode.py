"""Torch's modes stay where they were set: no measurement hands one over to what waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import torch
from opening import Open, settled
from pytestqt.qtbot import QtBot

from viz.chapters.registry import chapters
from viz.chapters.sliding_window.measure.one_pass import per_window
from viz.engine.engine import Engine
from viz.nets import load_pretrained
from viz.scene import rasterize_scene
from viz.scene.digits import number

ENOUGH = 20
"""Results of one instrument: coarse and fine ones, and pauses between them."""

Work = Callable[[Any], Iterable[Any]]


def modes() -> tuple[bool, bool]:
    """Whether torch is in inference mode, and whether it keeps gradients, in this thread."""
    return torch.is_inference_mode_enabled(), torch.is_grad_enabled()


def test_no_mode_lasts_between_two_results_of_any_instrument(
    open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mode set in a generator would hold outside of it until its next step, or for ever."""
    measure = Engine.measure
    asked: list[str] = []
    found: list[tuple[str, tuple[bool, bool]]] = []

    def watch(
        engine: Engine, name: str, work: Work, deliver: Callable[[Any], None], **more: bool
    ) -> None:
        def watched(nets: Any) -> Iterator[Any]:
            for result in work(nets):
                found.append((name, modes()))
                yield result

        asked.append(name)
        measure(engine, name, watched, deliver, **more)

    monkeypatch.setattr(Engine, "measure", watch)
    monkeypatch.setenv("MNIST_DIR", "nowhere")
    application = open_application(number("3"))
    settled(application, qtbot)
    usual = modes()
    for chapter in [c.id for c in chapters() if c.id != "live"]:  # where nothing is measured
        application.document.view.chapter = chapter
        panel = application.window.panels.shown
        assert panel is not None
        first = len(found)
        for instrument in panel.instruments:
            panel.choose(instrument.id)
            qtbot.waitUntil(
                lambda id_=instrument.id: (
                    not application.engine.measuring
                    or sum(name == id_ for name, _ in found) > ENOUGH
                ),
                timeout=30_000,
            )
        assert len(found) > first, chapter
    # Of a drawing at rest a trajectory knows its one place from the snapshot, of a stack of layers
    # the graph of units needs no network
    assert {name for name, _ in found} == set(asked) - {"trajectory", "units"}
    assert {name for name, there in found if there != usual} == set()


def test_no_mode_lasts_between_two_windows() -> None:
    usual = modes()
    windows = per_window(load_pretrained(), rasterize_scene(number("31")))
    assert {modes() for _ in windows} == {usual}
