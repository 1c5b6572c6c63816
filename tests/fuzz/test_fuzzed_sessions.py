"""All that the program reads back at its start, made hostile at random: preferences, drawings and
lectures of programs that were killed. It always starts, with a screen that can be used.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzzing import case, numbers
from hostile_scenes import hostile_scene
from mutations import TEXTS, damaged, hostile_json
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from scene_files import IDS
from stepped_window import SteppedEngine, answer, answer_dialogs, keep_up, stepped

from viz.app import Application
from viz.engine.compute import Nets
from viz.model import autosave, settings
from viz.scene.digits import number
from viz.session import files, lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session
from viz.window.autosaver import Recovery
from viz.window.lecture_keeper import LectureKeeper

CASES = 200
STARTS = 25
"""Every so many cases the program starts anew; between them the next is read by the same window."""

LEFT = Qt.MouseButton.LeftButton
LECTURE = json.loads(
    lecture_files.plain(
        Lecture(
            "A title",
            (
                Step("Drawn", "Ask", Session(number("38"))),
                Step("Played", demonstration=DemonstrationStart("3-5")),
            ),
        ),
        IDS,
    )
)
PREFERENCES: dict[str, Any] = {
    "theme": "dark", "projection": "true", "pre_activation": "false", "edges": "true",
    "pixel_grid": "true", "pen_width": "2.4", "pen_pressure": "true", "handwriting": "round",
    "folder": "/tmp", "weights_folder": "/tmp", "tour_seen": "true", "tips_seen": "3",
    "files": '"[\\"/tmp/a.scene.json\\"]"', "weights": '"[[\\"/mine.pt\\", \\"00ff\\"]]"',
    "geometry": "@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3\\0\\0)",
}  # fmt: skip
ODD_PREFERENCES = (
    "", "true", "-1", "1e999", "nan", "@Invalid()", "@ByteArray()", "@Rect(1 2 3 4)", "@Size(a b)",
    "@Variant(\\0\\0\\0\\x7f)", "@String(x)", "@", '"[[]]"', '"[1, 2]"', '"{}"', "a, b, c",
    '"[[\\"/a\\"]]"', '"' + "[" * 3_000 + '"', '"[1e999, [\\"\\", 7]]"', "\\x0", "9" * 400,
)  # fmt: skip


def preferences(rng: random.Random) -> bytes:
    """A file of preferences, some of them odd."""
    rows = dict(PREFERENCES)
    for _ in range(rng.choice((0, 1, 3, 8))):
        odd = rng.choice((*ODD_PREFERENCES, *(repr(text)[1:-1] for text in TEXTS)))
        rows[rng.choice(list(rows))] = odd
    content = "[General]\n" + "".join(f"{name}={value}\n" for name, value in rows.items())
    data = content.encode("utf-8", "surrogatepass")
    return damaged(data, rng) if rng.random() < 0.2 else data


def kept_lecture(rng: random.Random) -> bytes:
    """A lecture as a killed program leaves it, with its line about file and step."""
    about = {"file": rng.choice((None, "/a.lecture.json")), "checksum": "00", "index": 1}
    head = (
        hostile_json(about, PREFERENCES, rng) if rng.random() < 0.5 else json.dumps(about).encode()
    )
    return head + b"\n" + hostile_json(LECTURE, PREFERENCES, rng)


def kept_drawing(rng: random.Random) -> bytes:
    """A drawing as a killed program leaves it, with the file that it belongs to."""
    data = hostile_scene(rng)
    if rng.random() < 0.3:
        odd = json.dumps(rng.choice((*TEXTS, None, 7, "/tmp", "/nowhere/a.scene.json")))
        data = data.replace(b"{", b'{"file": ' + odd.encode() + b', "checksum": "12", ', 1)
    return data


def leave_behind(folder: Path, make: Any, rng: random.Random, first: int) -> None:
    """Leave up to three files of programs that no longer run, and what else may lie there."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in range(rng.choice((0, 1, 1, 1, 2, 3))):
        path = folder / f"drawing-{999_000_000 + first + each}-{rng.randrange(99)}.json"
        path.write_bytes(make(rng))
        when = rng.choice((0, 1, -1, 2**31, 1_700_000_000, 2**33))
        os.utime(path, (when, when))
    if rng.random() < 0.1:
        odd = rng.choice(("drawing-1-1.json", "drawing-999999999-7.json", "drawing-x.json", "ü"))
        path = folder / f"{odd}"
        match rng.randrange(3):
            case 0:
                path.mkdir(exist_ok=True)
            case 1 if not path.exists():
                path.symlink_to(rng.choice(("/dev/zero", "loop", path.name, "/nowhere")))
            case _ if not path.exists():
                path.write_bytes(rng.randbytes(30))
            case _:
                pass


def check_usable(application: Application, engine: SteppedEngine) -> None:
    """Check that a user could go on: the network answers, a stroke can be drawn and taken back, and
    what is there can be saved."""
    window, document = application.window, application.document
    assert QApplication.activeModalWidget() is None
    answer(engine)
    snapshot = document.snapshot
    assert snapshot is not None and snapshot.scene is document.scene
    assert all(np.isfinite(values).all() for values in snapshot.maps.values())
    for _ in range(8):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    canvas, before = window.canvas, document.scene
    assert canvas.isVisible() and not document.view.enlarged
    canvas.set_tool("pen")
    points = [canvas.to_widget(x, 9.0).toPoint() for x in (4, 11)]
    QTest.mousePress(canvas, LEFT, pos=points[0])
    QTest.mouseRelease(canvas, LEFT, pos=points[1])
    if document.scene == before:
        assert window.messages.text, "nothing was drawn, and nothing says why"
    else:
        document.undo_stack.undo()
        assert document.scene == before
    files.dumps(window.session_store.capture(), IDS)


def read_preferences() -> None:
    """Ask for all of them."""
    for name, default in settings.DEFAULTS.items():
        assert type(settings.get(name)) is type(default)
    for file in settings.recent_files():
        assert Path(file).is_absolute()
    for file, checksum in settings.noted_weights():
        assert isinstance(file, str) and isinstance(checksum, str)
    settings.geometry()
    settings.is_first_start()


def read_back(application: Application) -> None:
    """Bring drawings and lectures back, as at a start."""
    window = application.window
    open_files = window.files.open_files
    Recovery(
        application.document, window.session_store, window.messages, open_files, window.files.new,
        application.engine,
    ).begin()  # fmt: skip
    LectureKeeper(
        window.lectures, application.engine, open_files, window.messages, application
    ).recover()


def press_what_is_offered(application: Application, rng: random.Random) -> None:
    """Press one of the buttons of the message bar, several times at most."""
    bar = application.window.messages.bar
    for _ in range(rng.randrange(3)):
        buttons = [b for b in bar.findChildren(QPushButton) if b.isVisible()]
        if buttons:
            rng.choice(buttons).click()


@pytest.mark.qt_log_ignore("QVariant::load", "keyboard", extend=True)
def test_the_program_starts_with_a_screen_that_can_be_used(
    qtbot: QtBot,
    qtlog: Any,
    nets: Nets,
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    application: Application | None = None
    brought_back = 0
    for each in numbers(CASES):
        with case(each) as rng, monkeypatch.context() as patched:
            home = tmp_path / f"home{each}"
            patched.setenv("XDG_STATE_HOME", str(home))
            config = home / "config" / "LeNetScope"
            config.mkdir(parents=True)
            (config / "LeNetScope.conf").write_bytes(preferences(rng))
            native, user = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
            QSettings.setPath(native, user, str(home / "config"))
            leave_behind(autosave.folder_of(), kept_drawing, rng, 10 * each)
            leave_behind(autosave.folder_of("lectures"), kept_lecture, rng, 10 * each)
            answer_dialogs(patched, rng, lambda home=home: [home / "a.json"])
            with qtbot.capture_exceptions() as raised:
                read_preferences()
                if application is None or each % STARTS == 0:
                    if application is not None:
                        application.window.close()
                        application.dispose()
                    application, engine = stepped(patched, nets, keep=True)
                    if (geometry := settings.geometry()) is not None:
                        application.window.restoreGeometry(geometry)
                else:
                    read_back(application)
                brought_back += bool(application.document.scene.items)
                (keep_up if rng.random() < 0.4 else answer)(engine)
                press_what_is_offered(application, rng)
                check_usable(application, engine)
            assert not raised, raised
            assert not [one.message for one in qtlog.records if not one.ignored]
            autosave.clear()
            autosave.clear(autosave.folder_of("lectures"))
    assert application is not None
    application.window.close()
    application.dispose()
    assert brought_back > len(numbers(CASES)) / 20 - 1
