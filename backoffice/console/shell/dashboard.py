"""The first page: how much there is, and what came last."""

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView
from flask_babel import get_timezone, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.clock import utcnow
from backoffice.console.base import ConsoleView
from backoffice.console.history import in_view
from backoffice.console.http import person
from backoffice.console.page import expose
from backoffice.console.presenters import (
    Cell,
    Chart,
    actor_label,
    count_label,
    daily_chart,
    operation_label,
    operation_url,
)
from backoffice.console.records import RecordView, listing_of
from backoffice.console.shell.navigation import accessible_views
from backoffice.extensions import db
from backoffice.listing import count_by_day
from backoffice.models import Operation, Post
from backoffice.permissions import may

ROWS_SHOWN = 5
DAYS_SHOWN = 30
CHANGES_SHOWN = 6


class Dashboard(ConsoleView, AdminIndexView):
    """`/admin/`, over the record views that the console has."""

    icon = "grid"

    def __init__(self) -> None:
        super().__init__(name=lazy_gettext("Dashboard"), url="/admin", endpoint="admin")
        self.static_folder = None  # Flask-Admin's own stylesheets and scripts are not served

    @expose("/", permission="view")
    def index(self) -> ResponseReturnValue:
        views = accessible_views()
        return self.render(
            "shell/dashboard.html",
            title=_("Dashboard"),
            counts=[self._count(view) for view in views],
            chart=posts_a_day() if may(person(), "view", Post.__tablename__) else None,
            newest=[self._newest(view) for view in views],
            change_columns=change_columns(),
            changes=latest_changes(),
            history_url=url_for("history.index_view"),
        )

    def _count(self, view: RecordView) -> dict[str, object]:
        return {
            "label": view.title,
            "icon": view.icon,
            "url": url_for(f"{view.endpoint}.index_view"),
            "count": count_label(listing_of(view, {}).count(db.session, current_app.config["COUNT_LIMIT"])),
        }

    def _newest(self, view: RecordView) -> dict[str, object]:
        page = listing_of(view, {}, size=ROWS_SHOWN).page(db.session)
        return {
            "title": _("Newest %(things)s", things=view.plural),
            "url": url_for(f"{view.endpoint}.index_view"),
            "columns": view.cells.headings(),
            "rows": view.cells.of_rows(page.rows, view.columns.shown),
            "empty": _("There are none yet."),
        }


def posts_a_day() -> Chart:
    """The posts of the last days, as the reader's clocks count them."""
    return daily_chart(count_by_day(db.session, Post.timestamp, DAYS_SHOWN, utcnow(), get_timezone()))


def change_columns() -> list[dict[str, object]]:
    """The headings of their table."""
    return [
        {"label": _("Change"), "kind": "text", "wide": True},
        {"label": _("Who"), "kind": "text"},
        {"label": _("When"), "kind": "datetime"},
    ]


def latest_changes() -> list[list[Cell]]:
    """The latest changes that this person may see, for a small table: what, who and when of each."""
    newest = select(Operation).where(in_view(Operation.table_name)).order_by(Operation.id.desc())
    return [
        [
            Cell("text", operation_label(act), operation_url(act.id)),
            Cell("text", actor_label(act)),
            Cell("datetime", act.started_at),
        ]
        for act in db.session.scalars(newest.limit(CHANGES_SHOWN))
    ]
