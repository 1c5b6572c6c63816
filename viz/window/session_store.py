"""Session store: what the screen shows, captured as a session, brought back from one, and brought
on from one to the next; through each part's own ``state`` and ``restore``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from viz.chapters import registry
from viz.chapters.panels import ChapterPanels
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.model.document import Document
from viz.model.player import Player
from viz.nets.networks import lasting as lasting_name
from viz.scene import Group, Scene
from viz.session.session import Playback, Session
from viz.views.canvas.commands import selected_stroke
from viz.views.maps.kernels import Kernels
from viz.window.comparison import Comparison
from viz.window.networks import Networks, lasting


class SessionStore:
    """Reads and writes the state of all parts of the screen that a scene file keeps."""

    def __init__(
        self,
        document: Document,
        player: Player,
        panels: ChapterPanels,
        kernels: Kernels,
        comparison: Comparison,
        networks: Networks,
    ) -> None:
        self._document, self._player, self._panels = document, player, panels
        self._kernels, self._comparison, self._networks = kernels, comparison, networks

    def capture(self) -> Session:
        """Return the session on the screen: enough for ``restore`` to show the same again."""
        document, player, view = self._document, self._player, self._document.view
        shown, panel = player.demonstration, self._panels.shown
        comparison = self._comparison.state()
        compared = () if comparison is None else (comparison.network,)
        session = Session(
            document.scene,
            view.chapter,
            panel.chosen.id if panel is not None else None,
            document.network,
            dict(document.ablated),
            document.pinned,
            document.window,
            document.selection,
            selected_stroke(document),
            view.tool,
            document.focus_window,
            Playback(shown.id, player.time, player.speed, player.loop, player.seen, player.playing)
            if shown is not None
            else None,
            view.pre_activation,
            view.pixel_grid,
            self._panels.state(),
            comparison,
            kernel=self._kernels.chosen,
            opened=self._networks.entries(lasting_name(document.network), *compared),
            enlarged=view.enlarged,
            explained=view.explained,
        )
        return lasting(session)

    def restore(
        self,
        session: Session,
        file: Path | None = None,
        *,
        saved: bool = True,
        step: str | None = None,
    ) -> None:
        """Show what was on the screen.

        One undo step, which brings back the scene of before, its file, network and ablations; but
        not the chapter, the instruments' settings, A of A|B, selection, window, pin, tool, and what
        the player had.

        ``file`` is where the session came from, and where Save writes; not ``saved``, it holds an
        older drawing than this one. A demonstration goes on, paused, unless its scene had been
        changed by the user. ``step`` is the title of the lecture's step that this is: then its
        scene counts as staged, not as the user's drawing. Raises UserError, before anything has
        changed, if this program has no such demonstration.
        """
        document = self._document
        demonstration = _demonstration(session)
        session = self._networks.known(session)
        left = document.describe_screen()  # before anything of it has gone
        if step is not None:  # whatever was set before; some settings follow the demonstration
            self._panels.reset(session.chapter)
        self._restore_view(session)
        self._panels.restore({})
        document.view.chapter = session.chapter
        document.view.tool = session.tool
        self._show_scene(session, file, demonstration, left, saved=saved, step=step)
        self._attend(session)
        document.resume(session.focus_window)
        self._comparison.restore(session.comparison)
        # Last of all: what an instrument keeps may belong to the scene that it finds
        self._panels.restore(session.instruments)
        if session.instrument is None:
            self._panels.show_instrument()
        elif self._panels.shown is not None:
            self._panels.shown.choose(session.instrument)

    def _restore_view(self, session: Session) -> None:
        view = self._document.view
        view.pre_activation = session.pre_activation
        view.pixel_grid = session.pixel_grid
        view.enlarged = session.enlarged
        view.explained = session.explained

    def _attend(self, session: Session) -> None:
        """Look where the session looks: at which strokes, window, unit and kernels."""
        document = self._document
        document.select(session.selection, session.stroke)
        document.select_window(session.window)
        if document.pinned != session.pinned:
            document.pin(session.pinned)
        self._kernels.choose(session.kernel)

    def _show_scene(
        self,
        session: Session,
        file: Path | None,
        demonstration: Demonstration | None,
        left: object,
        *,
        saved: bool,
        step: str | None,
    ) -> None:
        """The scene, and the demonstration it belongs to or was taken over from; ``left`` is the
        screen of before."""
        player, played = self._player, session.demonstration
        name = step or (file.name if file is not None else tr("session"))
        staged = None
        if demonstration is not None and played is not None:
            staged = demonstration.scene_at(played.time)
            if staged == session.scene:  # untouched
                session = replace(session, scene=staged)
        if step is not None:
            staged = session.scene
        self._document.open(
            session.scene,
            file,
            tr("Open {name}", name=name),
            staged=staged,
            network=session.network,
            ablated=session.ablated,
            saved=saved,
            screen=left,
        )
        if demonstration is None or played is None:
            player.unload()
            return
        player.speed, player.loop = played.speed, played.loop
        player.adopt(demonstration, played.time)
        self._restore_seen(played)

    def _restore_seen(self, played: Playback) -> None:
        if played.seen != self._player.seen:
            self._player.set_seen(played.seen)

    # Films of a live session

    def follow(self, session: Session) -> None:
        """Go on from what the screen shows to the next state of a live session.

        As the user does, and only where something differs: so the views see a drawing that moves,
        as they did, and not always another one.
        """
        document = self._document
        self._restore_view(session)
        document.view.chapter = session.chapter
        document.view.tool = session.tool
        document.set_network(session.network)
        document.set_ablated(session.ablated)
        self._follow_demonstration(session)
        if _alike(document.scene, session):  # selected, then moved: the sliders tell from where
            document.select(session.selection, session.stroke)
        document.apply(session.scene, tr("Continue"))
        self._attend(session)
        document.hover(session.hovered)
        self._comparison.restore(session.comparison)
        if self._panels.shown is not None and session.instrument is not None:
            self._panels.shown.choose(session.instrument)
        for panel in self._panels.built:
            for instrument in panel.instruments:
                state = session.instruments.get(instrument.id)
                if state is not None and instrument.state() != state:
                    instrument.restore(state)

    def _follow_demonstration(self, session: Session) -> None:
        """Bring the player to where it stood, with its scene, if that had not been taken over."""
        player, played = self._player, session.demonstration
        demonstration = _demonstration(session)
        if demonstration is None or played is None:
            player.unload()
            return
        if player.demonstration is not demonstration:
            player.adopt(demonstration, played.time)
        player.speed, player.loop = played.speed, played.loop
        given_back = player.taken_over and session.scene == demonstration.scene_at(played.time)
        if played.time != player.time or given_back:
            player.seek(played.time)
        self._restore_seen(played)

    def hold_window(self, session: Session) -> None:
        """Show the window that was in focus in this state of a live session, once all else is up to
        date; as opening a file does."""
        document, window = self._document, session.focus_window
        if window is not None and window != document.focus_window:
            document.hold_window(window)
            document.ask()  # with the answer the views show it


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


def _demonstration(session: Session) -> Demonstration | None:
    return None if session.demonstration is None else registry.by_id(session.demonstration.id)
