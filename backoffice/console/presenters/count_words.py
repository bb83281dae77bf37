"""How many there are, in words that claim no more than is known."""

from datetime import timedelta

from flask_babel import format_decimal, format_timedelta, ngettext
from flask_babel import gettext as _

from backoffice.listing import Accuracy, Count

MILLION = 1_000_000
# An estimate that is no older is one of now.
NOW_SECONDS = 60


def count_label(count: Count) -> str:
    """The number alone: "1,234", "more than 10,000", "about 5.0 million"."""
    match count.accuracy:
        case Accuracy.EXACT:
            return str(format_decimal(count.value))
        case Accuracy.MORE:
            return str(_("more than %(number)s", number=format_decimal(count.value)))
        case Accuracy.ABOUT:
            return _with_age(str(_("about %(number)s", number=_rounded(count.value))), count.age)


def _with_age(number: str, seconds: int | None) -> str:
    """How old an estimate is, where it was not made just now: "about 5.0 million, 20 minutes ago"."""
    if seconds is None or seconds < NOW_SECONDS:
        return number
    return f"{number}, {format_timedelta(timedelta(seconds=-seconds), add_direction=True)}"


def _rounded(number: int) -> str:
    """The number to two digits, which is as much as an estimate is worth."""
    rounded = round(number, 2 - len(str(number)))
    if rounded < MILLION:
        return str(format_decimal(rounded))
    millions, form = rounded / MILLION, "0.0" if rounded < 10 * MILLION else "#,##0"
    return str(_("%(number)s million", number=format_decimal(millions, format=form)))


def count_words(count: Count, *, narrowed: bool) -> str:
    """How many a list has, or how many match where it is `narrowed`."""
    number = count_label(count)
    if not narrowed:
        return number
    if not count.value:
        return str(_("no matches"))
    return str(ngettext("%(number)s matches", "%(number)s match", count.value, number=number))


def matching_words(count: Count, table_label: str, counted: str, *, narrowed: bool) -> tuple[str, str]:
    """All rows that the list has, on this page or not: to be chosen, and chosen.

    They are called `table_label`, and `counted` says how many they are; which is said only where it is the
    number that will be worked on.
    """
    match narrowed, count.exact:
        case True, True:
            chosen = _("All %(rows)s that match are selected", rows=counted)
            return str(_("Select all %(rows)s that match", rows=counted)), str(chosen)
        case True, False:
            chosen = _("All %(things)s that match are selected", things=table_label)
            return str(_("Select all %(things)s that match", things=table_label)), str(chosen)
        case False, True:
            return str(_("Select all %(rows)s", rows=counted)), str(
                _("All %(rows)s are selected", rows=counted)
            )
        case _:
            chosen = _("All %(things)s are selected", things=table_label)
            return str(_("Select all %(things)s", things=table_label)), str(chosen)
