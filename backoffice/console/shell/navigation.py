"""What the frame around every page shows: where one can go, and who is signed in."""

from collections.abc import Iterator
from typing import TypedDict

from flask import Flask, current_app, render_template, request
from flask_login import current_user
from markupsafe import Markup

from backoffice.console.base import ConsoleView, home_url
from backoffice.console.flask_admin_private import index_of, views_of
from backoffice.console.http import address_of, asset, here, inside, person
from backoffice.console.presenters import language_tag, role_label
from backoffice.console.records import RecordView
from backoffice.console.shell.theme import themes
from backoffice.registry import registry

# One for each language, and for each path under which proxies say that the console stands.
MOST_DIALOGS = 20


class SidebarLink(TypedDict):
    """One page in the sidebar; whether it is the one that is open."""

    label: str
    icon: str
    url: str
    current: bool


class SidebarGroup(TypedDict):
    """The pages under one heading of the sidebar."""

    label: str | None
    links: list[SidebarLink]


def init_app(app: Flask) -> None:
    """Give the templates what the frame needs."""
    app.context_processor(_frame)
    app.jinja_env.globals.update(dialogs=_dialogs)


def _frame() -> dict[str, object]:
    # An error page may be shown because the database is away: asking who is signed in would ask it again.
    if request.endpoint is None or not request.path.startswith("/admin/") or not current_user:
        return {}
    if not current_user.is_authenticated:
        return {}
    return {
        # Whoever has to do something first can go nowhere else.
        "navigation": [] if person().required_action else _navigation(),
        "person": {
            "name": person().username,
            "role": role_label(person().role),
            "url": address_of("account.index"),
        },
        "home_url": home_url(),
        "sign_out_url": address_of("sign_in.logout"),
        "themes": themes(),
        "theme_url": address_of("theme.index"),
        # The address of this page, as far as one can come back to it by a link.
        "here": inside(here()) or home_url(),
    }


def _dialogs() -> Markup:
    """What is behind every page until it is asked for, made once in each language."""
    made: dict[tuple[str, str], Markup] = current_app.extensions.setdefault("dialogs", {})
    known = language_tag(), asset("shell/palette.js")
    dialogs = made.get(known)
    if dialogs is None:
        if len(made) >= MOST_DIALOGS:
            made.clear()
        dialogs = made[known] = Markup(  # noqa: S704, it is a template's
            render_template("shell/dialogs.html", palette_url=address_of("palette.index"))
        )
    return dialogs


def pages() -> Iterator[dict[str, str]]:
    """The pages in the sidebar: label and url of each."""
    for group in _navigation():
        for link in group["links"]:
            yield {"label": link["label"], "url": link["url"]}


def _navigation() -> list[SidebarGroup]:
    """The pages that this person may open, under the headings that their views name."""
    groups: dict[str | None, list[SidebarLink]] = {}
    for view in views_of(current_app.extensions["admin"][0]):
        if view.is_visible() and view.is_accessible():
            label = str(view.category) if view.category else None
            groups.setdefault(label, []).extend(_links(view))
    return [{"label": label, "links": links} for label, links in groups.items()]


def _links(view: ConsoleView) -> Iterator[SidebarLink]:
    further = view.further_links()
    is_further = request.endpoint in {link["endpoint"] for link in further}
    yield {
        "label": str(view.name),
        "icon": view.icon,
        "url": address_of(index_of(view)),
        "current": request.blueprint == view.endpoint and not is_further,
    }
    for link in further:
        endpoint = link["endpoint"]
        yield {
            "label": link["label"],
            "icon": link["icon"],
            "url": address_of(endpoint),
            "current": request.endpoint == endpoint,
        }


def accessible_views() -> list[RecordView]:
    """The views over tables that the person who is signed in may open."""
    views = (view for view in registry().views if isinstance(view, RecordView))
    return [view for view in views if view.is_accessible()]
