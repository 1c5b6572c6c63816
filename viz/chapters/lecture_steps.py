"""Steps of a lecture as sessions, which need the demonstrations that the chapters hold."""

from __future__ import annotations

from viz.chapters import registry
from viz.nets.variants import MAIN
from viz.session.lecture import Step
from viz.session.session import Playback, Session


def session_of(step: Step) -> Session:
    """Return what a step shows at its start.

    Raises UserError if there is no such demonstration.
    """
    start = step.demonstration
    if start is None:
        assert step.session is not None
        return step.session
    demonstration = registry.by_id(start.id)
    time = min(start.time, demonstration.duration)
    return Session(
        demonstration.scene_at(time),
        demonstration.chapter,
        start.instrument,
        demonstration.network_at(time, MAIN),
        tool="select",
        demonstration=Playback(start.id, time, playing=start.playing),
        instruments=demonstration.instruments_at(time),
    )
