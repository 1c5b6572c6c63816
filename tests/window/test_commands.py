"""The command table: keys are unambiguous, ids unique, and everything that asks says so."""

from __future__ import annotations

from collections import Counter

from PyQt6.QtGui import QKeySequence

from viz.outline import CHAPTER_IDS
from viz.window.commands import commands

ASKING = {"open", "save_as", "export", "mnist", "shortcuts", "about"}


def test_no_two_commands_share_a_key_or_a_name() -> None:
    keys = Counter(
        QKeySequence(key).toString()
        for command in commands()
        for key in command.shortcut.split(", ")
        if key
    )
    assert "" not in keys, "a key that Qt does not know"
    assert [key for key, count in keys.items() if count > 1] == []
    assert max(Counter(command.id for command in commands()).values()) == 1


def test_no_two_items_of_a_menu_share_a_mnemonic() -> None:
    letters = Counter(
        (command.menu, command.text[command.text.index("&") + 1].lower())
        for command in commands()
        if "&" in command.text
    )
    assert [letter for letter, count in letters.items() if count > 1] == []


def test_every_chapter_has_its_number_key() -> None:
    by_id = {command.id: command for command in commands()}
    for number, chapter in enumerate(CHAPTER_IDS, 1):
        assert by_id[f"chapter_{chapter}"].shortcut == str(number)


def test_what_opens_a_dialog_is_known() -> None:
    asking = {command.id for command in commands() if command.dialog}
    assert asking >= ASKING
    assert {c.id for c in commands() if "…" in c.text} <= asking, "three dots announce a dialog"
