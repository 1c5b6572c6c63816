"""The Network menu: choosing a network, opening a student's weights, and sessions with these."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from opening import settled
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.cli.renderer import Look, rendering
from viz.model import settings
from viz.model.snapshot import Unit
from viz.nets import networks, opening
from viz.nets.architecture import INPUTS
from viz.nets.lenet5 import lenet5
from viz.nets.network import Network
from viz.recording import transfer
from viz.recording.take import Take
from viz.scene.digits import number
from viz.session import files
from viz.session.session import OpenedWeights, Session
from viz.window.networks import is_remote, refusal

if TYPE_CHECKING:
    from opening import Open


def state_dict(file: Path, side: int = 28, seed: int = 1) -> Path:
    """Random weights under the names of the notes' class: 28×28 pixels and ten classes."""
    torch.manual_seed(seed)
    net = Network(lenet5(none=False, side=side))
    names = dict(zip(("C1", "C3", "C5", "output"), ("conv1", "conv2", "fc1", "fc2"), strict=True))
    state = {}
    for name, value in net.state_dict().items():
        layer, part = name.split(".")
        flat = layer in ("C5", "output") and part == "weight"
        state[f"{names[layer]}.{part}"] = value.flatten(1) if flat else value
    torch.save(state, file)
    return file


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31", width=64))
    settled(application, qtbot)
    return application


def test_x_ablates_the_map_pointed_at_else_the_pinned_one_or_says_what_to_point_at(
    application: Application, qtbot: QtBot
) -> None:
    window, document = application.window, application.document
    mosaic, pinned = window.stage.maps.mosaics["C3"], Unit("C1", 4, 9, 9)
    QTest.keyClick(window, Qt.Key.Key_X)
    assert document.ablated == {}
    assert window.hint_line.hint == "Point at a map of a layer, then press X to ablate it."
    at = mosaic.unit_position(Unit("C3", 7, 2, 3)).toPoint()
    for already in (None, pinned):
        document.pin(already)
        QTest.mouseMove(mosaic, at)
        QTest.keyClick(window, Qt.Key.Key_X)
        assert document.ablated == {"C3": frozenset({7})}
        QTest.keyClick(window, Qt.Key.Key_X)
        assert document.ablated == {}
        QTest.mouseMove(mosaic, QPoint(2, 2))  # the head
    QTest.keyClick(window, Qt.Key.Key_X)
    assert document.ablated == {"C1": frozenset({4})}


@pytest.fixture
def said(application: Application, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the message bar would have shown."""
    texts: list[str] = []
    monkeypatch.setattr(application.window.messages, "show", lambda text, **_: texts.append(text))
    return texts


def choose(monkeypatch: pytest.MonkeyPatch, file: Path, kind: int = 0) -> list[list[str]]:
    """Answer the two dialogs; returns what the second one offers."""
    offered: list[list[str]] = []

    def item(
        parent: object, title: str, text: str, texts: list[str], *_: object
    ) -> tuple[str, bool]:
        offered.append(texts)
        return texts[kind], True

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QInputDialog, "getItem", item)
    return offered


def open_weights(application: Application, qtbot: QtBot, name: str = "") -> str:
    """Run the menu's command and wait for its network; returns the network's name."""
    before = application.document.network
    application.window.commands.actions["open_weights"].trigger()
    qtbot.waitUntil(lambda: application.document.network != before, timeout=60_000)
    settled(application, qtbot)
    return application.document.network


def test_a_students_weights_answer_and_undo_brings_the_other_network_back(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, document = application.window, application.document
    offered = choose(monkeypatch, state_dict(tmp_path / "mine.pt"))
    name = open_weights(application, qtbot)
    assert len(offered[0]) == len(INPUTS) + 1
    snapshot = document.snapshot
    assert snapshot is not None and snapshot.request.network == name
    assert snapshot.maps["output"].shape == (10, 2, 10)
    assert list(window.stage.maps.mosaics) == ["C1", "S2", "C3", "S4"]
    assert window.messages.bar.text.startswith("mine.pt: 28×28 pixels, 10 classes, ")
    assert window.commands.actions[f"network-{name}"].isChecked()
    assert window.commands.actions[f"network-{name}"].text() == "mine.pt"
    document.undo_stack.undo()
    assert document.network == "max"
    document.undo_stack.redo()
    assert document.network == name
    window.commands.actions["network-max"].trigger()
    assert document.network == "max"


def test_an_unfitting_file_leaves_the_network_and_the_undo_stack(
    application: Application,
    said: list[str],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "odd.pt"
    file.write_bytes(b"no weights")
    choose(monkeypatch, file)
    application.window.commands.actions["open_weights"].trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    assert "odd.pt" in said[0]
    assert application.document.network == "max"
    assert not application.document.undo_stack.canUndo()
    assert settings.noted_weights() == []


def test_the_dialog_overrides_what_would_be_found(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, state_dict(tmp_path / "mine.pt"), kind=4)
    name = open_weights(application, qtbot)
    assert name.endswith("-inverted")
    architecture = networks.architecture(name)
    assert (architecture.blank, architecture.ink) == (1.0, 0.0)


def test_pins_and_ablations_stay_where_the_other_network_has_them(
    application: Application, qtbot: QtBot
) -> None:
    document = application.document
    for layer, map_ in (("C1", 3), ("C1", 12), ("C3", 40), ("C5", 100)):
        document.toggle_ablation(layer, map_)
    document.pin(Unit("C3", 40, 1, 1))
    application.window.commands.actions["network-notes"].trigger()
    assert document.network == "notes"
    assert document.ablated == {"C1": frozenset({3}), "C5": frozenset({100})}
    assert document.pinned is None
    document.pin(Unit("F6", 5, 0, 2))
    settled(application, qtbot)
    assert document.snapshot is not None and document.snapshot.trace is not None
    assert document.snapshot.trace.layer == "F6"
    assert list(application.window.stage.maps.barcodes) == ["C5", "F6"]
    application.window.commands.actions["network-average"].trigger()
    assert document.pinned is None
    assert document.ablated == {"C1": frozenset({3}), "C5": frozenset({100})}
    settled(application, qtbot)
    assert list(application.window.stage.maps.barcodes) == ["C5"]


def test_the_pointer_may_rest_on_a_cell_that_the_other_network_lacks(
    application: Application, qtbot: QtBot
) -> None:
    document, panel = application.document, application.window.panels.shown
    assert panel is not None
    inspector = panel.unit.inspector
    document.pin(Unit("C3", 5, 1, 1))
    settled(application, qtbot)
    place = next(
        QPoint(x, y)
        for x in range(inspector.width() - 1, 0, -3)
        for y in range(inspector.height() - 1, 0, -3)
        if (cell := inspector.cell_at(QPointF(x, y))) is not None and cell[0] >= 6
    )
    qtbot.mouseMove(inspector, place)
    document.set_network("notes")
    settled(application, qtbot)
    inspector.grab()


def test_redo_gives_another_network_no_maps_that_it_lacks(
    application: Application, qtbot: QtBot
) -> None:
    document = application.document
    document.open(number("7", width=64), None, "other", ablated={"C3": frozenset({2, 40})})
    document.undo_stack.undo()
    document.set_network("notes")
    document.undo_stack.redo()
    assert document.network == "notes" and document.ablated == {"C3": frozenset({2})}
    settled(application, qtbot)


# Sessions


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return state_dict(tmp_path / "mine.pt")


@pytest.fixture
def entry(file: Path, monkeypatch: pytest.MonkeyPatch) -> OpenedWeights:
    """Weights that another process has opened."""
    opened = opening.open_weights(file, "raw")
    monkeypatch.setattr(networks, "opened", {})
    return OpenedWeights(opened.name, str(file), opened.checksum, "raw")


@pytest.fixture
def session(
    application: Application, qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch
) -> Session:
    """One with a network that was opened, as its file gives it back to a new process."""
    application.document.toggle_ablation("C1", 7)
    application.window.networks.open_file(file, "raw")
    qtbot.waitUntil(lambda: application.document.network != "max", timeout=60_000)
    settled(application, qtbot)
    text = files.dumps(application.window.session_store.capture(), known_ids())
    session = files.parse(text.encode(), known_ids()).opened
    assert isinstance(session, Session)
    application.document.set_network("max")
    application.document.restore_all()
    monkeypatch.setattr(networks, "opened", {})
    return session


def test_a_session_opens_the_weights_again_that_were_opened_here(
    application: Application, session: Session, file: Path, qtbot: QtBot
) -> None:
    document, (entry,) = application.document, session.opened
    assert (entry.file, entry.input) == (str(file), "raw") and entry.name == session.network
    application.window.session_store.restore(session)
    assert document.network == "max"  # until it is there
    qtbot.waitUntil(lambda: document.network == session.network, timeout=60_000)
    assert document.ablated == {"C1": frozenset({7})}
    settled(application, qtbot)


def test_a_session_opens_no_weights_that_were_never_opened_here(
    application: Application, session: Session, said: list[str], qtbot: QtBot, tmp_path: Path
) -> None:
    (entry,) = session.opened
    others = (
        replace(entry, file=str(state_dict(tmp_path / "other.pt"))),
        replace(entry, checksum="0" * 64),
        replace(entry, file=r"\\host\share\mine.pt"),
        replace(entry, file="https://host/mine.pt"),
    )
    for other in others:
        application.window.session_store.restore(replace(session, opened=(other,)))
        assert application.document.network == "max"
        assert said.pop().startswith("The default model is used instead: ")
    assert not networks.opened
    settled(application, qtbot)


def test_weights_that_are_gone_or_others_are_told_and_the_main_network_answers(
    application: Application, session: Session, said: list[str], file: Path, qtbot: QtBot
) -> None:
    state_dict(file, seed=2)
    application.window.session_store.restore(session)
    qtbot.waitUntil(lambda: len(said) == 1, timeout=30_000)
    file.unlink()
    application.window.session_store.restore(session)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=30_000)
    assert "have changed since" in said[0] and "mine.pt" in said[1]
    assert application.document.network == "max"
    settled(application, qtbot)


def test_a_film_of_a_live_session_opens_the_weights_that_were_chosen_in_it(
    entry: OpenedWeights, qtbot: QtBot
) -> None:
    """In the process that renders, which is given the session alone, pickled."""
    settings.note_weights(entry.file, entry.checksum)
    before = Session(number("3", width=64))
    after = replace(before, network=entry.name, opened=(entry,))
    take = transfer.load(BytesIO(transfer.dumps(Take(((0.0, before), (1.0, after)), 2.0))))
    assert isinstance(take, Take)
    with rendering(before, Look((1024, 640), stage=True)) as made:
        frames = list(made.follow(take, [0.0, 1.5]))
        assert made.window.document.network == entry.name
        assert list(networks.opened) == [entry.name]
    assert not np.array_equal(*frames)


@pytest.mark.parametrize("path", ["//host/w.pt", r"\\host\w.pt", "smb://host/w.pt", "file://w.pt"])
def test_paths_to_other_computers_are_known(path: str) -> None:
    assert is_remote(path)
    assert not is_remote(path.rsplit("/", 1)[-1].rsplit("\\", 1)[-1])


def test_only_what_is_noted_is_trusted(entry: OpenedWeights) -> None:
    assert refusal(entry)
    settings.note_weights(entry.file, entry.checksum)
    assert not refusal(entry)
    settings.remember(False)  # a picture is rendered with default preferences, but the same trust
    assert not refusal(entry)
