"""Every demonstration played in the real window: frames due, and frames late.

A frame is late if the next one was due before the player could show it, or if it changed the scene
and the next one came before the last visible view had painted it. Scenes also rest, so fewer frames
may be painted than are due.
"""

from __future__ import annotations

import json
from typing import Any

from viz import app
from viz.bench.drag import opened, scene_to_drag
from viz.bench.waiting import pass_time
from viz.chapters.registry import chapter_ids

WARM_S, PLAY_S = 0.5, 2.0
"""Seconds of each demonstration."""


def play(application: app.Application, seconds: float = PLAY_S) -> dict[str, dict[str, float]]:
    """By demonstration: frames due, how many were late, and frames painted a second."""
    window, document = application.window, application.document
    player = window.player
    asked = painted = 0

    def ask(*_: object) -> None:
        nonlocal asked
        asked += 1

    def paint(*_: object) -> None:
        nonlocal painted
        painted += 1

    document.request_changed.connect(ask)
    application.clock.frame_painted.connect(paint)
    found: dict[str, dict[str, float]] = {}
    for chapter in chapter_ids():
        document.view.chapter = chapter
        for demonstration in player.library():
            player.load(demonstration)
            player.play()
            pass_time(WARM_S)
            frames, late, before = player.frames, player.late, (asked, painted)
            pass_time(seconds)
            missed = (asked - before[0]) - (painted - before[1])
            found[demonstration.id] = {
                "frames": player.frames - frames,
                "late": player.late - late + max(0, missed),
                "painted_per_s": (painted - before[1]) / seconds,
            }
            player.pause()
    document.request_changed.disconnect(ask)
    application.clock.frame_painted.disconnect(paint)
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
    worst = max(shares, key=shares.__getitem__)
    return {
        "late_share": sum(each["late"] for each in found.values())
        / max(1, sum(each["frames"] for each in found.values())),
        "worst": {"demonstration": worst, "late_share": shares[worst]},
        "painted_per_s": max(each["painted_per_s"] for each in found.values()),
        "demonstrations": len(found),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
