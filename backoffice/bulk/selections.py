"""What a person has chosen, kept by the server between the question and the answer."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, NotFound
from backoffice.extensions import db
from backoffice.models import Selection, SelectionPage

# A question that nobody answered for a day is not asked any more.
KEPT_FOR = timedelta(days=1)


def choose(administrator_id: int, table: str, keys: Sequence[str]) -> Selection:
    """Keep the rows with these keys, as this administrator ticked them, until they are acted on."""
    selection = Selection(
        token=secrets.token_urlsafe(32), administrator_id=administrator_id, table_name=table
    )
    db.session.add(selection)
    db.session.flush()
    page = {"selection_id": selection.id, "number": 0, "keys": list(dict.fromkeys(keys))}
    db.session.execute(insert(SelectionPage), [page])
    db.session.commit()
    return selection


def find(administrator_id: int, table: str, token: str) -> Selection:
    """The selection of this person with this token, still to be acted on.

    Raises NotFound where it is somebody else's or forgotten, Conflict where it was acted on already.
    """
    selection = db.session.scalar(
        select(Selection)
        .where(Selection.token == token, Selection.table_name == table)
        .where(Selection.administrator_id == administrator_id, Selection.created_at > utcnow() - KEPT_FOR)
    )
    if selection is None:
        raise NotFound(_("This selection is no longer there. Please choose the rows again."))
    if selection.operation_id is not None:
        raise Conflict(_("This was done already. Nothing was done twice."))
    return selection


def keys_of(selection: Selection) -> list[str]:
    """The keys of the rows that were chosen, as texts."""
    rows = select(SelectionPage.keys).where(SelectionPage.selection_id == selection.id)
    return [key for page in db.session.scalars(rows.order_by(SelectionPage.number)) for key in page]


def forget_old() -> int:
    """Forget the selections that nobody acted on in time, and those that were; gives how many."""
    old = delete(Selection).where(Selection.created_at <= utcnow() - KEPT_FOR)
    forgotten = db.session.execute(old)
    db.session.commit()
    return int(forgotten.rowcount)  # type: ignore[attr-defined]
