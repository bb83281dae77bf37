"""Authentication events: one line in the log, and one row that administrators can look through."""

from backoffice.security.event_retention import delete_old_events
from backoffice.security.events import VISITOR, Whose, name_digest, record_event
from backoffice.security.kinds import FACTOR_REFUSED, KINDS, MEANS_OF_SIGNING_IN, REFUSED, THROTTLED
from backoffice.security.log import open_log
from backoffice.security.networks import network_of

__all__ = [
    "FACTOR_REFUSED",
    "KINDS",
    "MEANS_OF_SIGNING_IN",
    "REFUSED",
    "THROTTLED",
    "VISITOR",
    "Whose",
    "delete_old_events",
    "name_digest",
    "network_of",
    "open_log",
    "record_event",
]
