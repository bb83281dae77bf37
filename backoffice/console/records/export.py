"""The list as a file: all of it, as it is filtered, searched and sorted."""

from flask import Response, abort, request

from backoffice.accounts.sessions import revalidate_access
from backoffice.clock import utcnow
from backoffice.console.http import person
from backoffice.console.records.list_address import listing_of
from backoffice.console.records.record_page import RecordPage
from backoffice.extensions import db
from backoffice.transfer import FORMATS, file_name


class ExportPage(RecordPage):
    """`/export/csv/`, `/export/jsonl/`."""

    def get(self, export_type: str) -> Response:
        kind = FORMATS.get(export_type) or abort(404)
        listing = listing_of(self.view, request.args)
        listing.columns = self.view.export_columns
        # Made before the first byte, so that what cannot be read is an error page, not a broken file.
        listing.where(db.session)
        engine, asks_for, table = db.engine, person(), self.view.table
        file = kind.export(listing, engine, lambda: revalidate_access(engine, asks_for, "export", table))
        response = Response(file, mimetype=kind.mimetype)
        filtered = bool(listing.filters or listing.search)
        name = file_name(table, export_type, utcnow(), filtered=filtered)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
