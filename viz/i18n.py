"""Translation: ``tr`` marks and translates every text that a user sees.

GNU gettext catalogues under ``locale`` among the resources; without one for the user's language the
English source text is shown. Qt-free, so that the command line and the errors use it too.
"""

from __future__ import annotations

import gettext

from viz.resources import resource_path


def _load() -> gettext.NullTranslations:
    return gettext.translation("lenetscope", localedir=str(resource_path("locale")), fallback=True)


_catalogue = _load()


def tr(text: str, /, **values: object) -> str:
    """Translate ``text`` and put ``values`` into its ``{name}`` fields."""
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated
