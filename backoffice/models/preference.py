"""How one administrator wants to read the console."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.extensions import Model
from backoffice.models.administrator import Administrator


class Preference(Model):
    """What was chosen on the account page; where nothing was, the browser's word counts."""

    __tablename__ = "backoffice_preference"

    administrator_id: Mapped[int] = mapped_column(
        ForeignKey(Administrator.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    time_zone: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(20))
