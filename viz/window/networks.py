"""Networks: choosing the one that answers, and opening a student's own weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QInputDialog

from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.document import Document
from viz.nets import networks, opening
from viz.nets.architecture import INPUTS
from viz.nets.modules import base_of
from viz.nets.networks import TrainedNetwork
from viz.session.session import OpenedWeights, Session
from viz.views.widgets.network_names import choice_text, menu_name, network_tip
from viz.window.dialogs import Dialogs
from viz.window.messages import Messages


class Networks(QObject):
    """The networks on offer: those that ship and those that were opened."""

    opened = pyqtSignal(str)
    """A network was opened that was not known before; its name."""

    def __init__(
        self, document: Document, engine: Engine, messages: Messages, dialogs: Dialogs
    ) -> None:
        super().__init__(dialogs.parent)
        self._document, self._engine = document, engine
        self._messages, self._dialogs = messages, dialogs
        self._offered = set(networks.names())
        self._awaited: Session | None = None
        """The session whose network is to answer once it is open."""
        self._being_opened: Path | None = None
        self._entries: dict[str, OpenedWeights] = {}

    def commands(self) -> tuple[Command, ...]:
        """Return the commands of all networks known now, and the one that opens others."""
        menu = tr("&Network")
        choices = tuple(self.command(name) for name in networks.names())
        return (
            *(replace(one, separated=number == 0) for number, one in enumerate(choices)),
            Command("open_weights", menu, tr("&Open weights…"), "Ctrl+Shift+O",
                    tr("Use a network of your own: weights that `lenetscope train` has written, or "
                       "a PyTorch state dict of the class in the lecture's notes."),
                    self.open_dialog, separated=True, dialog=True),
        )  # fmt: skip

    def command(self, name: str) -> Command:
        """Return the command that lets this network answer."""
        return Command(
            f"network-{name}", tr("&Network"), menu_name(name), "", network_tip(name),
            lambda: self._document.choose_network(name, choice_text(name)),
            checked=lambda: base_of(self._document.network) == name, group="network",
        )  # fmt: skip

    # Opening

    def open_dialog(self) -> None:
        """Choose a file of weights, and what the network's input is; open it."""
        if not self._dialogs.may_open():
            return
        name, _ = QFileDialog.getOpenFileName(
            self._dialogs.parent,
            tr("Open weights"),
            str(settings.get("weights_folder")),
            tr("Weights ({all})", all="*.safetensors *.pt *.pth *.bin *.ckpt")
            + ";;"
            + tr("All files ({all})", all="*"),
        )
        if not name:
            return
        settings.put("weights_folder", str(Path(name).parent))
        kinds: list[str | None] = [None, *INPUTS]
        texts = [
            tr("determine it with the included pen digits"),
            *map(opening.input_name, INPUTS),
        ]
        chosen, accepted = QInputDialog.getItem(
            self._dialogs.parent,
            tr("Open weights"),
            tr("Input range that the network was trained on, from blank to full ink:"),
            texts,
            0,
            False,
        )
        if accepted:
            self.open_file(Path(name), kinds[texts.index(chosen)])

    def open_file(self, file: Path, input_range: str | None = None) -> None:
        """Open weights off the GUI thread and let them answer, undoable; or say what is wrong."""
        self._being_opened = file
        self._messages.show(
            tr("Opening {name} …", name=file.name), holds=lambda: self._being_opened is file
        )
        self._engine.run_job(
            partial(opening.open_weights, file, input_range),
            partial(self._end_opening, self.show),
            partial(self._end_opening, lambda error: self._messages.show(str(error))),
        )

    def _end_opening(self, tell: Callable[[Any], object], result: object) -> None:
        """Take back that a file is being opened, which may wait for its turn, and go on."""
        self._being_opened = None
        self._messages.refresh()
        tell(result)

    def show(self, network: TrainedNetwork) -> None:
        """Let an opened network answer, undoable, and say what it is."""
        assert network.file is not None
        settings.note_weights(str(network.file.absolute()), network.checksum)
        self._offer(network.name)
        name = network.file.name
        self._document.choose_network(network.name, tr("Open {name}", name=name))
        self._messages.show(
            opening.sentence(network), holds=lambda: self._document.network == network.name
        )

    def _offer(self, name: str) -> None:
        """Put a network that is new into the menu."""
        if name not in self._offered:
            self._offered.add(name)
            self.opened.emit(name)

    # Sessions

    def entries(self, *names: str) -> tuple[OpenedWeights, ...]:
        """Return where those of the named networks come from that do not ship, for a session."""
        found = (networks.find(name) for name in dict.fromkeys(map(base_of, names)))
        return tuple(self._entry(network) for network in found if network is not None)

    def _entry(self, network: TrainedNetwork) -> OpenedWeights:
        """Return the same each time, so that the states of a film share it."""
        if network.name not in self._entries:
            assert network.file is not None
            self._entries[network.name] = OpenedWeights(
                network.name,
                str(network.file.absolute()),
                network.checksum,
                opening.input_of(network),
            )
        return self._entries[network.name]

    def known(self, session: Session) -> Session:
        """Return the session with the main network in the place of those that are not open.

        Weights that the user opened on this computer are opened again and then answer, unless
        another drawing was opened meanwhile; of others it is said why the main network answers.
        A frozen state A of such a network is left out.
        """
        self._awaited = session
        missing = [entry for entry in session.opened if not networks.is_known(entry.name)]
        for entry in missing:
            if reason := refusal(entry):
                self._messages.show(reason, holds=lambda: self._awaited is session)
            else:
                self._engine.run_job(
                    partial(opening.reopen, Path(entry.file), entry.checksum, entry.input),
                    partial(self._bring_back, session),
                    lambda error: self._messages.show(
                        str(error), holds=lambda: self._awaited is session
                    ),
                )
        return substituted(session)

    def _bring_back(self, session: Session, network: TrainedNetwork) -> None:
        """Let the network of a session answer now that it is open, unless another was chosen."""
        self._offer(network.name)
        document = self._document
        if session is not self._awaited or base_of(session.network) != network.name:
            return
        if document.network != networks.MAIN:
            return
        if not networks.is_known(session.network):  # with modules that it cannot have
            session = replace(session, network=network.name)
        document.set_network(session.network)
        both = {*session.ablated, *document.ablated}
        none: frozenset[int] = frozenset()
        document.set_ablated(
            {one: session.ablated.get(one, none) | document.ablated.get(one, none) for one in both}
        )
        if session.pinned is not None and document.pinned is None:
            document.pin(session.pinned)


def substituted(session: Session) -> Session:
    """Return the session with the main network for those that are not known, and without what only
    these have."""
    return _only(session, networks.is_known)


def lasting(session: Session) -> Session:
    """Return the session with the network of before for one that no file holds, and without what
    only that has: the instrument that changes a network puts it on the stage again."""
    before = networks.lasting(session.network)
    return _only(session, lambda name: not networks.is_passing(name), before)


def _only(session: Session, is_kept: Callable[[str], bool], other: str = networks.MAIN) -> Session:
    if not is_kept(session.network):
        session = replace(session, network=other, ablated={}, pinned=None, hovered=None)
    comparison = session.comparison
    if comparison is not None and not is_kept(comparison.network):
        session = replace(session, comparison=None)
    return session


def refusal(entry: OpenedWeights) -> str:
    """Return why a session's weights are not opened, in a sentence; "" if they are."""
    name = Path(entry.file).name
    if is_remote(entry.file):
        return tr(
            "The default model is used instead: {name} is on a network drive, and a drawing opens "
            "no weights from there; copy it to this computer and use Open weights.",
            name=name,
        )
    if (entry.file, entry.checksum) not in settings.noted_weights():
        return tr(
            "The default model is used instead: {name}, which this drawing was made with, was "
            "never opened here; use Open weights if you trust it.",
            name=name,
        )
    return ""


def is_remote(path: str) -> bool:
    """Return whether a path leads to another computer, as Windows and browsers write it."""
    return path.startswith(("\\\\", "//")) or "://" in path


def reopen_all(session: Session, tell: Callable[[str], object]) -> Session:
    """Open a session's weights at once, for rendering; the main network in the place of those that
    are not opened, which ``tell`` says."""
    for entry in session.opened:
        if networks.is_known(entry.name):
            continue
        if reason := refusal(entry):
            tell(reason)
        else:
            opening.reopen(Path(entry.file), entry.checksum, entry.input)
    known = tuple(entry for entry in session.opened if networks.is_known(entry.name))
    return substituted(replace(session, opened=known))
