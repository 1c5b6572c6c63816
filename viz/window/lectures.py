"""Lectures: opened, gone through step by step, added to and saved; the commands of their menu."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFileDialog

from viz import resources
from viz.chapters import lecture_steps
from viz.chapters.panels import ChapterPanels
from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import Player
from viz.session import lecture_files
from viz.session.lecture import MOST_STEPS, DemonstrationStart, Lecture, Step, one_line
from viz.session.session import Session
from viz.window.dialogs import Dialogs
from viz.window.files import Files
from viz.window.lecture import Kept, OpenLecture
from viz.window.messages import NOTICE_MS, PASSING_MS, Messages
from viz.window.parsing import read_in_job
from viz.window.session_store import SessionStore

KINDS = f"*{lecture_files.SUFFIX} *{lecture_files.PACKED}"

MOST_ASIDE = 5
"""How many unsaved lectures that are not open any more are kept, the oldest forgotten first."""


class Lectures(QObject):
    """Brings the steps of the open ``lecture`` to the screen, and the screen into the lecture.

    A step's scene counts as staged, not as the user's drawing, until the user draws into it.
    """

    told = pyqtSignal(str)
    """A sentence for the foot of the window."""
    arrived = pyqtSignal(str)
    """A step that does not play came to the screen: its title."""
    kept_changed = pyqtSignal()
    """``kept`` may have changed."""

    def __init__(
        self,
        document: Document,
        engine: Engine,
        player: Player,
        panels: ChapterPanels,
        store: SessionStore,
        files: Files,
        messages: Messages,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view = document, document.view
        self._engine, self._player, self._panels = engine, player, panels
        self._store, self._files = store, files
        self._messages, self._dialogs = messages, dialogs
        self.lecture = OpenLecture(self)
        self.lecture.changed.connect(self.kept_changed)
        self._aside: list[Kept] = []
        self._before: tuple[Session, Path | None] | None = None
        """The last screen that was the user's, not a step's, and its file; leaving shows it."""
        self._removed: list[tuple[int, Step]] = []
        """Steps taken out of the open lecture, and where each stood; the latest last."""
        self._arriving = QTimer(self)
        self._arriving.setSingleShot(True)
        self._arriving.setInterval(0)
        self._arriving.timeout.connect(self.arrive)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that open, save and go through a lecture, or add to it."""
        menu, lecture = tr("&Lecture"), self.lecture

        def is_open() -> bool:
            return lecture.is_open

        return (
            Command("lecture_next", menu, tr("&Next step"), "PgDown",
                    tr("Go to the next step of the lecture."), lambda: self.step(1),
                    enabled=is_open, once=True),
            Command("lecture_previous", menu, tr("&Previous step"), "PgUp",
                    tr("Go to the previous step of the lecture."), lambda: self.step(-1),
                    enabled=is_open, once=True),
            Command("lecture_add", menu, tr("&Add this screen to the lecture"), "Ctrl+L",
                    tr("Add the screen as it is to the lecture, after the present step; if no "
                       "lecture is open, a new one begins."), self.add, separated=True, once=True),
            Command("lecture_start", menu, tr("&Start the lecture"), "",
                    tr("Open the included lecture at its first step."),
                    self.start, separated=True),
            Command("lecture_open", menu, tr("&Open lecture…"), "",
                    tr("Open a lecture at its first step."), self.open_dialog, dialog=True),
            Command("lecture_save", menu, tr("Sa&ve lecture"), "",
                    tr("Save the lecture to its file."), self.save, enabled=self._can_save),
            Command("lecture_save_as", menu, tr("Save lec&ture as…"), "",
                    tr("Save the lecture under another name; a name that ends in .lecture.zip "
                       "makes a smaller file."), self.save_as, dialog=True),
            Command("lecture_close", menu, tr("&Close lecture"), "",
                    tr("Leave the lecture; your drawing from before comes back."), self.close,
                    enabled=is_open),
        )  # fmt: skip

    def _can_save(self) -> bool:
        """Whether there is a lecture, and Save needs no dialog or may open one."""
        lecture = self.lecture
        return lecture.is_open and (lecture.file is not None or not self._view.presenting)

    # Steps

    def step(self, by: int) -> None:
        """Go so many steps on, back if negative; say so where the lecture ends."""
        lecture, to = self.lecture, self.lecture.index + by
        if 0 <= to < len(lecture.steps):
            self.go(to)
        elif not lecture.steps:
            self.told.emit(tr("The lecture has no steps; Ctrl+L adds this screen to it."))
        elif by > 0:
            self.told.emit(tr("This is the last step of the lecture."))
        else:
            self.told.emit(tr("This is the first step of the lecture."))

    def go(self, index: int) -> None:
        """Bring a step to the screen, once all keys that are pressed already are through: of steps
        that are asked for faster than they can be shown, only the last is."""
        self.lecture.turn(index)
        self._arriving.start()

    def arrive(self) -> None:
        """Bring the current step to the screen."""
        self._arriving.stop()
        lecture, step = self.lecture, self.lecture.step
        if step is None:
            return
        before = self._screen_before()
        try:
            session = lecture_steps.session_of(step)
            self._store.restore(session, step=step.title)
        except UserError as error:
            self._messages.show(
                tr("Step {number} cannot be shown: {error}", number=lecture.index + 1, error=error)
            )
            return
        self._before = before
        played = session.demonstration
        if played is not None and played.playing and not self._player.taken_over:
            self._player.play()
        else:
            self.arrived.emit(step.title)

    def _screen_before(self) -> tuple[Session, Path | None]:
        """The screen, and its file, that the lecture took the place of, or that the user has made
        since from an own drawing."""
        document = self._document
        is_own = document.staged is None and bool(document.scene.items)
        if self._before is None or is_own:
            return self._store.capture(), document.file
        return self._before

    def add(self) -> None:
        """Put the screen as it is into the lecture, after the current step; without a lecture, into
        a new one."""
        if self._arriving.isActive():
            self.arrive()
        lecture, count = self.lecture, len(self.lecture.steps)
        if count >= MOST_STEPS:
            self._messages.show(
                tr("A lecture has at most {limit} steps; remove some.", limit=MOST_STEPS),
                for_ms=PASSING_MS,
            )
            return
        step = self._step()
        if not lecture.is_open:
            lecture.open(Lecture(tr("New lecture")))
        lecture.insert(step, min(lecture.index + 1, count))
        self.told.emit(
            tr(
                "“{title}” is now step {number} of {count}.",
                title=step.title,
                number=lecture.index + 1,
                count=count + 1,
            )
        )

    def _step(self) -> Step:
        """The screen as a step: a demonstration if that shows all of it, else a session."""
        session, player, panel = self._store.capture(), self._player, self._panels.shown
        thing = panel.chosen.title if panel is not None else ""
        shown = None if player.taken_over else player.at_hand
        if shown is not None:
            thing = shown.title
        title = one_line(tr("{chapter} · {thing}", chapter=self._panels.chapter.title, thing=thing))
        played = session.demonstration
        if shown is not None and played is not None:
            start = DemonstrationStart(played.id, played.time, played.playing, session.instrument)
            step = Step(title, demonstration=start)
            if self._shows_all(step, session):
                return step
        return Step(title, session=session)

    def _shows_all(self, step: Step, session: Session) -> bool:
        """Whether a demonstration's step would show a session, but for what is selected and which
        tool is taken."""
        posed = lecture_steps.session_of(step)
        played, panel = posed.demonstration, self._panels.shown
        assert played is not None and panel is not None and session.demonstration is not None
        same = replace(
            posed,
            demonstration=replace(played, seen=session.demonstration.seen),
            tool=session.tool,
            selection=session.selection,
            stroke=session.stroke,
            focus_window=session.focus_window,
            instruments=session.instruments,
        )
        usual = self._panels.defaults
        return same == session and all(
            session.instruments.get(one.id, {}) == usual.get(one.id, {})
            for one in panel.instruments
        )

    def remove(self, index: int) -> None:
        """Take a step out of the lecture, and offer to put it back."""
        lecture = self.lecture
        if not 0 <= index < len(lecture.steps):
            return
        self._removed.append((index, lecture.steps[index]))
        lecture.remove(index)
        self._offer_removed()

    def _offer_removed(self) -> None:
        """Offer to put the step back that was removed last."""
        self._messages.show(
            tr("“{title}” was removed from the lecture.", title=self._removed[-1][1].title),
            [(tr("Undo"), self._put_back)],
            holds=lambda: bool(self._removed),
        )

    def _put_back(self) -> None:
        index, step = self._removed.pop()
        self.lecture.insert(step, min(index, len(self.lecture.steps)))
        if self._removed:
            self._offer_removed()

    # Opening and closing

    def start(self) -> None:
        """Open the lecture that comes with the program."""
        self.open_path(resources.lecture())

    def open_dialog(self) -> None:
        """Choose a lecture and open it."""
        if not self._dialogs.may_open():
            return
        name, _ = QFileDialog.getOpenFileName(
            self._dialogs.parent,
            tr("Open lecture"),
            self._files.folder(),
            tr("Lectures ({all})", all="*.json *.zip"),
        )
        if name:
            settings.put("folder", str(Path(name).parent))
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a lecture, which is read off the GUI thread, at its first step."""
        read_in_job(
            "lecture", path, self._engine, self._messages,
            partial(self._open_read, path), partial(self._say_why_not, path),
        )  # fmt: skip

    def _open_read(self, path: Path, lecture: Lecture, checksum: str) -> None:
        self.open(lecture, path)
        self._files.open_files.note(path, checksum)

    def open(self, lecture: Lecture, path: Path) -> None:
        """Show a lecture's first step; ``path`` is where it came from. That of the program is saved
        elsewhere."""
        self._leave()
        if path != resources.lecture():
            settings.note_file(path)
        self.lecture.open(lecture, None if path == resources.lecture() else path)
        self.go(0)

    def _say_why_not(self, path: Path, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._messages.show(f"{path.name}: {error}")

    def close(self) -> None:
        """Have no lecture open any more. The screen from before it comes back in one undo step,
        unless another drawing has been opened meanwhile."""
        self._leave()
        self.lecture.close()
        before, self._before = self._before, None
        if before is not None and self._document.staged is not None:
            self._store.restore(*before, saved=False)
            self.told.emit(
                tr("Your drawing from before the lecture is back; Undo shows the last step again.")
            )

    def _leave(self) -> None:
        """Set the lecture aside if it is not saved, and offer to bring it back."""
        kept = self.lecture.unsaved
        self._removed.clear()
        self._arriving.stop()
        if kept is not None and kept.lecture.steps:
            self._aside = [*self._aside, kept][-MOST_ASIDE:]
            self._messages.show(
                tr("“{title}” was closed without being saved.", title=kept.lecture.title),
                [(tr("Open it again"), partial(self._bring_back, kept))],
                holds=lambda: kept in self._aside,
            )

    # Saving

    def save(self) -> None:
        """Save to the file it came from, else ask for one."""
        lecture, file = self.lecture, self.lecture.file
        if file is None:
            self.save_as()
        else:
            self._files.open_files.save(
                file, self._save_to, self.save_as, lambda: lecture.file == file
            )

    def save_as(self) -> None:
        """Save under a new name."""
        if not self.lecture.is_open:
            self._messages.show(tr("No lecture is open; Ctrl+L begins one with this screen."))
            return
        name = "".join(c if c.isalnum() or c in " -" else "_" for c in self.lecture.title[:60])
        proposal = Path(self._files.folder(), f"{name}{lecture_files.SUFFIX}")
        path = self._files.ask(
            tr("Save the lecture"),
            self.lecture.file or proposal,
            tr("Lectures ({all})", all=KINDS),
            lecture_files.SUFFIX,
        )
        if path is not None:
            self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        """Save there, and tell whether that went well."""
        lecture = self.lecture.lecture
        assert lecture is not None
        try:
            lecture_files.save(lecture, path, known_ids())
        except UserError as error:
            self._messages.show(str(error))
            return False
        self._files.open_files.note(path)
        settings.note_file(path)
        self.lecture.saved_as(path)
        self._messages.show(tr("Saved as {file}.", file=path), for_ms=NOTICE_MS)
        return True

    # Unsaved lectures

    @property
    def kept(self) -> tuple[Kept, ...]:
        """All lectures that no file holds as they are, the open one last."""
        unsaved = self.lecture.unsaved
        return (*self._aside, unsaved) if unsaved is not None else tuple(self._aside)

    def offer(self, kept: tuple[Kept, ...]) -> None:
        """Offer lectures that an earlier run of the program left unsaved, oldest first."""
        self._aside = [*kept, *self._aside][-MOST_ASIDE:]
        if kept:
            self._offer(self._aside[-1])

    def _offer(self, kept: Kept) -> None:
        self._messages.show_later(
            tr(
                "The lecture “{title}” was not saved when LeNetScope ended; a copy was kept.",
                title=kept.lecture.title,
            ),
            [
                (tr("Open it"), partial(self._bring_back, kept)),
                (tr("Discard it"), partial(self._forget, kept)),
            ],
            holds=lambda: kept in self._aside,
        )

    def _bring_back(self, kept: Kept) -> None:
        self._aside.remove(kept)
        self._leave()
        self.lecture.bring_back(kept)
        self.go(kept.index)

    def _forget(self, kept: Kept) -> None:
        self._aside.remove(kept)
        self.kept_changed.emit()
        if self._aside:
            self._offer(self._aside[-1])
