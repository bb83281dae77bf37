"""The right to enter the console: a row beside the user, not a column on it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import UTCDateTime
from backoffice.models.user import User


class Administrator(Model):
    """A grant to one user, with the id and the username as they were when it was given.

    There is no foreign key: the application deletes its users as it likes. Where id and username no
    longer agree, the grant is refused, since SQLite gives a deleted user's id to the next sign-up.
    """

    __tablename__ = "backoffice_administrator"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(unique=True)
    username: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    # Set where the user's own hash is of another scheme, which is then left alone.
    password_hash: Mapped[str | None] = mapped_column(String(128))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    granted_by: Mapped[str | None] = mapped_column(String(64))
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Since when they have a temporary password, which has to be changed before anything else.
    password_made_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User | None] = relationship(
        primaryjoin="foreign(Administrator.user_id) == User.id", viewonly=True, lazy="joined"
    )

    @property
    def is_stale(self) -> bool:
        """Whether the user is gone, or is another one by now."""
        return self.user is None or self.user.username != self.username

    @property
    def is_active(self) -> bool:
        """Whether this grant opens the console."""
        return self.disabled_at is None and not self.is_stale

    def __repr__(self) -> str:
        return f"<Administrator {self.username}>"
