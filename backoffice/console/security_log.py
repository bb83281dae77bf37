"""The security log: what happened at the doors, the newest first, filtered by its address alone."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from backoffice.console.base import ConsoleView
from backoffice.console.cells import Cell, cell
from backoffice.console.security_filters import (
    ADDRESS,
    ARGUMENTS,
    FROM,
    PERSON,
    UNTIL,
    EventFilter,
    parse_event_filters,
)
from backoffice.console.security_words import kind_choices, words_of_event
from backoffice.extensions import db
from backoffice.listing import LAST, Columns, Listing, Page
from backoffice.models import SecurityEvent
from backoffice.permissions import SECURITY_LOG

SHOWN = ("id", "at", "kind", "name", "address", "request_id", "facts")
PAGE = "page"


class SecurityLogView(ConsoleView):
    """`/admin/security/`, for those who administer accounts. Nothing in it can be changed."""

    icon = "shield-check"
    table = SECURITY_LOG
    acts: ClassVar[dict[str, str]] = {"index_view": "view"}

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        if "" in request.args.values():  # a form sends what was left empty too
            return redirect(_address({name: text for name, text in request.args.items() if text}))
        filters = parse_event_filters(request.args)
        page = _listing(filters).page(db.session)
        return self.render(
            "security/list.html",
            title=_("Security log"),
            filters=[_chip(one) for one in filters],
            values={one.argument: one.text for one in filters},
            kinds=kind_choices(),
            days=current_app.config["SECURITY_LOG_DAYS"],
            clear_url=_address({}),
            columns=_headings(),
            rows=[_cells(row) for row in page.rows],
            page=_pages(page),
        )


def _listing(filters: Sequence[EventFilter]) -> Listing:
    # What is looked for by time is read in the order of time, so that an index gives just that.
    timed = any(one.argument in (FROM, UNTIL) for one in filters)
    return Listing(
        Columns(SecurityEvent, SHOWN, sort=("id", "at")),
        order="-at" if timed else "-id",
        size=current_app.config["PAGE_SIZE"],
        cursor=request.args.get(PAGE, ""),
        within=[one.condition for one in filters],
    )


def _cells(row: Any) -> list[Cell]:
    return [
        Cell("text", words_of_event(row)),
        cell(row.name, _with(PERSON, row.name), empty=_("nobody known")),
        Cell("datetime", row.at),
        cell(row.address, _with(ADDRESS, row.address)),
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


def _chip(one: EventFilter) -> dict[str, Any]:
    return {
        "label": one.label,
        "words": one.words,
        "error": one.error,
        "remove_url": _address({name: text for name, text in _state().items() if name != one.argument}),
    }


def _pages(page: Page) -> dict[str, str | None]:
    state = _state()
    return {
        "first_url": _address(state) if page.has_previous else None,
        "previous_url": _address({**state, PAGE: page.previous}) if page.previous else None,
        "next_url": _address({**state, PAGE: page.next}) if page.next else None,
        "last_url": _address({**state, PAGE: LAST}) if page.has_next else None,
    }


def _with(argument: str, text: str | None) -> str:
    """The same list, of this person or this address only."""
    return _address({**_state(), argument: text or ""})


def _state() -> dict[str, str]:
    """What the address says, but for the page."""
    return {name: request.args[name] for name in ARGUMENTS if name in request.args}


def _address(arguments: dict[str, str]) -> str:
    address = url_for("security.index_view")
    return f"{address}?{urlencode(arguments)}" if arguments else address
