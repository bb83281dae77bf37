"""What somebody has typed and not saved, kept for them for a day."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from backoffice.accounts.sessions import is_signed_in
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import Busy
from backoffice.extensions import db
from backoffice.models import Draft

log = logging.getLogger(__name__)

# What nobody came back to for a day is not wanted any more.
KEPT_FOR = timedelta(days=1)
# A form of the console is far smaller; what is larger is no draft.
LONGEST = 200_000


class FormName(NamedTuple):
    """Which form of a table: that of the record with this key, or of a new one."""

    table: str
    key: str = ""


def find(administrator_id: int, form: FormName) -> Draft | None:
    """What this person has typed into this form during the last day."""
    young = Draft.updated_at > utcnow() - KEPT_FOR
    return db.session.scalar(select(Draft).where(*_is(administrator_id, form), young))


def keep(
    administrator_id: int, form: FormName, fields: Mapping[str, Sequence[str]], shown: Mapping[str, object]
) -> bool:
    """Keep what was typed, in place of what was kept before; nothing typed keeps nothing.

    In a transaction of its own. False where it is too long, or the database does not take it now: whoever
    typed has something else to do than to wait for a draft.
    """
    if fields:
        return _kept(administrator_id, form, fields, shown, replace=True)
    return _in_transaction(administrator_id, lambda: forget(administrator_id, form))


def keep_of_ended_session(
    administrator_id: int, form: FormName, fields: Mapping[str, Sequence[str]], shown: Mapping[str, object]
) -> bool:
    """Keep what came from an ended session of theirs; False too where it would touch what they may be at.

    It forgets nothing, and replaces nothing while they are signed in, in whatever browser: a form that was
    made for the ended session may be a copy in the hands of somebody else.
    """
    if not is_signed_in(administrator_id):
        return bool(fields) and _kept(administrator_id, form, fields, shown, replace=True)
    draft = find(administrator_id, form)
    if draft is not None:
        return bool(json.loads(draft.fields) == fields)
    return bool(fields) and _kept(administrator_id, form, fields, shown, replace=False)


def _kept(
    administrator_id: int,
    form: FormName,
    fields: Mapping[str, Sequence[str]],
    shown: Mapping[str, object],
    *,
    replace: bool,
) -> bool:
    texts = {"fields": json.dumps(fields), "shown": json.dumps(shown)}
    if len(texts["fields"]) > LONGEST:
        return False
    values = {**texts, "updated_at": utcnow()}
    write = _write if replace else _add
    return _in_transaction(administrator_id, lambda: write(administrator_id, form, values))


def _in_transaction(administrator_id: int, act: Callable[[], None]) -> bool:
    try:
        with transaction(db.session):
            act()
    except (Busy, SQLAlchemyError) as error:
        log.warning("could not keep a draft of administrator %d: %s", administrator_id, type(error).__name__)
        return False
    return True


def _write(administrator_id: int, form: FormName, values: Mapping[str, object]) -> None:
    again = update(Draft).where(*_is(administrator_id, form)).values(**values)
    if db.session.connection().execute(again).rowcount:
        return
    try:
        with db.session.begin_nested():
            _add(administrator_id, form, values)
    except IntegrityError:  # another window was faster
        db.session.connection().execute(again)


def _add(administrator_id: int, form: FormName, values: Mapping[str, object]) -> None:
    where = {"administrator_id": administrator_id, "table_name": form.table, "row_key": form.key}
    db.session.connection().execute(insert(Draft).values(**where, **values))


def forget(administrator_id: int, form: FormName) -> None:
    """Forget what was typed into this form, in the transaction of the caller."""
    db.session.connection().execute(delete(Draft).where(*_is(administrator_id, form)))


def forget_old() -> None:
    """Forget what nobody came back to. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(Draft).where(Draft.updated_at <= utcnow() - KEPT_FOR))


def _is(administrator_id: int, form: FormName) -> tuple[ColumnElement[bool], ...]:
    return (
        Draft.administrator_id == administrator_id,
        Draft.table_name == form.table,
        Draft.row_key == form.key,
    )
