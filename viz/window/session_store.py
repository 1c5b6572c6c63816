"""The screen: what the window shows, captured as a session, brought back from one, and brought on
from one to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from viz.i18n import tr
from viz.scene import Group, Scene
from viz.session.session import Playback, Session
from viz.views.canvas.commands import selected_stroke

if TYPE_CHECKING:
    from viz.chapters.panel import ChapterPanel
    from viz.model.demonstration import Demonstration
    from viz.window.main_window import MainWindow


def capture(window: MainWindow) -> Session:
    """The session on the screen: enough for ``restore`` to show the same again."""
    document, player, panel = window.document, window.player, window.panel_shown
    shown = player.demonstration
    states = {
        instrument.id: instrument.state()
        for built in window.panels
        for instrument in built.instruments
    }
    return Session(
        document.scene,
        document.chapter,
        panel.current.id if panel is not None and panel.current is not None else None,
        document.network,
        dict(document.ablated),
        document.pinned,
        document.window,
        document.selection,
        selected_stroke(document),
        str(window.canvas.tool),
        document.surest,
        Playback(shown.id, player.time, player.speed, player.loop, player.seen, player.playing)
        if shown is not None
        else None,
        window.actions_by_id["pre"].isChecked(),
        window.actions_by_id["grid"].isChecked(),
        {**states, **window.waiting_states},
        window.comparison.beside,
        kernel=window.kernels.chosen,
    )


def restore(
    window: MainWindow, session: Session, file: Path | None = None, *, saved: bool = True
) -> None:
    """Show what was on the screen.

    One undo step, which brings back the scene of before, its file, network and ablations; but not
    the chapter, the instruments' settings, A of A|B, selection, window, pin, tool, and what the
    player had.

    ``file`` is where the session came from, and where Save writes; not ``saved``, it holds an older
    drawing than this one. A demonstration goes on, paused,
    unless its scene had been changed by hand. Raises UserError, before anything has changed, if
    this program has no such demonstration.
    """
    document = window.document
    demonstration = _demonstration(session)
    _set_marks(window, session)
    window.waiting_states = {}
    document.set_chapter(session.chapter)
    window.canvas.set_tool(session.tool)
    _show_scene(window, session, file, demonstration, saved=saved)
    _attend(window, session)
    document.resume(session.focus_window)
    window.comparison.restore(session.comparison)
    # Last of all: what an instrument keeps may belong to the scene that it finds
    window.waiting_states = dict(session.instruments)
    if (panel := window.panel_shown) is not None:
        hand_out_states(window, panel)
        if session.instrument is not None:
            panel.choose(session.instrument)
        else:
            window.turning.show_instrument()


def _attend(window: MainWindow, session: Session) -> None:
    """Look where the session looks: at which strokes, window, unit and kernels."""
    document = window.document
    document.select(session.selection, session.stroke)
    document.select_window(session.window)
    if document.pinned != session.pinned:
        document.pin(session.pinned)
    window.kernels.choose(session.kernel)


def follow(window: MainWindow, session: Session) -> None:
    """Go on from what the window shows to the next state of a take.

    By the ways of a hand, and only where something differs: so the views see a drawing that moves,
    as they did, and not always another one.
    """
    document = window.document
    _set_marks(window, session)
    document.set_chapter(session.chapter)
    if session.tool != str(window.canvas.tool):
        window.canvas.set_tool(session.tool)
    document.set_network(session.network)
    for layer in {*document.ablated, *session.ablated}:
        none: frozenset[int] = frozenset()
        for number in document.ablated.get(layer, none) ^ session.ablated.get(layer, none):
            document.toggle_ablation(layer, number)
    _follow_demonstration(window, session)
    if _alike(document.scene, session):  # a hand selects, then moves: the sliders tell from where
        document.select(session.selection, session.stroke)
    document.apply(session.scene, tr("Go on"))
    _attend(window, session)
    document.hover(session.hovered)
    if window.comparison.beside != session.comparison:
        window.comparison.restore(session.comparison)
    if (panel := window.panel_shown) is not None and session.instrument is not None:
        panel.choose(session.instrument)
    for built in window.panels:
        for instrument in built.instruments:
            state = session.instruments.get(instrument.id)
            if state is not None and instrument.state() != state:
                instrument.restore(state)


def _alike(scene: Scene, session: Session) -> bool:
    """Whether what a state selects can be selected in the scene before it: that has as many items,
    and the item of a single stroke as many strokes."""
    items = session.scene.items
    if len(scene.items) != len(items) or session.stroke is None:
        return len(scene.items) == len(items)
    old, new = scene.items[session.stroke[0]], items[session.stroke[0]]
    return (
        isinstance(old, Group) and isinstance(new, Group) and len(old.strokes) == len(new.strokes)
    )


def hold_window(window: MainWindow, session: Session) -> None:
    """Show the window that showed itself in this state of a take, once all else is up to date; as
    opening a file does."""
    document = window.document
    if session.focus_window not in (None, document.surest):
        assert session.focus_window is not None
        document.hold_window(session.focus_window)
        document.request_changed.emit(document.request())  # with its answer the views show it


def _follow_demonstration(window: MainWindow, session: Session) -> None:
    """Bring the player to where it stood, with its scene, if no hand had taken that over."""
    player, played, demonstration = window.player, session.demonstration, _demonstration(session)
    if demonstration is None or played is None:
        player.unload()
        return
    if player.demonstration is not demonstration:
        player.adopt(demonstration, played.time)
    player.speed, player.loop = played.speed, played.loop
    given_back = player.taken_over and session.scene == demonstration.scene_at(played.time)
    if played.time != player.time or given_back:
        player.seek(played.time)
    _set_seen(window, played)


def _set_seen(window: MainWindow, played: Playback) -> None:
    if played.seen != window.player.seen:
        window.player.seen = played.seen
        window.player.seen_changed.emit()


def _set_marks(window: MainWindow, session: Session) -> None:
    """Pre-activations and the pixel grid."""
    for name, wanted in (("pre", session.pre_activation), ("grid", session.pixel_grid)):
        if window.actions_by_id[name].isChecked() != wanted:
            window.actions_by_id[name].trigger()


def hand_out_states(window: MainWindow, panel: ChapterPanel) -> None:
    """Hand the settings that a session had for a panel's instruments to them: those of other
    chapters wait until one turns to them."""
    for instrument in panel.instruments:
        if (state := window.waiting_states.pop(instrument.id, None)) is not None:
            instrument.restore(state)


def _demonstration(session: Session) -> Demonstration | None:
    if session.demonstration is None:
        return None
    from viz.chapters.registry import by_id  # built when one is first asked for

    return by_id(session.demonstration.id)


def _show_scene(
    window: MainWindow,
    session: Session,
    file: Path | None,
    demonstration: Demonstration | None,
    *,
    saved: bool,
) -> None:
    """The scene, and the demonstration it belongs to or was taken over from."""
    player, played = window.player, session.demonstration
    name = file.name if file is not None else tr("session")
    staged = None
    if demonstration is not None and played is not None:
        staged = demonstration.scene_at(played.time)
        if staged == session.scene:  # untouched
            session = replace(session, scene=staged)
    window.document.open(
        session.scene,
        file,
        tr("Open {name}", name=name),
        staged=staged,
        network=session.network,
        ablated=session.ablated,
        saved=saved,
    )
    if demonstration is None or played is None:
        player.unload()
        return
    player.speed, player.loop = played.speed, played.loop
    player.adopt(demonstration, played.time)
    _set_seen(window, played)
