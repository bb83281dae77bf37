"""Whose a name is among those who have access."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.extensions import Model
from backoffice.models.folding import LONGEST_FOLDED


class ClaimedName(Model):
    """A folded name, and the grant that has it: compared byte by byte, so that it is one on every database.

    There is no foreign key: what becomes of a grant leaves a claim behind, which nobody minds any more
    (accounts/names.py). Two that had access before names were claimed may share one; then one has none.
    """

    __tablename__ = "backoffice_name"

    folded: Mapped[str] = mapped_column(String(LONGEST_FOLDED), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(unique=True)
