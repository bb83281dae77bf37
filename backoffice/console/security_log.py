"""The security log: authentication events, the newest first, searched and filtered by its address."""

from collections.abc import Sequence
from functools import cache

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from backoffice.console.base import ConsoleView
from backoffice.console.lists import EarlierWords, FilePage, ListPage, ListSource, files_at
from backoffice.console.page import page
from backoffice.console.presenters import (
    GROUPS,
    Cell,
    cell,
    event_kind_label,
    event_label,
    kind_choices,
)
from backoffice.listing import Choices, Columns, Count, Filter, Stream
from backoffice.listing import Page as PageOfRows
from backoffice.models import SecurityEvent
from backoffice.permissions import SECURITY_LOG
from backoffice.registry import Heading
from backoffice.security import KINDS
from backoffice.statements import AnyRow

LABELS = {
    "name": lazy_gettext("Who"),
    "kind": lazy_gettext("What"),
    "address": lazy_gettext("Address"),
    "at": lazy_gettext("When"),
}
SHOWN = ("id", "at", "kind", "name", "address", "request_id", "facts")
EARLIER = EarlierWords(
    {"person": "name_equals", "kind": "kind_is", "address": "address_equals"}, "at_between"
)


class SecurityLogPage(ListPage):
    """`/`."""

    template = "security_log.html"

    def source(self) -> ListSource:
        return _source()

    def drawn(self, page: PageOfRows, count: Count) -> dict[str, object]:
        return {
            "columns": [self.shown.sortable(heading) for heading in _headings()],
            "rows": [self._cells(row) for row in page.rows],
        }

    def words(self) -> dict[str, object]:
        return {
            "title": _("Security log"),
            "search_placeholder": _("Search the security log"),
            "days": current_app.config["SECURITY_LOG_DAYS"],
        }

    def _cells(self, row: AnyRow) -> list[Cell]:
        return [
            Cell("text", event_label(row)),
            cell(row.name, self._only("name_equals", row.name), empty=_("nobody known")),
            Cell("datetime", row.at),
            cell(row.address, self._only("address_equals", row.address)),
            cell(row.request_id),
        ]

    def _only(self, argument: str, text: str | None) -> str:
        """The same list, of this only."""
        return self.shown.address.narrowed({argument: text or ""}, (argument,))


class SecurityLogExportPage(FilePage):
    """`/export/csv/`, `/export/jsonl/`."""

    noun = "security-log"
    permission = "view"

    def source(self) -> ListSource:
        return _source()


class SecurityLogView(ConsoleView):
    """`/admin/security/`, for those who administer accounts. Nothing in it can be changed."""

    icon = "shield-check"
    table = SECURITY_LOG

    index_view = page("/", SecurityLogPage, "view")
    export = page("/export/<export_type>/", SecurityLogExportPage, "view")


def _streams(filters: Sequence[Filter]) -> Sequence[Stream] | None:
    """What one person did, or came from an address; or what happened, each kind of it by itself.

    An index begins with each of these.
    """
    asked = {one.argument: one.text for one in filters if one.error is None}
    columns = {"name_equals": SecurityEvent.name, "address_equals": SecurityEvent.address}
    same = [(column, asked[name]) for name, column in columns.items() if name in asked]
    if same:
        return [Stream(dict(same[:1]), [column == value for column, value in same[1:]])]
    kinds = [kind for kind in KINDS if asked.get("kind_is", "") in (kind, kind.partition(":")[0])]
    # Where none is meant, it may have been said by its name: the filter itself knows.
    return [Stream({SecurityEvent.kind: kind}) for kind in kinds] or None


def _source() -> ListSource:
    return ListSource(
        _columns(),
        _columns(),
        url_for("security.index_view"),
        files=files_at("security.export"),
        earlier=EARLIER,
        streams=_streams,
    )


@cache
def _columns() -> Columns:
    return Columns(
        SecurityEvent,
        SHOWN,
        filters=LABELS,
        search=("name", "address", "request_id", "facts"),
        sort=("at", "id"),
        order="-at",
        labels=LABELS,
        choices={"kind": Choices(kind_choices, _words, _is_of_kind)},
        exact=("name", "address"),
    )


def _words(kind: str) -> str:
    return str(GROUPS[kind]) if kind in GROUPS else event_kind_label(kind)


def _is_of_kind(kind: str) -> ColumnElement[bool] | None:
    """Of a kind, or of all kinds with one noun."""
    if kind in GROUPS:
        return SecurityEvent.kind.startswith(f"{kind}:", autoescape=True)
    is_known = any(kind == value for _label, pairs in kind_choices() for value, _words in pairs)
    return SecurityEvent.kind == kind if is_known else None


def _headings() -> Sequence[Heading]:
    return [
        {"label": _("What"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"name": "at", "label": _("When"), "kind": "datetime"},
        {"label": _("Address"), "kind": "text"},
        {"label": _("Request"), "kind": "text"},
    ]
