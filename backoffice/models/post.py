"""A post of the application, by a user or by nobody."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import UTCDateTime
from backoffice.models.user import User


class Post(Model):
    """`timestamp` is naive UTC."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(140), nullable=True)
    timestamp: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow, nullable=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    author: Mapped[User | None] = relationship(back_populates="posts")

    def __repr__(self) -> str:
        return f"<Post {self.body}>"
