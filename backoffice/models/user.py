"""A user of the application. The table is the application's; the console is a guest in it."""

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import DynamicMapped, Mapped, mapped_column, relationship

from backoffice.extensions import Model
from backoffice.models.password import hash_password, verify_password

if TYPE_CHECKING:
    from backoffice.models.post import Post


class User(Model):
    """`posts` is a query, never a list: a user may have a million of them."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), index=True, unique=True, nullable=True)
    email: Mapped[str] = mapped_column(String(120), index=True, unique=True, nullable=True)
    password_hash: Mapped[str | None] = mapped_column(String(128))

    posts: DynamicMapped["Post"] = relationship(back_populates="author")

    def set_password(self, password: str) -> None:
        """Keep bcrypt of `password`, and nothing else. Raises ValueError where it cannot be hashed."""
        self.password_hash = hash_password(password)

    def check_password(self, password: str) -> bool:
        """Whether this is the password; False where the stored hash is missing or not bcrypt."""
        return verify_password(password, self.password_hash)

    def __repr__(self) -> str:
        return f"<User {self.username}>"
