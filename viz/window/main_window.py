"""The main window: builds its parts and joins them. Each part says for itself what it does."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QMenuBar, QWidget

from viz.chapters import registry
from viz.chapters.instrument import Context
from viz.chapters.panels import ChapterPanels
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot, Unit
from viz.views import theme as themes
from viz.views.answer.scores import Scores
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.palette import Palette
from viz.views.canvas.starts import Starts
from viz.views.canvas.transform_panel import TransformPanel
from viz.views.maps.kernels import Kernels
from viz.views.paint_clock import PaintClock
from viz.window import chapter_tabs, player_bar
from viz.window.appearance import Appearance
from viz.window.caption import HintLine
from viz.window.commands import Commands
from viz.window.comparison import Comparison
from viz.window.comparison_caption import ComparisonCaption
from viz.window.dialogs import Dialogs
from viz.window.digit_keys import digit_of
from viz.window.edges import EdgeLines
from viz.window.enlarging import Enlarging
from viz.window.explanation import Explanation
from viz.window.files import Files
from viz.window.head import Head
from viz.window.help import Help
from viz.window.hints import Hints
from viz.window.lecture_list import LectureSide
from viz.window.lectures import Lectures
from viz.window.messages import Messages, Room
from viz.window.networks import Networks
from viz.window.presentation import Presentation
from viz.window.presenter import Presenter
from viz.window.recent import RecentFiles
from viz.window.recorder import Recorder
from viz.window.session_store import SessionStore
from viz.window.sizes import LEAST_SIZE
from viz.window.stage import LiveParts, Stage, StageArea
from viz.window.timing import Timing
from viz.window.tips import Tips
from viz.window.titles import Titles
from viz.window.tour import Tour, stations

_CHORD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class MainWindow(QMainWindow):
    """One screen: the canvas on the left, every feature map on the right."""

    closing = pyqtSignal()

    def __init__(self, document: Document, engine: Engine, clock: PaintClock) -> None:
        super().__init__()
        self.setWindowTitle("LeNetScope")
        self.setMinimumSize(QSize(*LEAST_SIZE))
        self.document, self.clock = document, clock
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before the window closes."""
        self.view = document.view
        self.canvas = Canvas(document, clock)
        self.palette_strip = Palette(document)
        self.transform_panel = TransformPanel(document, self.canvas)
        self.kernels = Kernels(document)
        self.scores = Scores(document, clock)
        self.stage = Stage(
            document, clock, self.canvas, ComparisonCaption("B", tr("live")),
            LiveParts(self.scores, self.palette_strip, self.transform_panel,
                      self.kernels),
        )  # fmt: skip
        self.answer = self.stage.answer
        self.area = StageArea(self.stage)
        self.enlarging = Enlarging(self.area, document, self)
        self.player = Player(document, registry.of_chapter)
        self.edges = EdgeLines(self.stage, self.canvas, self.player)
        self.panels = ChapterPanels(
            Context(document, engine, clock, self.canvas, self.player), self
        )
        self.explanation = Explanation(document, self.panels)
        self.stage.set_explanation(self.explanation)
        self.appearance = Appearance(self, self.view)
        self.messages = Messages(self.view, self)
        self.dialogs = Dialogs(self, self.view, self.messages)
        self.comparison = Comparison(document, engine, self.panels, self.area, self.scores, self)
        self.networks = Networks(document, engine, self.messages, self.dialogs)
        self.session_store = SessionStore(
            document, self.player, self.panels, self.kernels, self.comparison, self.networks
        )
        self.files = Files(document, engine, self.session_store, self.messages, self.dialogs)
        self.recorder = Recorder(
            self, document, self.player, engine, self.panels, self.session_store,
            self.appearance, self.messages, self.dialogs,
        )  # fmt: skip
        self.presentation = Presentation(self, self.view)
        self.lectures = Lectures(
            document, engine, self.player, self.panels, self.session_store, self.files,
            self.messages, self.dialogs, self,
        )  # fmt: skip
        self.lecture = self.lectures.lecture
        self.lecture_side = LectureSide(self.area, self.lectures, self.view)
        self.presenter = Presenter(self, self.lecture, self.view)
        self.menu_bar = QMenuBar()
        self.commands = Commands(self, self.menu_bar, self.view)
        self.tour = Tour(
            self, self.view, lambda: stations(self.stage, self.head, self.commands.key)
        )
        self.help = Help(self.dialogs, self.commands, self.view)
        entries = [(c.id, c.number, c.title, c.claim) for c in registry.chapters()]
        self._add_commands(entries)
        self.recent = RecentFiles(self.files.open_paths, engine, self.messages, self)
        self.commands.insert_menu(self.recent.menu, before="save")
        self.head = Head(document, self.player, self.menu_bar, self.commands.actions, entries)
        self.setMenuWidget(self.head)
        self.setCentralWidget(self.lecture_side)
        self.messages.bar.setParent(self)  # nothing moves for a message
        self.hint_line, self.timing = HintLine(), Timing(document, clock)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(3 * themes.GRID, 0, 3 * themes.GRID, 0)
        self.statusBar().addWidget(self.hint_line, 1)
        self.statusBar().addPermanentWidget(self.timing)
        self.titles = Titles(self.stage, document, self.player, self.panels)
        self.hints = Hints(
            self.hint_line, document, self.player, self.panels, self.stage, engine, self
        )
        self.tips = Tips(
            document, self.commands.key,
            lambda: self.hints.at_rest and self.tour.bubble is None and not self.messages.text,
            self.hints.tell, self,
        )  # fmt: skip
        self._join()

    # Commands

    def _add_commands(self, entries: list[chapter_tabs.Entry]) -> None:
        """Take in what each part contributes, in the order of the menus."""
        commands = self.commands
        commands.add(self.files.commands())
        commands.add(self.recorder.commands())
        commands.add(self._own_commands())
        commands.add(self.canvas.commands())
        commands.add(self.appearance.commands())
        commands.add(self.presentation.commands())
        commands.add(self.enlarging.commands())
        commands.add(self.comparison.commands())
        commands.add(self._view_commands())
        commands.add(self.edges.commands())
        commands.add(self._network_commands())
        commands.add(self.networks.commands())
        commands.add(chapter_tabs.commands(self.view, entries))
        commands.add(self.panels.commands())
        commands.add(self.lectures.commands())
        commands.add(self.lecture_side.commands())
        commands.add(self.presenter.commands())
        commands.add(
            player_bar.commands(self.player, lambda: self.lecture.is_open, self.lectures.arrive)
        )
        commands.add(self.tour.commands())
        commands.add(self.help.commands())

    def _own_commands(self) -> tuple[Command, ...]:
        document = self.document
        return (
            Command("quit", tr("&File"), tr("&Quit"), "Ctrl+Q",
                    tr("Close LeNetScope; the drawing is kept for the next start."), self.close,
                    separated=True),
            Command("undo", tr("&Edit"), tr("&Undo"), "Ctrl+Z", tr("Undo the last change."),
                    document.undo_stack.undo, enabled=document.undo_stack.canUndo),
            Command("redo", tr("&Edit"), tr("&Redo"), "Ctrl+Shift+Z, Ctrl+Y",
                    tr("Make the undone change again."), document.undo_stack.redo,
                    enabled=document.undo_stack.canRedo),
        )  # fmt: skip

    def _view_commands(self) -> tuple[Command, ...]:
        menu, view = tr("&View"), self.view
        return (
            Command("grid", menu, tr("Pixel &grid"), "G", tr("Show the pixel grid of the canvas."),
                    lambda: setattr(view, "pixel_grid", not view.pixel_grid),
                    checked=lambda: view.pixel_grid, separated=True),
            Command("pre", menu, tr("Sums (p&re-activations)"), "A",
                    tr("Show the sums before each activation, on a scale symmetric about zero."),
                    lambda: setattr(view, "pre_activation", not view.pre_activation),
                    checked=lambda: view.pre_activation, short=tr("Sums")),
        )  # fmt: skip

    def _network_commands(self) -> tuple[Command, ...]:
        menu, document = tr("&Network"), self.document

        def is_pinned() -> bool:
            return document.pinned is not None

        return (
            Command("restore", menu, tr("&Restore all maps"), "Ctrl+R",
                    tr("Restore every ablated feature map."), document.restore_all,
                    enabled=lambda: bool(document.ablated), short=tr("Restore")),
            Command("ablate", menu, tr("&Ablate the map pointed at"), "X",
                    tr("Set the map under the pointer, or that of the pinned unit, to zero, or "
                       "restore it; Ctrl+click does so with any map."), self._ablate, once=True),
            Command("unpin", menu, tr("&Unpin"), "U", tr("Unpin the unit."),
                    lambda: document.pin(None), enabled=is_pinned),
            Command("map_menu", menu, tr("&Menu of the pinned map"), "Shift+F10, Menu",
                    tr("Ablate the map, enlarge its layer, copy its values, save it as an image; a "
                       "right click on any map opens the same menu."), self.stage.open_menu,
                    enabled=is_pinned, once=True),
        )  # fmt: skip

    def _offer_network(self, name: str) -> None:
        """Put a network that was opened into the menu."""
        self.commands.add((self.networks.command(name),))
        self.commands.refresh()

    # Joining

    def _join(self) -> None:
        document, show = self.document, self.messages.show
        for strip in (self.canvas, self.palette_strip):
            strip.refused.connect(show)
        self.canvas.files_dropped.connect(self.files.open_paths)
        self.canvas.image_dropped.connect(self.files.place_image)
        self.files.open_lecture = self.lectures.open_path
        self.lectures.told.connect(self.hints.tell)
        self.lectures.arrived.connect(self.hints.head)
        self.kernels.map_chosen.connect(self._pin_centre)
        self.answer.network_pressed.connect(lambda: self.commands.show_menu(tr("&Network")))
        self.networks.opened.connect(self._offer_network)
        document.network_changed.connect(self.commands.refresh)
        self.appearance.changed.connect(self._dress)
        self.panels.shown_changed.connect(self.stage.set_panel)
        self.panels.movers_changed.connect(self.transform_panel.set_movers)
        document.file_changed.connect(self._show_file)
        for signal in (
            document.request_changed, document.snapshot_changed, document.file_changed,
        ):  # fmt: skip
            signal.connect(self.messages.refresh)
        self.messages.bar.room = self._room_for_messages
        self.area.resized.connect(self.messages.bar.place)
        self.hint_line.resized.connect(self.messages.bar.place)
        self.stage.arranged.connect(self.messages.bar.place)
        self.stage.arranged.connect(self.tour.place_soon)
        self.canvas.gesture_ended.connect(self.area.arrange)
        for changed in (
            self.comparison.changed, self.recorder.changed, self.lecture.changed,
            self.presenter.shown_changed, self.lecture_side.toggled,
        ):  # fmt: skip
            changed.connect(self.commands.refresh)
        self.stage.parts_changed.connect(self.hints.show)
        for told in (self.enlarging.told, self.recorder.told):
            told.connect(self.hints.tell)
        for digit in range(1, 10):
            keys = QShortcut(QKeySequence(f"Alt+{digit}"), self)
            keys.activated.connect(lambda digit=digit: self._choose_instrument(digit))
        self.lecture.changed.connect(self.messages.refresh)
        self.lecture.changed.connect(self._end_tour_for_lecture)
        self.closing.connect(self.recorder.stop)
        self.closing.connect(self.presenter.hide)
        self.player.watch(self.canvas)
        self.view.changed.connect(self._follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.starts = Starts(self.canvas, document, self._offered())
        self.commands.watch(document, self.player)
        self.panels.show_chapter()
        self.hints.show()

    def _follow(self, name: str) -> None:
        """What of the whole window depends on the view state."""
        if name == "presenting":
            presenting = self.view.presenting
            self.head.setVisible(not presenting)
            self.timing.setVisible(not presenting)
            self.hint_line.set_caption(presenting)
            self.area.arrange()
            self.stage.take_focus()
        elif name == "explained":
            self.stage.explain()
        elif name == "stage_only":
            self.head.setVisible(not self.view.stage_only)
            self.statusBar().setVisible(not self.view.stage_only)
            self.area.arrange()
        elif name == "enlarged":
            self.area.arrange()
            if not self.view.enlarged:  # hidden, it had lost the keys
                self.canvas.setFocus()

    def _end_tour_for_lecture(self) -> None:
        """The tour's bubble would stand over the lecture's screens."""
        if self.lecture.is_open and self.tour.bubble is not None:
            self.tour.end()

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Take the focus back that Qt passes on when what has it goes away, as to the next field
        that there is: the keys would be typed into that."""
        gone = old is not None and new is not None and not old.isVisible() and self.isVisible()
        if gone and self.stage.isAncestorOf(old):
            self.stage.take_focus()

    def _offered(self) -> list[tuple[str, QAction]]:
        """What an empty canvas offers to start with, the most important first."""
        offered = (
            (tr("Play a demonstration"), "play"),
            (tr("Place a digit"), "random"),
            (tr("Open an image…"), "open"),
            (tr("Start the lecture"), "lecture_start"),
        )
        actions = self.commands.actions
        return [(text, actions[id_]) for text, id_ in offered if id_ in actions]

    def _show_file(self) -> None:
        file = self.document.file
        self.setWindowTitle(f"{file.name} – LeNetScope" if file else "LeNetScope")

    def _room_for_messages(self) -> Room:
        """In the caption's place, with that of the times if need be; else over the left column."""
        stage, foot, line = self.stage, self.statusBar().geometry(), self.hint_line.geometry()
        column = stage.column
        column.moveTopLeft(stage.mapTo(self, column.topLeft()))
        left, right = foot.left() + line.left(), foot.right() - line.left()
        column.setBottom(foot.bottom())
        lines = (left, left + line.width() - 1), (left, right)
        return Room(
            column,
            tuple(QRect(QPoint(a, foot.top()), QPoint(b, foot.bottom())) for a, b in lines),
        )

    # Snapshots

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand one snapshot to every view; Qt then paints them all at once."""
        self.clock.begin(snapshot.request.number)
        self.stage.show_snapshot(snapshot)
        self.panels.show_snapshot(snapshot)
        self.area.arrange()
        self.edges.show_snapshot(snapshot)
        self.clock.handed_out()

    # Look

    def _dress(self) -> None:
        """Give everything its place with another text size."""
        self.hint_line.set_text_px(self.appearance.text_px)
        self.area.arrange()

    # Units

    def _pin_centre(self, layer: str, number: int) -> None:
        """Pin the unit in the middle of a map whose kernel was chosen."""
        scene = self.document.scene
        _, height, width = self.document.layer(layer).shape(scene.height, scene.width)
        unit = Unit(layer, number, height // 2, width // 2)
        if unit != self.document.pinned:
            self.document.pin(unit)

    def _ablate(self) -> None:
        """Ablate the map of the unit that is pointed at, or pinned, or say what to point at."""
        unit = self.document.inspected
        if unit is not None:
            self.document.toggle_ablation(unit.layer, unit.map)
        else:
            self.hints.tell(tr("Point at a map of a layer, then press X to ablate it."))

    # Events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Text follows the window's height; the first size brings the first theme."""
        super().resizeEvent(event)
        self.appearance.follow_height()

    def changeEvent(self, event: QEvent | None) -> None:
        """The menu's tick follows the window manager's full screen."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.commands.refresh()
            self.presentation.follow_window_state()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc goes back one step; Enter presses the button that has the focus, since Space plays; a
        digit without a chapter says which there are, and a key that is one by its place alone does
        what a digit does."""
        key = Qt.Key(event.key()) if event is not None else None
        focused = self.focusWidget()
        if key == Qt.Key.Key_Escape:
            self._go_back()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            if focused.isVisible():  # it may have gone while the window was not the active one
                focused.click()
        elif event is None or (digit := digit_of(event)) is None:
            super().keyPressEvent(event)
        elif event.modifiers() & _CHORD == Qt.KeyboardModifier.AltModifier:
            self._choose_instrument(digit)
        elif not event.modifiers() & _CHORD:
            self._choose_chapter(digit)
        else:
            super().keyPressEvent(event)

    def _choose_chapter(self, number: int) -> None:
        """Turn to the chapter with this number, or say which there are."""
        ids = registry.chapter_ids()
        if 1 <= number <= len(ids):
            self.view.chapter = ids[number - 1]
        self.hints.tell_chapters(number)

    def _choose_instrument(self, number: int) -> None:
        """Turn to the chapter's instrument with this number, or say which there are."""
        self.panels.turn_to(number)
        self.hints.tell_instruments(number)

    def _go_back(self) -> None:
        """Undo the latest of what lies over the usual screen: the black screen, open controls, the
        lecture's list in a narrow window, the explanation, what is enlarged, the pinned unit, the
        chosen window, presenting. Gestures and selection on the canvas come before."""
        document = self.document
        if self.view.blank:
            self.view.blank = False
        elif self.stage.close_controls():
            self.canvas.setFocus()
        elif self.lecture_side.fold():
            pass
        elif self.view.explained:
            self.view.explained = False
        elif self.enlarging.go_back():
            pass
        elif document.pinned is not None:
            document.pin(None)
        elif document.window is not None:
            document.select_window(None)
        elif self.view.presenting:
            self.presentation.toggle()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Keep the geometry; the application ends the threads, out of sight."""
        self.player.pause()
        if event is not None and not self.may_close():
            event.ignore()
            return
        settings.put_geometry(self.saveGeometry())
        self.hide()
        self.closing.emit()
        super().closeEvent(event)
