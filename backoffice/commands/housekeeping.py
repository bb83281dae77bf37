"""What is deleted with time: selections, drafts, answers, links, sessions and events, and history if set so.

And what is learnt with time: how many rows the tables have.
"""

from backoffice import bulk, retention
from backoffice.accounts import drafts
from backoffice.accounts.mfa import check
from backoffice.accounts.passwords import reset_links
from backoffice.accounts.rate_limits import delete_expired_attempts
from backoffice.accounts.sessions import delete_old_sessions, delete_unused_devices
from backoffice.extensions import db
from backoffice.history import forget_old_submissions
from backoffice.listing import note_sizes
from backoffice.models import application_tables, origins
from backoffice.security import delete_old_events


def tidy_up() -> None:
    """Forget what is due to be forgotten, and learn anew; doing it twice changes nothing."""
    bulk.forget_old()
    drafts.forget_old()
    forget_old_submissions()
    reset_links.delete_expired()
    delete_old_sessions()
    check.tidy_up()
    delete_expired_attempts()
    delete_unused_devices()
    delete_old_events()
    retention.finish_redaction()
    retention.purge_daily()
    learn_sizes()


def learn_sizes() -> None:
    """Let lists know how many rows the tables have, but for those that the console found and adopted."""
    adopted = origins(db.session.connection())
    note_sizes(db.session(), [table for table in application_tables() if adopted.get(table.name) is False])
    db.session.rollback()
