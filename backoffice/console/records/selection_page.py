"""The pages that ask what is to become of the rows of a selection: which rows they are, in words."""

from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from backoffice import bulk, work
from backoffice.console.base import back
from backoffice.console.http import inside, person
from backoffice.console.presenters import (
    Asked,
    asked_words,
    operation_label,
    operation_url,
    progress_of,
    report_of,
    undoable,
)
from backoffice.console.records.etags import changed, etags_of
from backoffice.console.records.record_page import RecordPage
from backoffice.exceptions import DoneAlready
from backoffice.extensions import db
from backoffice.models import Operation, RowKey, Selection, parse_key
from backoffice.registry import registry
from backoffice.work import reason_label

# So many rows of a selection are shown; where these are all, they were shown anew.
ROWS_SHOWN = 10
# What an address says that waits for others who are at work on the table.
WAIT = "wait"
# More than so many rows are not changed by one press of a button.
TYPED_ABOVE = 1_000


def most_by_a_press() -> int:
    """More rows than these are not changed by one press of a button."""
    return TYPED_ABOVE


class SelectionPage(RecordPage):
    """A page over the selection that its address names: `ask` answers whoever opens it, `act` its form."""

    # The name of the page in its view.
    endpoint: str

    def get(self, token: str) -> ResponseReturnValue:
        return self._with_selection(token, self._wait if WAIT in request.args else self.ask)

    def post(self, token: str) -> ResponseReturnValue:
        return self._with_selection(token, self.act)

    def _with_selection(
        self, token: str, answer: Callable[[Selection], ResponseReturnValue]
    ) -> ResponseReturnValue:
        try:
            answered: ResponseReturnValue = answer(self.find(token))
        except DoneAlready as done:
            return _done_already(done)
        return answered

    def _wait(self, selection: Selection) -> ResponseReturnValue:
        """The question as long as others are at work on the table; then its rows are read anew."""
        if work.at_work_on(db.session(), self.view.table):
            return self.ask(selection)
        bulk.choose_again(selection)
        return redirect(self._here(selection), 303)

    def _here(self, selection: Selection, *, wait: str | None = None) -> str:
        url = inside(request.values.get("url"))
        return url_for(f".{self.endpoint}", token=selection.token, url=url, wait=wait)

    def others_at_work(self, selection: Selection) -> dict[str, object] | None:
        """What others do to rows of the table just now, and how to wait for the end of it."""
        acts = work.at_work_on(db.session(), self.view.table)
        if not acts:
            return None
        is_waiting = self.is_waiting
        return {
            "things": self.view.plural,
            "acts": [_going_on(act) for act in acts],
            "is_waiting": is_waiting,
            "wait_url": self._here(selection) if is_waiting else self._here(selection, wait="1"),
        }

    @property
    def is_waiting(self) -> bool:
        """Whether the page waits for others who are at work on the table."""
        return request.method != "POST" and WAIT in request.args

    def find(self, token: str) -> Selection:
        """The selection. Raises NotFound, and DoneAlready where something was done with it."""
        return bulk.find(person().id, self.view.table, token)

    def ask(self, selection: Selection) -> ResponseReturnValue:
        """The question what is to become of the rows."""
        abort(405)

    def act(self, selection: Selection) -> ResponseReturnValue:
        """Do it, or ask again. May raise DoneAlready."""
        abort(405)

    def done(self, act: Operation) -> ResponseReturnValue:
        """Back, with what was done; or on to the page on which a worker's progress is seen."""
        if not act.is_finished:
            return redirect(operation_url(act.id), 303)
        flash(undoable(report_of(act), act.id), "success")
        return back(url_for(".index_view"))

    # So many rows are not changed by one press of a button

    def to_type(self, rows: int) -> str | None:
        """The number that has to be typed before so many rows are acted on; None for fewer."""
        return str(format_decimal(rows)) if rows > most_by_a_press() else None

    def not_typed(self, rows: int) -> str | None:
        """What to say where it was not typed, in whichever way numbers are written."""
        digits = "".join(letter for letter in request.form.get("typed", "") if letter.isdecimal())
        if rows <= most_by_a_press() or digits == str(rows):
            return None
        return str(_("Please type the number of rows, %(number)s.", number=format_decimal(rows)))

    # Which rows they are, in words

    def shown_again(self, selection: Selection) -> str | None:
        """Where all rows that were ticked are shown, they count as the page shows them; returns a note."""
        if selection.matching is not None or selection.rows > ROWS_SHOWN:
            return None
        chosen = bulk.chosen_at(db.session(), selection.id, 0, ROWS_SHOWN)
        stale = changed(self.view, {key: v for key in chosen.keys if (v := chosen.versions.get(str(key)))})
        now = etags_of(self.view, chosen.keys)
        if any(chosen.versions.get(str(key)) != version for key, version in now.items()):
            bulk.show_again(selection, now)
        if not stale:
            return None
        names = ", ".join(self.view.name_of_key(key) for key in chosen.keys if key in stale)
        return str(
            _(
                "%(names)s: changed since the page was made that you came from. Here is how it is now.",
                names=names,
            )
        )

    def matching_words(self, selection: Selection) -> str | None:
        """Which rows match, for people; nothing for those that were ticked."""
        matching, table_label = bulk.saved_query_of(selection), self.view.plural
        if matching is None:
            return None
        filters = asked_words(self.view, Asked(matching.filters, matching.search, matching.zone))
        if not filters:
            return str(_("These are all %(things)s that there are.", things=table_label))
        return str(
            _("All %(things)s that match: %(filters)s.", things=table_label, filters="; ".join(filters))
        )

    def skipped_facts(self, skipped: Mapping[RowKey, str]) -> list[tuple[str, str]]:
        """The rows that are skipped: how many are gone, and which others, with the reason."""
        gone = [key for key, why in skipped.items() if why == "missing"]
        facts = [(str(_("Not there any more")), format_decimal(len(gone)))] if gone else []
        others = [(key, why) for key, why in skipped.items() if why != "missing"]
        named = others[:ROWS_SHOWN]
        facts += [
            (str(_("Left out")), f"{self._name(key)}: {reason_label(why, self.view.table)}")
            for key, why in named
        ]
        if len(others) > len(named):
            facts.append((str(_("Others left out")), format_decimal(len(others) - len(named))))
        return facts

    def _name(self, key: RowKey) -> str:
        known = parse_key(self.view.sql_table, str(key))
        return self.view.name_of_key(known) if known is not None else f"#{key}"


def _going_on(act: Operation) -> dict[str, str | None]:
    """An operation that is not over; to whom may not see what it is about, only that it is there."""
    view = registry().view_of(act.table_name) if act.table_name is not None else None
    seen = view is not None and view.allows("view")
    return {
        "words": operation_label(act) if seen else f"#{act.id}",
        "url": operation_url(act.id) if seen else None,
        "percent": progress_of(act).percent,
    }


def _done_already(done: DoneAlready) -> ResponseReturnValue:
    """Where a second press of the button leads: to what the first one began, or back."""
    flash(str(done), "info")
    act = db.session.get(Operation, done.operation_id) if done.operation_id else None
    if act is not None and not act.is_finished:
        return redirect(operation_url(act.id), 303)
    return back(url_for(".index_view"))


def count_label(rows: int, *, exact: bool = True) -> str:
    """A number of rows, as far as it is known."""
    number = format_decimal(rows)
    return str(number if exact else _("more than %(number)s", number=number))


def more_words(shown: int, rows: int, *, exact: bool = True) -> str | None:
    """How many there are beside those that are shown."""
    if rows <= shown:
        return None
    return str(_("and %(count)s more", count=count_label(rows - shown, exact=exact)))


def reading_words(selection: Selection) -> str:
    """How far a worker has come with reading which rows they are."""
    return str(
        _(
            "Noting which rows these are, so that exactly they will be meant: %(number)s so far.",
            number=format_decimal(selection.rows),
        )
    )
