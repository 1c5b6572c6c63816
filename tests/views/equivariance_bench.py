"""A bench for the tests of chapter 2's instruments: a document that answers at once, and the real
measuring lane."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.compute import Computer, Nets
from viz.document import Document
from viz.engine import Engine
from viz.measure.equivariance import (
    Equivariance,
    activity,
    compare,
    reference,
)
from viz.player import Player
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number
from viz.views.equivariance.difference import Difference
from viz.views.equivariance.live import LiveShift
from viz.views.equivariance.residual import Residual
from viz.views.equivariance.table import Displacement

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")


class Bench:
    """A document that answers at once, and the real measuring lane."""

    def __init__(self, qtbot: QtBot, nets: Nets) -> None:
        self.qtbot, self.nets, self.compute = qtbot, nets, Computer(nets)
        self.document, self.engine = Document(SCENE), Engine()
        self.errors: list[str] = []
        self.engine.failed.connect(self.errors.append)
        self.engine.start()
        self.live = LiveShift(self.document, self.engine, Player(self.document))
        self.view: Displacement | Difference | Residual | None = None
        self.document.request_changed.connect(lambda _: self.answer())
        self.answer()

    def answer(self) -> None:
        self.document.show(self.compute(self.document.request()))
        if self.view is not None:
            assert self.document.snapshot is not None
            self.view.show_snapshot(self.document.snapshot)

    def show(self, view: QWidget) -> None:
        self.qtbot.addWidget(view)
        view.resize(520, 250)
        view.set_theme(themes.theme("dark"), 13)  # type: ignore[attr-defined]
        view.show()
        self.qtbot.waitExposed(view)
        self.view = view  # type: ignore[assignment]
        self.answer()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.engine.measuring, timeout=30_000)
        assert self.errors == []

    def go(self, scene: Scene) -> None:
        self.document.apply(scene, "x")
        self.settle()

    def expected(self, before: Scene, shift: tuple[float, float]) -> Equivariance:
        """What the pure functions say about ``before`` moved by ``shift``."""
        net = self.nets("max")
        snapshot = self.document.snapshot
        assert snapshot is not None
        return compare(reference(net, rasterize_scene(before)), activity(snapshot.maps), shift)


def click(view: Difference | Residual, value: str) -> None:
    at = view.layers.option_rect(value).center().toPoint()
    QTest.mouseClick(view.layers, LEFT, pos=at)
