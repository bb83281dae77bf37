"""Which rows of a list: what its address asks, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from backoffice.clock import utcnow
from backoffice.dates import long_day_words
from backoffice.history import Facts
from backoffice.listing import BETWEEN, Filter, Kind, local_day, moment_label, parse_filters
from backoffice.registry import TableView
from backoffice.zones import find_zone


@dataclass(frozen=True)
class Asked:
    """What a list was asked: its filters, as (argument, text) pairs, its search, and on which clocks.

    `at` is when that was, in UTC; days that are named from today on are those of then.
    """

    filters: Sequence[tuple[str, str]] = ()
    search: str = ""
    zone: str | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, facts: Facts, at: datetime | None) -> "Asked":
        """What an operation keeps of it."""
        filters = [(name, text) for name, text in facts["filters"]]
        return cls(filters, facts["search"], facts.get("zone"), at)


@dataclass(frozen=True)
class ListWords:
    """`when` says of which time the rows are, as it follows their number; `others` are sentences."""

    when: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def after(self, rows: str) -> str:
        """`11,033 posts from before 1 June 2025 (Author is susan)`."""
        if not (self.when or self.others):
            return str(_("%(rows)s, the whole list", rows=rows))
        named = " ".join([rows, *self.when])
        return f"{named} ({'; '.join(self.others)})" if self.others else named


def asked_words(view: TableView | None, asked: Asked) -> list[str]:
    """What was asked, a sentence each, as the list's own page says it."""
    return [*(_sentence(one) for one in _filters(view, asked)), *_search(asked)]


def list_words(view: TableView | None, asked: Asked) -> ListWords:
    """The same as it stands behind the number of the rows.

    The time need not be called by its column where there is only one.
    """
    words = ListWords()
    for one in _filters(view, asked):
        when = _when(one, asked) if isinstance(one, Filter) and _is_the_only_time(view, one) else None
        if when is not None:
            words.when.append(when)
        else:
            words.others.append(_sentence(one, asked))
    words.others.extend([*_search(asked), *_clocks(view, asked)])
    return words


def _filters(view: TableView | None, asked: Asked) -> Iterator[Filter | str]:
    """The filters; those that are not known any more as they are stored."""
    zone = find_zone(asked.zone) or UTC
    for name, text in asked.filters:
        known = parse_filters([(name, text)], view.columns, zone) if view is not None else ()
        yield known[0] if known else f"{name}={text}"


def _sentence(one: Filter | str, asked: Asked | None = None) -> str:
    if isinstance(one, Filter) and asked is not None and one.operator.days:
        days = " \N{EN DASH} ".join(_span(one, asked))
        return f"{one.column.label}: {days}"
    return str(one)


def _when(one: Filter, asked: Asked) -> str | None:
    """`from before 1 June 2025`; None where that is no question of when."""
    match one.argument.removeprefix(f"{one.column.name}_"):
        case "before":
            return str(_("from before %(time)s", time=one.value_words))
        case "after":
            return str(_("from after %(time)s", time=one.value_words))
        case "today" | "between" | "last_7_days" | "last_30_days":
            first, *last = _span(one, asked)
            if not last:
                return str(_("from %(time)s", time=first))
            return str(_("from %(first)s to %(last)s", first=first, last=last[0]))
    return None


def _span(one: Filter, asked: Asked) -> list[str]:
    """The first and the last of the days, or only one; those up to today are up to when it was asked."""
    if one.operator.days is None:
        return [moment_label(text) for text in one.text.split(BETWEEN, 1)]
    last = local_day(asked.at or utcnow(), find_zone(asked.zone) or UTC)
    first, locale = last - timedelta(days=one.operator.days - 1), str(get_locale() or "en")
    return [long_day_words(day, locale) for day in dict.fromkeys((first, last))]


def _is_the_only_time(view: TableView | None, one: Filter) -> bool:
    if view is None or one.error is not None:
        return False
    return [column for column in view.columns.filtered if column.kind is Kind.TIME] == [one.column]


def _search(asked: Asked) -> list[str]:
    return [str(_("found by “%(words)s”", words=asked.search))] if asked.search else []


def _clocks(view: TableView | None, asked: Asked) -> list[str]:
    """On whose clocks, where they are not the reader's, and that makes a difference."""
    timed = any(isinstance(one, Filter) and one.column.kind is Kind.TIME for one in _filters(view, asked))
    if not timed or asked.zone in (None, str(get_timezone())):
        return []
    return [str(_("times in %(zone)s", zone=asked.zone))]
