"""Finding a row of another table by typing: what the comboboxes of forms and filters ask."""

from collections.abc import Sequence

from flask import abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row, select

from backoffice.console.records.fields import ReferenceField, RowNames
from backoffice.console.records.record_page import RecordPage
from backoffice.extensions import db
from backoffice.listing import Relation, begins_with
from backoffice.models import RowKey, parse_key
from backoffice.statement_timeouts import TimedOut, reading

SUGGESTIONS = 10
LONGEST_QUERY = 64


class LookupPage(RecordPage):
    """`/ajax/lookup/`: the rows whose name begins with what was typed, or whose number it is."""

    def get(self) -> ResponseReturnValue:
        rows = self._rows(request.args.get("name", ""))
        typed = request.args.get("query", "").strip()[:LONGEST_QUERY]
        return jsonify([_suggestion(rows, *row) for row in _matches(rows, typed)])

    def _rows(self, name: str) -> RowNames:
        """Those that a field of the form refers to, or a filter of the list."""
        field = self.view.form_class()._fields.get(name)
        if isinstance(field, ReferenceField):
            return field.rows
        relations = (one for one in self.view.columns.filtered if isinstance(one, Relation))
        relation = next((one for one in relations if one.name == name), None) or abort(404)
        key = relation.key.property.columns[0]
        return RowNames(key.table, key, relation.name_column.property.columns[0])


class NoListEditingPage(RecordPage):
    """`/ajax/update/`: Flask-Admin's editing inside the list, which the console does without."""

    def post(self) -> ResponseReturnValue:
        abort(404)


def _matches(rows: RowNames, typed: str) -> Sequence[Row[RowKey, str | None, RowKey]]:
    statement = select(rows.referred, rows.label, rows.key)
    if typed.startswith("#"):
        key = parse_key(rows.table, typed[1:])
        return [] if key is None else db.session.execute(statement.where(rows.key == key)).all()
    if typed:
        statement = statement.where(begins_with(rows.label, typed, db.engine.dialect.name))
    try:
        with reading(db.session, current_app.config["LIST_SECONDS"]):
            return db.session.execute(statement.order_by(rows.label).limit(SUGGESTIONS)).all()
    except TimedOut:  # whoever types goes on typing, or knows the number
        return []


def _suggestion(rows: RowNames, referred: RowKey, label: str | None, key: RowKey) -> dict[str, str]:
    return {"value": rows.describe(referred), "label": label or _("no name"), "detail": f"#{key}"}
