"""What was typed survives a rejected form, an ended session and a closed tab, for the person who typed it."""

import json
import re
import threading
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse
from wtforms import PasswordField

from backoffice.accounts import drafts
from backoffice.accounts.drafts import FormName
from backoffice.clock import utcnow
from backoffice.commands.housekeeping import tidy_up
from backoffice.console.records.view import RecordView
from backoffice.extensions import db
from backoffice.models import Administrator, AdminSession, Draft, Post, User
from backoffice.registry import registry
from tests.browsing import sign_in, token_of
from tests.conftest import PASSWORD, add_administrator

NEW = "/admin/post/new/"
STATE = re.compile(r'name="_form_state" value="([^"]+)"')
NOTE = "Nothing of it is saved yet"


@pytest.fixture
def post(signed_in: FlaskClient) -> Post:
    post = Post(body="hello", timestamp=datetime(2024, 5, 31, 14, 0, 0, 123456))
    db.session.add(post)
    db.session.commit()
    return post


@pytest.fixture
def page(post: Post) -> str:
    return f"/admin/post/edit/?id={post.id}"


def opened(client: FlaskClient, page: str) -> dict[str, str]:
    """The hidden fields of a form that was just opened."""
    answer = client.get(page)
    found = STATE.search(answer.text)
    assert found, answer.status
    return {"csrf_token": token_of(answer), "_form_state": found[1]}


def shown(answer: TestResponse, name: str) -> str:
    """What stands in a field of a form's page."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', answer.text)
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\r?\n?([^<]*)</textarea>', answer.text)
    match = found or area
    assert match, answer.status
    return match[1]


def kept() -> list[tuple[str, str, str, Any]]:
    """Whose drafts there are, of which forms, and what is in them."""
    db.session.rollback()
    rows = db.session.execute(select(Administrator.username, Draft).join(Draft).order_by(Draft.id))
    return [(name, draft.table_name, draft.row_key, json.loads(draft.fields)) for name, draft in rows]


def end_session(ago: timedelta = timedelta()) -> None:
    db.session.execute(update(AdminSession).values(ended_at=utcnow() - ago))
    db.session.commit()


# While the session lasts


def test_a_rejected_form_is_kept_and_shown_again(signed_in: FlaskClient) -> None:
    form = opened(signed_in, NEW)
    answer = signed_in.post(NEW, data={**form, "body": "x" * 141, "author": "nobody", "timestamp": ""})
    assert answer.status_code == 422
    assert kept() == [("susan", "post", "", {"body": ["x" * 141], "author": ["nobody"]})]
    again = signed_in.get(NEW)
    assert again.status_code == 200
    assert NOTE in again.text
    assert (shown(again, "body"), shown(again, "author")) == ("x" * 141, "nobody")


def test_it_is_gone_once_saved(signed_in: FlaskClient, page: str, post: Post) -> None:
    signed_in.post(page, data={**opened(signed_in, page), "body": "x" * 141})
    assert len(kept()) == 1
    assert signed_in.post(page, data={**opened(signed_in, page), "body": "shorter"}).status_code == 303
    assert kept() == []
    assert NOTE not in signed_in.get(page).text
    assert post.body == "shorter"


def test_a_new_record_leaves_an_empty_form(signed_in: FlaskClient) -> None:
    signed_in.post(NEW, data={**opened(signed_in, NEW), "body": "x" * 141})
    signed_in.post(NEW, data={**opened(signed_in, NEW), "body": "one", "_add_another": "1"})
    assert kept() == []
    assert shown(signed_in.get(NEW), "body") == ""


def test_what_is_being_typed_is_kept(signed_in: FlaskClient, page: str, post: Post) -> None:
    form = opened(signed_in, page)
    typed = {"body": "half a sent", "author": "", "timestamp": "2024-05-31 14:00:00.123456"}
    draft = page.replace("/edit/", "/draft/")
    answer = signed_in.post(draft, data={**form, **typed})
    assert (answer.status_code, answer.data) == (204, b"")
    assert kept() == [("susan", "post", str(post.id), {"body": ["half a sent"]})]
    again = signed_in.get(page)
    assert shown(again, "body") == "half a sent"
    assert shown(again, "timestamp") == "2024-05-31 14:00:00.123456"
    assert post.body == "hello"
    back = {**typed, "body": "hello"}
    assert signed_in.post(draft, data={**opened(signed_in, page), **back}).status_code == 204
    assert kept() == []


@pytest.mark.every_database
def test_whatever_can_be_typed_is_kept(signed_in: FlaskClient) -> None:
    typed = "bell \x07 smile \U0001f600 none \uffff"
    signed_in.post(NEW, data={**opened(signed_in, NEW), "body": typed, "author": "a\r\nb"})
    assert kept()[0][3]["body"] == [typed]
    assert NOTE in signed_in.get(NEW).text


def test_only_fields_of_the_form_are_kept(signed_in: FlaskClient, susan: User) -> None:
    page = f"/admin/user/draft/?id={susan.id}"
    form = opened(signed_in, page.replace("draft", "edit"))
    typed = {"username": "susanna", "password_hash": "x", "password": "secret", "id": "7", "made": "up"}
    assert signed_in.post(page, data={**form, **typed}).status_code == 204
    assert kept() == [("susan", "user", str(susan.id), {"username": ["susanna"]})]


class DoorView(RecordView):
    column_list = ("id",)
    form_columns = ("body", "user_id")
    form_overrides = {"body": PasswordField}


@pytest.fixture
def doors(app: Flask) -> str:
    """The page on which a row with a password is made."""
    app.extensions["admin"][0].add_view(DoorView(Post, endpoint="door", name="Doors"))
    return "/admin/door/new/"


@pytest.mark.own_app
def test_passwords_are_never_kept(doors: str, signed_in: FlaskClient) -> None:
    answer = signed_in.post(doors, data={**opened(signed_in, doors), "body": "secret", "user_id": "x"})
    assert answer.status_code == 422
    assert kept() == [("susan", "post", "", {"user_id": ["x"]})]


def test_pages_of_passwords_and_grants_keep_nothing(signed_in: FlaskClient) -> None:
    user = User(username="john", email="john@example.com")
    db.session.add(user)
    db.session.commit()
    password = f"/admin/user/password/?id={user.id}"
    for page in (
        password,
        "/admin/account/",
        "/admin/administrator/grant/",
    ):
        text = signed_in.get(page).text
        assert "_form_state" not in text
        assert "data-draft" not in text
    form = {"csrf_token": token_of(signed_in.get(password))}
    answer = signed_in.post(password, data={**form, "password": "x", "again": "y"})
    assert answer.status_code == 422
    assert kept() == []


def test_it_can_be_discarded(signed_in: FlaskClient, page: str) -> None:
    signed_in.post(page, data={**opened(signed_in, page), "body": "x" * 141})
    token = token_of(signed_in.get(page))
    discard = page.replace("/edit/", "/draft/discard/")
    answer = signed_in.post(discard, data={"csrf_token": token, "url": "/admin/post/?search=h"})
    assert answer.status_code == 303
    assert kept() == []
    clean = signed_in.get(answer.location)
    assert NOTE not in clean.text
    assert shown(clean, "body") == "hello"
    assert 'name="url" value="/admin/post/?search=h"' in clean.text


def test_it_says_what_has_changed_meanwhile(signed_in: FlaskClient, page: str, post: Post) -> None:
    signed_in.post(page, data={**opened(signed_in, page), "body": "mine" * 40})
    assert "has changed since you began" not in signed_in.get(page).text
    post.body, post.timestamp = "theirs", datetime(2025, 1, 1)
    db.session.commit()
    again = signed_in.get(page)
    assert "has changed since you began: Body, Timestamp." in again.text
    assert (shown(again, "body"), shown(again, "timestamp")) == ("mine" * 40, "2025-01-01 00:00:00")
    # It goes on being said of what was typed, and what was not typed is none of the draft.
    form = opened(signed_in, page)
    typed = {"body": "mine" * 41, "author": "", "timestamp": "2025-01-01 00:00:00"}
    signed_in.post(page.replace("/edit/", "/draft/"), data={**form, **typed})
    assert kept()[0][3] == {"body": ["mine" * 41]}
    assert "has changed since you began: Body." in signed_in.get(page).text


def test_what_is_as_it_was_typed_is_no_draft_any_more(signed_in: FlaskClient, page: str, post: Post) -> None:
    signed_in.post(page.replace("/edit/", "/draft/"), data={**opened(signed_in, page), "body": "same"})
    post.body = "same"
    db.session.commit()
    assert NOTE not in signed_in.get(page).text


@pytest.mark.every_database
def test_it_is_forgotten_after_a_day(signed_in: FlaskClient) -> None:
    signed_in.post(NEW, data={**opened(signed_in, NEW), "body": "x" * 141})
    db.session.execute(update(Draft).values(updated_at=utcnow() - timedelta(hours=23)))
    db.session.commit()
    assert NOTE in signed_in.get(NEW).text
    db.session.execute(update(Draft).values(updated_at=utcnow() - timedelta(hours=25)))
    db.session.commit()
    assert NOTE not in signed_in.get(NEW).text
    tidy_up()
    assert kept() == []


@pytest.mark.every_database
def test_too_much_is_no_draft(signed_in: FlaskClient) -> None:
    form = opened(signed_in, NEW)
    answer = signed_in.post("/admin/post/draft/", data={**form, "body": "x" * 300_000})
    assert answer.status_code == 400
    assert signed_in.post(NEW, data={**form, "body": "x" * 300_000}).status_code == 422
    assert kept() == []


@pytest.mark.every_database
def test_it_goes_with_the_grant(signed_in: FlaskClient) -> None:
    signed_in.post(NEW, data={**opened(signed_in, NEW), "body": "x" * 141})
    grant = db.session.scalars(select(Administrator)).one()
    db.session.delete(grant)
    db.session.commit()
    assert db.session.scalars(select(Draft)).all() == []


def test_viewers_keep_nothing(app: Flask, client: FlaskClient) -> None:
    add_administrator("vic", "viewer")
    sign_in(client, "vic")
    token = token_of(client.get("/admin/account/"))
    for address in ("/admin/post/draft/", "/admin/post/draft/discard/"):
        assert client.post(address, data={"csrf_token": token, "body": "x"}).status_code == 403


@pytest.mark.parametrize("key", ["", "x", "-1", "99999", "%01", "9" * 30])
def test_forms_of_no_record_are_not_found(signed_in: FlaskClient, page: str, key: str) -> None:
    form = opened(signed_in, page)
    assert signed_in.post(f"/admin/post/draft/?id={key}", data={**form, "body": "x"}).status_code == 404
    assert signed_in.post(NEW.replace("new", "draft"), data={**form, "body": "x"}).status_code == 400
    assert kept() == []


@pytest.mark.every_database
def test_two_windows_may_begin_at_once(app: Flask, susan: User) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    owner = db.session.scalars(select(Administrator.id)).one()
    db.session.rollback()
    other = {"administrator_id": owner, "table_name": "post", "row_key": "", "fields": "{}", "shown": "{}"}
    outcome: list[bool] = []

    def keep() -> None:
        with app.app_context():
            outcome.append(drafts.keep(owner, FormName("post"), {"body": ["mine"]}, {}))

    with db.engine.begin() as connection:
        connection.execute(insert(Draft).values(other))
        window = threading.Thread(target=keep)
        window.start()
        time.sleep(0.3)
        assert outcome == []
    window.join()
    assert outcome == [True]
    assert kept() == [("susan", "post", "", {"body": ["mine"]})]


# When the session is over


def back_in(client: FlaskClient, answer: TestResponse, username: str) -> TestResponse:
    """Sign in where the answer leads to, and go on to where one was going."""
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")
    data = {"username": username, "password": PASSWORD, "csrf_token": token_of(client.get(answer.location))}
    return client.post(answer.location, data=data, follow_redirects=True)


def test_nothing_is_lost_with_a_session(signed_in: FlaskClient, page: str, post: Post) -> None:
    form = opened(signed_in, page)
    end_session()
    answer = signed_in.post(page, data={**form, "body": "a long thought", "author": "", "timestamp": ""})
    assert "what you typed is kept" in signed_in.get(answer.location).text
    again = back_in(signed_in, answer, "susan")
    assert again.request.path == "/admin/post/edit/"
    assert NOTE in again.text
    assert (shown(again, "body"), shown(again, "timestamp")) == ("a long thought", "")
    db.session.rollback()
    assert post.body == "hello"
    signed_in.post(page, data={**opened(signed_in, page), "body": "a long thought"})
    db.session.rollback()
    assert (post.body, kept()) == ("a long thought", [])


def test_nor_with_the_cookie(signed_in: FlaskClient, page: str) -> None:
    form = opened(signed_in, page)
    signed_in.delete_cookie("backoffice_session")
    answer = signed_in.post(page, data={**form, "body": "a long thought"})
    assert (answer.status_code, kept()) == (401, [])
    assert "a long thought" in answer.text
    assert f'href="/login?next={quote(page, safe="/?")}"' in answer.text


def test_nor_by_signing_out_in_another_window(signed_in: FlaskClient) -> None:
    form = opened(signed_in, NEW)
    signed_in.post("/logout", data=form)
    again = back_in(signed_in, signed_in.post(NEW, data={**form, "body": "a long thought"}), "susan")
    assert shown(again, "body") == "a long thought"


def test_somebody_else_sees_nothing_of_it(signed_in: FlaskClient, page: str) -> None:
    add_administrator("john", "administrator")
    form = opened(signed_in, page)
    end_session()
    other = back_in(signed_in, signed_in.post(page, data={**form, "body": "a long thought"}), "john")
    assert shown(other, "body") == "hello"
    assert "a long thought" not in other.text
    assert [draft[0] for draft in kept()] == ["susan"]


def test_the_script_too_may_be_late(signed_in: FlaskClient) -> None:
    form = opened(signed_in, NEW)
    end_session()
    assert signed_in.post("/admin/post/draft/", data={**form, "body": "late"}).status_code == 204
    assert kept() == [("susan", "post", "", {"body": ["late"]})]


def test_where_nothing_could_be_kept_nothing_is_promised(signed_in: FlaskClient, page: str) -> None:
    form = opened(signed_in, page)
    end_session()
    db.session.execute(update(Administrator).values(disabled_at=utcnow()))
    db.session.commit()
    answer = signed_in.post(page, data={**form, "body": "a long thought"}, follow_redirects=True)
    assert "Your session has ended" in answer.text
    assert "is kept" not in answer.text
    assert kept() == []


def test_nor_for_those_who_may_not_save_it_now(signed_in: FlaskClient, page: str) -> None:
    form = opened(signed_in, page)
    end_session()
    db.session.execute(update(Administrator).values(role="viewer"))
    db.session.commit()
    assert signed_in.post(page, data={**form, "body": "a long thought"}).status_code == 302
    assert kept() == []


# Forgeries, and forms of other sessions


@pytest.mark.parametrize("path", ["edit", "draft", "draft/discard"])
@pytest.mark.parametrize("draft", [None, "my own words"])
@pytest.mark.parametrize("copy", ["of an open session", "of an ended one", "of one signed out", "old"])
def test_a_copied_form_changes_nothing_of_somebody_who_is_there(
    app: Flask, signed_in: FlaskClient, page: str, copy: str, draft: str | None, path: str
) -> None:
    form = opened(signed_in, page)
    if copy == "of one signed out":
        signed_in.post("/logout", data=form)
    elif copy != "of an open session":
        end_session(timedelta(days=1) if copy == "old" else timedelta())
    if copy != "of an open session":
        sign_in(signed_in, "susan")
    if draft:
        hers = {**opened(signed_in, page), "body": draft}
        assert signed_in.post(page.replace("edit", "draft"), data=hers).status_code == 204
    before, stranger = kept(), app.test_client()
    form["csrf_token"] = token_of(stranger.get("/login"))
    for typed in ("planted", "hello"):
        stranger.post(page.replace("edit", path), data={**form, "body": typed})
    if copy in {"of an open session", "old"} or draft or path == "draft/discard":
        assert kept() == before
    else:  # she is signed in elsewhere, and what the ended session sends is the first to be kept
        assert [fields for *_form, fields in kept()] == [{"body": ["planted"]}]


def test_what_was_kept_already_is_said_to_be(app: Flask, signed_in: FlaskClient, page: str) -> None:
    form = {**opened(signed_in, page), "body": "a long thought"}
    signed_in.post(page.replace("edit", "draft"), data=form)
    end_session()
    phone = app.test_client()
    sign_in(phone, "susan")
    assert signed_in.post(page, data=form).status_code == 302
    assert signed_in.post(page, data={**form, "body": "and more"}).status_code == 401
    assert [fields for *_form, fields in kept()] == [{"body": ["a long thought"]}]


@pytest.mark.parametrize("hours", [23, 25, 24 * 29, 24 * 31])
def test_a_form_is_taken_for_a_day_after_its_session(signed_in: FlaskClient, page: str, hours: int) -> None:
    form = opened(signed_in, page)
    end_session(timedelta(hours=hours))
    signed_in.post(page, data={**form, "body": "late"})
    assert len(kept()) == (hours < 24)


@pytest.mark.parametrize(("idle", "is_kept"), [(2, True), (24, True), (26, False)])
def test_or_after_the_time_by_which_it_ended_by_itself(
    signed_in: FlaskClient, page: str, idle: int, is_kept: bool
) -> None:
    form = opened(signed_in, page)
    db.session.execute(update(AdminSession).values(last_seen_at=utcnow() - timedelta(hours=idle)))
    db.session.commit()
    signed_in.post(page, data={**form, "body": "late"})
    assert bool(kept()) == is_kept


@pytest.mark.parametrize(
    "now",
    [{"password_made_up_at": utcnow()}, {"disabled_at": utcnow()}, {"role": "viewer"}, {"username": "other"}],
    ids=lambda now: next(iter(now)),
)
def test_an_ended_session_does_what_it_still_could(
    signed_in: FlaskClient, page: str, now: dict[str, Any]
) -> None:
    form = opened(signed_in, page)
    end_session()
    db.session.execute(update(Administrator).values(**now))
    db.session.commit()
    signed_in.post(page, data={**form, "body": "planted"})
    assert kept() == []


def test_nor_what_needs_a_second_factor_by_now(app: Flask, signed_in: FlaskClient, page: str) -> None:
    form = opened(signed_in, page)
    end_session()
    app.config["SECOND_FACTOR_ROLES"] = frozenset({"administrator"})
    signed_in.post(page, data={**form, "body": "planted"})
    assert kept() == []


def test_nor_what_the_view_is_not_for(
    signed_in: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = opened(signed_in, page)
    end_session()
    monkeypatch.setattr(type(registry().view_of("post")), "can_edit", False)
    signed_in.post(page, data={**form, "body": "planted"})
    assert kept() == []


def test_nothing_is_planted_without_the_forms_own_state(signed_in: FlaskClient, page: str) -> None:
    form, other = opened(signed_in, page), opened(signed_in, NEW)
    end_session()
    for state in ("", "x", "x.y", form["_form_state"][:-3], other["_form_state"]):
        answer = signed_in.post(page, data={**form, "_form_state": state, "body": "planted"})
        assert answer.status_code == 302
    assert kept() == []


def test_nothing_is_planted_by_another_site(signed_in: FlaskClient, page: str) -> None:
    form = opened(signed_in, page)
    end_session()
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        signed_in.post(page, data={**form, "body": "planted"}, headers=headers)
        signed_in.delete_cookie("backoffice_session")
        answer = signed_in.post(page, data={**form, "body": "planted"}, headers=headers)
        assert answer.status_code == 403
    assert kept() == []


def test_nobody_plants_anything_for_somebody_else(app: Flask, signed_in: FlaskClient, page: str) -> None:
    add_administrator("john", "administrator")
    john = app.test_client()
    sign_in(john, "john")
    his = opened(john, page)
    hers = opened(signed_in, page)
    forged = {
        **hers,
        "_form_state": his["_form_state"],
        "csrf_token": "of another session",
        "body": "planted",
    }
    answer = signed_in.post(page, data=forged)
    assert answer.status_code == 400
    assert "planted" not in answer.text
    end_session()
    signed_in.post(page, data=forged)
    assert [draft[0] for draft in kept()] == ["john"]


def test_a_form_of_an_earlier_session_comes_again(signed_in: FlaskClient, page: str, post: Post) -> None:
    form = opened(signed_in, page)
    signed_in.delete_cookie("backoffice_session")
    sign_in(signed_in, "susan")
    answer = signed_in.post(page, data={**form, "body": "a long thought", "author": "", "timestamp": ""})
    assert answer.status_code == 400
    assert "Nothing was saved yet" in answer.text
    assert shown(answer, "body") == "a long thought"
    db.session.rollback()
    assert post.body == "hello"
    fresh = {"csrf_token": token_of(answer), "_form_state": shown(answer, "_form_state")}
    assert signed_in.post(page, data={**fresh, "body": "a long thought"}).status_code == 303
    db.session.rollback()
    assert (post.body, kept()) == ("a long thought", [])


def test_a_form_of_somebody_elses_session_does_not(signed_in: FlaskClient, page: str) -> None:
    add_administrator("john", "administrator")
    form = opened(signed_in, page)
    signed_in.delete_cookie("backoffice_session")
    sign_in(signed_in, "john")
    answer = signed_in.post(page, data={**form, "body": "a long thought"})
    assert answer.status_code == 400
    assert "a long thought" not in answer.text
    assert kept() == []


def test_a_draft_wants_the_token_of_its_session(signed_in: FlaskClient) -> None:
    form = {**opened(signed_in, NEW), "csrf_token": "x"}
    assert signed_in.post("/admin/post/draft/", data={**form, "body": "x"}).status_code == 400
    assert signed_in.post("/admin/post/draft/discard/", data=form).status_code == 400
    assert kept() == []


def test_a_form_of_a_record_that_is_gone(signed_in: FlaskClient, page: str, post: Post) -> None:
    form = opened(signed_in, page)
    db.session.delete(post)
    db.session.commit()
    assert signed_in.post(page, data={**form, "csrf_token": "x", "body": "late"}).status_code == 404
    end_session()
    assert signed_in.post(page, data={**form, "body": "late"}).status_code == 404
    assert kept() == []
