"""The list as a file: all of it, as it is filtered, searched and sorted."""

from typing import TYPE_CHECKING

from flask import Response, abort, request
from flask_admin.base import expose

from backoffice.accounts.sessions import require_still
from backoffice.clock import utcnow
from backoffice.console.http import person
from backoffice.extensions import db
from backoffice.transfer import FORMATS, Download, file_name

if TYPE_CHECKING:
    from backoffice.console.records.base import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class ExportPage(Records):
    """`/export/csv/`, `/export/jsonl/`."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        if export_type not in FORMATS or not self.can_export:
            abort(404)
        listing = self.listing(request.args)
        listing.columns = self.export_columns
        # Made before the first byte, so that what cannot be read is an error page, not a broken file.
        listing.where(db.session)
        engine, asks_for = db.engine, person()
        kind = FORMATS[export_type]
        file = kind.export(listing, engine, lambda: require_still(engine, asks_for, "export", self.table))
        response = Response(Download(file), mimetype=kind.mimetype)
        filtered = bool(listing.filters or listing.search)
        name = file_name(str(self.sql_table.name), export_type, utcnow(), filtered=filtered)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
