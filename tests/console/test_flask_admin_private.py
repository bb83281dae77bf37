"""What we use of Flask-Admin beside its public surface, name by name: says what its next release moved."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView, expose
from flask_admin.actions import ActionsMixin
from flask_admin.contrib.sqla import ModelView

from backoffice.console.flask_admin_private import DeclaredView, GuardedView, index_of, views_of


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (BaseView, "_handle_view"),
        (BaseView, "_run_view"),
        (BaseView, "_urls"),
        (BaseView, "_default_view"),
        (ModelView, "_refresh_cache"),
        (ActionsMixin, "init_actions"),
    ],
)
def test_it_is_there(owner: type, name: str) -> None:
    assert hasattr(owner, name), f"{owner.__name__}.{name} is gone: see flask_admin_private.py"


class Door(GuardedView):
    """A view that writes down how it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(name="Door", endpoint="door")

    def guard(self, name: str) -> str | None:
        self.asked.append(f"guard {name}")
        return "closed" if name == "closed" else None

    def call(
        self, function: Callable[..., ResponseReturnValue], arguments: dict[str, object]
    ) -> ResponseReturnValue:
        self.asked.append("call")
        return super().call(function, arguments)

    @expose("/")
    def index(self) -> str:
        return "open"

    @expose("/closed/")
    def closed(self) -> str:
        return "never"

    @expose("/wrong/<int:number>/")
    def wrong(self, number: int) -> str:
        self.asked.append(str(number))
        raise TypeError


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def visitor(door: Door) -> FlaskClient:
    app = Flask(__name__)
    admin = Admin(app)
    admin.add_view(door)
    assert views_of(admin)[-1] is door
    return app.test_client()


def test_a_view_is_guarded_and_called_by_us(door: Door, visitor: FlaskClient) -> None:
    assert visitor.get("/admin/door/").text == "open"
    assert visitor.get("/admin/door/closed/").text == "closed"
    assert door.asked == ["guard index", "call", "guard closed"]
    assert index_of(door) == "door.index"


def test_a_function_that_fails_is_called_once(door: Door, visitor: FlaskClient) -> None:
    assert visitor.get("/admin/door/wrong/7/").status_code == 500
    assert door.asked == ["guard wrong", "call", "7"]


def test_declarations_are_made_by_us(app: Flask) -> None:
    from flask_admin.actions import action

    from backoffice.extensions import db
    from backoffice.models import Post

    class PostView(DeclaredView):
        made = 0

        def declared(self) -> None:
            self.made += 1

        @action("shout", "Shout")
        def shout(self, keys: list[str]) -> None:
            raise AssertionError

    view = PostView(Post, db, endpoint="posts-again")
    assert view.made > 0
    assert list(view.own_actions)[-1] == ("shout", "Shout")
    assert view.own_action("shout") == view.shout
    assert view.own_action("whisper") is None
