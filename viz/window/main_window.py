"""The main window: which instrument stands where. Layout only; commands are in commands.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from PyQt6.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMainWindow,
    QMenuBar,
    QVBoxLayout,
    QWidget,
)

from viz.chapters import registry
from viz.chapters.chapter import Chapter
from viz.chapters.instrument import Context
from viz.chapters.panel import ChapterPanel
from viz.chapters.registry import chapters
from viz.engine.engine import Engine
from viz.model import settings
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Snapshot, Unit
from viz.nets.layers import BY_NAME
from viz.nets.weights import load_metadata
from viz.views import theme as themes
from viz.views.answer.answer import Answer
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.palette import Palette
from viz.views.canvas.transform_panel import TransformPanel
from viz.views.maps.kernels import Kernels
from viz.views.maps.maps import Maps
from viz.views.paint_clock import PaintClock
from viz.window import commands, session_store
from viz.window.appearance import Appearance
from viz.window.caption import HintLine
from viz.window.commands import CommandStates
from viz.window.comparison import Comparison
from viz.window.files import Files
from viz.window.head import Head
from viz.window.help import Help
from viz.window.hints import Hints
from viz.window.message_bar import MessageBar
from viz.window.presentation import Presentation
from viz.window.recorder import Recorder
from viz.window.sizes import LEAST_WINDOW
from viz.window.stage_layout import StageLayout
from viz.window.timing import Timing
from viz.window.turning import Turning

_CHORD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class _View(Protocol):
    """What the window asks of every instrument that shows snapshots."""

    def show_snapshot(self, snapshot: Snapshot, /) -> None: ...
    def set_theme(self, theme: themes.Theme, text_px: int, /) -> None: ...


class MainWindow(QMainWindow):
    """One screen: the canvas on the left, every feature map on the right."""

    closing = pyqtSignal()

    def __init__(self, document: Document, engine: Engine, clock: PaintClock) -> None:
        super().__init__()
        self.setWindowTitle("LeNetScope")
        self.setMinimumSize(QSize(*LEAST_WINDOW))
        self.document, self.clock = document, clock
        scales: dict[str, float] = load_metadata()["scales"]
        self.answer = Answer(document, clock)
        self.canvas = Canvas(document, clock)
        self.palette_strip = Palette(document)
        self.panel = TransformPanel(document, self.canvas)
        self.maps = Maps(document, clock, scales)
        self.kernels = Kernels(document)
        self.player = Player(document, registry.of_chapter)
        self._context = Context(document, engine, clock, self.canvas, self.player)
        self._panels: dict[str, ChapterPanel] = {}
        self.waiting_states: dict[str, Mapping[str, Any]] = {}
        """Settings of instruments from a session that no panel shown since has taken."""
        self._views: tuple[_View, ...] = (
            self.answer, self.canvas, *self.maps.mosaics.values(), self.maps.barcode,
            self.maps.scores, self.maps.inspector,
        )  # fmt: skip
        self.message_bar = MessageBar()
        self.files = Files(self, document, engine)
        self.help, self.recorder = Help(self), Recorder(self, engine)
        self.presentation, self.comparison = Presentation(self), Comparison(self, engine, scales)
        self.menu_bar = QMenuBar()
        self.actions_by_id = commands.build(self)
        self.appearance = Appearance(self)
        entries = [(c.id, c.number, c.title, c.claim) for c in chapters()]
        self.head = Head(document, self.player, self.menu_bar, self.actions_by_id, entries)
        self.setMenuWidget(self.head)
        self._build_centre()
        self._build_status()
        self._join()

    # Layout

    def _build_centre(self) -> None:
        grid = 2 * themes.GRID
        left = self.left = QVBoxLayout()
        left.setSpacing(grid)
        left.addWidget(self.comparison.caption)
        left.addWidget(self.answer)
        left.addWidget(self.canvas, 8)
        left.addWidget(self.palette_strip)
        left.addWidget(self.panel)
        left.addWidget(self.kernels, 1)
        left.addStretch(0)  # what the canvas cannot use while nothing stands below it
        whole = QHBoxLayout()
        whole.setSpacing(3 * grid)
        whole.addLayout(left)
        whole.addWidget(self.maps)
        self.stage_layout = StageLayout(self, left, whole)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(2 * grid, grid, 2 * grid, 0)
        column.addLayout(whole, 1)
        self.setCentralWidget(centre)
        self.stage_layout.arrange()  # not earlier: what has no parent flashes as a window
        self.message_bar.setParent(centre)  # lies over the kernels: nothing moves for a message

    def _build_status(self) -> None:
        self.hint_line, self.timing = HintLine(), Timing(self.document, self.clock)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(3 * themes.GRID, 0, 3 * themes.GRID, 0)
        self.statusBar().addWidget(self.hint_line, 1)
        self.statusBar().addPermanentWidget(self.timing)

    def _join(self) -> None:
        self.canvas.geometry_changed.connect(self._align_answer)
        self.canvas.tool_changed.connect(self._show_tool)
        for strip in (self.canvas, self.palette_strip):
            strip.refused.connect(self.message_bar.say)
        self.canvas.files_dropped.connect(self.files.open_paths)
        self.canvas.image_dropped.connect(self.files.place_image)
        self.answer.window_hovered.connect(self.canvas.set_hovered_window)
        self.answer.window_hovered.connect(self.document.hover_window)
        self.kernels.map_chosen.connect(self._pin_centre)
        self.appearance.changed.connect(self._dress)
        self.document.file_changed.connect(self._show_file)
        self.document.chapter_changed.connect(self._show_chapter)
        self.player.watch(self.canvas)
        self.hints, self.turning = Hints(self), Turning(self)
        self.states = CommandStates(self)
        self.states.refresh()
        if settings.get("pre_activation"):
            self._set_pre(True)

    @property
    def panels(self) -> tuple[ChapterPanel, ...]:
        """The panels of all chapters that were visited."""
        return tuple(self._panels.values())

    @property
    def panel_shown(self) -> ChapterPanel | None:
        """The panel of the chapter on the screen; None in chapter 1."""
        return self._panels.get(self.document.chapter)

    @property
    def chapter(self) -> Chapter:
        """The chapter on the screen."""
        return next(c for c in chapters() if c.id == self.document.chapter)

    def _show_chapter(self) -> None:
        """Bring the chapter's panel to the screen, made at the first visit."""
        chapter = self.chapter
        if chapter.number > 1 and chapter.id not in self._panels:
            panel = self._panels[chapter.id] = ChapterPanel(chapter, self._context)
            if self.appearance.text_px:  # else the window's first size brings it
                panel.set_theme(self.appearance.theme, self.appearance.text_px)
            panel.instrument_changed.connect(self.hints.show)
        self.maps.set_panel(self.panel_shown)
        if self.panel_shown is not None:
            session_store.hand_out_states(self, self.panel_shown)
            if self.document.snapshot is not None:
                self.panel_shown.show_snapshot(self.document.snapshot)
        self._share_out()
        self.hints.show()

    def _show_tool(self, tool: str) -> None:
        self.actions_by_id[tool].setChecked(True)

    def _show_file(self) -> None:
        file = self.document.file
        self.setWindowTitle(f"{file.name} – LeNetScope" if file else "LeNetScope")

    def fold_controls(self) -> None:
        """Arrange everything anew: presenting, freezing or their end changed what is shown."""
        self.hints.show()
        self.stage_layout.arrange()
        QTimer.singleShot(0, self.settle)

    def _share_out(self) -> None:
        """Let canvas and maps divide their places for a canvas of this size."""
        scene = self.document.scene
        self.stage_layout.fit()
        self.maps.divide(scene.height, scene.width, self.appearance.text_px)

    # Snapshots and timing

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand one snapshot to every view; Qt then paints them all at once."""
        self.clock.begin(snapshot.request.number)
        for view in self._views:
            view.show_snapshot(snapshot)
        if self.panel_shown is not None:
            self.panel_shown.show_snapshot(snapshot)
        self._share_out()

    def _align_answer(self) -> None:
        """The answer row lies exactly over the canvas."""
        rect = self.canvas.image_rect()
        left = self.answer.mapFromGlobal(self.canvas.mapToGlobal(rect.topLeft().toPoint()))
        scale = rect.width() / max(1, self.document.scene.width)
        offset = rect.left() - rect.topLeft().toPoint().x()
        self.answer.set_mapping(left.x() + offset, scale)

    # Look

    def _dress(self) -> None:
        """Hand colours and text size to everything."""
        theme, text_px = self.appearance.theme, self.appearance.text_px
        for view in (*self._views, *self._panels.values()):
            view.set_theme(theme, text_px)
        self.head.set_theme(theme, text_px)
        self.comparison.set_theme(theme, text_px)
        for strip in (self.palette_strip, self.panel, self.kernels):
            strip.set_theme(theme, text_px)
        self.hint_line.set_text_px(text_px)
        self.presentation.spotlight.set_theme(theme)
        QTimer.singleShot(0, self.settle)

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or the window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_grid(self) -> None:
        """Show or hide the canvas's pixel grid."""
        settings.put("pixel_grid", not settings.get("pixel_grid"))
        for views in (self.canvas, self.comparison):
            views.set_pixel_grid(bool(settings.get("pixel_grid")))

    def toggle_pre_activation(self) -> None:
        """Show sums before ReLU, or activations."""
        settings.put("pre_activation", not settings.get("pre_activation"))
        self._set_pre(bool(settings.get("pre_activation")))

    def _set_pre(self, pre: bool) -> None:
        self.actions_by_id["pre"].setChecked(pre)
        self.comparison.set_pre_activation(pre)
        self.maps.set_pre_activation(pre)

    def _pin_centre(self, layer: str, number: int) -> None:
        """Pin the unit in the middle of a map whose kernel was chosen."""
        scene = self.document.scene
        _, height, width = BY_NAME[layer].shape(scene.height, scene.width)
        unit = Unit(layer, number, height // 2, width // 2)
        if unit != self.document.pinned:
            self.document.pin(unit)

    def ablate_pinned(self) -> None:
        """Set the map of the pinned unit to zero, or bring it back."""
        pinned = self.document.pinned
        if pinned is not None:
            self.document.toggle_ablation(pinned.layer, pinned.map)

    def unpin(self) -> None:
        """Let the pinned unit go."""
        self.document.pin(None)

    # Events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Text follows the window's height; the first size brings the first theme."""
        super().resizeEvent(event)
        self.appearance.follow_height()
        QTimer.singleShot(0, self.settle)

    def settle(self) -> None:
        """What depends on the sizes that the layout gave."""
        for _ in range(2):  # how wide a side is tells how high its canvas can be
            for whole in (self, self.centralWidget()):
                if whole is not None and (layout := whole.layout()) is not None:
                    layout.activate()
            self._share_out()
        self._align_answer()
        self.comparison.align()
        self.message_bar.place()

    def changeEvent(self, event: QEvent | None) -> None:
        """The menu's tick follows the window manager's full screen."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.actions_by_id["full_screen"].setChecked(self.isFullScreen())
            self.presentation.follow_window_state()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc lets the pinned unit go, else the chosen window, once nothing nearer wanted it; Enter
        presses the button that has the focus, since Space plays; a digit without a chapter says
        which there are."""
        key = Qt.Key(event.key()) if event is not None else None
        focused = self.focusWidget()
        if key == Qt.Key.Key_Escape and self.document.pinned is None:
            self.document.select_window(None)
        elif key == Qt.Key.Key_Escape:
            self.unpin()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event is not None and event.text().isdecimal() and not event.modifiers() & _CHORD:
            self.hints.tell_chapters(int(event.text()))
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Keep the geometry; the application ends the threads, out of sight."""
        self.player.pause()
        settings.put_geometry(self.saveGeometry())
        self.hide()
        self.closing.emit()
        super().closeEvent(event)
