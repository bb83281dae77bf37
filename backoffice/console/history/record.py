"""The history of one record, through creation, edits, deletion and return."""

from collections.abc import Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.base import Page
from backoffice.console.history.access import key_or_refuse, place_or_refuse, table_or_refuse
from backoffice.console.history.changes import described
from backoffice.console.http import person
from backoffice.console.presenters import AuditedTable, may_see, operation_label, operation_url
from backoffice.exceptions import NotFound
from backoffice.extensions import db
from backoffice.history import changes_of_row
from backoffice.models import Change, Operation, RowKey
from backoffice.permissions import may

CHANGES_SHOWN = 20
# The change before which a page of the history begins.
BEFORE = "before"


class RecordHistoryPage(Page):
    """`/record/`, for any row of a table whose changes are recorded, be it there or deleted."""

    def get(self) -> ResponseReturnValue:
        table = AuditedTable(table_or_refuse(request.args.get("table")))
        key = key_or_refuse(request.args.get("key"))
        record = table.record(key)
        newest = _changes(table.name, key, None, 1)
        if (newest[0].row_key != key) if newest else record is None:  # MariaDB passes over a space at the end
            raise NotFound(_("There is no such record."))
        changes = _changes(table.name, key, request.args.get(BEFORE), CHANGES_SHOWN + 1)
        shown = changes[:CHANGES_SHOWN]
        address = record_history_url(table.name, key)
        return self.view.render(
            "history/record.html",
            title=_("History of %(name)s", name=name_of(table, key, record)),
            breadcrumbs=breadcrumbs(table, key, record),
            entries=_entries(table, shown),
            gone=newest[0] if record is None and newest and newest[0].action == "delete" else None,
            vanished=record is None and table.view is not None and newest[0].action != "delete",
            details_url=table.details_url(key) if record is not None else None,
            edit_url=table.view.edit_url(key) if record is not None and table.view is not None else None,
            return_url=url_for(".return_view") if may(person(), "undo", table.name) else None,
            here=address,
            first_url=address if BEFORE in request.args else None,
            next_url=f"{address}&{BEFORE}={shown[-1].id}" if len(changes) > CHANGES_SHOWN else None,
        )


def record_history_url(table: str, key: RowKey) -> str:
    """The history of a record."""
    return url_for("history.record_view", table=table, key=key)


def name_of(table: AuditedTable, key: str, record: object) -> str:
    """What a record is called, or was called when it was there last."""
    if record is not None and table.view is not None:
        return str(table.view.name_of(record))
    return table.gone_rows([key])[key].name or f"#{key}"


def breadcrumbs(table: AuditedTable, key: str, record: object) -> list[dict[str, str]]:
    """The way to the history of a record: over the record, or over the trash."""
    if table.view is None:
        return [{"label": _("History"), "url": url_for("history.index_view")}]
    if record is not None:
        return list(table.view.breadcrumbs(table.view.key_of(record)))
    trash = {"label": _("Trash"), "url": url_for("history.trash_view", table=table.name)}
    return [*table.view.breadcrumbs(), trash]


def _changes(table: str, key: str, before: str | None, most: int) -> Sequence[Change]:
    statement = changes_of_row(db.session(), table, key)
    place = place_or_refuse(before)
    if place is not None:
        statement = statement.where(Change.id < place)
    return db.session.scalars(statement.limit(most)).all()


def _entries(table: AuditedTable, changes: Sequence[Change]) -> list[dict[str, object]]:
    ids = {change.operation_id for change in changes}
    found = db.session.scalars(select(Operation).where(Operation.id.in_(ids))) if ids else ()
    acts = {act.id: act for act in found}
    return [
        {
            **words,
            "id": change.id,
            "act": _act(acts[change.operation_id]),
            "version_url": None if table.view is None else url_for("history.version_view", id=change.id),
        }
        for change, words in zip(changes, described(changes), strict=True)
    ]


def _act(act: Operation) -> dict[str, object]:
    """Who did it and when; of what was done to another table the address only where it may be seen."""
    seen = may_see(act.table_name)
    return {
        "who": act.actor_name,
        "at": act.started_at,
        "words": operation_label(act) if seen else "",
        "url": operation_url(act.id) if seen else None,
    }
