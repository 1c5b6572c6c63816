"""Commands: keys are unambiguous, ids unique, states follow the model, and what asks says so."""

from __future__ import annotations

from collections import Counter

from opening import Open
from PyQt6.QtGui import QKeySequence

from viz.chapters.registry import chapters
from viz.model.command import Command
from viz.model.snapshot import Unit
from viz.scene.digits import number

ASKING = {"open", "save_as", "export", "mnist", "shortcuts", "about"}

TAKEN_IN_TURN = {"PgDown", "PgUp", "."}
"""Keys of two commands each, of which always just one is enabled: see ``test_lectures``."""


def test_no_two_commands_share_a_key_or_a_name(rows: list[Command]) -> None:
    keys = Counter(
        QKeySequence(key).toString()
        for command in rows
        for key in command.shortcut.split(", ")
        if key
    )
    assert "" not in keys, "a key that Qt does not know"
    assert {key for key, count in keys.items() if count > 1} == TAKEN_IN_TURN
    assert max(Counter(command.id for command in rows).values()) == 1


def test_no_two_items_of_a_menu_share_a_mnemonic(rows: list[Command]) -> None:
    letters = Counter(
        (command.menu, command.text[command.text.index("&") + 1].lower())
        for command in rows
        if "&" in command.text
    )
    assert [letter for letter, count in letters.items() if count > 1] == []


def test_every_chapter_has_its_number_key(rows: list[Command]) -> None:
    by_id = {command.id: command for command in rows}
    for chapter in chapters():
        assert by_id[f"chapter_{chapter.id}"].shortcut == str(chapter.number)


def test_what_opens_a_dialog_is_known(rows: list[Command]) -> None:
    asking = {command.id for command in rows if command.dialog}
    assert asking >= ASKING
    dots = {command.id for command in rows if "…" in command.text}
    assert dots <= asking | {"record"}, "three dots announce a dialog; Record also ends a take"


def test_what_can_do_nothing_is_grey(open_application: Open) -> None:
    application = open_application()
    window, document = application.window, application.document
    enabled = {id_: action.isEnabled for id_, action in window.commands.actions.items()}
    names = ("undo", "redo", "delete", "clear", "restore", "unpin", "step_on")
    assert [name for name in names if enabled[name]()] == []
    document.apply(number("31"), "draw")
    document.select([0])
    document.toggle_ablation("C1", 3)
    document.pin(Unit("C1", 0, 0, 0))
    assert [name for name in names if not enabled[name]()] == ["redo", "step_on"]
    document.undo_stack.undo()
    assert enabled["redo"]() and enabled["undo"]() and not enabled["restore"](), "of ablating"
    document.undo_stack.undo()
    assert enabled["redo"]() and not enabled["undo"]()
    window.player.next()
    assert enabled["step_on"]()


def test_ticks_follow_the_model_in_whatever_way_it_changes(open_application: Open) -> None:
    window = open_application().window
    actions, view = window.commands.actions, window.view
    view.tool, view.chapter, view.theme = "eraser", "binding", "light"
    view.pre_activation, view.pixel_grid = True, False
    for id_ in ("eraser", "chapter_binding", "theme_light", "pre"):
        assert actions[id_].isChecked(), id_
    assert not actions["grid"].isChecked()
    actions["eraser"].trigger()  # chosen already: the tick stays
    assert actions["eraser"].isChecked()
    view.presenting = True
    assert actions["present"].isChecked()
    assert [id_ for id_ in ASKING if actions[id_].isEnabled()] == []
    view.presenting = False
    assert not actions["present"].isChecked() and actions["open"].isEnabled()
