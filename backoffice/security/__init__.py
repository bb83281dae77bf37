"""What happens at the doors: one line in the log, and one row that administrators can look through."""

from backoffice.security.events import VISITOR, name_digest, note
from backoffice.security.keeping import forget_old_events
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
    "forget_old_events",
    "name_digest",
    "network_of",
    "note",
    "open_log",
]
