"""Handouts: a lecture's pictures on one page of HTML, with titles and notes, to read or print.

The page is complete but for the pictures beside it: no script, no font, nothing from elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from pathlib import Path

from viz.errors import UserError
from viz.i18n import tr
from viz.session.lecture import Lecture

PAGE = "index.html"

_LONGEST = 50
"""Characters of a title in a file's name."""

_STYLE = """
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff;
       font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
section { margin-top: 2.5rem; break-inside: avoid; }
h1, h2 { line-height: 1.2; }
h2 { font-size: 1.25rem; break-after: avoid; }
img { width: 100%; height: auto; border: 1px solid #ccc; }
@page { margin: 15mm; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } }
"""


def make_folder(folder: Path) -> Path:
    """Make the folder, and those above it, if they are missing. Raises UserError if it fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            tr(
                "The folder {folder} cannot be created ({reason}); choose another one.",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error
    return folder


def names(titles: Sequence[str]) -> list[str]:
    """Return the file names of the pictures: ``01-a-3-becomes-a-5.png``."""
    digits = max(2, len(str(len(titles))))
    return [f"{number:0{digits}}-{_slug(title)}.png" for number, title in enumerate(titles, 1)]


def _slug(title: str) -> str:
    """A title in plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:_LONGEST].strip("-") or "step"


def page(lecture: Lecture, names: Sequence[str], size: tuple[int, int]) -> bytes:
    """Return the page; ``names`` are the pictures', ``size`` their width and height in pixels."""
    title = escape(lecture.title)
    lines = [
        "<!DOCTYPE html>",
        "<html>",
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
    ]
    for number, (step, name) in enumerate(zip(lecture.steps, names, strict=True), 1):
        lines += [
            "<section>",
            f"<h2>{number}. {escape(step.title)}</h2>",
            f'<img src="{name}" alt="{escape(step.title)}" width="{size[0]}" height="{size[1]}">',
            *(f"<p>{escape(text)}</p>" for text in step.note.split("\n") if text.strip()),
            "</section>",
        ]
    lines += ["</body>", "</html>", ""]
    return "\n".join(lines).encode("utf-8", "xmlcharrefreplace")
