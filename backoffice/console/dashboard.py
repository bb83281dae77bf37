"""The first page: how much there is, and what came last."""

from typing import Any, ClassVar

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.console.base import ConsoleView
from backoffice.extensions import db

ROWS_SHOWN = 5


class Dashboard(ConsoleView, AdminIndexView):
    """`/admin/`, over the record views that the console has."""

    acts: ClassVar[dict[str, str]] = {"index": "view"}
    icon = "grid"

    def __init__(self) -> None:
        super().__init__(name=lazy_gettext("Dashboard"), url="/admin", endpoint="admin")
        self.static_folder = None  # Flask-Admin's own stylesheets and scripts are not served

    @expose()
    def index(self) -> ResponseReturnValue:
        views = [view for view in self.admin.record_views if view.is_accessible()]
        return self.render(
            "dashboard/index.html",
            title=_("Dashboard"),
            counts=[self._count(view) for view in views],
            newest=[self._newest(view) for view in views],
        )

    def _count(self, view: Any) -> dict[str, Any]:
        return {
            "label": view.title,
            "icon": view.icon,
            "url": url_for(f"{view.endpoint}.index_view"),
            "count": view.count_words(view.listing({}).count(db.session, current_app.config["COUNT_LIMIT"])),
        }

    def _newest(self, view: Any) -> dict[str, Any]:
        page = view.listing({}, size=ROWS_SHOWN).page(db.session)
        return {
            "title": _("Newest %(things)s", things=view.plural),
            "url": url_for(f"{view.endpoint}.index_view"),
            "columns": view.sample_columns(),
            "rows": [view.cells_of(row, view.columns.shown) for row in page.rows],
            "empty": _("There are none yet."),
        }
