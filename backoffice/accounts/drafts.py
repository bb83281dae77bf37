"""What somebody has typed and not saved, kept for them for a day."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

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
    texts = {"fields": json.dumps(fields), "shown": json.dumps(shown)}
    if len(texts["fields"]) > LONGEST:
        return False
    values = {**texts, "updated_at": utcnow()}
    try:
        with transaction(db.session):
            if fields:
                _write(administrator_id, form, values)
            else:
                forget(administrator_id, form)
    except (Busy, SQLAlchemyError) as error:
        log.warning("could not keep a draft of administrator %d: %s", administrator_id, type(error).__name__)
        return False
    return True


def _write(administrator_id: int, form: FormName, values: Mapping[str, object]) -> None:
    again = update(Draft).where(*_is(administrator_id, form)).values(**values)
    if db.session.connection().execute(again).rowcount:
        return
    first = insert(Draft).values(
        administrator_id=administrator_id, table_name=form.table, row_key=form.key, **values
    )
    try:
        with db.session.begin_nested():
            db.session.connection().execute(first)
    except IntegrityError:  # another window was faster
        db.session.connection().execute(again)


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
