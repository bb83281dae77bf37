"""Which of the values on a form another record has already, where there may be one with them only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import literal, select

from backoffice.console.records.declarations import column_written
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.sent_form import point_out
from backoffice.extensions import db
from backoffice.models import RowKey, key_column, rules_of

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


def point_out_taken(view: "RecordView", form: RecordForm, key: RowKey | None) -> bool:
    """Say at the fields which of them hold what is taken; whether there are any."""
    fields = {column_written(view.model, name): form[name] for name in view.form_names}
    edited = {column: field for column, field in fields.items() if field.name in form.edited}
    found = list(_taken(view, {column: field.data for column, field in edited.items()}, key))
    for columns in found:
        words = _words([str(fields[one].label.text) if one in fields else one for one in columns])
        for column in edited.keys() & set(columns):
            point_out(form, words, edited[column].name)
    return bool(found)


def _words(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return str(_("Another record has this already."))
    return str(_("Another record has the same already: %(fields)s.", fields=", ".join(labels)))


def _taken(view: "RecordView", values: Mapping[str, object], key: RowKey | None) -> Iterator[Sequence[str]]:
    """The columns of each rule of the table that a record with these values would break."""
    rules, known = rules_of(db.session.connection(), view.sql_table), set(view.sql_table.columns.keys())
    for columns in [(key_column(view.sql_table).name,), *rules.unique]:
        names = set(columns)
        if names & values.keys() and names <= known and _is_taken(view, key, columns, values):
            yield columns


def _is_taken(
    view: "RecordView", key: RowKey | None, columns: Sequence[str], values: Mapping[str, object]
) -> bool:
    """Whether another row has the same; in columns that are not edited it is what the row has."""
    table, own = view.sql_table, key_column(view.sql_table)
    this = table.alias()
    kept = {name: select(this.c[name]).where(this.c[own.name] == key).scalar_subquery() for name in columns}
    same = [table.c[name] == values.get(name, kept[name]) for name in columns]
    others = select(literal(1)).select_from(table).where(*same)
    if key is not None:
        others = others.where(own != key)
    return db.session.scalar(others.limit(1)) is not None
