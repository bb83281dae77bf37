"""Clearing limits on attempts, for somebody who has used them up, or for whom others did."""

from sqlalchemy import select

from backoffice.accounts.authentication import find_by_name
from backoffice.accounts.rate_limits import clear, clear_all, name_subject, subjects_of
from backoffice.extensions import db
from backoffice.models import TrustedDevice
from backoffice.security import network_of, record_event

EVENT = "limits:cleared"


def unlock(name: str) -> int:
    """Clear what counts against one person: by their names, on their devices, and at the second factor.

    Returns how many limits that were. A name that nobody has is cleared too.
    """
    meant = find_by_name(name.strip())
    if meant is None or meant.grant is None:
        cleared = clear([name_subject(name)])
        record_event(EVENT)
        return cleared
    number, known_as = meant.grant.id, meant.grant.username
    devices = db.session.scalars(
        select(TrustedDevice.id).where(TrustedDevice.administrator_id == number)
    ).all()
    names = [text for text in (name, known_as, meant.user.username, meant.user.email) if text]
    cleared = clear(subjects_of(number, names, devices))
    record_event(EVENT, administrator_id=number, name=known_as)
    return cleared


def unlock_address(address: str) -> int:
    """Clear what counts against an address, or the network that it counts with; returns how many limits."""
    cleared = clear([network_of(address.strip())])
    record_event(EVENT, of=network_of(address.strip()))
    return cleared


def unlock_all() -> int:
    """Clear every limit of everybody; returns how many that were."""
    cleared = clear_all()
    record_event(EVENT, of="everybody")
    return cleared
