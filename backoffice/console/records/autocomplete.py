"""Finding a row of another table by typing: what the comboboxes of forms and filters ask."""

from typing import Any

from flask import abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

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
        if "\0" in typed:
            return jsonify([])
        return jsonify([_suggestion(rows, *row) for row in _matches(rows, typed)])

    def _rows(self, name: str) -> RowNames:
        """Those that a field of the form refers to, or a filter of the list."""
        field = self.view.form_class()._fields.get(name)
        if isinstance(field, ReferenceField):
            return field.rows
        relations = (one for one in self.view.columns.filtered if isinstance(one, Relation))
        relation = next((one for one in relations if one.name == name), None) or abort(404)
        return RowNames(relation.key.property.columns[0], relation.name_column.property.columns[0])


class NoListEditingPage(RecordPage):
    """`/ajax/update/`: Flask-Admin's editing inside the list, which the console does without."""

    def post(self) -> ResponseReturnValue:
        abort(404)


def _matches(rows: RowNames, typed: str) -> list[Any]:
    statement = select(rows.key, rows.label)
    if typed.startswith("#"):
        key = parse_key(rows.table, typed[1:])
        return [] if key is None else list(db.session.execute(statement.where(rows.key == key)))
    if typed:
        statement = statement.where(begins_with(rows.label, typed, db.engine.dialect.name))
    try:
        with reading(db.session, current_app.config["LIST_SECONDS"]):
            return list(db.session.execute(statement.order_by(rows.label).limit(SUGGESTIONS)))
    except TimedOut:  # whoever types goes on typing, or knows the number
        return []


def _suggestion(rows: RowNames, key: RowKey, label: str | None) -> dict[str, str]:
    return {"value": rows.describe(key), "label": label or _("no name"), "detail": f"#{key}"}
