"""Rows that cannot be put back since what they refer to is gone: what that is, and where it comes back."""

from collections.abc import Collection, Iterator, Sequence

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from backoffice.console.presenters.audited_table import AuditedTable
from backoffice.console.presenters.cells import Cell
from backoffice.console.presenters.gone_rows import GoneRow
from backoffice.console.presenters.table_labels import record_cell
from backoffice.extensions import db
from backoffice.history import Snapshot, changed_table, key_text, snapshots_of
from backoffice.models import Change, ForeignKey, key_column, parse_key, rules_of
from backoffice.undo import Broken, Orphan
from backoffice.work import GONE, columns_in, columns_label, reason_label

# A row as reports name it: its table, and its key.
Named = tuple[str, str]


def record_cells(rows: Sequence[Named]) -> list[Cell]:
    """Rows by what they are called now, or were called last."""
    names: dict[Named, str | None] = {}
    for table in {table for table, _key in rows}:
        known = AuditedTable(table)
        missing = [key for name, key in rows if name == table and known.record(key) is None]
        names.update({(table, key): row.name for key, row in known.gone_rows(missing).items()})
    return [record_cell(table, key, names.get((table, key))) for table, key in rows]


def reason_cells(undone_id: int | None, rows: Sequence[tuple[str, str, str]]) -> list[Cell]:
    """Why each of these rows was skipped when this operation was undone: (table, key, reason)."""
    found = dict(_orphans(undone_id, rows))
    cells = dict(zip(found, _orphan_cells([*found.values()]), strict=True))
    return [
        cells.get((table, key)) or Cell("text", reason_label(reason, table)) for table, key, reason in rows
    ]


def refusal_words(refusal: Exception) -> str:
    """Why something was refused, with the way to what is gone."""
    if not isinstance(refusal, Broken):
        return str(refusal)
    cells = iter(_orphan_cells([one for one in refusal.reasons if isinstance(one, Orphan)]))
    words = [_linked(next(cells)) or str(one) if isinstance(one, Orphan) else one for one in refusal.reasons]
    return Markup(" ").join(words)


def _linked(cell: Cell | None) -> Markup | None:
    if cell is None:
        return None
    sentence = Markup("{}.").format(cell.value)
    return sentence if cell.url is None else Markup('<a href="{}">{}</a>').format(cell.url, sentence)


def _orphans(undone_id: int | None, rows: Sequence[tuple[str, str, str]]) -> Iterator[tuple[Named, Orphan]]:
    """What the rows would refer to, as the changes hold it that were not undone."""
    gone = {(table, key): columns_in(why) for table, key, why in rows if why.startswith(f"{GONE}:")}
    for change, before in _undone(undone_id, [*gone]):
        columns = gone.get((change.table_name, change.row_key), [])
        values = tuple(before.get(column) for column in columns)
        foreign_key = _foreign_key(change.table_name, columns)
        if foreign_key is not None and values and None not in values:
            yield (change.table_name, change.row_key), Orphan(change.table_name, foreign_key, values)


def _undone(undone_id: int | None, rows: Sequence[Named]) -> Iterator[tuple[Change, Snapshot]]:
    if not rows or undone_id is None:
        return
    tables, keys = ({*names} for names in zip(*rows, strict=True))
    those = select(Change).where(
        Change.table_name.in_(tables), Change.row_key.in_(keys), Change.operation_id == undone_id
    )
    changes = list(db.session.scalars(those.order_by(Change.id.desc())))
    sides = snapshots_of(db.session(), changes)
    yield from ((change, sides[change.id].before or {}) for change in changes)


def _foreign_key(table: str, columns: Sequence[str]) -> ForeignKey | None:
    rules = rules_of(db.session.connection(), changed_table(db.session(), table))
    return next((one for one in rules.foreign_keys if [*one.columns] == [*columns]), None)


def _orphan_cells(orphans: Sequence[Orphan]) -> list[Cell | None]:
    """What each of them refers to, which is gone; None where it is there again."""
    gone: dict[Named, GoneRow] = {}
    for table in {one.foreign_key.table for one in orphans}:
        keys = {_key(one) for one in orphans if one.foreign_key.table == table}
        rows = AuditedTable(table).gone_rows(keys - _there(table, keys))
        gone.update({(table, key): row for key, row in rows.items()})
    return [_cell(one, gone.get((one.foreign_key.table, _key(one)))) for one in orphans]


def _cell(orphan: Orphan, row: GoneRow | None) -> Cell | None:
    if row is None:
        return None
    label = columns_label(orphan.table, orphan.foreign_key.columns)
    return Cell("text", str(_("“%(column)s” refers to %(row)s", column=label, row=row.words)), row.url)


def _key(orphan: Orphan) -> str:
    """The key of what it refers to; of what is referred to by other columns, those are all that is known."""
    return key_text(orphan.values)


def _there(table: str, keys: Collection[str]) -> set[str]:
    """Those of these rows that came back meanwhile."""
    known = changed_table(db.session(), table)
    if len(known.primary_key) != 1:
        return set()
    parsed = {parse_key(known, key) for key in keys} - {None}
    column = key_column(known)
    return {str(key) for key in db.session.scalars(select(column).where(column.in_(parsed)))}
