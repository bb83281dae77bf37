"""Who cannot be taken away: oneself, and the last active administrator."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.database import is_writing
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import current_actor
from backoffice.models import Administrator, RowKey
from backoffice.permissions import may, roles_that_may
from backoffice.reasons import NO_ADMINISTRATOR_LEFT, because

# Why a user cannot be taken away.
OWN, ADMINISTRATOR = "own", "administrator"


def protected_users(session: Session, user_ids: Collection[RowKey]) -> Mapping[RowKey, str]:
    """Those among these users whom whoever acts cannot take away, and why.

    Oneself, the last administrator, and whoever is above one's own role. In a transaction that writes, others
    who are taking administrators away are waited for.
    """
    acting = current_actor().id
    fixed = protected_user_ids(acting, lock=is_writing(session))
    grants = select(Administrator).where(Administrator.user_id.in_([*user_ids, acting or 0]))
    by_user = {grant.user_id: grant for grant in session.scalars(grants)}
    own = by_user.get(acting) if acting is not None else None
    if own is not None and not may(own, "administer"):
        fixed |= by_user.keys()
    return {key: OWN if key == acting else ADMINISTRATOR for key in user_ids if key in fixed}


def protected_grants(session: Session, grant_ids: Collection[RowKey]) -> Mapping[RowKey, str]:
    """Those among these grants that whoever acts cannot take away or change, and why."""
    fixed = protected_user_ids(current_actor().id, lock=True)
    grants = session.scalars(select(Administrator).where(Administrator.id.in_(grant_ids)))
    return {
        grant.id: OWN if grant.user_id == current_actor().id else ADMINISTRATOR
        for grant in grants
        if grant.user_id in fixed
    }


def protected_accounts(session: Session, user_ids: Collection[RowKey]) -> Mapping[RowKey, str]:
    """Those among these users whose names and password whoever acts may not change: others could use them."""
    actor = current_actor()
    grants = session.scalars(
        select(Administrator).where(Administrator.user_id.in_([*user_ids, actor.id or 0]))
    )
    by_user = {grant.user_id: grant for grant in grants}
    if actor.kind != "person" or may(by_user.get(actor.id or 0), "administer"):
        return {}
    return {key: ADMINISTRATOR for key in user_ids if key in by_user}


def is_granted(user_id: int) -> bool:
    """Whether there is a grant to this user, be it disabled."""
    granted = select(Administrator.id).where(Administrator.user_id == user_id)
    return db.session.scalar(granted) is not None


@contextmanager
def somebody_left(_session: Session) -> Iterator[None]:
    """Raise Conflict where what is done inside leaves no active administrator; others have to wait."""
    had_some = bool(active_administrators(lock=True))
    yield
    if had_some and not active_administrators(lock=True):
        raise because(Conflict, NO_ADMINISTRATOR_LEFT)


def protected_user_ids(acting_user_id: int | None, *, lock: bool = False) -> set[int]:
    """The users that this person cannot delete, whatever was selected.

    Themself; and, where they are no active administrator, every active administrator. So one is always left:
    the one who acts. Give `lock` inside the transaction that deletes: somebody else who is taking
    administrators away is then waited for, and what they did is seen.
    """
    active = {grant.user_id for grant in active_administrators(lock=lock)}
    if acting_user_id is None:
        return active
    return {acting_user_id} if acting_user_id in active else {acting_user_id, *active}


def ensure_can_be_taken_away(grant: Administrator, acting_user_id: int | None, by: str | None = None) -> None:
    """Raise Conflict for one's own grant, and for that of the last active administrator.

    `by` is the role that comes in its place, if one does. Called inside the transaction that takes it away;
    whoever else does the same waits for its end.
    """
    active = active_administrators(lock=True)
    if grant.user_id == acting_user_id:
        raise Conflict(_("You cannot take away your own access, or part of it. Another administrator can."))
    if active == [grant] and by not in roles_that_may("administer"):
        raise Conflict(_("This is the last active administrator, without whom nobody could let anybody in."))


def active_administrators(*, lock: bool = False) -> list[Administrator]:
    """The grants whose role may administer and that open the console; locked, with all others, if asked."""
    if lock:
        lock_grants()
    administering = Administrator.role.in_(roles_that_may("administer"))
    statement = select(Administrator).where(administering).order_by(Administrator.id)
    found = db.session.scalars(statement, execution_options={"populate_existing": lock})
    return [grant for grant in found if grant.is_active]


def lock_grants() -> None:
    """Wait for whoever else is changing grants, and keep others from it until the transaction ends."""
    # By a statement of its own: the next one then sees what those who held the lock have done.
    grants = select(Administrator.id).order_by(Administrator.id)
    db.session.execute(grants.with_for_update(key_share=True))
