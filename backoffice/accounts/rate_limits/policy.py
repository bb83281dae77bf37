"""How often it may be tried to sign in: the policy, each limit with its sentence above it.

A trusted device is a browser in which this person has signed in before. It has an allowance of its own, so
that whoever tries their name elsewhere, however often, keeps nobody out who has been here before.
"""

from collections.abc import Iterable
from datetime import timedelta

from backoffice.accounts.rate_limits.buckets import Attempt, Limit
from backoffice.models import folded_name
from backoffice.security import network_of

# Ten wrong passwords an hour for one name, from devices that are not trusted. What is tried of a name that
# nobody has counts exactly so.
NAME = Limit("sign-in:name", 10, timedelta(hours=1))

# And a hundred a day, so that patience does not help either.
NAME_DAILY = Limit("sign-in:name:daily", 100, timedelta(days=1))

# Thirty a quarter of an hour from one address, whatever the names; of IPv6, from one customer's network.
ADDRESS = Limit("sign-in:address", 30, timedelta(minutes=15))

# Ten an hour from a trusted device, in place of all of these.
DEVICE = Limit("sign-in:browser", 10, timedelta(hours=1))

# Ten an hour by somebody who is signed in, and is asked for their password again.
OWN_PASSWORD = Limit("password:own", 10, timedelta(hours=1))


def login_attempts(name: str, address: str | None, device_id: int | None) -> list[Attempt]:
    """What one attempt to sign in counts against; there is no address where it is no request."""
    if device_id is not None:
        return [(DEVICE, device_subject(device_id))]
    attempts = [(NAME, name_subject(name)), (NAME_DAILY, name_subject(name))]
    if address is not None:
        attempts.append((ADDRESS, network_of(address)))
    return attempts


def name_subject(name: str) -> str:
    """A name as it is counted: in whatever case and width of its letters it was typed."""
    return folded_name(name)


def device_subject(device_id: int) -> str:
    """A trusted device as it is counted."""
    return f"browser {device_id}"


def subjects_of(administrator_id: int, names: Iterable[str], device_ids: Iterable[int]) -> set[str]:
    """Everything by which attempts at one person's access are counted; what `unlock` clears."""
    return {
        str(administrator_id),
        *map(name_subject, names),
        *map(device_subject, device_ids),
    }
