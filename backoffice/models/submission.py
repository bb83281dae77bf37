"""A form that was sent and acted upon, which is done once."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.clock import utcnow
from backoffice.extensions import Model
from backoffice.models.types import BigKey, LongText, UTCDateTime


class Submission(Model):
    """Written in the transaction of the act, and kept for a day.

    `digest` is that of the form's token and of all that was sent with it. `answer` is what was answered,
    once it was, encrypted with a key that is nowhere but in the form.
    """

    __tablename__ = "backoffice_submission"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    operation_id: Mapped[int | None] = mapped_column(BigKey)
    answer: Mapped[str | None] = mapped_column(LongText)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True, default=utcnow)
