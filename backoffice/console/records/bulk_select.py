"""Choosing rows to act on: those that were ticked, or all that match; and saying which they are."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import format_decimal, get_timezone
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from backoffice import bulk
from backoffice.bulk import Matching
from backoffice.console.base import back, person
from backoffice.console.http import inside
from backoffice.console.presenters import operation_url
from backoffice.console.records.etags import changed, sent_versions, version_of
from backoffice.console.records.probe_detection import note_ids
from backoffice.exceptions import DoneAlready, Invalid, NotFound
from backoffice.extensions import db
from backoffice.listing import Listing, parse_filters
from backoffice.models import Operation, Selection, parse_key
from backoffice.work import Subject, reason_words

# So many rows of a selection are shown; where these are all, they were shown anew.
ROWS_SHOWN = 10
# More rows than a page can hold were never ticked by hand.
MOST_TICKED = 1000
# More than so many rows are not changed by one press of a button.
TYPED_ABOVE = 1_000
# What is done with a selection, and by which page.
PAGES = {"delete": ".selection_view", "edit": ".edit_selection_view"}

if TYPE_CHECKING:
    from backoffice.console.records.list import ListPage
else:  # Flask-Admin would make each base class of a view a view of its own
    ListPage = object


class SelectionPages(ListPage):
    """`/delete/` and `/action/`, which keep the rows and go on to the page that asks."""

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> ResponseReturnValue:
        return self._go_on("delete", self._ticked([request.form.get("id", "")]))

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        name, keys = request.form.get("action", ""), request.form.getlist("rowid")
        if name in PAGES:
            self.require(name)
            return self._go_on(name, self._matching() if "matching" in request.form else self._ticked(keys))
        handler = self._actions_data.get(name)
        if handler is None or not self.is_action_allowed(name):
            raise Invalid(_("There is no such action."))
        return handler[0](keys) or back(url_for(".index_view"))

    def _ticked(self, texts: Sequence[str]) -> Selection | None:
        """The rows with these keys, with the versions that the page showed of them."""
        keys = [key for text in texts if (key := parse_key(self.sql_table, text)) is not None]
        note_ids(texts, keys)
        if not keys:
            return None
        if len(keys) > MOST_TICKED:
            raise Invalid(_("At most %(most)s rows can be ticked at once.", most=MOST_TICKED))
        return bulk.choose(person().id, self.sql_table.name, keys, sent_versions(self))

    def _matching(self) -> Selection:
        """All rows of the list whose address the form was sent to."""
        listing = self.listing(request.args)
        filters = [(one.argument, one.text) for one in listing.filters]
        matching = Matching(filters, listing.search, str(get_timezone()))
        return bulk.choose_matching(person().id, self.sql_table.name, matching)

    def _go_on(self, name: str, selection: Selection | None) -> ResponseReturnValue:
        if selection is None:
            flash(_("Nothing was selected, so nothing was done. Tick the rows first."), "warning")
            return back(url_for(".index_view"))
        address = url_for(PAGES[name], token=selection.token, url=inside(request.form.get("url")))
        return redirect(address, 303)

    def done_already(self, done: DoneAlready) -> ResponseReturnValue:
        """Where a second press of the button leads: to what the first one began, or back."""
        flash(str(done), "info")
        act = db.session.get(Operation, done.operation_id) if done.operation_id else None
        if act is not None and not act.is_finished:
            return redirect(operation_url(act.id), 303)
        return back(url_for(".index_view"))

    # So many rows are not changed by one press of a button

    def most_by_a_press(self) -> int:
        """More rows than these are not changed by one press of a button."""
        return TYPED_ABOVE

    def to_type(self, rows: int) -> str | None:
        """The number that has to be typed before so many rows are acted on; None for fewer."""
        return str(format_decimal(rows)) if rows > self.most_by_a_press() else None

    def not_typed(self, rows: int) -> str | None:
        """What to say where it was not typed, in whichever way numbers are written."""
        digits = "".join(letter for letter in request.form.get("typed", "") if letter.isdecimal())
        if rows <= self.most_by_a_press() or digits == str(rows):
            return None
        return str(_("Please type the number of rows, %(number)s.", number=format_decimal(rows)))

    # What bulk work asks of the table

    def subject(self) -> Subject:
        """What bulk work has to know of these records, here and in a worker."""
        return Subject(
            self.sql_table, self._conditions, self.protected, lambda versions: changed(self, versions)
        )

    def _conditions(self, session: Session, filters: Any, search: str, zone: Any) -> Any:
        parsed = parse_filters(filters, self.columns, zone)
        if len(parsed) < len(filters):  # without it far more rows would match than were meant
            raise NotFound(_("One of these filters is not known any more."))
        return Listing(self.columns, parsed, search).where(session)

    def protected(self, session: Session, keys: Collection[Any]) -> Mapping[Any, str]:
        """The rows among these that may not be touched, with the reason; asked in every transaction too."""
        return {}

    # Which rows they are, in words

    def shown_again(self, selection: Selection) -> str | None:
        """Where the page shows all rows that were ticked, they count as it shows them; gives what to know."""
        if selection.matching is not None or selection.rows > ROWS_SHOWN:
            return None
        chosen = bulk.chosen_at(db.session(), selection.id, 0, ROWS_SHOWN)
        stale = changed(self, {key: v for key in chosen.keys if (v := chosen.versions.get(str(key)))})
        now = version_of(self, chosen.keys)
        if any(chosen.versions.get(str(key)) != version for key, version in now.items()):
            bulk.show_again(selection, now)
        if not stale:
            return None
        names = ", ".join(self.name_of_key(key) for key in chosen.keys if key in stale)
        return str(
            _(
                "%(names)s: changed since the page was made that you came from. Here is how it is now.",
                names=names,
            )
        )

    def matching_words(self, selection: Selection) -> str | None:
        """Which rows match, for people; nothing for those that were ticked."""
        matching = bulk.matching_of(selection)
        if matching is None:
            return None
        filters = [str(one) for one in parse_filters(matching.filters, self.columns, get_timezone())]
        if matching.search:
            filters.append(_("found by “%(words)s”", words=matching.search))
        if not filters:
            return str(_("These are all %(things)s that there are.", things=self.plural))
        return str(
            _("All %(things)s that match: %(filters)s.", things=self.plural, filters="; ".join(filters))
        )

    def words_of_selection(self, selection: Selection, first: Sequence[Any]) -> str:
        """The selection, as the record of the operation names it."""
        if selection.rows == 1:
            return self.in_history(self.singular, self.name_of_key(first[0]) if first else "")
        matching = bulk.matching_of(selection)
        if matching is None:
            return self.in_history(selection.rows, self.plural)
        asked = [f"{name}={text}" for name, text in matching.filters]
        asked += [f"search={matching.search}"] if matching.search else []
        return self.in_history(selection.rows, self.plural, f"({', '.join(asked) or 'all'})")

    def number_words(self, rows: int, *, exact: bool = True) -> str:
        """A number of rows, as far as it is known."""
        number = format_decimal(rows)
        return str(number if exact else _("more than %(number)s", number=number))

    def more_words(self, shown: int, rows: int, *, exact: bool = True) -> str | None:
        """How many there are beside those that are shown."""
        if rows <= shown:
            return None
        return str(_("and %(count)s more", count=self.number_words(rows - shown, exact=exact)))

    def reading_words(self, selection: Selection) -> str:
        """How far a worker has come with reading which rows they are."""
        return str(
            _(
                "Noting which rows these are, so that exactly they will be meant: %(number)s so far.",
                number=format_decimal(selection.rows),
            )
        )

    def left_out_facts(self, left_out: Mapping[Any, str]) -> list[tuple[str, str]]:
        """The rows that are left out: how many are gone, and which others, with the reason."""
        gone = [key for key, why in left_out.items() if why == "missing"]
        facts = [(str(_("Not there any more")), format_decimal(len(gone)))] if gone else []
        others = [(key, why) for key, why in left_out.items() if why != "missing"]
        named = others[:ROWS_SHOWN]
        facts += [
            (
                str(_("Left out")),
                f"{self.name_of_key(parse_key(self.sql_table, str(key)))}: {reason_words(why)}",
            )
            for key, why in named
        ]
        if len(others) > len(named):
            facts.append((str(_("Others left out")), format_decimal(len(others) - len(named))))
        return facts
