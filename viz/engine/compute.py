"""One computation of the live lane: rasterise, forward, read, trace; without Qt and threads.

Constructing Nets imports torch, which takes about a second and a half.
"""

from __future__ import annotations

import gc
import threading
import time
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from viz.errors import UserError
from viz.i18n import tr
from viz.measure.inspection import trace
from viz.measure.reading import read
from viz.model.snapshot import Request, Snapshot
from viz.nets.architecture import WINDOW_STEP
from viz.nets.modules import SIGN
from viz.nets.networks import MAIN, is_passing, trained
from viz.scene import rasterize_scene

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network


class UnavailableError(UserError):
    """A network whose weights are missing or damaged; ``network`` is its name."""

    def __init__(self, network: str, reason: str) -> None:
        super().__init__(reason)
        self.network = network


@cache
def _freeze() -> None:
    """Tell the garbage collector, once, that torch's hundred thousand objects live for ever: to
    look through them again and again costs a frame 0.1 s each time."""
    gc.freeze()


MODIFIED_KEPT = 16
"""Networks with modules in them that stay loaded."""

PASSING_LOADED = 3
"""States of networks in training that stay loaded: the live and the measuring lane use the latest.
"""


class Nets:
    """Callable: a name of ``viz.nets.networks`` → its network, loaded when it is first asked for.

    Raises UnavailableError, each time anew, for one that cannot be loaded; the others can be used
    all the same. Safe to share between threads. Constructing the first one imports torch.
    """

    def __init__(self) -> None:
        gc.disable()
        import torch

        _freeze()
        gc.enable()
        # A second thread would fight the GUI for the cores: p99 7 ms with one, 54 with two.
        torch.set_num_threads(1)
        self._loaded: dict[str, Network] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str) -> Network:
        from viz.nets import load_pretrained

        with self._lock:
            if name not in self._loaded:
                changed = [one for one in self._loaded if SIGN in one]
                passing = [one for one in self._loaded if is_passing(one) and SIGN not in one]
                for those, kept in ((changed, MODIFIED_KEPT), (passing, PASSING_LOADED)):
                    for one in those[: max(0, len(those) - kept)]:
                        del self._loaded[one]  # the oldest: there are thousands
                try:
                    self._loaded[name] = load_pretrained(name)
                except KeyError as error:
                    raise UnavailableError(
                        name, tr("This network is not open; choose one in the Network menu.")
                    ) from error
                except UserError as error:
                    raise UnavailableError(name, str(error)) from error
            return self._loaded[name]


class Computer:
    """Callable: Request → Snapshot, on the calling thread."""

    def __init__(self, nets: Nets) -> None:
        import torch

        self._torch = torch
        self._nets = nets
        self._nets(MAIN)

    def __call__(self, request: Request) -> Snapshot:
        start = time.perf_counter()
        image = rasterize_scene(request.scene)
        rastered = time.perf_counter()
        net = self._nets(request.network)
        architecture, unit, window = net.architecture, request.inspected, request.window
        if unit is not None and unit.layer == architecture.output.name:
            window = unit.row, unit.column
        with self._torch.inference_mode():
            x = self._torch.from_numpy(image)[None, None]
            tensors = net(x, request.ablated, window=window)
        forwarded = time.perf_counter()
        maps = {name: tensor[0].numpy() for name, tensor in tensors.items()}
        for array in (image, *maps.values()):
            array.setflags(write=False)
        origin = (0, 0)
        if not architecture.is_convolutional:
            origin = _origin(tensors["output"], window)
        explained = unit and trace(
            image,
            maps,
            trained(request.network),
            unit.layer,
            (unit.map, unit.row, unit.column),
            ablated=unit.map in request.ablated.get(unit.layer, ()),
            origin=origin,
        )
        reading = read(np.asarray(maps["output"]))
        return Snapshot(
            request,
            architecture,
            image,
            MappingProxyType(maps),
            reading,
            explained or None,
            raster_ms=(rastered - start) * 1e3,
            forward_ms=(forwarded - rastered) * 1e3,
            compute_ms=(time.perf_counter() - start) * 1e3,
            origin=origin,
        )


def _origin(output: Tensor, window: tuple[int, int] | None) -> tuple[int, int]:
    """The (top, left) pixel of the window whose maps ``Network.forward`` gave."""
    from viz.nets.network import most_confident

    _, _, rows, columns = output.shape
    if window is None or not (window[0] < rows and window[1] < columns):
        window = divmod(int(most_confident(output)[0]), columns)
    return WINDOW_STEP * window[0], WINDOW_STEP * window[1]
