"""The security log: what happened at the doors, the newest first, filtered by its address alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.console.base import ConsoleView
from backoffice.console.filtered_list import FROM, UNTIL, FilteredList, status_of
from backoffice.console.page import expose
from backoffice.console.presenters import GROUPS, Cell, cell, kind_choices, words_of_event, words_of_kind
from backoffice.extensions import db
from backoffice.listing import Stream
from backoffice.models import SecurityEvent
from backoffice.permissions import SECURITY_LOG
from backoffice.security import KINDS

PERSON, KIND, ADDRESS = "person", "kind", "address"
LABELS = {
    PERSON: lazy_gettext("Who"),
    KIND: lazy_gettext("What"),
    ADDRESS: lazy_gettext("Address"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
}
SHOWN = ("id", "at", "kind", "name", "address", "request_id", "facts")


def _streams(asked: Mapping[str, str]) -> Sequence[Stream] | None:
    """What one person did, or came from an address; or what happened, each kind of it by itself.

    An index begins with each of these.
    """
    columns: dict[str, Any] = {PERSON: SecurityEvent.name, ADDRESS: SecurityEvent.address}
    same = [(column, asked[name]) for name, column in columns.items() if name in asked]
    kinds = _kinds_of(asked[KIND]) if KIND in asked else None
    if not same:
        return None if kinds is None else [Stream({SecurityEvent.kind: kind}) for kind in kinds]
    rest = [column == value for column, value in same[1:]]
    return [Stream(dict(same[:1]), rest if kinds is None else [*rest, SecurityEvent.kind.in_(kinds)])]


def _kinds_of(wanted: str) -> list[str]:
    """The kinds of a group, or what is a kind itself."""
    return [kind for kind in KINDS if kind.startswith(f"{wanted}:")] if wanted in GROUPS else [wanted]


def _words(name: str, text: str) -> str:
    if name != KIND:
        return text
    return str(GROUPS[text]) if text in GROUPS else words_of_kind(text)


EVENTS = FilteredList("security.index_view", SecurityEvent, "at", LABELS, _words, _streams)


class SecurityLogView(ConsoleView):
    """`/admin/security/`, for those who administer accounts. Nothing in it can be changed."""

    icon = "shield-check"
    table = SECURITY_LOG

    @expose("/", permission="view")
    def index_view(self) -> ResponseReturnValue:
        if address := EVENTS.sent_empty():
            return redirect(address)
        filters = EVENTS.filters()
        page = EVENTS.page(db.session, SHOWN, filters)
        html = self.render(
            "security_log.html",
            title=_("Security log"),
            kinds=kind_choices(),
            days=current_app.config["SECURITY_LOG_DAYS"],
            columns=_headings(),
            rows=[_cells(row) for row in page.rows],
            **EVENTS.context(filters, page),
        )
        return html, status_of(page)


def _cells(row: Any) -> list[Cell]:
    return [
        Cell("text", words_of_event(row)),
        cell(row.name, EVENTS.narrowed(PERSON, row.name or ""), empty=_("nobody known")),
        Cell("datetime", row.at),
        cell(row.address, EVENTS.narrowed(ADDRESS, row.address or "")),
        cell(row.request_id),
    ]


def _headings() -> list[dict[str, Any]]:
    return [
        {"label": _("What"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"label": _("When"), "kind": "datetime"},
        {"label": _("Address"), "kind": "text"},
        {"label": _("Request"), "kind": "text"},
    ]
