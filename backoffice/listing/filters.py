"""The filters of a list, as they stand in its address: `username_contains=foo`, `timestamp_last_7_days=`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, false

from backoffice.exceptions import Invalid
from backoffice.listing.column import Choice, Column
from backoffice.listing.columns import Columns
from backoffice.listing.kinds import Kind
from backoffice.listing.moments import moment_label
from backoffice.listing.operators import FRAGMENTS, Operator
from backoffice.listing.pasted import written_values
from backoffice.listing.scope import Scope
from backoffice.listing.values import BETWEEN
from backoffice.numbers import number_words

MOST_FILTERS = 20
# More values are not named on a chip, but counted.
MOST_NAMED = 5


@dataclass(frozen=True)
class Filter:
    """One question asked of one column; `str()` gives the words on its chip.

    `argument` and `text` are its name and its value in an address. Where the text is no value, `error` says
    why, and no row matches: a mistake must not leave the whole table, least of all to bulk work.
    """

    column: Column
    operator: Operator
    argument: str
    text: str
    value: object = None
    error: str | None = None

    @property
    def asks_for_substring(self) -> bool:
        """Whether a text is looked for that may stand anywhere in the column."""
        return self.operator in FRAGMENTS and self.error is None

    @property
    def leaves_out_empty(self) -> bool:
        """Whether no row passes it that has nothing in the column."""
        return self.error is not None or not self.operator.holds_for_empty

    @property
    def is_of_one_value(self) -> bool:
        """Whether its text is the value that it asks for, and not several."""
        return not self.operator.takes_many or self._values == [self.text]

    @property
    def _values(self) -> list[str]:
        return list(self.value) if isinstance(self.value, Sequence | Mapping) else []

    def looked_up(self, scope: Scope) -> "Filter":
        """The same with what the database knows of its value, or with the error that it knows nothing."""
        if self.error is not None or self.operator.look_up is None:
            return self
        try:
            return replace(self, value=self.operator.look_up(self.column, self.value, scope))
        except Invalid as error:
            return replace(self, error=str(error))

    def condition(self, scope: Scope) -> ColumnElement[bool]:
        """What it asks of a row; it was looked up before."""
        return false() if self.error else self.operator.condition(self.column, self.value, scope)

    def __str__(self) -> str:
        if self.error is None and self.column.kind is Kind.TIME and BETWEEN in self.text:
            return self._between()
        return self.operator.describe(self.column, self.value_words)

    def _between(self) -> str:
        """A range of time, of which one end may be open."""
        first, last = (moment_label(end) if end.strip() else "" for end in self.text.split(BETWEEN, 1))
        if first and not last:
            return str(_("%(column)s from %(value)s", column=self.column.label, value=first))
        if last and not first:
            return str(_("%(column)s until %(value)s", column=self.column.label, value=last))
        return self.operator.describe(self.column, self.value_words)

    def _many_words(self, values: Sequence[str]) -> str:
        """The first of several values, and how many there are."""
        shown = written_values(values[:MOST_NAMED]) + (" …" if len(values) > MOST_NAMED else "")
        words = ngettext(
            "%(values)s (%(num)d value)", "%(values)s (%(num)d values)", len(values), values=shown
        )
        return shown if self.column.kind is Kind.RELATION and len(values) == 1 else str(words)

    @property
    def value_words(self) -> str:
        """The value as the reader's language writes it; what is none, as it stands in the address."""
        if self.error is not None:
            return self.text
        if isinstance(self.column, Choice):
            return ", ".join(map(self.column.choices.words, self._values))
        if self.operator.takes_many and isinstance(self.value, Sequence | Mapping):
            return self._many_words(self._values)
        match self.column.kind, self.value:
            case Kind.TIME, _ if BETWEEN in self.text:
                first, last = map(moment_label, self.text.split(BETWEEN, 1))
                return str(_("%(first)s and %(last)s", first=first, last=last))
            case Kind.TIME, _:
                return moment_label(self.text)
            case Kind.FLAG, bool(value):
                return str(_("yes") if value else _("no"))
            case Kind.NUMBER, int() | float():
                return number_words(self.value)
            case _:
                return self.text


def parse_filters(
    arguments: Iterable[tuple[str, str]], columns: Columns, zone: tzinfo = UTC
) -> tuple[Filter, ...]:
    """The filters among the arguments of an address; all others are left alone.

    Days and times are those of `zone`. A value that cannot be used raises nothing: its filter has an `error`.
    """
    known = [(name, text) for name, text in arguments if name in columns.arguments]
    filters = [_filter(name, text, columns, zone) for name, text in known[:MOST_FILTERS]]
    if len(known) > MOST_FILTERS:
        filters.append(_too_many(*known[MOST_FILTERS], columns))
    return tuple(filters)


def asked_once(filters: Sequence[Filter], arguments: Iterable[str]) -> dict[str, str | None]:
    """What the filters with these arguments ask, as their texts: None where there is no such filter.

    Nor is there where it is asked twice, asks for several values, or is a mistake: that is for the filters
    themselves.
    """
    texts: dict[str, list[str]] = {name: [] for name in arguments}
    for one in filters:
        if one.argument in texts:
            texts[one.argument].append(one.text)
    others = {one.argument for one in filters if one.error is not None or not one.is_of_one_value}
    return {
        name: found[0] if len(found) == 1 and name not in others else None for name, found in texts.items()
    }


def _filter(name: str, text: str, columns: Columns, zone: tzinfo) -> Filter:
    column, operator = columns.arguments[name]
    try:
        return Filter(column, operator, name, text, operator.read(text, column, zone))
    except Invalid as error:
        return Filter(column, operator, name, text, error=str(error))


def _too_many(name: str, text: str, columns: Columns) -> Filter:
    message = _("At most %(most)s filters.", most=MOST_FILTERS)
    return Filter(*columns.arguments[name], name, text, error=message)
