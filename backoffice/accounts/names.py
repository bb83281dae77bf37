"""Whether a name is another's: by our own verdict, one on every database, and by that of the table."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.accounts.protection import lock_grants
from backoffice.exceptions import Invalid
from backoffice.extensions import db
from backoffice.models import Administrator, ClaimedName, User, folded_name, taken, taken_for_table


def refuse_taken(column: InstrumentedAttribute[str], value: str, except_id: int | None = None) -> None:
    """Raise Invalid where another user of the application has this username, or email, in any case.

    Inside the transaction that writes it; whoever else gives a user a name waits for its end.
    """
    lock_grants()
    if taken(db.session, column, value, except_id):
        raise Invalid(
            _("There is a user called that already.")
            if column is User.username
            else _("A user with this address is there already."),
            column.key,
        )
    other = taken_for_table(db.session, column, value, except_id)
    if other is not None:
        words = _("To the table this is the same as “%(other)s”, which another user has.", other=other)
        raise Invalid(words, column.key)


def claim_name(grant: Administrator) -> None:
    """Note whose the name of this grant is, which was just written. Raises Invalid where it is another's."""
    lock_grants()
    holders = _claimed(grant)
    holder = holders.get(folded_name(grant.username))
    if holder is not None and holder.id != grant.id:
        words = _("To the console this is the same name as that of %(other)s.", other=holder.username)
        raise Invalid(words, "username")


def release_name(administrator_id: int) -> None:
    """Let others have the name of a grant that is taken away."""
    db.session.connection().execute(
        delete(ClaimedName).where(ClaimedName.administrator_id == administrator_id)
    )


def _claimed(changed: Administrator) -> dict[str, Administrator]:
    """Who has which folded name, once it is noted what became of the grants meanwhile; the first keeps it.

    A grant whose user is gone, or is another one by now, has none; the one that was just `changed` has.
    """
    db.session.flush()
    found = db.session.scalars(select(Administrator).order_by(Administrator.id))
    grants = {grant.id: grant for grant in found if grant.id == changed.id or not grant.is_stale}
    names = {number: folded_name(grant.username) for number, grant in grants.items()}
    claims = {claim.folded: claim.administrator_id for claim in db.session.execute(_CLAIMS)}
    kept = {folded: number for folded, number in claims.items() if names.get(number) == folded}
    held = {folded: number for number, folded in reversed(names.items())} | kept
    _write(claims, held)
    return {folded: grants[number] for folded, number in held.items()}


_CLAIMS = select(ClaimedName.folded, ClaimedName.administrator_id)


def _write(claims: dict[str, int], held: dict[str, int]) -> None:
    connection: Any = db.session.connection()
    gone = [folded for folded, number in claims.items() if held.get(folded) != number]
    if gone:
        connection.execute(delete(ClaimedName).where(ClaimedName.folded.in_(gone)))
    new = [
        {"folded": folded, "administrator_id": number}
        for folded, number in held.items()
        if claims.get(folded) != number
    ]
    if new:
        connection.execute(insert(ClaimedName), new)
