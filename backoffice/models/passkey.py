"""A passkey of an administrator: the public half of a key pair that their device or browser keeps."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.administrator import Administrator
from backoffice.models.types import UTCDateTime


class Passkey(Model):
    """What a signature is checked against (WebAuthn). It is no secret: the other half stays in its device.

    `user_handle` is the name that devices know the administrator by: 32 random bytes in hexadecimal digits,
    the same for all of theirs.
    """

    __tablename__ = "backoffice_passkey"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey(Administrator.id, ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023))
    # The id itself is longer than MariaDB can index.
    credential_digest: Mapped[str] = mapped_column(String(64), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(4096))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    user_handle: Mapped[str] = mapped_column(String(64))
    transports: Mapped[str | None] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
