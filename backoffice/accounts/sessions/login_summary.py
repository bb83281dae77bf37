"""Activity since the last login: what happened to somebody's access, as they are told at the next one."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from backoffice.extensions import db
from backoffice.models import AdminSession, SecurityEvent
from backoffice.security import FACTOR_REFUSED, MEANS_OF_SIGNING_IN, REFUSED

MOST_CHANGES = 20


@dataclass(frozen=True)
class CredentialChange:
    """A change to how somebody signs in, and who made it."""

    kind: str
    by: str


@dataclass(frozen=True)
class LoginSummary:
    """When and from where they last signed in, and how often they, or somebody else, could not since."""

    at: datetime
    address: str | None
    wrong_passwords: int
    wrong_factors: int
    changes: list[CredentialChange]


def login_summary(administrator_id: int, session_id: int) -> LoginSummary | None:
    """What happened between this session and the one before; None where there was none, or none is known."""
    before = (
        select(AdminSession.created_at, AdminSession.address)
        .where(AdminSession.administrator_id == administrator_id, AdminSession.id < session_id)
        .order_by(AdminSession.id.desc())
        .limit(1)
    )
    last = db.session.execute(before).one_or_none()
    if last is None:
        return None
    counts = _counts(administrator_id, last.created_at)
    return LoginSummary(
        last.created_at,
        last.address,
        counts.get(REFUSED, 0),
        counts.get(FACTOR_REFUSED, 0),
        _changes(administrator_id, last.created_at),
    )


def _counts(administrator_id: int, since: datetime) -> dict[str, int]:
    counts = (
        select(SecurityEvent.kind, func.count())
        .where(
            SecurityEvent.administrator_id == administrator_id,
            SecurityEvent.at > since,
            SecurityEvent.kind.in_((REFUSED, FACTOR_REFUSED)),
        )
        .group_by(SecurityEvent.kind)
    )
    return {kind: count for kind, count in db.session.execute(counts)}  # noqa: C416 - rows are no pairs to mypy


def _changes(administrator_id: int, since: datetime) -> list[CredentialChange]:
    """Each kind of change by each person once, in the order in which they came."""
    events = (
        select(SecurityEvent.kind, SecurityEvent.name, SecurityEvent.facts)
        .where(
            SecurityEvent.administrator_id == administrator_id,
            SecurityEvent.at > since,
            SecurityEvent.kind.in_(MEANS_OF_SIGNING_IN),
        )
        .order_by(SecurityEvent.id)
        .limit(MOST_CHANGES)
    )
    found = [
        CredentialChange(row.kind, json.loads(row.facts).get("by") or row.name)
        for row in db.session.execute(events)
    ]
    return list(dict.fromkeys(found))
