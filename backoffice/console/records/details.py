"""Reading one record."""

from flask import request

from backoffice.console.records.etags import DETAILS, SENT, etag_of_row
from backoffice.console.records.record_page import RecordPage


class DetailsPage(RecordPage):
    """`/details/`."""

    def get(self) -> str:
        view = self.view
        record = view.record_or_404(request.args.get("id"))
        key = view.key_of(record)
        row = view.cells.row_or_404(key)
        return view.render(
            "records/details.html",
            title=view.name_of(record),
            breadcrumbs=view.urls.breadcrumbs(),
            facts=list(view.cells.facts(row)),
            links=view.links(key),
            edit_url=view.urls.edit(key),
            delete_url=view.urls.page("delete_view") if view.allows("delete") else None,
            key=key,
            version=[(SENT, f"{key}:{etag_of_row(view, row, DETAILS)}")],
            return_url=view.urls.list(),
        )
