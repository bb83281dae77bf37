"""The trash: the rows of a table that are deleted and did not come back, to be put back."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from backoffice import undo
from backoffice.console.base import Page
from backoffice.console.history.access import table_or_refuse
from backoffice.console.history.record import record_history_url
from backoffice.console.http import here, person
from backoffice.console.lists import plain_chip, unknown_names, with_arguments, without_trackers
from backoffice.console.presenters import AuditedTable, Cell, may_see, operation_url
from backoffice.extensions import db
from backoffice.history import snapshots_of
from backoffice.listing import Column, Mistake, Relation
from backoffice.models import Change, Operation, parse_id
from backoffice.permissions import may
from backoffice.registry import Heading, TableView, registry

TABLE, PAGE = "table", "page"


class TrashPage(Page):
    """`/trash/`, of one table at a time."""

    def get(self) -> ResponseReturnValue:
        kept = without_trackers(request.args)
        if kept is not None:
            return redirect(with_arguments(url_for(".trash_view"), kept))
        tables = _tables()
        table = AuditedTable(table_or_refuse(request.args.get(TABLE) or next(iter(tables), None)))
        place = parse_id(Change, request.args.get(PAGE))
        mistakes = list(_mistakes())
        trash = _trash(table, place) if not mistakes else undo.Trash((), None, is_full=True)
        address = trash_url(table.name)
        return self.view.render(
            "history/trash.html",
            title=_("Trash"),
            tables=[_tab(name, label, name == table.name) for name, label in tables.items()],
            what=table.title,
            columns=_headings(table),
            rows=_rows(table, trash.changes),
            return_url=url_for(".return_view") if may(person(), "undo", table.name) else None,
            here=here(),
            is_full=trash.is_full,
            clear_url=address,
            mistakes=[plain_chip(one, _without(one)) for one in mistakes],
            page={
                "first_url": address if place is not None else None,
                "previous_url": None,
                "next_url": f"{address}&{PAGE}={trash.next}" if trash.next is not None else None,
                "last_url": None,
            },
        )


def _trash(table: AuditedTable, place: Any) -> undo.Trash:
    return undo.deleted_rows(db.session(), table.name, place, current_app.config["PAGE_SIZE"])


def _mistakes() -> Iterator[Mistake]:
    """What of the address is not understood."""
    yield from unknown_names(request.args, (TABLE, PAGE))
    page = request.args.get(PAGE)
    if page and parse_id(Change, page) is None:
        yield Mistake(PAGE, page, _("There is no such page in this order."))
    for name in (TABLE, PAGE):
        for text in request.args.getlist(name)[1:]:
            yield Mistake(name, text, _("“%(name)s” can be said only once.", name=name))


def _without(one: Mistake) -> str:
    pairs = list(request.args.items(multi=True))
    pairs.reverse()  # of what is said twice, the first stays
    pairs.remove((one.argument, one.text))
    pairs.reverse()
    return with_arguments(url_for(".trash_view"), MultiDict(pairs))


def trash_url(table: str) -> str:
    """What is deleted of a table."""
    return url_for("history.trash_view", table=table)


def _tables() -> dict[str, str]:
    """The tables that the console shows to this person, and what their records are called."""
    return {view.table: str(view.title) for view in registry().views if may_see(view.table)}


def _tab(name: str, label: str, is_current: bool) -> dict[str, object]:
    return {"label": label, "url": trash_url(name), "current": is_current}


def _headings(table: AuditedTable) -> list[Heading]:
    shown: list[Heading] = [{"label": _("Record"), "kind": "text", "wide": True}]
    if table.view is not None:
        shown = [table.view.heading(column) for column in table.view.columns.shown]
    return [
        *shown,
        {"label": _("Deleted by"), "kind": "text"},
        {"label": _("Deleted"), "kind": "datetime"},
    ]


def _rows(table: AuditedTable, changes: Sequence[Change]) -> list[dict[str, object]]:
    sides = snapshots_of(db.session(), changes)
    values = {change.id: table.read(sides[change.id].before) for change in changes}
    table.learn_names(values.values())
    ids = {change.operation_id for change in changes}
    found = db.session.scalars(select(Operation).where(Operation.id.in_(ids))) if ids else ()
    acts = {act.id: act for act in found}
    return [
        {
            "id": change.id,
            "name": table.name_of(values[change.id], change.row_key),
            "is_kept": sides[change.id].before is not None,
            "url": record_history_url(table.name, change.row_key),
            "cells": [
                *_cells(table, change, values[change.id]),
                _act_cell(acts[change.operation_id]),
                Cell("datetime", acts[change.operation_id].started_at),
            ],
        }
        for change in changes
    ]


def _act_cell(act: Operation) -> Cell:
    return Cell("text", act.actor_name, operation_url(act.id) if may_see(act.table_name) else None)


def _cells(table: AuditedTable, change: Change, values: dict[str, object]) -> list[Cell]:
    """The record as the list showed it; what it is called leads to its history."""
    history = record_history_url(table.name, change.row_key)
    if table.view is None:
        return [Cell("text", table.name_of(values, change.row_key), history)]
    return [_cell(table, table.view, column, change, values, history) for column in table.view.columns.shown]


def _cell(
    table: AuditedTable,
    view: TableView,
    column: Column,
    change: Change,
    values: dict[str, object],
    history: str,
) -> Cell:
    name = column.attribute.property.columns[0].name
    if column.name == view.columns.key.name:
        return Cell("text", f"#{change.row_key}")
    if column.name == view.name_column and not isinstance(column, Relation):
        return Cell("text", table.name_of(values, change.row_key), history)
    return table.cell(name, values.get(name))
