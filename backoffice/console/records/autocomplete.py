"""Finding a row of another table by typing: what a form's combobox asks."""

from flask import abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row, select

from backoffice.console.records.fields import ReferenceField
from backoffice.console.records.record_page import RecordPage
from backoffice.extensions import db
from backoffice.listing import begins_with
from backoffice.models import RowKey, parse_key
from backoffice.statement_timeouts import TimedOut, reading

SUGGESTIONS = 10
LONGEST_QUERY = 64


class LookupPage(RecordPage):
    """`/ajax/lookup/`: the rows whose name begins with what was typed, or whose number it is."""

    def get(self) -> ResponseReturnValue:
        field = self._field(request.args.get("name", ""))
        typed = request.args.get("query", "").strip()[:LONGEST_QUERY]
        return jsonify([_suggestion(field, *row) for row in _matches(field, typed)])

    def _field(self, name: str) -> ReferenceField:
        field = self.view.form_class()._fields.get(name)
        return field if isinstance(field, ReferenceField) else abort(404)


class NoListEditingPage(RecordPage):
    """`/ajax/update/`: Flask-Admin's editing inside the list, which the console does without."""

    def post(self) -> ResponseReturnValue:
        abort(404)


def _matches(field: ReferenceField, typed: str) -> list[Row[RowKey, str | None, RowKey]]:
    statement = select(field.referred, field.label_column, field.key)
    if typed.startswith("#"):
        key = parse_key(field.table, typed[1:])
        return [] if key is None else list(db.session.execute(statement.where(field.key == key)))
    if typed:
        statement = statement.where(begins_with(field.label_column, typed, db.engine.dialect.name))
    try:
        with reading(db.session, current_app.config["LIST_SECONDS"]):
            return list(db.session.execute(statement.order_by(field.label_column).limit(SUGGESTIONS)))
    except TimedOut:  # whoever types goes on typing, or knows the number
        return []


def _suggestion(field: ReferenceField, data: RowKey, label: str | None, key: RowKey) -> dict[str, str]:
    return {"value": field.describe(data), "label": label or _("no name"), "detail": f"#{key}"}
