"""The fields of a past version, each beside what it holds now."""

from collections.abc import Sequence
from typing import NamedTuple

from backoffice.console.history.restore_validation import editable_columns
from backoffice.console.presenters import AuditedTable, Cell, Run, field_diff
from backoffice.undo import Side, Versions


class VersionField(NamedTuple):
    """One field then and now; `now` is None where the record is deleted. `runs` lead from now to then."""

    name: str
    label: str
    now: Cell | None
    then: Cell | None
    runs: Sequence[Run]
    differs: bool
    is_editable: bool


def fields_of(table: AuditedTable, versions: Versions, side: Side) -> list[VersionField]:
    """The fields that may be shown, but for the key; those that hold another value now come first."""
    then, now = table.read(versions.on(side)), table.read(versions.now)
    table.learn_names([then, now])
    editable, gone = editable_columns(table), versions.now is None
    fields = []
    for name, old in then.items():
        if table.columns[name].primary_key:
            continue
        differs = gone or old != now.get(name)
        both = field_diff(table, name, now.get(name), old)
        fields.append(
            VersionField(
                name,
                both.label,
                None if gone else both.before,
                both.after,
                () if gone else both.runs,
                differs,
                name in editable and name in now,
            )
        )
    return sorted(fields, key=lambda field: not field.differs)
