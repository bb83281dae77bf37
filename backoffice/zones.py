"""Time zones: which there are, and which moments a time on the clocks of one may be."""

from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# The zones of places; what else there is are old names, and offsets that know nothing of a place.
AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
UNIVERSAL = "UTC"


class Zone(ZoneInfo):
    """A zone of the IANA database, with what Flask-Babel asks of a zone besides."""

    def normalize(self, moment: datetime) -> datetime:
        """`moment`, which is right already."""
        return moment

    def localize(self, local: datetime) -> datetime:
        """A time without a zone as one of this zone."""
        return local.replace(tzinfo=self)


@cache
def zone_names() -> frozenset[str]:
    """The names by which zones are known here, old ones that browsers still use among them."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def find_zone(name: str | None) -> Zone | None:
    """The zone of this name, whoever says it; None where there is none."""
    return Zone(name) if name in zone_names() else None


@cache
def zones_by_area() -> dict[str, tuple[str, ...]]:
    """The names of the zones that a person chooses from, by their part of the world."""
    names = sorted(zone_names())
    return {area: tuple(name for name in names if name.startswith(f"{area}/")) for area in AREAS}


def readings(local: datetime, zone: tzinfo) -> list[datetime]:
    """The moments that a time on the clocks of `zone` may be, the earlier one first.

    One of them nearly always. Two where the clocks show the time twice, and two where they skip it: then
    they show another time at either. Raises OverflowError at the ends of the calendar.
    """
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return [moment.astimezone(zone) for moment in sorted(moments)]


def written(moment: datetime, zone: tzinfo) -> str:
    """A naive UTC time as the clocks of `zone` show it, with its offset where they show it twice.

    Reading it gives the same moment again, to the microsecond.
    """
    try:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        clock = local.replace(tzinfo=None, fold=0)
        return (clock if len(readings(clock, zone)) == 1 else local).isoformat(sep=" ")
    except OverflowError:
        return moment.replace(tzinfo=UTC).isoformat(sep=" ")


def offset_words(local: datetime) -> str:
    """How far the clocks are from UTC at a time of theirs: `UTC+1`, `UTC-3:30`; `UTC` where they are not."""
    offset = local.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    far = f"{'-' if minutes < 0 else '+'}{hours}" if minutes else ""
    return f"UTC{far}{f':{rest:02}' if rest else ''}"
