"""Why work ended before it was done: stored as a code, and said when it is read."""

from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.exceptions import BackofficeError, EndReason

Error = TypeVar("Error", bound=BackofficeError)

FORBIDDEN = "forbidden"
UNKNOWN_TABLE = "unknown table"
UNKNOWN_FILTER = "unknown filter"
UNKNOWN_ZONE = "unknown time zone"
NOTHING_TO_DELETE = "nothing to delete"
CHANGED_MEANWHILE = "changed meanwhile"
NOTHING_TO_UNDO = "nothing to undo"
NO_ADMINISTRATOR_LEFT = "no administrator left"
RULE_OF_THE_TABLE = "rule of the table"
VALUE_OF_A_ROW = "value of a row"
DATABASE = "database"
UNEXPECTED = "unexpected"

TEXTS = {
    FORBIDDEN: lazy_gettext("Your role does not allow this."),
    UNKNOWN_TABLE: lazy_gettext("The console does not know this table any more."),
    UNKNOWN_FILTER: lazy_gettext("One of these filters is not known any more."),
    UNKNOWN_ZONE: lazy_gettext("The time zone of this selection is not known here."),
    NOTHING_TO_DELETE: lazy_gettext("None of these rows can be deleted any more. Nothing was changed."),
    CHANGED_MEANWHILE: lazy_gettext("This was changed meanwhile. Nothing was deleted; please look again."),
    NOTHING_TO_UNDO: lazy_gettext("Nothing can be undone any more."),
    NO_ADMINISTRATOR_LEFT: lazy_gettext(
        "This would leave no active administrator, and nobody could let anybody in."
    ),
    RULE_OF_THE_TABLE: lazy_gettext(
        "The database refused to go on: it would break one of the table's own rules."
    ),
    VALUE_OF_A_ROW: lazy_gettext("The database refused to go on: it cannot hold one of the values."),
    DATABASE: lazy_gettext("The database refused to go on."),
    UNEXPECTED: lazy_gettext("Something went wrong, and it could not go on. The error has been logged."),
}


def because(kind: type[Error], code: str, message: str | None = None) -> Error:
    """An error to be raised, which an operation that it ends keeps as this code.

    Whoever waits for it reads `message`, or else the text of the code.
    """
    error = kind(message or str(TEXTS[code]))
    error.reason = {"code": code}
    return error


def reason_of(error: BackofficeError) -> EndReason:
    """What an operation keeps of an error that ended it; of one without a code, what it says."""
    return error.reason or {"text": str(error)}


def in_words(reason: EndReason | str) -> str:
    """A reason in the reader's language. Before there were codes, it was kept as a text in English."""
    if isinstance(reason, str):
        return str(_(reason)) if reason else ""
    text = TEXTS.get(reason.get("code", ""))
    return in_words(str(reason.get("text", ""))) if text is None else str(text)
