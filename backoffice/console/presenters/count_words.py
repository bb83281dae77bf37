"""How many there are, in words that claim no more than is known."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.listing import Accuracy, Count

MILLION = 1_000_000


def number_words(count: Count) -> str:
    """The number alone: "1,234", "more than 10,000", "about 5.0 million"."""
    match count.accuracy:
        case Accuracy.EXACT:
            return str(format_decimal(count.value))
        case Accuracy.MORE:
            return str(_("more than %(number)s", number=format_decimal(count.value)))
        case Accuracy.ABOUT:
            return str(_("about %(number)s", number=_rounded(count.value)))


def _rounded(number: int) -> str:
    """The number to two digits, which is as much as an estimate is worth."""
    rounded = round(number, 2 - len(str(number)))
    if rounded < MILLION:
        return str(format_decimal(rounded))
    millions, form = rounded / MILLION, "0.0" if rounded < 10 * MILLION else "#,##0"
    return str(_("%(number)s million", number=format_decimal(millions, format=form)))


def count_words(count: Count, *, narrowed: bool) -> str:
    """How many a list has, or how many match where it is `narrowed`."""
    number = number_words(count)
    if not narrowed:
        return number
    return str(ngettext("%(number)s matches", "%(number)s match", count.value, number=number))


def matching_words(count: Count, *, narrowed: bool) -> tuple[str, str]:
    """All rows that the list has, on this page or not: to be chosen, and chosen.

    A number is said only where it is the one that will be worked on.
    """
    number = number_words(count)
    match narrowed, count.exact:
        case True, True:
            chosen = _("All %(number)s that match are selected", number=number)
            return str(_("Select all %(number)s that match", number=number)), str(chosen)
        case True, False:
            return str(_("Select all that match")), str(_("All that match are selected"))
        case False, True:
            chosen = _("All %(number)s are selected", number=number)
            return str(_("Select all %(number)s", number=number)), str(chosen)
        case _:
            return str(_("Select all of them")), str(_("All of them are selected"))
