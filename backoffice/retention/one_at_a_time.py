"""Only one operation forgets at a time: what is left of an operation has one digest, not two."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.exceptions import Conflict
from backoffice.models import UNFINISHED, Operation, Seal

PURGE, FORGET = "history:purge", "history:forget"


def refuse_another(session: Session, act: Operation) -> None:
    """Raise Conflict where another operation is forgetting just now."""
    # Whoever begins to forget holds the first seal until that is written down.
    session.scalar(select(Seal.position).where(Seal.position == 1).with_for_update())
    others = select(Operation.id).where(Operation.kind.in_((PURGE, FORGET)), Operation.id != act.id)
    other = session.scalar(others.where(Operation.state.in_(UNFINISHED)).limit(1))
    if other is not None:
        raise Conflict(
            _("Operation %(number)d is forgetting just now. Try again when it is done.", number=other)
        )
