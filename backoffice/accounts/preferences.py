"""What somebody chose for themselves: their time zone and their language."""

from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.models import Preference


def save_preferences(administrator_id: int, *, time_zone: str | None, language: str | None) -> None:
    """Keep what an administrator chose; None is the browser's word. Raises Busy.

    It is nobody's data but theirs, and no history of it is kept.
    """
    with transaction(db.session):
        db.session.merge(
            Preference(administrator_id=administrator_id, time_zone=time_zone, language=language)
        )
