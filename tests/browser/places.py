"""Every page that there is, by its endpoint: the suite says so where a new one is not named here."""

from contextvars import Context
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import func, insert, select

from backoffice.clock import utcnow
from backoffice.commands.seed import add_sample
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Change, Operation, Post
from tests.browsing import sign_in, submit
from tests.conftest import add_administrator

USERS, POSTS = 40, 130

# Addresses to look at; {user} and {post} are questions before a deletion, {edit} and {deletion} changes, the
# others numbers of operations.
PLACES: dict[str, list[str]] = {
    "admin.index": ["/admin/"],
    "user.index_view": ["/admin/user/?page_size=10", "/admin/user/?search=nobody.like.this"],
    "user.create_view": ["/admin/user/new/"],
    "user.edit_view": ["/admin/user/edit/?id=3"],
    "user.details_view": ["/admin/user/details/?id=3"],
    "user.password_view": ["/admin/user/password/?id=3", "/admin/user/password/?id=2"],
    "user.selection_view": ["{user}"],
    "post.index_view": [
        "/admin/post/?page_size=10&author_is=susan&sort=timestamp&timestamp_after=soon",
        "/admin/post/?page_size=10&at=soon",
        "/admin/post/?bodycontains=zzz&authr_is=susan&sort=nonsense&page=2&author_is_not=sus",
    ],
    "post.create_view": ["/admin/post/new/"],
    "post.edit_view": ["/admin/post/edit/?id=3", "/admin/post/edit/?id=999999"],
    "post.details_view": ["/admin/post/details/?id=3"],
    "post.selection_view": ["{post}"],
    "post.edit_selection_view": ["{post}edit/"],
    "history.index_view": [
        "/admin/history/",
        "/admin/history/?actor_name_equals=susan&kind_is=edit&table_name_is=post&started_at_between=soon..",
    ],
    "history.details_view": [
        "/admin/history/details/?id={edited}",
        "/admin/history/details/?id={waiting}",
        "/admin/history/details/?id={failed}",
    ],
    "history.undo_view": ["/admin/history/undo/?id={edited}", "/admin/history/undo/?id={waiting}"],
    "history.record_view": [
        "/admin/history/record/?table=post&key=1",
        "/admin/history/record/?table=post&key={gone}",
        "/admin/history/record/?table=post&key=3",
    ],
    "history.version_view": [
        "/admin/history/version/?id={edit}&side=before",
        "/admin/history/version/?id={deletion}",
    ],
    "history.trash_view": [
        "/admin/history/trash/?table=post",
        "/admin/history/trash/?table=post&bodycontains=zzz&page=x",
        "/admin/history/trash/?table=user",
    ],
    "administrator.index_view": ["/admin/administrator/"],
    "security.index_view": ["/admin/security/", "/admin/security/?kind_is=probe&at_between=tomorrow.."],
    "administrator.grant_view": ["/admin/administrator/grant/"],
    "administrator.role_view": ["/admin/administrator/role/?id=2"],
    "administrator.revoke_view": ["/admin/administrator/revoke/?id=2"],
    "second_factor_reset.index": ["/admin/administrator/second-factor/?id=2"],
    "account.index": ["/admin/account/"],
    "sessions.index_view": ["/admin/sessions/", "/admin/sessions/?of=2"],
    "second_factor.index": ["/admin/second-factor/"],
    "second_factor.authenticator_view": ["/admin/second-factor/authenticator/"],
}
# Signed out.
OUTSIDE = {"sign_in.login": "/login", "password.choose": "/password", "password.done": "/password/done"}
NO_PAGES = {
    "asset": "a file",
    "health.healthz": "for machines",
    "home": "leads on",
    "user.edit_selection_view": "nothing of users can be the same for many",
    "user.export": "a download",
    "post.export": "a download",
    "history.export": "a download",
    "security.export": "a download",
    "user.ajax_lookup": "suggestions",
    "post.ajax_lookup": "suggestions",
    "palette.index": "suggestions",
    "proof.index": "leads on, for those who just signed in: see test_reauthentication.py",
    "mfa_challenge.ask": "comes after a password: test_second_factor.py looks at it",
    "history.progress_view": "numbers",
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
        operations = {"edited": str(edit_posts()), **unfinished(susan.id)}
        past = _past()
        db.session.remove()
    return Furnished(app, address, {**past, **operations, **Context().run(_questions, app)})


def edit_posts() -> int:
    """Three posts get another text, which is changed once more in one of them; one is deleted."""
    with operation("post:edit", table="post", selection="3 posts") as act:
        for key in (7, 8, 9):
            db.session.get_one(Post, key).body += " Once more."
    number = act.id
    with operation("post:update", table="post"):
        db.session.get_one(Post, 7).body = "Something else entirely"
    with operation("post:delete", table="post"):
        db.session.delete(db.session.get_one(Post, 8))
    return number


def unfinished(administrator_id: int) -> dict[str, str]:
    """One operation that waits for a worker for long, and one that failed half way."""
    about = {"kind": "post:delete", "actor_kind": "person", "actor_name": "susan", "table_name": "post"}
    about["selection"] = f"9000 posts (search={'W' * 60})"
    report: dict[str, Any]
    long_ago, report = utcnow() - timedelta(hours=1), {"error": "The database refused to go on."}
    report |= {"left_out": {"changed": 30}, "left_out_rows": [["post", "9", "changed"]] * 30}
    numbers: dict[str, Any] = {
        "administrator_id": administrator_id,
        "expected_rows": 9000,
        "started_at": long_ago,
    }
    waiting = Operation(state="waiting", lease_until=long_ago, **about, **numbers)
    failed = Operation(state="failed", report=report, changed_rows=1234, **about, **numbers)
    db.session.add_all([waiting, failed])
    db.session.commit()
    return {"waiting": str(waiting.id), "failed": str(failed.id)}


def _past() -> dict[str, str]:
    """A post that was edited, and is as it was; another one that was created and deleted."""
    for text in ("It was the best of times, it was the worst of times. " + "W" * 80, "W" * 140):
        with operation("post:update", table="post", selection="post of long words"):
            db.session.get_one(Post, 1).body = text
    with operation("post:create", table="post", selection="post that goes"):
        post = Post(body="W" * 140, timestamp=utcnow(), user_id=3)
        db.session.add(post)
    key = post.id
    with operation("post:delete", table="post", selection="post that goes"):
        db.session.delete(db.session.get_one(Post, key))
    edit, deletion = (
        db.session.scalar(select(func.max(Change.id)).where(Change.action == action))
        for action in ("update", "delete")
    )
    return {"gone": str(key), "edit": str(edit), "deletion": str(deletion)}


def _questions(app: Flask) -> dict[str, str]:
    client = app.test_client()
    sign_in(client, "susan")
    questions = {}
    for table in ("user", "post"):
        page = f"/admin/{table}/"
        answer = submit(client, page, f"{page}action/", action="delete", rowid=["3", "4", "5"])
        questions[table] = answer.location
    return questions
