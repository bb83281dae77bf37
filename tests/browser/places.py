"""Every page that there is, by its endpoint: the suite says so where a new one is not named here."""

from contextvars import Context
from typing import NamedTuple

from flask import Flask
from sqlalchemy import insert

from backoffice.clock import utcnow
from backoffice.commands.seed import add_sample
from backoffice.extensions import db
from backoffice.models import Post
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator

USERS, POSTS = 40, 130

# Addresses to look at; {user} and {post} are questions before a deletion.
PLACES: dict[str, list[str]] = {
    "admin.index": ["/admin/"],
    "user.index_view": ["/admin/user/?page_size=10", "/admin/user/?search=nobody.like.this"],
    "user.create_view": ["/admin/user/new/"],
    "user.edit_view": ["/admin/user/edit/?id=3"],
    "user.details_view": ["/admin/user/details/?id=3"],
    "user.password_view": ["/admin/user/password/?id=3"],
    "user.selection_view": ["{user}"],
    "post.index_view": ["/admin/post/?page_size=10&author_is=susan&sort=timestamp&timestamp_after=soon"],
    "post.create_view": ["/admin/post/new/"],
    "post.edit_view": ["/admin/post/edit/?id=3", "/admin/post/edit/?id=999999"],
    "post.details_view": ["/admin/post/details/?id=3"],
    "post.selection_view": ["{post}"],
    "administrator.index_view": ["/admin/administrator/"],
    "administrator.grant_view": ["/admin/administrator/grant/"],
    "administrator.revoke_view": ["/admin/administrator/revoke/?id=2"],
    "account.index": ["/admin/account/"],
}
# Signed out.
OUTSIDE = {"sign_in.login": "/login"}
NO_PAGES = {
    "asset": "a file",
    "health.healthz": "for machines",
    "home": "leads on",
    "user.export": "a download",
    "post.export": "a download",
    "user.ajax_lookup": "suggestions",
    "post.ajax_lookup": "suggestions",
    "palette.index": "suggestions",
}


class Furnished(NamedTuple):
    """A console with rows in it."""

    app: Flask
    address: str
    questions: dict[str, str]


def furnish(app: Flask, address: str) -> Furnished:
    """Sample data, another administrator, a very long word, and questions that wait for their answer."""
    with app.app_context():
        susan = add_administrator("susan", "administrator")
        add_administrator("john", "editor")
        long = {"body": "W" * 140, "timestamp": utcnow(), "user_id": susan.id}
        db.session.execute(insert(Post).values(long))
        db.session.commit()
        add_sample(USERS, POSTS, random_seed=7)
        db.session.remove()
    return Furnished(app, address, Context().run(_questions, app))


def _questions(app: Flask) -> dict[str, str]:
    client = app.test_client()
    sign_in(client, "susan")
    questions = {}
    for table in ("user", "post"):
        page = f"/admin/{table}/"
        answer = submit(client, page, f"{page}action/", action="delete", rowid=["3", "4", "5"])
        questions[table] = answer.location
    return questions
