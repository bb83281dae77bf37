"""Times and numbers as people read them, for the templates."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from flask import Flask
from flask_babel import format_decimal, get_locale, get_timezone, gettext
from markupsafe import Markup, escape

from backoffice.dates import day_words
from backoffice.zones import offset_words


def init_app(app: Flask) -> None:
    """Give the templates the filters `datetime` and `number`, and `language`, `zone`, `place` and `_`."""
    app.jinja_env.filters.update(datetime=show_datetime, number=format_decimal)
    app.jinja_env.globals.update(language=language_tag, zone=zone_name, place=place, _=words)


def words(text: str, /, **variables: object) -> Markup:
    """`text` in the reader's language. Jinja's own does the same in three times the time."""
    return Markup(gettext(text)) % variables  # noqa: S704, the texts are ours


def show_datetime(value: datetime, exact: bool = False, named: bool = False) -> Markup:
    """`value`, naive UTC as the columns hold it, as `Clocks` shows it."""
    return Clocks.of_reader().show(value, exact=exact, named=named)


@dataclass(frozen=True)
class Clocks:
    """The reader's time zone and language, asked for once where many times are shown."""

    zone: tzinfo
    language: str

    @classmethod
    def of_reader(cls) -> "Clocks":
        """Those of whoever reads this page."""
        return cls(get_timezone(), str(get_locale()))

    def show(self, value: datetime, *, exact: bool = False, named: bool = False) -> Markup:
        """`value`, naive UTC, in the reader's zone, with the exact UTC time in reach.

        To the minute and without its zone for a column whose heading names the zone; `named` adds the zone;
        `exact` gives everything that is stored, and the zone.
        """
        try:
            local = value.replace(tzinfo=UTC).astimezone(self.zone)
        except OverflowError:  # at the ends of the calendar there is no other zone
            local = value.replace(tzinfo=UTC)
        clock = f"{local.hour:02}:{local.minute:02}"
        if exact:
            clock += f":{local.second:02}{_fraction(value)}"
        name = f" {clock_name(local)}" if exact or named else ""
        words = escape(f"{day_words(local.date(), self.language)}, {clock}{name}")
        instant = value.isoformat()
        return Markup(  # noqa: S704, the rest is numbers
            f'<time datetime="{instant}Z" title="{instant.replace("T", " ")} UTC">{words}</time>'
        )


def moment_label(local: datetime) -> str:
    """A time on the reader's clocks in one line of text, to the minute and with its zone."""
    return f"{day_words(local.date(), str(get_locale()))}, {local:%H:%M} {clock_name(local)}"


def utc_moment_words(text: str) -> str:
    """A time in UTC as it is stored in JSON, the same way."""
    return moment_label(datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(get_timezone()))


def zone_name() -> str:
    """The name of the reader's time zone, `Europe/Madrid`: its clocks are called differently in summer."""
    return str(get_timezone())


def place() -> str:
    """The last part of that name, for where there is little room: `Madrid`."""
    return zone_name().rpartition("/")[2].replace("_", " ")


def clock_name(local: datetime) -> str:
    """What the clocks are called at a time of theirs, and how far they are from UTC: `CEST, UTC+2`."""
    name, offset = local.tzname() or "", offset_words(local)
    return f"{name}, {offset}" if name.isalpha() and name != offset else offset


def language_tag() -> str:
    """The reader's language as HTML names it."""
    return str(get_locale() or "en").replace("_", "-")


def _fraction(value: datetime) -> str:
    return f".{value.microsecond:06}" if value.microsecond else ""
