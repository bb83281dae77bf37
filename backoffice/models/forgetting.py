"""What was forgotten of an operation on purpose."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.extensions import Model
from backoffice.models.operation import Operation
from backoffice.models.types import BigKey


class Redaction(Model):
    """One operation (`by_id`) has forgotten something of another one, whose content then had this digest.

    It is part of the content of the one that forgot, and sealed with it. There is no digest while that one
    is still at it.
    """

    __tablename__ = "backoffice_forgetting"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    operation_id: Mapped[int] = mapped_column(BigKey, index=True)
    by_id: Mapped[int] = mapped_column(BigKey, ForeignKey(Operation.id), index=True)
    key_id: Mapped[str | None] = mapped_column(String(16))
    content_digest: Mapped[str | None] = mapped_column(String(64))
    # What the digest covers: see `history.content`.
    format: Mapped[int] = mapped_column(server_default="1")
