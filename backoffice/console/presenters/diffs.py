"""A change as people read it: field by field, before and after."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.console.presenters.audited_table import AuditedTable
from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.text_diff import Run, marked
from backoffice.extensions import db
from backoffice.history import BeforeAfter, Snapshot, snapshots_of
from backoffice.models import Change

PASSWORD = "password_hash"  # noqa: S105, the name of a column


class FieldDiff(NamedTuple):
    """One field; a side on which there was no record is None. `runs` marks the words of a long text."""

    name: str
    label: str
    before: Cell | None
    after: Cell | None
    runs: Sequence[Run] = ()


class Diff(NamedTuple):
    """What a change did to a record: `action` is insert, update or delete; `title` is the record's name.

    `is_return` where a deleted record came back. `notes` are sentences about what is not shown.
    """

    action: str
    title: str
    fields: Sequence[FieldDiff]
    notes: Sequence[str]
    is_return: bool = False


def diffs_of(changes: Collection[Change]) -> dict[int, Diff]:
    """What there is to read of each of these changes, by its id; the queries do not grow with them."""
    sides = snapshots_of(db.session(), changes)
    tables = {name: AuditedTable(name) for name in {change.table_name for change in changes}}
    for name, table in tables.items():
        snapshots = [snapshot for one in changes if one.table_name == name for snapshot in sides[one.id]]
        table.learn_names(map(table.read, snapshots))
    return {one.id: _diff(tables[one.table_name], one, sides[one.id]) for one in changes}


def _diff(table: AuditedTable, change: Change, sides: BeforeAfter) -> Diff:
    before, after = table.read(sides.before), table.read(sides.after)
    return Diff(
        change.action,
        table.name_of({**before, **after}, change.row_key),
        list(_fields(table, change.action, before, after)),
        list(_notes(table, change, sides)),
        change.action == "insert" and change.source_id is not None,
    )


def _fields(
    table: AuditedTable, action: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[FieldDiff]:
    for name, column in table.columns.items():
        old, new = before.get(name), after.get(name)
        if name not in before and name not in after:
            continue
        if action == "update":
            yield field_diff(table, name, old, new)
        elif not column.primary_key and (old, new) != (None, None):
            yield FieldDiff(
                name,
                table.label(name),
                table.cell(name, old) if action == "delete" else None,
                table.cell(name, new) if action == "insert" else None,
            )


def field_diff(table: AuditedTable, name: str, before: object, after: object) -> FieldDiff:
    """One field before and after."""
    runs = marked(before, after) if isinstance(before, str) and isinstance(after, str) else ()
    return FieldDiff(name, table.label(name), table.cell(name, before), table.cell(name, after), runs)


def _notes(table: AuditedTable, change: Change, sides: BeforeAfter) -> Iterator[str]:
    held = {**(sides.before or {}), **(sides.after or {})}
    if not held:
        yield str(_("What was in it is not kept any more."))
    if PASSWORD in held and change.action != "delete":
        yield from _password(sides.after)
    others = [name for name in held if name not in table.columns and name != PASSWORD]
    if others:
        yield str(
            ngettext(
                "%(num)s other column, which is not shown.",
                "%(num)s other columns, which are not shown.",
                len(others),
            )
        )


def _password(after: Snapshot | None) -> Iterator[str]:
    """That it was set, never what; a record that came without one has nothing to tell."""
    if (after or {}).get(PASSWORD) is not None:
        yield str(_("The password was set."))
