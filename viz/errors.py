"""Errors that a user can act on: one class, one sentence that says what to do."""


class UserError(Exception):
    """Something the user can mend; its text is one translated sentence, shown as it is.

    Raised wherever outside input is converted (files, folders, arguments, the clipboard). The
    command line prints it to stderr and exits with code 2; the window shows it in its message bar.
    """
