"""Why a row of a selection was left out, as it is kept and as it is said."""

from flask_babel import lazy_gettext

MISSING = "missing"
CHANGED = "changed"
UNMATCHED = "unmatched"
LOCKED = "locked"
REFERRED = "referred"
OWN = "own"
ADMINISTRATOR = "administrator"

WORDS = {
    MISSING: lazy_gettext("not there any more"),
    CHANGED: lazy_gettext("changed since it was shown"),
    UNMATCHED: lazy_gettext("does not match any more"),
    LOCKED: lazy_gettext("held by somebody else for too long"),
    REFERRED: lazy_gettext("other rows have come to refer to it"),
    OWN: lazy_gettext("your own account"),
    ADMINISTRATOR: lazy_gettext("an administrator of this console"),
}


def words(reason: str) -> str:
    """A reason in the reader's language."""
    return str(WORDS.get(reason, reason))
