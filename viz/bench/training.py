"""A drag in every chapter of the real window while LeNet-5 is trained beside it.

The lecture's LeNet-5 learns pen digits on the measuring lane, as *Train* of chapter 9 has it, from
before the first drag until after the last; each chapter shows its first instrument.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from viz.bench.drag import PAUSED_HZ, Drag, opened, scene_to_drag
from viz.bench.waiting import pass_time, wait_for
from viz.chapters.learning.train import OWN, Train
from viz.chapters.registry import chapter_ids

WARM_S, DRAG_S = 0.5, 3.0
PATIENCE_S = 30.0


def measure(drag_s: float = DRAG_S) -> dict[str, Any]:
    """Return the drag's p50 and p99 in every chapter, in milliseconds, and how many steps of
    training were done meanwhile."""
    scene, grip = scene_to_drag(32, 64)
    application = opened(scene)
    document = application.document
    document.view.chapter = "learning"
    panel = application.window.panels.shown
    assert panel is not None
    view = next(view for view in panel.instruments if isinstance(view, Train))
    panel.choose(view.id)
    view.restore({"run": OWN, "network": "lenet5", "source": "pen", "passes": 30})
    view.training.click()
    wait_for(lambda: steps(view) > 0, PATIENCE_S, "the first step of training")
    chapters: dict[str, Any] = {}
    for chapter in chapter_ids():
        document.view.chapter = chapter
        pass_time(min(WARM_S, drag_s))
        drag = Drag(application, grip)
        drag.press()
        drag.lead(PAUSED_HZ, min(WARM_S, drag_s))
        drag.lead(PAUSED_HZ, drag_s)
        drag.release()
        document.undo_stack.undo()  # the digit is back where it was taken
        p50, p99 = np.percentile(drag.latencies_ms, [50, 99])
        chapters[chapter] = {"p50": float(p50), "p99": float(p99)}
    before = steps(view)
    wait_for(lambda: steps(view) > before, PATIENCE_S, "training, which ended too soon")
    done = steps(view)
    application.window.close()
    return {"chapters": chapters, "steps": done}


def steps(view: Train) -> int:
    """How many steps the user's own run has done."""
    progress = view.progress.get(OWN)
    return progress.now.step if progress is not None and progress.now is not None else 0


if __name__ == "__main__":
    print(json.dumps(measure()))
