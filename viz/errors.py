"""Errors that a user can act on: one class, one sentence that says what to do."""

import re

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+"  # these turn the writing's direction
)


def plain(text: str) -> str:
    """Return a text, such as a file's name, without what would steer a terminal or break a line."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


class UserError(Exception):
    """Something the user can mend; its text is one translated sentence, shown as it is.

    Raised wherever outside input is converted (files, folders, arguments, the clipboard). The
    command line prints it to stderr and exits with code 2; the window shows it in its message bar.
    Control characters, as names in hostile files have them to paint a terminal or to turn a
    sentence round, are replaced.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(plain(sentence))


def reraise(error: Exception) -> None:
    """Raise an error that another thread handed over, where there is no more to say of it."""
    raise error
