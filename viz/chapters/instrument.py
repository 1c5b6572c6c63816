"""The bases of instruments: widgets below the maps that show or measure one thing.

A subclass of ``MeasuredInstrument`` says on what its measurement depends (``key``), how it is made
(``measure``) and how it is shown (``show_result``); when to measure, and when not, is decided here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QPalette, QShowEvent
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viz.i18n import tr
from viz.model.snapshot import Snapshot
from viz.views.theme import GRID
from viz.views.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from viz.engine.compute import Nets
    from viz.engine.engine import Engine
    from viz.model.document import Document
    from viz.model.player import Player
    from viz.views.canvas.canvas import Canvas
    from viz.views.paint_clock import PaintClock

T = TypeVar("T")

PATIENCE_MS = 400
"""After so long without a result what is shown is dimmed: it is of another drawing."""


def nothing_drawn() -> str:
    """Return what is said of an empty canvas, where 0 would prove nothing."""
    return tr("The canvas is empty: there is nothing to measure. Draw a digit, or drag one here.")


class Setting(Protocol):
    """A control whose value is kept in scene files, such as ``Segmented`` or ``CheckBox``."""

    @property
    def value(self) -> Any: ...

    @property
    def chosen(self) -> Any:
        """The signal of the user's choices."""

    def show_value(self, value: Any, /) -> None:
        """Take a value from elsewhere and report nothing. Raises ValueError for what is none."""


@dataclass(frozen=True)
class Context:
    """What instruments are built with, one for each window."""

    document: Document
    engine: Engine
    clock: PaintClock
    canvas: Canvas
    player: Player
    _shared: dict[type, Any] = field(default_factory=dict)

    def shared(self, kind: type[T]) -> T:
        """Return the one object of a class that several instruments share, made at first use.

        Its constructor takes the context.
        """
        if kind not in self._shared:
            self._shared[kind] = kind(self)  # type: ignore[call-arg]
        return cast("T", self._shared[kind])


class Instrument(QWidget):
    """Controls in a row above one view, or a sentence why there is nothing to see.

    Only the instrument on the screen gets snapshots; one that comes to the screen gets the latest.
    """

    id = ""
    """Its name in scene files, demonstrations and ``render --instrument``; no other instrument of
    the program has it, and it never changes."""
    title = ""
    """The text of its tab, translated and short."""
    tab = ""
    """A single word in place of the title on its tab, where the titles of a chapter have no room;
    "" for the title itself."""
    tip = ""
    """One sentence: what is measured, and by which formula."""
    hint = ""
    """One sentence for the foot of the window: what to try with it; "" for nothing special."""
    explanation = ""
    """What F2 tells: three to six sentences, translated, as rich text. What is seen, its terms in
    ``<b>`` where they are defined, what to try, and where the theory breaks."""

    grabbed = pyqtSignal()
    """The user changed one of its settings: a demonstration that moves them pauses."""

    tells_answer = False
    """Whether it shows which class the network answers, and is covered while a hall guesses."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.document = context, context.document
        self.snapshot: Snapshot | None = None
        """The latest one that was shown."""
        self.settings: dict[str, Setting] = {}
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.tip)
        self._controls = QWidget(self)
        self._flow = FlowLayout(self._controls)
        self._controls.hide()
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._message.hide()
        self._view = QWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # the stage decides
        layout.addWidget(self._controls)
        layout.addWidget(self._message, 1)
        layout.addWidget(self._view, 1)

    # For the constructors of subclasses

    def set_view(self, view: QWidget) -> None:
        """Show this below the controls."""
        layout = cast(QVBoxLayout, self.layout())
        layout.replaceWidget(self._view, view)
        self._view.deleteLater()
        self._view = view
        layout.setStretchFactor(view, 1)
        view.show()
        layout.activate()  # one that comes with the first result has its size at once

    def add_control(self, control: QWidget) -> None:
        """Put a control at the end of the row above the view."""
        self._flow.addWidget(control)
        self._controls.show()

    def add_setting(self, name: str, control: Setting) -> None:
        """Put a control there whose value is kept in scene files under a name."""
        self.settings[name] = control
        self.add_control(cast(QWidget, control))
        control.chosen.connect(lambda _value: self.grabbed.emit())
        control.chosen.connect(lambda _value: self.refresh())

    # What is shown

    @property
    def message(self) -> str:
        """The sentence that stands in place of the view; "" while the view is shown."""
        return "" if self._message.isHidden() else self._message.text()

    def show_message(self, text: str) -> None:
        """Show a sentence in place of the view; "": the view."""
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._view.setVisible(not text)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the latest snapshot, while on the screen and when coming to it."""
        self.snapshot = snapshot
        self.refresh()

    def refresh(self) -> None:
        """Show what snapshot and settings ask for; cheap if that is shown already."""

    def formula(self) -> str:
        """Return the formula of what is shown, with the present numbers if there are any; as rich
        text, in which what comes from files is escaped. Called some ten times a second while it is
        read: cheap."""
        raise NotImplementedError

    # What is kept

    def state(self) -> dict[str, Any]:
        """Return its settings, as JSON can hold them, as far as there is anything to choose yet."""
        values = {name: control.value for name, control in self.settings.items()}
        return {name: value for name, value in values.items() if value is not None}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take settings back; what is missing or makes no sense stays as it is."""
        for name, control in self.settings.items():
            if name in state:
                try:
                    control.show_value(state[name])
                except (ValueError, TypeError):
                    continue
        self.refresh()

    def reset(self, state: Mapping[str, Any]) -> None:
        """Take the settings it was built with, ``state``, before another drawing is opened."""
        self.restore(state)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()


class MeasuredInstrument(Instrument):
    """Has something measured while it is on the screen, on the measuring thread, latest first."""

    rest_ms = 0
    """So long at least between the beginnings of two measurements, where starting at every change
    would let none finish."""

    patience_ms = PATIENCE_MS
    """Longer for what some programs beside this one delay so much that it would flicker."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.result: Any = None
        """What is shown; None before the first result and where there is nothing to measure."""
        self._asked: Hashable = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(self.patience_ms)
        self._patience.timeout.connect(lambda: self.set_dimmed(True))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.refresh)
        self.document.window_changed.connect(self.refresh)
        self.document.selection_changed.connect(self.refresh)

    # For subclasses

    def reason(self, snapshot: Snapshot) -> str:
        """Say why there is nothing to measure; "" if there is something."""
        return "" if snapshot.scene.items else nothing_drawn()

    def key(self, snapshot: Snapshot) -> Any:
        """Return what the measurement depends on, and all that ``measure`` takes from settings.

        While it is equal nothing is measured again.
        """
        raise NotImplementedError

    @staticmethod
    def measure(nets: Nets, snapshot: Snapshot, key: Any) -> Iterator[Any]:
        """Yield results, coarse ones first; None is a pause.

        It runs on the measuring thread, so it is static: it sees frozen data only.
        """
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show a result."""
        raise NotImplementedError

    def clear(self) -> None:
        """There is nothing to measure: show nothing of before."""

    def set_dimmed(self, dimmed: bool) -> None:
        """Show faintly what is of another drawing."""

    # When to measure

    def refresh(self) -> None:
        snapshot = self.snapshot
        if snapshot is None or not self.isVisible():
            return
        if snapshot is not self.document.snapshot:
            return  # a newer one is on its way here, and the window shown is already of that one
        reason = self.reason(snapshot)
        self.show_message(reason)
        if reason:
            self._forget()
            self.result = None
            self.clear()
            return
        key = self.key(snapshot)
        if key == self._asked or self._rest.isActive():
            return
        self._asked = key
        if self.rest_ms:
            self._rest.start(self.rest_ms)
        if self.result is not None and not self._patience.isActive():
            self._patience.start()
        work = partial(self.measure, snapshot=snapshot, key=key)
        self.context.engine.measure(self.id, work, partial(self._take, key))

    def _take(self, key: Any, result: Any) -> None:
        self.result = result
        self._patience.stop()
        if key != self._asked:
            self._patience.start()
        self.set_dimmed(False)
        self.show_result(result)

    def _forget(self) -> None:
        self.context.engine.forget(self.id)
        self._patience.stop()
        self._rest.stop()
        self._asked = None

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._forget()
        super().hideEvent(event)
