"""Times and numbers as people read them, for the templates."""

from datetime import UTC, datetime

from babel.dates import get_month_names
from flask import Flask
from flask_babel import format_decimal, get_locale, get_timezone
from markupsafe import Markup

from backoffice.clock import utcnow


def init_app(app: Flask) -> None:
    """Give the templates the filters `datetime` and `number`, and the globals `language` and `zone`."""
    app.jinja_env.filters.update(datetime=show_datetime, number=format_decimal)
    app.jinja_env.globals.update(language=language, zone=zone)


def show_datetime(value: datetime, exact: bool = False) -> Markup:
    """`value`, naive UTC as the columns hold it, in the reader's zone, with the exact UTC time in reach.

    To the minute and without its zone for a column whose heading names the zone; `exact` gives
    everything that is stored, and the zone.
    """
    local = _local(value)
    clock = f"{local:%H:%M:%S}{_fraction(value)} {local.tzname()}" if exact else f"{local:%H:%M}"
    # Put together by hand, since a list shows hundreds of them: Babel takes the pattern apart each time.
    month = get_month_names("abbreviated", locale=get_locale())[local.month]
    words = f"{local.day} {month} {local.year}, {clock}"
    return Markup(  # noqa: S704, there is nothing in it but numbers and the names of months and zones
        f'<time datetime="{value.isoformat()}Z" title="{value.isoformat(" ")} UTC">{words}</time>'
    )


def zone() -> str:
    """The name of the reader's time zone, as it is now."""
    return _local(utcnow()).tzname() or ""


def language() -> str:
    """The reader's language as HTML names it."""
    return str(get_locale() or "en").replace("_", "-")


def _local(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC).astimezone(get_timezone())


def _fraction(value: datetime) -> str:
    return f".{value.microsecond:06}" if value.microsecond else ""
