"""The bare floor: the latency of the least that any program would do for a live picture.

The same window and the same pointer events as in ``drag``; each brings an image, which one worker
thread puts through the network; four plain widgets paint the maps at their locked scales. There is
no document, no stroke and no other view. Network and painting are written out here as the program
had them in November 2026, so that what makes the program faster brings it nearer to the floor
instead of lowering that.
"""

from __future__ import annotations

import gc
import json
import math
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QApplication, QWidget

from viz import app
from viz.bench import WINDOW
from viz.bench.drag import PAUSED_HZ, PAUSED_S, RADIUS_PX, scene_to_drag
from viz.bench.waiting import send_paced, wait_for
from viz.nets import networks
from viz.scene import rasterize_scene

if TYPE_CHECKING:
    from torch import Tensor

PLACES = {
    "C1": (QPoint(560, 90), 5),
    "S2": (QPoint(1190, 90), 5),
    "C3": (QPoint(560, 370), 10),
    "S4": (QPoint(1190, 370), 10),
}
"""Where each layer's maps lie in the window, and in how many columns."""
ZOOM, GAP = 2, 1
"""Pixels of the window to one of a map; map pixels between two maps."""
POSITIONS = 64
"""Images that differ, once round the circle on which the digits move."""
WARM_S = 1.0
PATIENCE_S = 20.0


def forward(weights: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    """Return every activation of LeNet-5 for an image (1, 1, H, W), by their names in snapshots."""
    import torch.nn.functional as F

    c1 = F.conv2d(x, weights["C1.weight"], weights["C1.bias"])
    c1_relu = F.relu(c1)
    s2 = F.max_pool2d(c1_relu, 2)
    c3 = F.conv2d(s2, weights["C3.weight"], weights["C3.bias"])
    c3_relu = F.relu(c3)
    s4 = F.max_pool2d(c3_relu, 2)
    # One matrix product: for 500 maps faster on CPUs than torch's convolution
    columns = F.unfold(s4, 5).transpose(1, 2)
    c5 = F.linear(columns, weights["C5.weight"].flatten(1)).transpose(1, 2)
    c5 = (c5 + weights["C5.bias"][:, None]).reshape(1, -1, s4.shape[2] - 4, s4.shape[3] - 4)
    c5_relu = F.relu(c5)
    output = F.conv2d(c5_relu, weights["output.weight"], weights["output.bias"])
    return {
        "C1 pre": c1,
        "C1": c1_relu,
        "S2": s2,
        "C3 pre": c3,
        "C3": c3_relu,
        "S4": s4,
        "C5 pre": c5,
        "C5": c5_relu,
        "output pre": output,
        "output": F.log_softmax(output, dim=1),
    }


class Worker(QObject):
    """One thread with a single slot, where the latest image wins."""

    answered = pyqtSignal(int, object)
    """The image's number; the activations (maps, h, w) by name."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        super().__init__()
        self._weights = weights
        self._slot: tuple[int, NDArray[np.float32]] | None = None
        self._is_stopping = False
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def post(self, number: int, image: NDArray[np.float32]) -> None:
        """Ask for the activations of an image (H, W)."""
        with self._condition:
            self._slot = number, image
            self._condition.notify()

    def stop(self) -> None:
        """End the thread, once it has done what it is about."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        self._thread.join()

    def _work(self) -> None:
        import torch

        torch.set_num_threads(1)
        weights = {name: torch.tensor(w) for name, w in self._weights.items()}
        while True:
            with self._condition:
                while self._slot is None:
                    if self._is_stopping:
                        return
                    self._condition.wait()
                (number, image), self._slot = self._slot, None
            with torch.inference_mode():
                maps = forward(weights, torch.from_numpy(image)[None, None])
            self.answered.emit(number, {name: maps[name][0].numpy() for name in maps})


class Maps(QWidget):
    """All maps of one layer in one RGB32 image, black to white from 0 to ``peak``."""

    painted = pyqtSignal()

    def __init__(self, place: QPoint, columns: int, peak: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._columns, self._factor = columns, np.float32(255 / peak)
        self._lut = np.arange(256, dtype=np.uint32) * 0x010101 | 0xFF000000
        self._index = np.zeros((0, 0, 0), np.intp)
        self.move(place)

    def show_maps(self, values: NDArray[np.float32]) -> None:
        """Show activations (maps, h, w)."""
        if values.shape != self._index.shape:
            self._allocate(*values.shape)
        np.multiply(values, self._factor, out=self._index, casting="unsafe")
        np.take(self._lut, self._index, out=self._colours, mode="clip")
        self._tiles[:] = self._colours.reshape(self._tiles.shape)
        self.update()

    def _allocate(self, maps: int, height: int, width: int) -> None:
        rows, columns = maps // self._columns, self._columns
        self._index = np.zeros((maps, height, width), np.intp)
        self._colours = np.zeros((maps, height, width), np.uint32)
        pixels = np.zeros((rows, height + GAP, columns, width + GAP), np.uint32)
        self._tiles = pixels[:, :height, :, :width].transpose(0, 2, 1, 3)
        size = columns * (width + GAP), rows * (height + GAP)
        self._image = QImage(
            pixels.data,  # type: ignore[arg-type]
            *size,
            4 * size[0],
            QImage.Format.Format_RGB32,
        )
        self.resize(ZOOM * size[0], ZOOM * size[1])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if len(self._index):
            painter = QPainter(self)
            painter.drawImage(QRect(QPoint(), ZOOM * self._image.size()), self._image)
            painter.end()
        self.painted.emit()


class Floor(QWidget):
    """The window: a pointer that moves over it moves the digits."""

    def __init__(self) -> None:
        super().__init__()
        network = networks.trained()
        image = rasterize_scene(scene_to_drag(32, 64)[0])
        angles = np.linspace(0, 2 * math.pi, POSITIONS, endpoint=False)
        shifts = np.rint(RADIUS_PX * np.stack([np.sin(angles), np.cos(angles)], 1)).astype(int)
        self._images = [np.roll(image, tuple(shift), (0, 1)) for shift in shifts]
        self._maps = {
            layer: Maps(place, columns, network.scales[layer], self)
            for layer, (place, columns) in PLACES.items()
        }
        self._asked = self._shown = self._owing = 0
        self._waiting: deque[tuple[int, float]] = deque()
        self.latencies_ms: list[float] = []
        for maps in self._maps.values():
            maps.painted.connect(self._on_painted)
        self._worker = Worker(network.weights)
        self._worker.answered.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self.setMouseTracking(True)

    @property
    def is_answered(self) -> bool:
        """Whether all that was asked for has been painted."""
        return not self._waiting

    def move_pointer(self) -> None:
        """Send one event of the pointer to the window."""
        begin = time.perf_counter()
        position = QPointF(self._asked % 500, 100)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            position,
            self.mapToGlobal(position),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self, event)
        self._waiting.append((self._asked, begin))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._worker.stop()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._asked += 1
        self._worker.post(self._asked, self._images[self._asked % POSITIONS])

    def _show(self, number: int, activations: dict[str, NDArray[np.float32]]) -> None:
        self._shown, self._owing = number, len(self._maps)
        for layer, maps in self._maps.items():
            maps.show_maps(activations[layer])

    def _on_painted(self) -> None:
        self._owing -= 1
        if self._owing == 0:
            now = time.perf_counter()
            while self._waiting and self._waiting[0][0] <= self._shown:
                self.latencies_ms.append((now - self._waiting.popleft()[1]) * 1e3)


def measure(seconds: float = PAUSED_S) -> dict[str, float]:
    """Return p50 and p99 of the latency, in milliseconds, of ``seconds`` of pointer events."""
    _qapp = app.make_qapplication()  # it lives as long as this name
    gc.disable()
    import torch  # noqa: F401  (before the thread does, while nothing else runs)

    gc.freeze()  # as the program does: see viz.engine.compute
    gc.enable()
    sys.setswitchinterval(0.0005)  # see viz.engine.engine
    window = Floor()
    window.resize(*WINDOW)
    window.show()
    window.move_pointer()
    wait_for(lambda: window.is_answered, PATIENCE_S, "the first maps")
    for lasting in (WARM_S, seconds):
        window.latencies_ms.clear()
        send_paced(lambda _: window.move_pointer(), lambda: window.is_answered, PAUSED_HZ, lasting)
    window.close()
    p50, p99 = np.percentile(window.latencies_ms, [50, 99])
    return {"p50": float(p50), "p99": float(p99)}


if __name__ == "__main__":
    print(json.dumps(measure()))
