"""Finding a row of another table by typing: what a form's combobox asks."""

from typing import TYPE_CHECKING, Any

from flask import abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.budgets import OverBudget, reading
from backoffice.console.records.fields import ReferenceField
from backoffice.extensions import db
from backoffice.listing import begins_with
from backoffice.models import parse_key

SUGGESTIONS = 10
LONGEST_QUERY = 64


if TYPE_CHECKING:
    from backoffice.console.records.base import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class Lookup(Records):
    """`/ajax/lookup/`: the rows whose name begins with what was typed, or whose number it is."""

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        field = self._reference_field(request.args.get("name", ""))
        typed = request.args.get("query", "").strip()[:LONGEST_QUERY]
        if "\0" in typed:
            return jsonify([])
        return jsonify([self._suggestion(field, *row) for row in self._matches(field, typed)])

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> ResponseReturnValue:
        """Flask-Admin's editing inside the list, which the console does without."""
        abort(404)

    def _reference_field(self, name: str) -> ReferenceField:
        field = self.form_class()._fields.get(name)
        if not isinstance(field, ReferenceField):
            abort(404)
        return field

    def _matches(self, field: ReferenceField, typed: str) -> list[Any]:
        statement = select(field.key, field.label_column)
        if typed.startswith("#"):
            key = parse_key(field.table, typed[1:])
            return [] if key is None else list(db.session.execute(statement.where(field.key == key)))
        matching = (
            statement.where(begins_with(field.label_column, typed, db.engine.dialect.name))
            if typed
            else statement
        )
        try:
            with reading(db.session, current_app.config["LIST_SECONDS"]):
                return list(db.session.execute(matching.order_by(field.label_column).limit(SUGGESTIONS)))
        except OverBudget:  # whoever types goes on typing, or knows the number
            return []

    def _suggestion(self, field: ReferenceField, key: Any, label: str | None) -> dict[str, str]:
        return {
            "value": field.describe(key),
            "label": label or _("no name"),
            "detail": f"#{key}",
        }
