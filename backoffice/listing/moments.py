"""Times as they are entered, in the viewer's zone, and as the columns hold them, naive and in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from flask_babel import get_locale
from flask_babel import gettext as _

from backoffice.clock import utcnow
from backoffice.dates import long_day_words
from backoffice.exceptions import Invalid
from backoffice.zones import readings

MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?P<clock>[T ]\d\d:\d\d(?P<seconds>:\d\d)?(?P<fraction>\.\d{1,6})?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
DAY = timedelta(days=1)


def parse_moment(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The beginning and the end of the day, minute, second or instant that `text` names, in UTC.

    Raises Invalid where it names none, or two: where the clocks change it takes an offset to say which.
    """
    found = MOMENT.fullmatch(text.strip())
    if found is None or (found["fraction"] and not found["seconds"]):
        raise Invalid(_("A time is written like 2026-03-01 or 2026-03-01T14:30."))
    try:
        named = datetime.fromisoformat(found[0])
        if found["clock"] is None:
            return in_utc(named, zone), in_utc(named + DAY, zone)
        start = _only_reading(named, zone)
        return start, start + _length(found)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("There is no such time.")) from error


def moment_label(text: str) -> str:
    """What `parse_moment` takes, as the reader's language writes it; anything else as it is."""
    found = MOMENT.fullmatch(text.strip())
    try:
        day = date.fromisoformat(text.strip()[:10]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        return text
    words = long_day_words(day, str(get_locale() or "en"))
    return f"{words}, {found['clock'][1:]}" if found["clock"] else words


def _only_reading(named: datetime, zone: tzinfo) -> datetime:
    """The one moment that is meant, in UTC."""
    moments = [named] if named.tzinfo else readings(named, zone)
    if len(moments) > 1:
        first, second = (moment.isoformat(timespec="minutes") for moment in moments)
        raise Invalid(
            _("The clocks changed then. Which is meant, %(first)s or %(second)s?", first=first, second=second)
        )
    return moments[0].astimezone(UTC).replace(tzinfo=None)


def last_days(days: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """The beginning of the first and the end of the last of so many days, today included, in UTC."""
    today = local_day(utcnow(), zone)
    midnight = datetime.combine(today, time.min)
    return in_utc(midnight - timedelta(days=days - 1), zone), in_utc(midnight + DAY, zone)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day that the clocks of `zone` show at a moment, naive and in UTC."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def in_utc(local: datetime, zone: tzinfo) -> datetime:
    """A midnight of `zone` in UTC, naive. Where the clocks skip or repeat it, it is where the day begins."""
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _length(found: re.Match[str]) -> timedelta:
    if found["fraction"]:
        return timedelta(microseconds=1)
    if found["seconds"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1)
