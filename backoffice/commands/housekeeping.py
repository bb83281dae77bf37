"""What is forgotten with time: questions, drafts, links, sign-ins and events, and history if set so.

And what is learnt with time: how many rows the tables have.
"""

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, not_, or_

from backoffice import bulk, retention
from backoffice.accounts import drafts
from backoffice.accounts.mfa import check
from backoffice.accounts.passwords import reset_links
from backoffice.accounts.rate_limits import forget_past_attempts
from backoffice.accounts.sessions import forget_unused_browsers
from backoffice.clock import utcnow
from backoffice.database import transaction
from backoffice.extensions import db
from backoffice.listing import note_sizes
from backoffice.models import SignIn, application_tables, origins
from backoffice.security import forget_old_events

# How long a sign-in that is over can still be looked up.
SIGN_INS_KEPT_FOR = timedelta(days=30)


def tidy_up() -> None:
    """Forget what is due to be forgotten, and learn anew; doing it twice changes nothing."""
    bulk.forget_old()
    drafts.forget_old()
    reset_links.forget_old()
    forget_sign_ins()
    check.tidy_up()
    forget_past_attempts()
    forget_unused_browsers()
    forget_old_events()
    retention.finish_forgetting()
    retention.purge_daily()
    learn_sizes()


def learn_sizes() -> None:
    """Let lists know how many rows the tables have, but for those that the console found and adopted."""
    adopted = origins(db.session.connection())
    note_sizes(db.session(), [table for table in application_tables() if adopted.get(table.name) is False])
    db.session.rollback()


def forget_sign_ins() -> None:
    """Forget the sign-ins that ended, or ran out, more than 30 days ago. Raises Busy."""
    with transaction(db.session):
        db.session.execute(delete(SignIn).where(_is_long_over()))


def _is_long_over() -> ColumnElement[bool]:
    long_ago, settings = utcnow() - SIGN_INS_KEPT_FOR, current_app.config
    return or_(
        SignIn.ended_at < long_ago,
        and_(SignIn.remembered, SignIn.created_at < long_ago - settings["SESSION_REMEMBERED"]),
        and_(not_(SignIn.remembered), SignIn.created_at < long_ago - settings["SESSION_ABSOLUTE"]),
    )
