"""The security log: authentication events, the newest first, filtered by its address alone."""

from typing import Any

from flask import current_app, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from backoffice.console.base import ConsoleView
from backoffice.console.filtered_list import FROM, UNTIL, FilteredList, status_of
from backoffice.console.page import expose
from backoffice.console.presenters import GROUPS, Cell, cell, kind_choices, words_of_event, words_of_kind
from backoffice.extensions import db
from backoffice.models import SecurityEvent
from backoffice.permissions import SECURITY_LOG

PERSON, KIND, ADDRESS = "person", "kind", "address"
LABELS = {
    PERSON: lazy_gettext("Who"),
    KIND: lazy_gettext("What"),
    ADDRESS: lazy_gettext("Address"),
    FROM: lazy_gettext("From"),
    UNTIL: lazy_gettext("Until"),
}
SHOWN = ("id", "at", "kind", "name", "address", "request_id", "facts")


def _condition(name: str, text: str) -> ColumnElement[bool]:
    match name:
        case "person":
            return SecurityEvent.name == text
        case "kind" if text in GROUPS:
            return SecurityEvent.kind.startswith(f"{text}:", autoescape=True)
        case "kind":
            return SecurityEvent.kind == text
        case _:
            return SecurityEvent.address == text


def _words(name: str, text: str) -> str:
    if name != KIND:
        return text
    return str(GROUPS[text]) if text in GROUPS else words_of_kind(text)


EVENTS = FilteredList("security.index_view", SecurityEvent, "at", LABELS, _condition, _words)


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
