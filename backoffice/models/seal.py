"""One link of the chain that shows whether the history was touched."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import BigKey, UTCDateTime


class Seal(Model):
    """`digest` covers everything here and the digest of the seal before; `content_digest` the operation.

    Positions have no gaps. `key_id` says by which key both digests were made, and `format` what they cover:
    see `history.content`.
    """

    __tablename__ = "backoffice_seal"

    position: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    # No foreign key: an operation that was removed behind our back is to be named, not to take this along.
    operation_id: Mapped[int] = mapped_column(BigKey, unique=True)
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key_id: Mapped[str] = mapped_column(String(16))
    content_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    format: Mapped[int] = mapped_column(server_default="1")
