"""A form that acts does so once, however often it arrives: by a double click, or because it was tried again.

What holds that is a row with the form's digest as its key, written in the transaction of the act.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.exceptions import SentTwice
from backoffice.extensions import db
from backoffice.models import Submission

# Nobody sends the same form again after a day.
KEPT_FOR = timedelta(days=1)
# What a session knows of the form that its transaction acts upon.
ACTING = "submission"


@dataclass
class SentForm:
    """The form that a request sent, known again by its digest; whether it was acted upon by this request."""

    digest: str
    is_claimed: bool = False


class Earlier(NamedTuple):
    """The arrival of a form that was acted upon: as which operation, and what was answered, if it was yet."""

    operation_id: int | None
    answer: str | None
    sent_at: datetime


_current: ContextVar[SentForm | None] = ContextVar("sent_form", default=None)


@contextmanager
def submitting(sent: SentForm) -> Iterator[None]:
    """What is done inside is done on behalf of this form."""
    token = _current.set(sent)
    try:
        yield
    finally:
        _current.reset(token)


def claim(session: Session, operation_id: int | None = None) -> None:
    """Let the form of this request act in this transaction, and in none after it is committed.

    Waits where another request is acting on the same form. Raises SentTwice where one has.
    """
    sent = _current.get()
    if sent is None or sent.is_claimed or session.info.get(ACTING) is sent:
        return
    row = {"digest": sent.digest, "operation_id": operation_id, "sent_at": utcnow()}
    try:
        session.connection().execute(insert(Submission).values(**row))
    except IntegrityError as error:
        raise SentTwice from error
    session.info[ACTING] = sent


def find_submission(digest: str) -> Earlier | None:
    """The arrival of this form that was acted upon, as it is known now; None where none was."""
    db.session.rollback()
    found = select(Submission.operation_id, Submission.answer, Submission.sent_at)
    row = db.session.connection().execute(found.where(Submission.digest == digest)).one_or_none()
    return None if row is None else Earlier(*row)


def keep_answer(digest: str, answer: str) -> None:
    """Keep what was answered, for whoever sent the form twice. Raises Busy."""
    with transaction(db.session):
        this = update(Submission).where(Submission.digest == digest)
        db.session.connection().execute(this.values(answer=answer))


def forget_old_submissions() -> None:
    """Forget what nobody sends again. Raises Busy."""
    with transaction(db.session):
        old = delete(Submission).where(Submission.sent_at <= utcnow() - KEPT_FOR)
        db.session.connection().execute(old)


def install_claims() -> None:
    """Listen to the session: a form was acted upon once the transaction that did so is committed."""
    event.listen(db.session, "after_commit", _after_commit)
    event.listen(db.session, "after_transaction_end", _after_transaction)


def _after_commit(session: Session) -> None:
    sent: SentForm | None = session.info.get(ACTING)
    if sent is not None and not session.in_nested_transaction():
        sent.is_claimed = True


def _after_transaction(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(ACTING, None)
