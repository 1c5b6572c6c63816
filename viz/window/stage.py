"""The stage: answer, canvas, scores, controls, maps and instrument, each in its one place.

``stage_layout`` says where the places are. In A|B two stages stand one above the other: A has
answer, canvas and maps alone, and its document is read-only.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QStackedWidget, QToolButton, QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views import theme as themes
from viz.views.answer.answer import Answer
from viz.views.answer.scores import Scores
from viz.views.canvas.handles import MARGIN
from viz.views.canvas.palette import Palette
from viz.views.canvas.surface import CanvasSurface
from viz.views.canvas.transform_panel import TransformPanel
from viz.views.maps.kernels import Kernels
from viz.views.maps.layer_maps import LayerMaps
from viz.views.maps.map_rows import MapLayer
from viz.views.paint_clock import PaintClock
from viz.window.comparison_caption import ComparisonCaption
from viz.window.stage_layout import SIDE, STRIP_EM, TOP, Content, Controls, Places, places
from viz.window.stage_title import StageTitle

EXPLANATION = (0.36, 380)
"""The width of an explanation beside what is enlarged: its share, and its least in pixels."""


@dataclass(frozen=True)
class LiveParts:
    """What a stage has that is not read-only, beside answer, canvas and maps."""

    scores: Scores
    palette: Palette
    sliders: TransformPanel
    kernels: Kernels


ENLARGEABLE = ("canvas", "scores", "instrument")
"""What can have the whole stage, beside a layer of the network and one map of it."""


class Stage(QWidget):
    """``answer``, ``canvas`` and ``maps``; with the ``live`` parts unless it is read-only."""

    parts_changed = pyqtSignal()
    """Other parts have room than before."""
    arranged = pyqtSignal()
    """Everything stands in another place."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        canvas: CanvasSurface,
        caption: ComparisonCaption,
        live: LiveParts | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._view = document, document.view
        self.title = StageTitle()
        self.answer, self.canvas, self.caption = Answer(document, clock), canvas, caption
        self.maps = LayerMaps(document, clock)
        self.live = live
        self.instrument = QStackedWidget()
        self.explanation: QWidget | None = None
        self.button = _controls_button()
        self.button.toggled.connect(self.arrange)
        self._strip: int | None = None
        self._state: object = None
        self._places: Places | None = None
        self._parts = self._in_order_of_tab()
        for part in self._parts.values():
            part.setParent(self)
        canvas.geometry_changed.connect(self._align)
        self.answer.window_hovered.connect(canvas.set_hovered_window)
        self.answer.window_hovered.connect(document.hover_window)

    def _in_order_of_tab(self) -> dict[str, QWidget]:
        """The parts by the names of their places."""
        left: dict[str, QWidget] = {
            "title": self.title, "caption": self.caption, "answer": self.answer,
            "canvas": self.canvas,
        }  # fmt: skip
        if self.live is None:
            return {**left, "maps": self.maps}
        ground, live = QFrame(), self.live
        ground.setFrameShape(QFrame.Shape.StyledPanel)
        ground.setAutoFillBackground(True)
        return {
            **left, "scores": live.scores, "ground": ground, "palette": live.palette,
            "sliders": live.sliders, "kernels": live.kernels, "button": self.button,
            "maps": self.maps, "instrument": self.instrument,
        }  # fmt: skip

    # Instrument

    def set_panel(self, panel: QWidget) -> None:
        """Show a chapter's panel in the instrument's place."""
        if self.instrument.indexOf(panel) < 0:
            self.instrument.addWidget(panel)
        self.instrument.setCurrentWidget(panel)

    # Explanation

    def set_explanation(self, explanation: QWidget) -> None:
        """Have this shown in the place of the maps, while the view state says so."""
        self.explanation = explanation
        explanation.hide()
        explanation.setParent(self)

    def explain(self) -> None:
        """Show the explanation or no longer, as the view state says: in the maps' place, or beside
        what is enlarged."""
        self.arrange()
        self._place_explanation()
        self.parts_changed.emit()  # maps, or none

    def _place_explanation(self) -> None:
        if self.explanation is None or self._places is None:
            return
        maps, explained, beside = self._places.maps, self._view.explained, self._beside
        height = self.height() - 2 * TOP
        place = QRect(self.width() - beside, TOP, beside - SIDE, height) if beside else maps
        self.explanation.setGeometry(place)
        self.explanation.setVisible(explained)
        self.maps.setVisible(not maps.isEmpty() and (bool(beside) or not explained))

    @property
    def _beside(self) -> int:
        """The width that an explanation takes from what is enlarged."""
        explained = self.explanation is not None and self._view.explained and self.enlarged
        return max(round(EXPLANATION[0] * self.width()), EXPLANATION[1]) if explained else 0

    # What has room

    @property
    def has_instrument(self) -> bool:
        """Whether there is room for the instrument."""
        return self._places is None or not self._places.instrument.isEmpty()

    @property
    def has_maps(self) -> bool:
        """Whether any layer's maps are to be seen, not an explanation or something enlarged."""
        return not self.maps.isHidden()

    @property
    def enlarged(self) -> str:
        """What has this whole stage, as the view state names it; "" if this stage lacks it."""
        name, one = self._view.enlarged, self._view.enlarged_map
        if name == "canvas" or (name in ("scores", "instrument") and self.live is not None):
            return name
        if one is not None:
            mosaic = self.maps.mosaics.get(one[0])
            return name if mosaic is not None and one[1] < mosaic.layer.maps else ""
        return name if name in self.maps.mosaics or name in self.maps.barcodes else ""

    def name_at(self, position: QPoint) -> str:
        """Return the name of what can be enlarged and lies at a position; "" for nothing."""
        part = next((name for name, part in self._parts.items()
                     if name != "ground" and not part.isHidden()
                     and part.geometry().contains(position)), "")  # fmt: skip
        if part == "maps":
            within = self.maps.mapFrom(self, position)
            layers = (view for view in self.maps.views if not view.isHidden())
            return next(
                (view.layer.name for view in layers if view.geometry().contains(within)), ""
            )
        return {"answer": "canvas"}.get(part, part if part in ENLARGEABLE else "")

    @property
    def has_palette(self) -> bool:
        """Whether the digits, to be dragged onto the canvas, stand below it."""
        return self._places is None or not self._places.palette.isEmpty()

    def close_controls(self) -> bool:
        """Fold the controls that lie open over the column; return whether any did."""
        was_open = self.button.isChecked()
        self.button.setChecked(False)
        return was_open

    # Places

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the network's answer."""
        self.answer.show_snapshot(snapshot)
        self.canvas.show_snapshot(snapshot)
        self.maps.show_snapshot(snapshot)
        if self.live is not None:
            self.live.scores.show_snapshot(snapshot)

    def set_strip(self, strip: int | None) -> None:
        """Be one of A|B, with a strip of so many pixels for scores and instrument; None: alone."""
        self._strip = strip
        self.arrange()

    def cell_beside(self, height: int, strip: int) -> float:
        """Return the size of the smallest unit in device pixels, were this stage one of A|B, so
        high and with such a strip."""
        return places((self.width(), height), self._content(strip)).cell

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.arrange()

    def arrange(self) -> None:
        """Put everything in its place; quick if nothing has changed that places depend on."""
        scene, view = self.document.scene, self._view
        state = (
            self.width(), self.height(), scene.height, scene.width, self.maps.network,
            self.answer.sizeHint().height(), themes.text_px(self), self.devicePixelRatioF(),
            view.presenting, view.stage_only, self.enlarged, self._strip, self.button.isChecked(),
            self._beside,
        )  # fmt: skip
        if state == self._state:
            return
        self._state = state
        before = self._absent()
        size = self.width() - self._beside, self.height()
        new = self._places = places(size, self._content(self._strip))
        text = tr("Kernels") if new.folds_only_kernels else tr("Controls")
        if text != self.button.text():
            self.button.setText(text)
            new = self._places = places(size, self._content(self._strip))
        for name, part in self._parts.items():
            place = getattr(new, name)
            part.setVisible(not place.isEmpty())
            if not place.isEmpty():  # what is hidden keeps its size, and is back the sooner
                part.setGeometry(place)
        self.maps.set_places(new.layers, self.enlarged)
        self._place_explanation()
        if not new.ground.isEmpty():
            for name in ("ground", "palette", "sliders", "kernels", "button"):
                self._parts[name].raise_()
        if self._absent() != before:
            self.parts_changed.emit()
        if new.button.isEmpty():
            self.button.setChecked(False)
        if self.hasFocus():
            self.take_focus()
        self.arranged.emit()

    def take_focus(self) -> None:
        """Give the keys to the canvas; while that is away to nothing, until it is back."""
        (self.canvas if self.canvas.isVisible() else self).setFocus()

    @property
    def words(self) -> list[QRect]:
        """Where there is neither drawing nor map nor score, but names, numbers and controls."""
        words = [
            part.geometry() for name, part in self._parts.items()
            if not part.isHidden() and name not in ("canvas", "maps", "scores")
        ]  # fmt: skip
        scores = () if self.live is None else (self.live.scores,)
        for view in (*self.maps.views, *scores):
            if view.isVisible():
                at = view.mapTo(self, QPoint())
                words += [place.translated(at) for place in view.words]
        return words

    @property
    def column(self) -> QRect:
        """The left column."""
        canvas = self.canvas.geometry()
        left = canvas.left() + MARGIN
        return QRect(left, 0, canvas.right() + 1 - MARGIN - left, self.height())

    def _absent(self) -> list[str]:
        """The parts that have no room."""
        return [name for name, part in self._parts.items() if part.isHidden()]

    def _content(self, strip: int | None) -> Content:
        size = self.document.scene.height, self.document.scene.width
        shapes, heads = self.maps.grids(*size), self.maps.head_widths(*size)
        return Content(
            size,
            tuple(MapLayer(*shape, head) for shape, head in zip(shapes, heads, strict=True)),
            len(self.maps.barcodes),
            self.answer.sizeHint().height(),
            themes.text_px(self),
            self.devicePixelRatioF(),
            self._controls() if strip is None else None,
            strip,
            0 if strip is None else self.caption.sizeHint().height(),
            TOP if self._view.stage_only else 0,
            self.title.sizeHint().height() if self._has_title and strip is None else 0,
            self._enlarged_part(),
        )

    @property
    def _has_title(self) -> bool:
        return self._view.presenting or self._view.stage_only

    def _enlarged_part(self) -> str | int:
        """What is enlarged, as ``Content`` has it."""
        names = [view.layer.name for view in self.maps.views]
        layer = self.enlarged.partition(":")[0]
        return names.index(layer) if layer in names else self.enlarged

    def _controls(self) -> Controls | None:
        live = self.live
        if live is None or self._view.presenting or self._view.stage_only:
            return None
        button = self.button.sizeHint()
        return Controls(
            max(part.minimumSizeHint().width() for part in (live.palette, live.sliders)),
            live.sliders.sizeHint().width(),
            live.palette.minimumHeight(),
            live.sliders.sizeHint().height(),
            (button.width(), button.height()),
            self.button.isChecked(),
        )

    def _align(self) -> None:
        """Lay the answer row exactly over the canvas, which has the same left end."""
        rect = self.canvas.image_rect()
        self.answer.set_mapping(rect.left(), rect.width() / max(1, self.document.scene.width))

    def open_menu(self) -> None:
        """Open the menu of the pinned unit's map, beside the unit, if it is to be seen."""
        unit = self.document.pinned
        for view in self.maps.views:
            if unit is not None and view.layer.name == unit.layer and view.isVisible():
                view.open_menu(unit, view.mapToGlobal(view.unit_rect(unit).center().toPoint()))


def _controls_button() -> QToolButton:
    button = QToolButton()
    button.setToolTip(
        tr("Show the controls that have no room here; again, or Esc, folds them away.")
    )
    button.setAccessibleName(tr("Show the folded controls"))
    button.setProperty("outlined", True)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class StageArea(QWidget):
    """The place of the ``live`` stage, and of the ``other`` one above it: A of A|B."""

    resized = pyqtSignal()

    def __init__(self, live: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.live = live
        self.other: Stage | None = None
        live.setParent(self)

    def set_other(self, other: Stage | None) -> None:
        """Put a stage above the live one; None: none any more."""
        if self.other is not None:
            self.other.hide()
            self.other.setParent(None)
            self.other.deleteLater()
        self.other = other
        if other is not None:
            other.setParent(self)
            other.show()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._arrange()
        self.resized.emit()

    def arrange(self) -> None:
        """Put everything in its place; but an edge of the canvas must not slip away while it is
        dragged."""
        if not self.live.canvas.held:
            self._arrange()

    def _arrange(self) -> None:
        live, other, width, height = self.live, self.other, self.width(), self.height()
        if other is None:
            live.set_strip(None)
            live.setGeometry(0, 0, width, height)
            return
        # A layer or the canvas is enlarged on both; scores, instrument and what A lacks alone
        alone = live.enlarged != "" and other.enlarged != live.enlarged
        other.setVisible(not alone)
        strip = round(STRIP_EM * themes.text_px(self))
        above = (height - strip) // 2
        if live.enlarged:
            strip, above = 0, 0 if alone else height // 2
        elif min(stage.cell_beside(above, 0) for stage in (live, other)) < 1:
            strip, above = 0, height // 2
        other.set_strip(0)
        other.setGeometry(0, 0, width, above)
        live.set_strip(strip)
        live.setGeometry(0, above, width, height - above)
