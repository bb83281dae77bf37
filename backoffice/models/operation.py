"""One act of one person, or of a command."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import BigKey, UTCDateTime


class Operation(Model):
    """`kind` is a typed name such as `user:update`; the actor's name outlives the account."""

    __tablename__ = "backoffice_operation"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), index=True)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column()
    actor_name: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(36))
    table_name: Mapped[str | None] = mapped_column(String(64), index=True)
    selection: Mapped[str | None] = mapped_column(Text)
    expected_rows: Mapped[int] = mapped_column(BigKey, default=0)
    changed_rows: Mapped[int] = mapped_column(BigKey, default=0)
    state: Mapped[str] = mapped_column(String(16), default="done")
    undoes_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("backoffice_operation.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def __repr__(self) -> str:
        return f"<Operation {self.id} {self.kind}>"
