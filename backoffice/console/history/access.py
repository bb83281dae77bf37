"""Which operations, changes and records a person may look at, stop and undo, as an address names them."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, true

from backoffice.console.http import person
from backoffice.console.presenters import hidden_tables, may_see
from backoffice.exceptions import Forbidden, NotFound
from backoffice.extensions import db
from backoffice.history import is_recorded
from backoffice.models import LONGEST_TEXT_KEY, Administrator, Change, Operation, User, is_storable, parse_id
from backoffice.permissions import GRANTS, may
from backoffice.statements import Expression
from backoffice.work import permission_of

LONGEST_NAME = 64


def visible(table_name: Expression) -> list[ColumnElement[bool]]:
    """The same as conditions of a list: none where there is nothing that this person may not look at."""
    return [in_view(table_name)] if hidden_tables() else []


def in_view(table_name: Expression) -> ColumnElement[bool]:
    """The condition that the table in this column may be looked at; none is everybody's."""
    hidden = hidden_tables()
    return or_(table_name.is_(None), table_name.not_in(hidden)) if hidden else true()


def operation_or_refuse(key: str | None) -> Operation:
    """The operation that an address names. Raises NotFound, or Forbidden where it is not to be seen."""
    parsed = parse_id(Operation, key)
    act = db.session.get(Operation, parsed) if parsed is not None else None
    if act is None:
        raise NotFound(_("There is no such operation."))
    if not may_see(act.table_name):
        raise Forbidden(_("Your role does not allow this."))
    return act


def may_undo(act: Operation) -> bool:
    """Whether the role of the person who is signed in allows to undo it."""
    return may_see(act.table_name) and may(person(), "undo", act.table_name)


def changes_access(act: Operation) -> bool:
    """Whether it changed who may enter, or by which name or password somebody does who may."""
    granted = [str(key) for key in db.session.scalars(select(Administrator.user_id))]
    of_users = and_(Change.table_name == User.__tablename__, Change.row_key.in_(granted))
    those = or_(Change.table_name == GRANTS, of_users)
    changed = select(Change.id).where(Change.operation_id == act.id, those).limit(1)
    return db.session.scalar(changed) is not None


def may_cancel(act: Operation) -> bool:
    """Whether this person may stop it: whoever began it and still may do such things, or an administrator."""
    if may(person(), "administer"):
        return True
    return act.administrator_id == person().id and may(person(), permission_of(act), act.table_name)


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


def place_or_refuse(key: str | None) -> int | None:
    """The change by which an address says where a page begins, if it does. Raises NotFound for none."""
    place = parse_id(Change, key)
    if key and place is None:
        raise NotFound(_("There is no such page in this order."))
    return place


def change_or_refuse(key: str | None) -> Change:
    """The change that an address names. Raises NotFound, or Forbidden where it is not to be seen."""
    parsed = parse_id(Change, key)
    change = db.session.get(Change, parsed) if parsed is not None else None
    if change is None:
        raise NotFound(_("There is no such change."))
    table_or_refuse(change.table_name)
    return change
