"""The screen: what the window shows, captured as a session and brought back from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from viz.i18n import tr
from viz.session import Playing, Session

if TYPE_CHECKING:
    from viz.chapters.panel import ChapterPanel, Instrument
    from viz.demos import Demonstration
    from viz.document import Document
    from viz.window import MainWindow


def capture(window: MainWindow) -> Session:
    """The session on the screen: enough for ``restore`` to show the same again."""
    document, player, panel = window.document, window.player, window.panel_shown
    shown = player.demonstration
    return Session(
        document.scene,
        document.chapter,
        panel.current if panel is not None and panel.instruments else 0,
        document.network,
        dict(document.ablated),
        document.pinned,
        document.window,
        document.selection,
        document.selected_stroke,
        str(window.canvas.tool),
        document.surest,
        Playing(shown.id, player.time, player.speed, player.loop, player.seen)
        if shown is not None
        else None,
        window.actions_by_id["pre"].isChecked(),
        window.actions_by_id["grid"].isChecked(),
        {name: instrument.state() for name, instrument in _named(panel).items()},
    )


def restore(window: MainWindow, session: Session, file: Path | None = None) -> None:
    """Show what was on the screen; undo brings the scene of before back.

    ``file`` is where the session came from, and where Save writes. A demonstration goes on, paused,
    unless its scene had been changed by hand. Raises UserError, before anything has changed, if
    this program has no such demonstration.
    """
    document = window.document
    demonstration = _demonstration(session)
    for name, wanted in (("pre", session.pre_activation), ("grid", session.pixel_grid)):
        if window.actions_by_id[name].isChecked() != wanted:
            window.actions_by_id[name].trigger()
    document.set_chapter(session.chapter)
    document.set_network(session.network)
    _ablate(document, session)
    window.canvas.set_tool(session.tool)
    _show_scene(window, session, file, demonstration)
    document.select(session.selection, session.stroke)
    document.select_window(session.window)
    if document.pinned != session.pinned:
        document.pin(session.pinned)
    document.resume(session.surest)
    # Last of all: what an instrument keeps may belong to the scene that it finds
    if (panel := window.panel_shown) is not None:
        for name, instrument in _named(panel).items():
            instrument.restore(session.instruments.get(name, {}))
        panel.choose(session.instrument)


def _demonstration(session: Session) -> Demonstration | None:
    if session.demonstration is None:
        return None
    from viz.demos import by_id  # built when one is first asked for

    return by_id(session.demonstration.id)


def _show_scene(
    window: MainWindow, session: Session, file: Path | None, demonstration: Demonstration | None
) -> None:
    """The scene, and the demonstration it belongs to or was taken over from."""
    document, player, played = window.document, window.player, session.demonstration
    name = file.name if file is not None else tr("session")
    text = tr("Open {name}", name=name)
    if demonstration is None or played is None:
        player.unload()
        document.open(session.scene, file, text)
        return
    player.speed, player.loop = played.speed, played.loop
    untouched = session.scene == demonstration.scene_at(played.time)
    if untouched:
        document.open(session.scene, file, text)
    player.load(demonstration)
    player.seek(played.time)
    if not untouched:  # last of all, which takes over
        document.open(session.scene, file, text)
    if player.seen != played.seen:
        player.seen = played.seen
        player.seen_changed.emit()


def _ablate(document: Document, session: Session) -> None:
    """Only what differs: each change asks the network anew."""
    before, after = document.ablated, session.ablated
    for layer in {*before, *after}:
        for number in before.get(layer, frozenset()) ^ after.get(layer, frozenset()):
            document.toggle_ablation(layer, number)


def _named(panel: ChapterPanel | None) -> dict[str, Instrument]:
    """A chapter's instruments by their names in session files, the same in all languages."""
    found: dict[str, Instrument] = {}
    for instrument in panel.instruments if panel is not None else ():
        name = type(instrument).__name__
        found[name if name not in found else f"{name} {len(found)}"] = instrument
    return found
