"""Commands: menus, shortcuts and the shortcut sheet are made from the rows of one table; which of
them are grey and which are ticked follows the document, the player and the preferences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu

from viz.chapters.registry import chapters
from viz.i18n import tr
from viz.model import settings

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


@dataclass(frozen=True)
class Command:
    """``text`` and ``tip`` are translated; ``shortcut`` is in Qt's portable notation, several
    separated by ", ". ``short`` is the text in the tool bar. ``group`` makes checkable commands
    exclude one another."""

    id: str
    menu: str
    text: str
    shortcut: str
    tip: str
    run: Callable[[MainWindow], object]
    short: str = ""
    checkable: bool = False
    group: str = ""
    separated: bool = False
    once: bool = False
    """A key held down does not run it again and again."""
    dialog: bool = False
    """It opens a dialog, and so is off while presenting."""


def commands() -> tuple[Command, ...]:
    """All commands, in the order of the menus."""
    file, edit, tools = tr("&File"), tr("&Edit"), tr("&Tools")
    view, network, help_ = tr("&View"), tr("&Network"), tr("&Help")
    chapter, play = tr("&Chapter"), tr("&Demonstration")
    return (
        Command("new", file, tr("&New drawing"), "Ctrl+N",
                tr("Start with an empty canvas of the same size."),
                lambda w: w.files.new()),
        Command("open", file, tr("&Open…"), "Ctrl+O",
                tr("Open a scene file, or put an image (PNG, JPEG, BMP) on the canvas."),
                lambda w: w.files.open_dialog(), dialog=True),
        Command("save", file, tr("&Save"), "Ctrl+S",
                tr("Save the drawing as a scene file."), lambda w: w.files.save()),
        Command("save_as", file, tr("Save &as…"), "Ctrl+Shift+S",
                tr("Save the drawing under another name."), lambda w: w.files.save_as(),
                dialog=True),
        Command("export", file, tr("&Export picture…"), "Ctrl+E",
                tr("Save the whole window as a PNG at the sharpness of the screen."),
                lambda w: w.files.export_dialog(), separated=True, dialog=True),
        Command("record", file, tr("Re&cord…"), "Ctrl+Shift+R",
                tr("Record the demonstration, or what you do until you choose this again, as a "
                   "film, or this moment as a picture, in any size; the window stays live "
                   "meanwhile."),
                lambda w: w.recorder.ask(), short=tr("Record"), dialog=True),
        Command("mnist", file, tr("&MNIST test digit…"), "Ctrl+M",
                tr("Put a digit of the MNIST test set on the canvas, by its number."),
                lambda w: w.files.mnist_dialog(), dialog=True),
        Command("quit", file, tr("&Quit"), "Ctrl+Q",
                tr("Close the program; the drawing is kept for next time."),
                lambda w: w.close(), separated=True),
        Command("undo", edit, tr("&Undo"), "Ctrl+Z", tr("Take the last change back."),
                lambda w: w.document.undo_stack.undo()),
        Command("redo", edit, tr("&Redo"), "Ctrl+Shift+Z, Ctrl+Y",
                tr("Make the change again that was taken back."),
                lambda w: w.document.undo_stack.redo()),
        Command("paste", edit, tr("&Paste image"), "Ctrl+V",
                tr("Put the image in the clipboard on the canvas."),
                lambda w: w.files.paste(), separated=True),
        Command("duplicate", edit, tr("&Duplicate"), "Ctrl+D",
                tr("Copy what is selected, a few pixels beside it."),
                lambda w: w.canvas.duplicate_selection()),
        Command("delete", edit, tr("De&lete"), "Del, Backspace",
                tr("Delete what is selected."), lambda w: w.canvas.delete_selection(),
                short=tr("Delete")),
        Command("select_all", edit, tr("Select &all"), "Ctrl+A",
                tr("Select everything on the canvas."), lambda w: w.canvas.select_all()),
        Command("group", edit, tr("&Group"), "Ctrl+G",
                tr("Make one digit of the selected strokes, so that they move as one."),
                lambda w: w.canvas.group_selection()),
        Command("ungroup", edit, tr("U&ngroup"), "Ctrl+Shift+G",
                tr("Take the selected digit apart into its strokes."),
                lambda w: w.canvas.ungroup_selection()),
        Command("centre", edit, tr("&Centre"), "C",
                tr("Move the selection, or the whole drawing, to the middle of the canvas. "
                   "Nothing is ever centred by itself: that would hide what is shown here."),
                lambda w: w.canvas.centre(), separated=True),
        Command("turn_over", edit, tr("&Turn image over"), "I",
                tr("Swap dark and light in the selected image, or in the topmost one."),
                lambda w: w.files.turn_over()),
        Command("random", edit, tr("Rando&m digit"), "R",
                tr("Add a digit in one of the handwritings, a little out of shape."),
                lambda w: w.files.random_digit(),
                short=tr("Random")),
        Command("clear", edit, tr("Cl&ear"), "Ctrl+Backspace",
                tr("Remove everything from the canvas; undo brings it back."),
                lambda w: w.canvas.clear()),
        Command("pen", tools, tr("&Pen"), "P", tr("Draw strokes."),
                lambda w: w.canvas.set_tool("pen"), checkable=True, group="tool"),
        Command("eraser", tools, tr("&Eraser"), "E", tr("Cut strokes away."),
                lambda w: w.canvas.set_tool("eraser"), checkable=True, group="tool"),
        Command("select", tools, tr("&Select and move"), "S, V",
                tr("Move, scale, rotate, squeeze and slant digits; double-click a single stroke."),
                lambda w: w.canvas.set_tool("select"),
                short=tr("Select"), checkable=True, group="tool"),
        Command("theme_system", view, tr("Theme of the &system"), "",
                tr("Dark or light, as the system is."),
                lambda w: w.appearance.choose("system"), checkable=True, group="theme"),
        Command("theme_light", view, tr("&Light theme"), "", tr("Dark text on light ground."),
                lambda w: w.appearance.choose("light"), checkable=True, group="theme"),
        Command("theme_dark", view, tr("&Dark theme"), "", tr("Light text on dark ground."),
                lambda w: w.appearance.choose("dark"), checkable=True, group="theme"),
        Command("theme_next", view, tr("S&witch dark and light"), "T",
                tr("Change to the other theme."), lambda w: w.appearance.switch(),
                short=tr("Theme")),
        Command("projection", view, tr("&Projection scale"), "F8",
                tr("Enlarge all text so that the last row can read it (1/45 of the height)."),
                lambda w: w.appearance.toggle_projection(),
                short=tr("Projection"), checkable=True, separated=True),
        Command("full_screen", view, tr("&Full screen"), "F11",
                tr("Use the whole screen; again to return."),
                lambda w: w.toggle_full_screen(), checkable=True, once=True),
        Command("present", view, tr("Pr&esent"), "F5",
                tr("Only canvas and maps, on the whole screen and enlarged, with a ring round the "
                   "pointer; Esc returns. No dialog opens meanwhile."),
                lambda w: w.presentation.toggle(),
                short=tr("Present"), checkable=True, once=True),
        Command("freeze", view, tr("Free&ze beside (A|B)"), "B",
                tr("Keep the present state as A beside the live one, B; again lets it go."),
                lambda w: w.comparison.toggle(), checkable=True, once=True),
        Command("grid", view, tr("Pixel &grid"), "G", tr("Show the canvas's pixel grid."),
                lambda w: w.toggle_grid(), checkable=True, separated=True),
        Command("pre", view, tr("P&re-activations"), "A",
                tr("Show the sums before ReLU, on a scale symmetric about zero."),
                lambda w: w.toggle_pre_activation(),
                short=tr("Pre-ReLU"), checkable=True),
        Command("restore", network, tr("&Restore all maps"), "Ctrl+R",
                tr("Bring every ablated feature map back."),
                lambda w: w.document.restore_all(),
                short=tr("Restore")),
        Command("ablate", network, tr("&Ablate pinned map"), "X",
                tr("Set the map of the pinned unit to zero, or bring it back; a right click on "
                   "any map does the same."),
                lambda w: w.ablate_pinned()),
        Command("unpin", network, tr("&Unpin"), "U",
                tr("Let the pinned unit go."), lambda w: w.unpin()),
        *(
            Command(f"chapter_{entry.id}", chapter, f"&{entry.number}  {entry.title}",
                    str(entry.number), entry.claim,
                    lambda w, id_=entry.id: w.document.set_chapter(id_),  # type: ignore[misc]
                    checkable=True, group="chapter")
            for entry in chapters()
        ),
        Command("play", play, tr("&Play or pause"), "Space",
                tr("Play the chapter's demonstration, pause it, or go on after taking over."),
                lambda w: w.player.toggle(), once=True),
        Command("next", play, tr("&Next"), "PgDown",
                tr("Play the chapter's next demonstration."),
                lambda w: w.player.next(), once=True),
        Command("previous", play, tr("Pre&vious"), "PgUp",
                tr("Play the chapter's demonstration before this one."),
                lambda w: w.player.previous(), once=True),
        Command("step_on", play, tr("Step &on"), ".",
                tr("Pause and go on by 1/30 s of the demonstration."),
                lambda w: w.player.step(1), separated=True),
        Command("step_back", play, tr("Step &back"), ",",
                tr("Pause and go back by 1/30 s of the demonstration."),
                lambda w: w.player.step(-1)),
        Command("faster", play, tr("&Faster"), "]", tr("Play twice as fast, up to 4×."),
                lambda w: w.player.change_speed(1), separated=True, once=True),
        Command("slower", play, tr("&Slower"), "[", tr("Play half as fast, down to ¼×."),
                lambda w: w.player.change_speed(-1), once=True),
        Command("loop", play, tr("&Loop"), "L", tr("Begin anew at the end."),
                lambda w: w.player.toggle_loop(), checkable=True, once=True),
        Command("shortcuts", help_, tr("&Shortcuts…"), "F1",
                tr("All commands with their keys; type to search."),
                lambda w: w.help.show_shortcuts(),
                short=tr("Keys"), dialog=True),
        Command("about", help_, tr("&About LeNetScope"), "",
                tr("Version, network and licence."), lambda w: w.help.show_about(), dialog=True),
    )  # fmt: skip


def build(window: MainWindow) -> dict[str, QAction]:
    """Make the menus of ``window``; returns the actions by id."""
    result: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {}
    groups: dict[str, QActionGroup] = {}
    for command in commands():
        menu = menus.get(command.menu)
        if menu is None:
            menu = menus[command.menu] = QMenu(command.menu, window)
            menu.setToolTipsVisible(True)
            window.menu_bar.addMenu(menu)
        if command.separated:
            menu.addSeparator()
        action = QAction(command.text, window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(key) for key in command.shortcut.split(", ") if key])
        action.setToolTip(command.tip)
        action.setIconText(command.short or command.text.replace("&", ""))
        action.setCheckable(command.checkable)
        action.setAutoRepeat(not command.once)
        # Called with the `checked` argument of the signal, which no command needs
        action.triggered.connect(lambda _=False, run=command.run: run(window))
        if command.group:
            group = groups.setdefault(command.group, QActionGroup(window))
            group.addAction(action)
        menu.addAction(action)
        window.addAction(action)  # for its keys, while the menus are folded away
        result[command.id] = action
    return result


def rows(actions: dict[str, QAction]) -> list[tuple[str, str, str, str]]:
    """(menu, text, shortcuts, tip) of every command, for the shortcut sheet."""
    plain = str.maketrans("", "", "&")
    return [
        (
            command.menu.translate(plain),
            command.text.translate(plain),
            QKeySequence.listToString(
                actions[command.id].shortcuts(), QKeySequence.SequenceFormat.NativeText
            ),
            command.tip,
        )
        for command in commands()
    ]


def gestures() -> list[tuple[str, str, str, str]]:
    """What hands do without a command, as rows of the shortcut sheet."""
    canvas, maps, play = tr("Canvas"), tr("Maps"), tr("Demonstration")
    return [
        (canvas, tr("Move by 1 px"), tr("Arrow keys"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Move by ¼ px"), tr("Shift+Arrow keys"), tr("Strokes move between pixels.")),
        (canvas, tr("Scale"), tr("Wheel"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Turn"), tr("Ctrl+Wheel"), tr("The selection, or the whole drawing.")),
        (canvas, tr("Take a single stroke"), tr("Double-click, Alt+Click"),
         tr("Then move or turn it alone, with Select.")),
        (canvas, tr("Add to the selection"), tr("Shift+Click"), tr("Or drag a frame round it.")),
        (canvas, tr("Squeeze, slant, turn"), tr("Drag the grips"),
         tr("Corners scale, sides squeeze, top and bottom slant, the knob turns.")),
        (canvas, tr("Resize the canvas"), tr("Drag its edges"), tr("32×32 to 128×512 pixels.")),
        (play, tr("Take over"), tr("Grab anything"), tr("It pauses at once; Space goes on.")),
        (play, tr("Turn to another chapter"), tr("Its number"),
         tr("What plays pauses and stays; Space plays the new chapter's own.")),
        (play, tr("Go to a time"), tr("Drag the timeline"), tr("Or click on it.")),
        (maps, tr("Inspect a unit"), tr("Point at it"), tr("Its value, field and targets.")),
        (maps, tr("Pin a unit"), tr("Click"), tr("The inspector keeps following it.")),
        (maps, tr("Ablate a map"), tr("Right click, Ctrl+Click"), tr("Again brings it back.")),
    ]  # fmt: skip


class CommandStates:
    """Keeps the window's actions as the document, the player and the preferences are."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._actions = window, window.actions_by_id
        self._enabled: object = None
        document, player = window.document, window.player
        for name, stack_can in (
            ("undo", document.undo_stack.canUndoChanged),
            ("redo", document.undo_stack.canRedoChanged),
        ):
            self._actions[name].setEnabled(False)
            stack_can.connect(self._actions[name].setEnabled)
        for name, key in (("grid", "pixel_grid"), ("pre", "pre_activation")):
            self._actions[name].setChecked(bool(settings.get(key)))
        self._actions["projection"].setChecked(bool(settings.get("projection")))
        self._actions[f"theme_{settings.get('theme')}"].setChecked(True)
        self._actions["pen"].setChecked(True)
        document.request_changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)
        document.chapter_changed.connect(self._tick)
        player.mode_changed.connect(self._tick)
        player.demonstration_changed.connect(self._tick)
        self._tick()

    def refresh(self) -> None:
        """Commands that could do nothing now are grey."""
        document = self._window.document
        state = (
            bool(document.selection),
            bool(document.scene.items),
            bool(document.ablated),
            document.pinned is not None,
        )
        if state == self._enabled:
            return  # on the live path nothing of this changes
        self._enabled = state
        selected, drawn, ablated, pinned = state
        self._window.hints.show()
        for names, can in (
            ("duplicate delete group ungroup", selected),
            ("ablate unpin", pinned),
            ("clear centre select_all", drawn),
            ("restore", ablated),
        ):
            for name in names.split():
                self._actions[name].setEnabled(can)

    def _tick(self) -> None:
        window = self._window
        self._actions[f"chapter_{window.document.chapter}"].setChecked(True)
        self._actions["loop"].setChecked(window.player.loop)
        for name in ("step_on", "step_back"):
            self._actions[name].setEnabled(window.player.at_hand is not None)
