"""Days as people write them."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton

# English without a country writes the day first, as most of its countries do.
ENGLISH_DATE, ENGLISH_LONG_DATE = "d MMM y", "d MMMM y"


# A list shows hundreds of times, and many of them are of one day.
@lru_cache(maxsize=4096)
def day_words(day: date, locale: str) -> str:
    """A day as a table shows it: `1 Jun 2026`."""
    if _is_plain_english(locale):
        return str(format_date(day, ENGLISH_DATE, locale=locale))
    return str(format_skeleton("yMMMd", datetime(day.year, day.month, day.day), locale=locale))  # noqa: DTZ001


@lru_cache(maxsize=4096)
def long_day_words(day: date, locale: str) -> str:
    """A day as a sentence names it: `1 June 2026`."""
    return str(format_date(day, ENGLISH_LONG_DATE if _is_plain_english(locale) else "long", locale=locale))


def _is_plain_english(locale: str) -> bool:
    return Locale.parse(locale).language == "en" and "_" not in locale
