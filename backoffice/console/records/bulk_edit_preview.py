"""What some records would have in place of what they have, as history shows what a change did."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.console.presenters import AuditedTable, Cell, Diff, field_diff
from backoffice.extensions import db
from backoffice.models import RowKey
from backoffice.registry import TableView


def before_and_after(
    view: TableView, keys: Sequence[RowKey], values: Mapping[str, object]
) -> list[dict[str, object]]:
    """For each of these records that is there: it, and its diff to these values, which are by column."""
    table = AuditedTable(view.table)
    rows = _rows(view, keys, values)
    table.learn_names([values, *rows.values()])
    return [_row(view, table, key, rows[key], values) for key in keys if key in rows]


def _rows(
    view: TableView, keys: Sequence[RowKey], names: Mapping[str, object]
) -> dict[RowKey, Mapping[str, object]]:
    key = view.columns.key.attribute
    called = view.columns[view.name_column].attribute.property.columns[0]
    wanted = {called.name: called, **{name: view.sql_table.columns[name] for name in names}}
    found = db.session.execute(select(key, *wanted.values()).where(key.in_(keys)))
    return {row[0]: dict(zip(wanted, row[1:], strict=True)) for row in found}


def _row(
    view: TableView,
    table: AuditedTable,
    key: RowKey,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> dict[str, object]:
    differing = [name for name in after if before[name] != after[name]]
    name = table.name_of(before, str(key))
    fields = [field_diff(table, one, before[one], after[one]) for one in differing]
    notes = list(_notes(table, after, differing))
    return {
        "words": "",
        "record": Cell("text", name, table.details_url(str(key))),
        "diff": Diff("update", name, fields, notes),
    }


def _notes(table: AuditedTable, after: Mapping[str, object], differing: Sequence[str]) -> Iterator[str]:
    """What there is no need to change."""
    if not differing:
        yield str(_("Has this already, and stays as it is."))
        return
    for name in after:
        if name not in differing:
            yield str(_("%(field)s: has this already.", field=table.label(name)))
