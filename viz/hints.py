"""Hints: one sentence at the foot of the window that says what to try, or what to watch, now."""

from __future__ import annotations

from dataclasses import dataclass

from viz.i18n import tr


@dataclass(frozen=True)
class Shown:
    """What a loaded demonstration has to say, translated. ``seen``: it came to its end once;
    ``taken_over``: it is no longer what is on the canvas."""

    title: str
    watch: str
    proves: str
    seen: bool = False
    taken_over: bool = False


def hint(
    tool: str,
    *,
    drawn: bool,
    selected: bool,
    ablated: bool,
    pinned: bool,
    shown: Shown | None = None,
    claim: str = "",
) -> str:
    """What to try with this tool on a canvas in this state; the most special case wins.

    ``claim`` is the chapter's, to be read by an audience that has no tools in hand.
    """
    if ablated:
        return tr("Crossed-out maps are set to zero from there on; “Restore” brings them back.")
    if pinned:
        return tr(
            "The pinned unit keeps updating while the input moves. X ablates its map, Esc unpins."
        )
    if shown is not None:
        if shown.taken_over:
            return tr(
                "You have taken over: move what you like. Space goes on with “{title}”.",
                title=shown.title,
            )
        return shown.proves if shown.seen else shown.watch
    if claim:
        return claim
    if tool == "eraser":
        return tr("Wipe over strokes to cut them; the cut parts stay movable.")
    if not drawn:
        return tr("Draw a digit, or drag one from below: every map follows while you move.")
    if tool == "pen":
        return tr("Now take Select (S) and drag the digit: every map shifts with it.")
    if selected:
        return tr(
            "Drag or use the arrow keys (Shift: ¼ px), the wheel scales, Ctrl+wheel turns; "
            "double-click takes a single stroke."
        )
    return tr(
        "Click a digit to select it. Point at a map's unit to see where its value comes from, "
        "click to pin it, right-click to ablate its map."
    )
