"""Every demonstration played in the real window: frames due, frames late, frames painted.

A frame is late if the next one was due before the player could show it; it is painted when the last
visible view has shown its snapshot.
"""

from __future__ import annotations

import json
from typing import Any

from viz import app
from viz.bench.drag import opened, scene_to_drag
from viz.bench.waiting import pass_time
from viz.outline import CHAPTER_IDS

WARM_S, PLAY_S = 0.5, 2.0
"""Seconds of each demonstration."""


def play(application: app.Application, seconds: float = PLAY_S) -> dict[str, dict[str, float]]:
    """By demonstration: frames due, the share that was late, and frames painted a second."""
    window, document = application.window, application.document
    player = window.player
    painted = 0

    def count(*_: object) -> None:
        nonlocal painted
        painted += 1

    application.clock.frame_painted.connect(count)
    found: dict[str, dict[str, float]] = {}
    for chapter in CHAPTER_IDS:
        document.set_chapter(chapter)
        for demonstration in player.library():
            player.load(demonstration)
            player.play()
            pass_time(WARM_S)
            frames, late, before = player.frames, player.late, painted
            pass_time(seconds)
            due = player.frames - frames
            found[demonstration.id] = {
                "frames": due,
                "late": player.late - late,
                "painted_per_s": (painted - before) / seconds,
            }
            player.pause()
    application.clock.frame_painted.disconnect(count)
    return found


def measure() -> dict[str, Any]:
    """The share of late frames over all demonstrations, and the worst of them."""
    application = opened(scene_to_drag(32, 64)[0])
    found = play(application)
    application.window.close()
    return summary(found)


def summary(found: dict[str, dict[str, float]]) -> dict[str, Any]:
    """What ``play`` found, in a few numbers."""
    shares = {name: each["late"] / max(1, each["frames"]) for name, each in found.items()}
    rates = {name: each["painted_per_s"] for name, each in found.items()}
    slowest = min(rates, key=rates.__getitem__)
    return {
        "late_share": sum(each["late"] for each in found.values())
        / max(1, sum(each["frames"] for each in found.values())),
        "worst_late_share": max(shares.values()),
        "painted_per_s": sum(rates.values()) / len(rates),
        "slowest": {"demonstration": slowest, "painted_per_s": rates[slowest]},
        "demonstrations": len(found),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
