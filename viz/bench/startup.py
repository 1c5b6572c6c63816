"""From the start of the process to the window, and to the first maps in it.

The one argument is when the process was started, in seconds of ``time.monotonic()``, a clock that
processes share. Takes the path of ``lenetscope run`` but leaves the user's drawing alone; what
``viz.bench`` imports costs a little more than what the command line does.
"""

from __future__ import annotations

import json
import sys
import time

from viz import display
from viz.bench import WINDOW


def main(started: float) -> dict[str, float]:
    """Seconds until the window has been painted and until every view shows the first snapshot."""
    if obstacle := display.obstacle():
        sys.exit(obstacle)
    from viz import preload

    preload.start()
    from PyQt6.QtCore import QEvent, QObject, QTimer

    from viz import app

    times: dict[str, float] = {}

    class FirstPaint(QObject):
        """Notes when the canvas's first paint has reached the screen."""

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is not None and event.type() == QEvent.Type.Paint and not times:
                times["window_s"] = 0.0
                QTimer.singleShot(0, self.shown)
            return False

        def shown(self) -> None:
            times["window_s"] = time.monotonic() - started

    def maps(*_: object) -> None:
        times["first_maps_s"] = time.monotonic() - started
        QTimer.singleShot(0, qapp.quit)  # not from within a paint event

    qapp = app.make_qapplication()
    application = app.Application(keep=False)
    first_paint = FirstPaint()
    application.window.canvas.installEventFilter(first_paint)
    application.clock.frame_painted.connect(maps)
    application.window.resize(*WINDOW)
    application.start_when_painted()
    application.window.show()
    qapp.exec()
    application.window.close()
    return times


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
