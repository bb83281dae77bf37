"""Browsers in which somebody has signed in before: a cookie with a token, of which the table has the digest.

It opens nothing and skips nothing: `limits` says what it is for.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from backoffice.accounts.digests import digest
from backoffice.clock import utcnow
from backoffice.database import commit_soon, transaction
from backoffice.extensions import db
from backoffice.models import KnownBrowser

KEPT_FOR = timedelta(days=90)


def known_browsers(token: str | None) -> dict[int, int]:
    """Whose browser this is: its number by the administrator's id."""
    if token is None:
        return {}
    known = select(KnownBrowser).where(
        KnownBrowser.token_digest == digest(token), KnownBrowser.last_used_at > utcnow() - KEPT_FOR
    )
    return {browser.administrator_id: browser.id for browser in db.session.scalars(known)}


def remember_browser(administrator_id: int, token: str | None) -> str:
    """Note that this person has signed in in the browser with this token; gives its new one. Raises Busy.

    A token is never taken from a browser, who may have it from somebody else: each login makes another.
    """
    new, now = secrets.token_urlsafe(32), utcnow()
    with transaction(db.session):
        commit_soon(db.session())  # a browser that a crash makes strange again is no loss
        if token is not None:
            same = update(KnownBrowser).where(KnownBrowser.token_digest == digest(token))
            db.session.execute(same.values(token_digest=digest(new)))
        own = update(KnownBrowser).where(
            KnownBrowser.token_digest == digest(new), KnownBrowser.administrator_id == administrator_id
        )
        if not db.session.execute(own.values(last_used_at=now)).rowcount:  # type: ignore[attr-defined]
            db.session.add(
                KnownBrowser(
                    administrator_id=administrator_id,
                    token_digest=digest(new),
                    created_at=now,
                    last_used_at=now,
                )
            )
    return new


def forget_unused_browsers() -> None:
    """Forget the browsers in which nobody has signed in for 90 days. Raises Busy."""
    with transaction(db.session):
        unused = KnownBrowser.last_used_at < utcnow() - KEPT_FOR
        db.session.execute(delete(KnownBrowser).where(unused))
