"""Times as they are entered, in the viewer's zone, and as the columns hold them, naive and in UTC."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from flask_babel import gettext as _

from backoffice.clock import utcnow
from backoffice.exceptions import Invalid

MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?P<seconds>:\d\d)?(?P<fraction>\.\d{1,6})?)?", re.ASCII
)


def parse_moment(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The beginning and the end of the day, minute, second or instant that `text` names, in UTC.

    Raises Invalid where it names none.
    """
    found = MOMENT.fullmatch(text.strip())
    if found is None or (found["fraction"] and not found["seconds"]):
        raise Invalid(_("A time is written like 2026-03-01 or 2026-03-01T14:30."))
    try:
        start = datetime.fromisoformat(found[0])
        return in_utc(start, zone), in_utc(start + _length(found), zone)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("There is no such time.")) from error


def last_days(days: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """The beginning of the first and the end of the last of so many days, today included, in UTC."""
    today = utcnow().replace(tzinfo=UTC).astimezone(zone).date()
    midnight = datetime.combine(today, time.min)
    return in_utc(midnight - timedelta(days=days - 1), zone), in_utc(midnight + timedelta(days=1), zone)


def in_utc(local: datetime, zone: tzinfo) -> datetime:
    """A naive time of `zone` in UTC, naive. Of a time that exists twice it is the first."""
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _length(found: re.Match[str]) -> timedelta:
    if found["fraction"]:
        return timedelta(microseconds=1)
    if found["seconds"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if found[2] else timedelta(days=1)
