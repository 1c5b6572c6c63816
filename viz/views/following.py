"""Following: a measurement that keeps up with the hand.

The engine drops a measurement as soon as a newer one is asked for under its name. Asked for anew
with every frame, one that takes longer than a frame would never show anything. So newer work waits
until the one under way has shown its first, coarse result; of what waits the latest wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viz.engine import Engine
from viz.errors import UserError

if TYPE_CHECKING:
    from viz.compute import Nets

Work = Callable[["Nets"], Iterable[Any]]
Deliver = Callable[[Any], None]

_NOTHING = object()


@dataclass(frozen=True)
class _Failure:
    """What the work raised, on its way to the GUI thread."""

    error: Exception

    @property
    def text(self) -> str:
        """What the engine says of a computation that raised."""
        known = isinstance(self.error, UserError)
        return str(self.error) if known else f"{type(self.error).__name__}: {self.error}"


class Following:
    """One measurement by ``name``. Lives on the GUI thread."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._begun = False
        self._next: tuple[Work, Deliver] | None = None
        self._asked = 0

    def ask(self, work: Work, deliver: Deliver) -> None:
        """Measure as ``Engine.measure`` does, but after the first result of what is under way."""
        if self._begun:
            self._next = work, deliver
        else:
            self._post(work, deliver)

    def forget(self) -> None:
        """Measure no more; nothing more is delivered."""
        self._begun, self._next = False, None
        self._asked += 1
        self._engine.forget(self._name)

    def _post(self, work: Work, deliver: Deliver) -> None:
        self._begun, self._next = True, None
        self._asked += 1
        number = self._asked

        def all_results(nets: Nets) -> Iterator[Any]:
            """Something is delivered whatever becomes of the work: others wait for it."""
            try:
                yield from work(nets)
            except Exception as error:
                # Raised here it would be lost as soon as what waits takes this one's place
                yield _Failure(error)
            else:
                yield _NOTHING

        def take(result: Any) -> None:
            if number != self._asked:
                return
            if isinstance(result, _Failure):
                self._engine.failed.emit(result.text)
            elif result is not _NOTHING:
                deliver(result)
            self._begun = False
            if self._next is not None:
                self._post(*self._next)

        self._engine.measure(self._name, all_results, take)
