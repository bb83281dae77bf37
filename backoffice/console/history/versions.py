"""A past version of a record beside what it is now, to be put back field by field or whole."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice import undo
from backoffice.console.base import Page
from backoffice.console.history.access import change_or_refuse
from backoffice.console.history.record import breadcrumbs, name_of, record_history_url
from backoffice.console.history.restore_validation import check_values, editable_columns
from backoffice.console.history.version_fields import fields_of
from backoffice.console.presenters import AuditedTable, refusal_words, undoable
from backoffice.console.records import SENT, etag_of_values, is_etag_of_values
from backoffice.exceptions import Conflict, Forbidden, Invalid, NotFound
from backoffice.extensions import db
from backoffice.history import Snapshot
from backoffice.models import Change, Operation
from backoffice.registry import TableView
from backoffice.undo import Side, Versions

# A tick beside a field, and on which side of the change.
COLUMN, SIDE = "column", "side"


class VersionPage(Page):
    """`/version/`: looked at with GET, put back with POST."""

    def get(self) -> ResponseReturnValue:
        return self._page(*_version_asked())

    def post(self) -> ResponseReturnValue:
        table, view, change = _version_asked()
        if not view.allows("edit"):
            raise Forbidden(_("Your role does not allow this."))
        try:
            act = _restore_version(table, view, change)
        except (Conflict, Invalid) as refusal:
            db.session.rollback()
            return self._page(table, view, change, refusal_words(refusal))
        if act is None:
            flash(_("It has these values already, so nothing was changed."), "info")
        else:
            flash(undoable(_done(table, change), act.id), "success")
        return redirect(record_history_url(table.name, change.row_key), 303)

    def _page(
        self, table: AuditedTable, view: TableView, change: Change, error: str | None = None
    ) -> ResponseReturnValue:
        versions = undo.versions_around(db.session(), view.sql_table, change)
        side = _side(table, versions)
        fields = fields_of(table, versions, side)
        record = table.record(change.row_key)
        ticked = request.form.getlist(COLUMN) if request.method == "POST" else None
        can_edit = versions.now is not None and view.allows("edit")
        history_url = record_history_url(table.name, change.row_key)
        name = name_of(table, change.row_key, record)
        page = self.view.render(
            "history/version.html",
            title=_("Past version of %(name)s", name=name),
            breadcrumbs=[
                *breadcrumbs(table, change.row_key, record),
                {"label": _("History"), "url": history_url},
            ],
            act=db.session.get_one(Operation, change.operation_id),
            action=change.action,
            sides=[_side_link(change, one, one is side) for one in Side if versions.on(one) is not None],
            side=side,
            fields=fields,
            is_gone=versions.now is None,
            can_put_back=can_edit and any(one.differs and one.is_editable for one in fields),
            ticked=[one.name for one in fields] if ticked is None else ticked,
            error=error,
            state=[(SIDE, side), (SENT, _shown(table, view, change, versions))],
            confirm_url=url_for(".version_view", id=change.id),
            cancel_url=history_url,
        )
        return page, 409 if error else 200


def _version_asked() -> tuple[AuditedTable, TableView, Change]:
    """The change that the address names, and its table. Raises NotFound, or Forbidden."""
    change = change_or_refuse(request.args.get("id"))
    table = AuditedTable(change.table_name)
    if table.view is None:
        raise NotFound(_("Of this table the console knows no versions."))
    return table, table.view, change


def _restore_version(table: AuditedTable, view: TableView, change: Change) -> Operation | None:
    columns = [name for name in request.form.getlist(COLUMN) if name in editable_columns(table)]
    if not columns:
        raise Invalid(_("Nothing was ticked, so nothing was put back."))
    if table.record(change.row_key) is None:
        raise NotFound(_("This record is deleted. Nothing was put back."))
    sent = request.form.get(SENT, "")

    def check(now: Snapshot, values: Snapshot) -> None:
        if not is_etag_of_values(view, sent, change.row_key, table.read(now)):
            raise Conflict(_("This was changed meanwhile. Nothing was put back; please look again."))
        check_values(table, change.row_key, table.read(values))

    return undo.restore_version(view.sql_table, change.id, _side_asked(), columns, check)


def _side_asked() -> Side:
    asked = request.values.get(SIDE)
    return Side.BEFORE if asked == Side.BEFORE else Side.AFTER


def _side(table: AuditedTable, versions: Versions) -> Side:
    """The side that was asked for; else the one that is another than what there is now."""
    if versions.after is None:
        return Side.BEFORE
    if versions.before is None or SIDE in request.values:
        return Side.AFTER if versions.before is None else _side_asked()
    return Side.BEFORE if table.read(versions.after) == table.read(versions.now) else Side.AFTER


def _side_link(change: Change, side: Side, is_current: bool) -> dict[str, object]:
    words = {Side.BEFORE: _("Before this change"), Side.AFTER: _("After this change")}
    url = url_for(".version_view", id=change.id, side=str(side))
    return {"label": words[side], "url": url, "current": is_current}


def _shown(table: AuditedTable, view: TableView, change: Change, versions: Versions) -> str:
    """What the page shows of the record as it is now, to be known again."""
    return etag_of_values(view, change.row_key, table.read(versions.now))


def _done(table: AuditedTable, change: Change) -> str:
    labels = [table.label(name) for name in request.form.getlist(COLUMN) if name in table.columns]
    name = name_of(table, change.row_key, table.record(change.row_key))
    return str(_("Put back in %(name)s: %(fields)s.", name=name, fields=", ".join(labels)))
