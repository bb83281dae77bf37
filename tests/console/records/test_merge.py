"""Two people edit one record: what merges, what is asked, and that nothing is lost or brought back."""

import html
import re
import threading
from contextvars import Context
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, Integer, MetaData, Numeric, Table, select, text, update
from sqlalchemy.orm import declarative_base
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import TextAreaField

from backoffice.console.records.form_state import shown_values
from backoffice.console.records.forms import RecordForm, form_class
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, operation
from backoffice.models import Change, Draft, Operation, Post, User
from tests.browsing import sign_in
from tests.conftest import add_administrator
from tests.databases import short_lock_timeout

MOMENT = datetime(2024, 5, 31, 14, 0, 0, 123456)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
CHOSEN = "required checked"
SHOWN = {"author": "mary", "timestamp": "2024-05-31 14:00:00.123456"}


@pytest.fixture
def mary(signed_in: FlaskClient) -> User:
    mary = User(username="mary", email="mary@example.com")
    db.session.add(mary)
    db.session.commit()
    return mary


@pytest.fixture
def post(mary: User) -> Post:
    post = Post(body="one two three", author=mary, timestamp=MOMENT)
    db.session.add(post)
    db.session.commit()
    return post


@pytest.fixture
def page(post: Post) -> str:
    return f"/admin/post/edit/?id={post.id}"


@pytest.fixture
def john(app: Flask) -> FlaskClient:
    """Another person's browser."""
    add_administrator("john", "editor")
    client = app.test_client()
    sign_in(client, "john")
    return client


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of the form that is edited."""
    forms = [form for form in answer.text.split("<form ") if "_form_state" in form]
    assert forms, answer.status
    return {name: html.unescape(value) for name, value in HIDDEN.findall(forms[0].partition("</form>")[0])}


def opened(client: FlaskClient, page: str) -> dict[str, str]:
    return hidden(client.get(page))


def save(client: FlaskClient, page: str, form: dict[str, str], **fields: Any) -> TestResponse:
    answer = client.post(page, data={**form, **fields})
    db.session.rollback()
    return answer


def message(client: FlaskClient) -> str:
    return html.unescape(client.get("/admin/post/").text)


def outside(record: Any, **values: Any) -> None:
    """Change a row behind the console's back."""
    table = type(record).__table__
    with db.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == record.id).values(**values))
    db.session.rollback()


# Different fields


@pytest.mark.every_database
def test_different_fields_are_merged_and_it_is_said(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine, his = opened(signed_in, page), opened(john, page)
    assert save(john, page, his, body="one two four", **SHOWN).status_code == 303
    answer = save(signed_in, page, mine, body="one two three", **{**SHOWN, "author": ""})
    assert answer.status_code == 303
    assert (post.body, post.author, post.timestamp) == ("one two four", None, MOMENT)
    said = message(signed_in)
    assert "was saved. Meanwhile john changed this: Body. Both changes are kept." in said
    change = db.session.scalars(select(Change).order_by(Change.id.desc())).first()
    assert change is not None
    assert list(change.after or {}) == ["user_id"]


@pytest.mark.every_database
def test_what_was_changed_outside_has_no_name(signed_in: FlaskClient, page: str, post: Post) -> None:
    mine = opened(signed_in, page)
    outside(post, body="theirs")
    save(signed_in, page, mine, body="one two three", **{**SHOWN, "author": ""})
    assert post.body == "theirs"
    assert "changed outside the console: Body. Both changes are kept." in message(signed_in)


def test_nor_what_was_changed_outside_after_somebody(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    save(john, page, opened(john, page), body="his", **SHOWN)
    outside(post, body="theirs")
    save(signed_in, page, mine, body="one two three", **{**SHOWN, "author": ""})
    said = message(signed_in)
    assert "outside the console: Body" in said
    assert "john changed" not in said


def test_a_column_that_the_console_does_not_show_is_no_conflict(
    signed_in: FlaskClient, page: str, post: Post
) -> None:
    db.session.execute(text("ALTER TABLE post ADD COLUMN last_seen INTEGER DEFAULT 0"))
    db.session.commit()
    try:
        mine = opened(signed_in, page)
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE post SET last_seen = 7"))
        assert save(signed_in, page, mine, body="mine", **SHOWN).status_code == 303
        assert "Meanwhile" not in message(signed_in)
        assert db.session.execute(text("SELECT body, last_seen FROM post")).one() == ("mine", 7)
    finally:
        db.session.rollback()
        db.session.execute(text("ALTER TABLE post DROP COLUMN last_seen"))
        db.session.commit()


def test_the_same_change_twice_is_no_conflict(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine, his = opened(signed_in, page), opened(john, page)
    save(john, page, his, body="agreed", **SHOWN)
    assert save(signed_in, page, mine, body="agreed", **SHOWN).status_code == 303
    assert "Nothing was changed." in message(signed_in)
    assert len(db.session.scalars(select(Operation).where(Operation.kind == "post:update")).all()) == 1


def test_who_saves_and_goes_on_has_the_new_version(signed_in: FlaskClient, page: str, post: Post) -> None:
    first = save(signed_in, page, opened(signed_in, page), body="a", **SHOWN, _continue_editing="1")
    again = save(signed_in, page, opened(signed_in, first.location), body="b", **SHOWN)
    assert (again.status_code, post.body) == (303, "b")


# The same field


def conflict(signed_in: FlaskClient, john: FlaskClient, page: str) -> TestResponse:
    """Susan's answer to a save after john's."""
    mine, his = opened(signed_in, page), opened(john, page)
    assert save(john, page, his, body="one two four", **SHOWN).status_code == 303
    return save(
        signed_in, page, mine, body="one three", **{**SHOWN, "author": ""}, url="/admin/post/?search=x"
    )


def test_the_same_field_is_asked_about(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    answer = conflict(signed_in, john, page)
    assert answer.status_code == 409
    assert (post.body, post.author is None) == ("one two four", False)
    assert "Meanwhile john changed this: Body." in answer.text
    assert "one <del>two </del>three" in answer.text
    assert "one two <del>three</del><ins>four</ins>" in answer.text
    assert CHOSEN not in answer.text
    assert "Your other changes" in answer.text
    assert hidden(answer)["author"] == ""
    assert db.session.scalars(select(Draft.fields)).one() == ('{"body": ["one three"], "author": [""]}')


@pytest.mark.parametrize(("side", "body"), [("yours", "one three"), ("theirs", "one two four")])
def test_and_what_is_chosen_is_saved(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post, side: str, body: str
) -> None:
    answer = conflict(signed_in, john, page)
    saved = save(signed_in, page, hidden(answer), **{"_keep.body": side})
    assert (saved.status_code, saved.location) == (303, "/admin/post/?search=x")
    assert (post.body, post.author, post.timestamp) == (body, None, MOMENT)
    assert db.session.scalars(select(Draft)).all() == []


def test_nothing_chosen_is_asked_again(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    form = hidden(conflict(signed_in, john, page))
    for choice in ("", "both", "original"):
        again = save(signed_in, page, form, **{"_keep.body": choice})
        assert again.status_code == 409
        assert "Please choose once more" in again.text
        assert hidden(again)["body"] == "one three"
    assert post.body == "one two four"


def test_what_changed_again_is_asked_again(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    form = hidden(conflict(signed_in, john, page))
    save(john, page, opened(john, page), body="one two five", **SHOWN)
    for side in ("yours", "theirs"):
        again = save(signed_in, page, form, **{"_keep.body": side})
        assert again.status_code == 409
        assert "one two <del>three</del><ins>five</ins>" in again.text
        assert CHOSEN not in again.text
    assert post.body == "one two five"
    assert save(signed_in, page, hidden(again), **{"_keep.body": "yours"}).status_code == 303
    assert post.body == "one three"


def test_a_choice_is_kept_where_another_field_is_asked_about(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    form = hidden(conflict(signed_in, john, page))
    outside(post, timestamp=datetime(2025, 1, 1))
    again = save(signed_in, page, {**form, "timestamp": "2026-01-01 00:00:00"}, **{"_keep.body": "yours"})
    assert again.status_code == 409
    assert again.text.count(CHOSEN) == 1
    assert 'name="_keep.timestamp"' in again.text
    choices = {"_keep.body": "yours", "_keep.timestamp": "theirs"}
    assert save(signed_in, page, hidden(again), **choices).status_code == 303
    assert (post.body, post.timestamp) == ("one three", datetime(2025, 1, 1))


def test_going_on_typing_and_saving_asks_too(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    conflict(signed_in, john, page)
    form = signed_in.get(page)
    assert "has changed since you began: Body." in form.text
    assert "one three</textarea>" in form.text
    answer = save(signed_in, page, hidden(form), body="one three four", **{**SHOWN, "author": ""})
    assert answer.status_code == 409
    assert save(signed_in, page, hidden(answer), **{"_keep.body": "yours"}).status_code == 303
    assert (post.body, post.author) == ("one three four", None)


def test_a_rejected_form_still_knows_what_it_began_with(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    save(john, page, opened(john, page), body="his", **SHOWN)
    rejected = save(signed_in, page, mine, body="x" * 141, **SHOWN)
    assert rejected.status_code == 422
    assert save(signed_in, page, hidden(rejected), body="mine", **SHOWN).status_code == 409
    assert post.body == "his"


def test_two_windows_of_one_person_are_two(signed_in: FlaskClient, page: str, post: Post) -> None:
    one, other = opened(signed_in, page), opened(signed_in, page)
    save(signed_in, page, one, body="one", **SHOWN)
    answer = save(signed_in, page, other, body="other", **SHOWN)
    assert answer.status_code == 409
    assert "you changed this in another window: Body." in answer.text


def test_a_script_is_told_in_json(signed_in: FlaskClient, john: FlaskClient, page: str, post: Post) -> None:
    mine = opened(signed_in, page)
    outside(post, body="theirs")
    answer = signed_in.post(page, data={**mine, "body": "mine"}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert "changed outside the console: Body" in answer.json["error"]["message"]  # type: ignore[index]


# What is not an edit


def test_an_author_is_who_they_are_whatever_they_are_called(
    signed_in: FlaskClient, page: str, post: Post, mary: User
) -> None:
    mine = opened(signed_in, page)
    mary.username = "maria"
    db.session.add(User(username="mary", email="another@example.com"))
    db.session.commit()
    assert save(signed_in, page, mine, body="mine", **SHOWN).status_code == 303
    assert (post.body, post.author) == ("mine", mary)
    assert "Meanwhile" not in message(signed_in)


def test_nor_is_one_whose_name_is_nobodys_now(
    signed_in: FlaskClient, page: str, post: Post, mary: User
) -> None:
    mine = opened(signed_in, page)
    mary.username = "maria"
    db.session.commit()
    assert save(signed_in, page, mine, body="mine", **SHOWN).status_code == 303
    assert post.author == mary


@pytest.mark.every_database
def test_times_are_compared_as_moments(signed_in: FlaskClient, page: str, post: Post) -> None:
    mine = opened(signed_in, page)
    outside(post, timestamp=MOMENT.replace(microsecond=123457))
    same_moment = {**SHOWN, "timestamp": "2024-05-31T16:00:00.123456+02:00"}
    assert save(signed_in, page, mine, body="mine", **same_moment).status_code == 303
    assert post.timestamp == MOMENT.replace(microsecond=123457)
    mine = opened(signed_in, page)
    outside(post, timestamp=MOMENT)
    later = {**SHOWN, "timestamp": "2024-05-31 14:00:00.123458"}
    answer = save(signed_in, page, mine, body="mine", **later)
    assert answer.status_code == 409
    assert "14:00:00.123456" in answer.text
    assert "14:00:00.123458" in answer.text


@pytest.mark.every_database
def test_line_ends_that_a_browser_leaves_out_are_no_edit(signed_in: FlaskClient) -> None:
    odd = User(username="two\nlines", email="odd@example.com")
    db.session.add(odd)
    db.session.commit()
    page = f"/admin/user/edit/?id={odd.id}"
    answer = save(signed_in, page, opened(signed_in, page), username="twolines", email="new@example.com")
    assert answer.status_code == 303
    assert (odd.username, odd.email) == ("two\nlines", "new@example.com")


@pytest.mark.every_database
def test_every_digit_of_a_number_is_shown(app: Flask) -> None:
    columns = (Column("id", Integer, primary_key=True), Column("price", Numeric(10, 4)))
    model = type("Price", (declarative_base(),), {"__table__": Table("price", MetaData(), *columns)})
    made = form_class(
        model, ["price"], labels={}, descriptions={}, arguments={}, overrides={}, lookup=lambda name: name
    )
    record = model(price=Decimal("1.2345"))
    with app.test_request_context():
        form = made(None, record)
        assert 'value="1.2345"' in form["price"]()
        shown = shown_values(form)
        assert shown == {"price": ["number", "1.2345"]}
        assert made(MultiDict({"price": "1.23450"}), record, shown).edited == []
        assert made(MultiDict({"price": "1.2346"}), record, shown).edited == ["price"]


# Forms that do not say what they showed, or say it wrongly


def test_without_a_version_the_fields_that_differ_are_written(
    signed_in: FlaskClient, page: str, post: Post
) -> None:
    token = opened(signed_in, page)["csrf_token"]
    outside(post, body="theirs")
    assert save(signed_in, page, {"csrf_token": token}, body="mine").status_code == 303
    assert post.body == "mine"


def test_a_forged_or_foreign_version_is_refused_and_nothing_is_lost(
    app: Flask, signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    his, of_a_new_one = opened(john, page), opened(signed_in, "/admin/post/new/")
    outside(post, timestamp=datetime(2025, 1, 1))
    for state in ("x", mine["_form_state"][:-2], his["_form_state"], of_a_new_one["_form_state"]):
        answer = save(signed_in, page, {**mine, "_form_state": state}, body="a long thought", **SHOWN)
        assert answer.status_code == 400
        assert "not as the console made it for you" in answer.text
        assert "a long thought" in answer.text
        assert post.body == "one two three"
    assert save(signed_in, page, hidden(answer), body="a long thought").status_code == 303
    assert post.body == "a long thought"


def test_a_form_that_was_open_when_the_key_changed(
    app: Flask, signed_in: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    app.config["WTF_CSRF_SECRET_KEY"] = [*app.config["WTF_CSRF_SECRET_KEY"], "n" * 40]
    outside(post, body="theirs")
    assert save(signed_in, page, mine, body="mine", **SHOWN).status_code == 409


@pytest.mark.every_database
def test_a_very_long_text_travels_as_a_digest(app: Flask) -> None:
    class Record:
        body = "x" * 30_000

    class LongForm(RecordForm):
        body = TextAreaField()

    with app.test_request_context():
        shown = shown_values(LongForm(None, Record()))
        assert shown["body"][0] == "digest"
        assert LongForm(MultiDict({"body": "x" * 30_000}), Record(), shown).edited == []
        assert LongForm(MultiDict({"body": "x" * 30_001}), Record(), shown).edited == ["body"]


def test_a_form_of_an_earlier_session_knows_what_it_began_with(
    signed_in: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    outside(post, body="theirs")
    signed_in.delete_cookie("backoffice_session")
    sign_in(signed_in, "susan")
    again = save(signed_in, page, mine, body="mine", **SHOWN)
    assert again.status_code == 400
    assert save(signed_in, page, hidden(again), body="mine", **SHOWN).status_code == 409
    assert post.body == "theirs"


# A record that is gone


def test_what_was_typed_for_a_record_that_is_gone_is_there_to_copy(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine = opened(signed_in, page)
    with acting_as(Actor("person", "john")), operation("post:delete", table="post"):
        db.session.delete(post)
    answer = save(signed_in, page, mine, body="a long\nthought", **SHOWN)
    assert answer.status_code == 404
    assert re.search(r"john deleted it on .*<time ", answer.text)
    assert "a long\nthought</textarea>" in answer.text
    assert db.session.scalars(select(Post)).all() == []
    typed = {name: html.unescape(value) for name, value in HIDDEN.findall(answer.text)}
    new = signed_in.post("/admin/post/new/", data=typed)
    assert new.status_code == 200
    assert "a long\nthought</textarea>" in new.text
    assert db.session.scalars(select(Post)).all() == []
    save(signed_in, "/admin/post/new/", hidden(new), body="a long\nthought", **SHOWN)
    assert db.session.scalars(select(Post.body)).all() == ["a long\nthought"]


@pytest.mark.every_database
def test_a_record_that_was_deleted_outside(signed_in: FlaskClient, page: str, post: Post) -> None:
    mine = opened(signed_in, page)
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM post"))
    answer = save(signed_in, page, mine, body="mine", **SHOWN)
    assert answer.status_code == 404
    assert "It was deleted outside the console." in answer.text
    assert signed_in.get(page).status_code == 404


# Races


def at_once(page: str, *sent: tuple[FlaskClient, dict[str, str]]) -> list[int]:
    """What is answered to two who save at the same moment."""
    barrier, answers = threading.Barrier(len(sent)), list[int]()

    def send(client: FlaskClient, form: dict[str, str]) -> None:
        barrier.wait()
        answers.append(client.post(page, data=form).status_code)

    threads = [threading.Thread(target=Context().run, args=(send, *one)) for one in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return sorted(answers)


@pytest.mark.every_database
def test_two_who_save_at_the_same_moment(
    signed_in: FlaskClient, john: FlaskClient, page: str, post: Post
) -> None:
    mine, his = opened(signed_in, page), opened(john, page)
    answers = at_once(page, (signed_in, {**mine, "body": "mine"}), (john, {**his, "body": "his"}))
    assert answers == [303, 409]
    assert post.body in ("mine", "his")
    mine, his = opened(signed_in, page), opened(john, page)
    early = {**mine, "timestamp": "2020-01-01 00:00:00"}
    answers = at_once(page, (signed_in, early), (john, {**his, "author": ""}))
    assert answers == [303, 303]
    assert (post.author, post.timestamp) == (None, datetime(2020, 1, 1))


@pytest.mark.every_database
def test_a_busy_database_loses_nothing(signed_in: FlaskClient, page: str, post: Post) -> None:
    mine = opened(signed_in, page)
    short_lock_timeout()
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(update(Post).values(body="theirs"))
        answer = signed_in.post(page, data={**mine, "body": "a long thought", **SHOWN})
        connection.rollback()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "The database is busy" in answer.text
    assert "a long thought" in answer.text
    assert save(signed_in, page, hidden(answer), body="a long thought", **SHOWN).status_code == 303
    assert post.body == "a long thought"
