"""The records whose history an address names, as far as whoever asks may look at it."""

from flask_babel import gettext as _

from backoffice.console.operation_access import may_see
from backoffice.exceptions import Forbidden, NotFound
from backoffice.extensions import db
from backoffice.history import is_recorded
from backoffice.models import Change
from backoffice.models.identity import is_storable
from backoffice.models.keys import LONGEST_TEXT_KEY, parse_key

LONGEST_NAME = 64


def table_or_refuse(name: str | None) -> str:
    """A table whose changes are recorded. Raises NotFound, or Forbidden where it is not to be seen."""
    if not name or len(name) > LONGEST_NAME or not is_storable(name) or not is_recorded(name):
        raise NotFound(_("There is no history of this table."))
    if not may_see(name):
        raise Forbidden(_("Your role does not allow this."))
    return name


def key_or_refuse(text: str | None) -> str:
    """What can be the key of a row. Raises NotFound."""
    if not text or len(text) > LONGEST_TEXT_KEY or not is_storable(text):
        raise NotFound(_("There is no such record."))
    return text


def change_or_refuse(key: str | None) -> Change:
    """The change that an address names. Raises NotFound, or Forbidden where it is not to be seen."""
    parsed = parse_key(Change.__table__, key)  # type: ignore[arg-type]
    change = db.session.get(Change, parsed) if parsed is not None else None
    if change is None:
        raise NotFound(_("There is no such change."))
    table_or_refuse(change.table_name)
    return change
