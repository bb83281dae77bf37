"""Pages as objects: what a view of one's own replaces, calls and adds, and that each is guarded once."""

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_admin import expose as flask_admin_expose
from werkzeug.test import TestResponse

from backoffice.console import base
from backoffice.console.flask_admin_private import views_of
from backoffice.console.page import OPENING, Access, access_to, expose, page, page_at
from backoffice.console.records import ExportPage, RecordPage, RecordView
from backoffice.models import Post
from tests.browsing import sign_in
from tests.conftest import add_administrator

pytestmark = pytest.mark.own_app


class CountPage(RecordPage):
    """A page of its own class, in place of the details."""

    def get(self) -> str:
        return f"{self.view.counted(3)}: {request.args.get('id')}"


class ShoutingView(RecordView):
    """What an author may write."""

    column_list = ("id", "body")
    details_view = page("/details/", CountPage, "view")

    @flask_admin_expose("/")
    def index_view(self) -> ResponseReturnValue:
        return str(super().index_view()).upper()

    @expose("/ping/", permission="export")
    def ping(self) -> str:
        return "pong"

    @flask_admin_expose("/forgotten/")
    def forgotten(self) -> str:
        return "open to nobody"


@pytest.fixture
def app(app: Flask) -> Flask:
    (admin,) = app.extensions["admin"]
    admin.add_view(ShoutingView(Post, endpoint="shouting", name="Shouting"))
    return app


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """For what a permission was asked, each time it was."""
    seen: list[str] = []
    require = base.ConsoleView.require

    def noted(view: base.ConsoleView, permission: str) -> None:
        seen.append(permission)
        require(view, permission)

    monkeypatch.setattr(base.ConsoleView, "require", noted)
    return seen


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(f"/admin/shouting/{path}")


def test_a_function_in_place_of_a_page_calls_it_and_is_guarded_once(
    signed_in: FlaskClient, asked: list[str]
) -> None:
    answer = get(signed_in, "")
    assert answer.status_code == 200
    assert "<!DOCTYPE HTML>" in answer.text
    assert asked == ["view"]


def test_a_page_class_in_place_of_another(signed_in: FlaskClient, asked: list[str]) -> None:
    assert get(signed_in, "details/?id=7").text == "3 posts: 7"
    assert signed_in.post("/admin/shouting/details/").status_code == 405
    assert asked == ["view"]


def test_a_page_that_is_added_says_its_permission(app: Flask, signed_in: FlaskClient, susan: object) -> None:
    assert get(signed_in, "ping/").text == "pong"
    add_administrator("vera", "viewer")
    viewer = app.test_client()
    sign_in(viewer, "vera")
    assert get(viewer, "ping/").status_code == 403
    assert get(viewer, "").status_code == 200


def test_a_page_that_says_none_is_closed(signed_in: FlaskClient) -> None:
    assert get(signed_in, "forgotten/").status_code == 403


def test_strangers_are_asked_to_sign_in(client: FlaskClient, susan: object) -> None:
    for path in ("", "ping/", "forgotten/", "details/"):
        assert get(client, path).location.startswith("/login"), path


def test_what_is_replaced_is_asked_what_the_replaced_page_asks() -> None:
    class Careful(ShoutingView):
        export = page("/export/<export_type>/", ExportPage, "export", reauthentication=OPENING)

    class Careless(Careful):
        @flask_admin_expose("/export/<export_type>/")
        def export(self, export_type: str) -> str:
            return export_type

    assert access_to(Careless, "export") == Access("export", OPENING)
    assert page_at(Careless, "export") is ExportPage
    assert access_to(Careless, "forgotten") is None


def test_the_url_map_is_that_of_the_pages(bare_app: Flask) -> None:
    """Each page answers at the address and to the methods that its view says, and nothing else does."""
    rules = {
        (rule.endpoint, rule.rule): (rule.methods or set()) - {"HEAD", "OPTIONS"}
        for rule in bare_app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
    }
    said: dict[tuple[str, str], set[str]] = {}
    for view in views_of(bare_app.extensions["admin"][0]):
        for name in dir(type(view)):
            for url, methods in getattr(getattr(type(view), name), "_urls", ()) if name != "_urls" else ():
                said[f"{view.endpoint}.{name}", f"{view.url}{url}".rstrip("/") + "/"] = set(methods)
    assert rules == said
    assert ("post.edit_selection_view", "/admin/post/selection/<token>/edit/") in rules


def test_no_stock_page_of_flask_admin_is_left_open() -> None:
    from flask_admin.contrib.sqla import ModelView

    for _url, name, _methods in ModelView._urls:
        assert page_at(RecordView, name) is not None, name
