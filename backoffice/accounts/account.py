"""A user together with their grant, and which password counts."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from backoffice.exceptions import NotFound
from backoffice.extensions import db
from backoffice.models import Administrator, User, is_bcrypt


@dataclass(frozen=True)
class Account:
    """A user; `grant` is None where they have none, or where it was given to somebody else."""

    user: User
    grant: Administrator | None

    @property
    def console_hash(self) -> str | None:
        """The hash that opens the console: that of the console password, or else the user's own."""
        console_password = self.grant and self.grant.password_hash
        return console_password or self.user.password_hash

    @property
    def can_sign_in(self) -> bool:
        """Whether there is a hash to check a password against."""
        return is_bcrypt(self.console_hash)

    @property
    def names(self) -> tuple[str | None, str | None]:
        """What the person is called: a password is not made of it."""
        return self.user.username, self.user.email

    @property
    def password_holder(self) -> User | Administrator:
        """The row that a new password goes to.

        An administrator whose own hash is of another scheme, or missing, has a password for the console
        alone: the application might not read ours, and is not opened to who has no password for it.
        """
        if self.grant is not None and (self.grant.password_hash or not is_bcrypt(self.user.password_hash)):
            return self.grant
        return self.user


def find_account(user_id: int, *, lock: bool = False) -> Account:
    """The account of a user. Raises NotFound.

    `lock` keeps other writers away until the transaction ends; a new post may still refer to its author.
    """
    user = db.session.get(User, user_id, with_for_update={"key_share": True} if lock else None)
    if user is None:
        raise NotFound(_("This user is not there any more."))
    return Account(user, _grant_of(user, lock))


def _grant_of(user: User, lock: bool) -> Administrator | None:
    statement = select(Administrator).where(Administrator.user_id == user.id)
    if lock:
        # By itself: PostgreSQL locks no row that an outer join may not find.
        statement = statement.options(lazyload(Administrator.user)).with_for_update(key_share=True)
    grant = db.session.scalar(statement)
    return None if grant is None or grant.is_stale else grant
