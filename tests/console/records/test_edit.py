"""Creating and editing, over HTTP, as a browser without JavaScript does."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Administrator, Change, Operation, Post, User, stored
from tests.browsing import submit, token_of

MOMENT = datetime(2024, 5, 31, 14, 0, 0, 123456)


@pytest.fixture
def post(signed_in: FlaskClient) -> Post:
    """A post by john, to the microsecond."""
    john = User(username="john", email="john@example.com")
    post = Post(body="hello", author=john, timestamp=MOMENT)
    db.session.add(post)
    db.session.commit()
    return post


def user(name: str) -> User | None:
    return db.session.scalars(select(User).where(User.username == name)).one_or_none()


def edit(client: FlaskClient, record: Any, **fields: object) -> Any:
    noun, key = type(record).__name__.lower(), record.id
    answer = submit(client, f"/admin/{noun}/edit/?id={key}", **fields)
    db.session.expire_all()
    return answer


def test_a_user_is_created(signed_in: FlaskClient) -> None:
    answer = submit(signed_in, "/admin/user/new/", username="mary", email="Mary@Example.COM")
    assert answer.status_code == 303
    mary = user("mary")
    assert mary is not None
    assert (mary.email, mary.password_hash) == ("Mary@example.com", None)
    assert "mary was created." in signed_in.get("/admin/user/").text


def test_what_is_created_is_recorded_with_who_did_it(signed_in: FlaskClient) -> None:
    submit(signed_in, "/admin/user/new/", username="mary", email="mary@example.com")
    act = db.session.scalars(select(Operation).where(Operation.kind == "user:create")).one()
    assert (act.actor_name, act.actor_kind, act.table_name, act.changed_rows) == (
        "susan",
        "person",
        "user",
        1,
    )
    assert act.request_id


def test_a_post_is_created_with_an_author_who_was_typed(signed_in: FlaskClient, post: Post) -> None:
    submit(signed_in, "/admin/post/new/", body="new", author="john", timestamp="2024-01-02 03:04:05.000006")
    created = db.session.scalars(select(Post).where(Post.body == "new")).one()
    assert created.user_id == post.user_id
    assert created.timestamp == datetime(2024, 1, 2, 3, 4, 5, 6)


def test_a_post_that_names_no_time_is_of_now(signed_in: FlaskClient) -> None:
    submit(signed_in, "/admin/post/new/", body="now", author="", timestamp="")
    created = db.session.scalars(select(Post)).one()
    assert created.user_id is None
    assert created.timestamp is not None


@pytest.mark.parametrize("typed", ["nobody", "#99999", "#x", "#-1", "#99999999999999999999999", "\x01", "1"])
def test_an_author_who_is_not_there_is_said_at_the_field(signed_in: FlaskClient, typed: str) -> None:
    answer = submit(signed_in, "/admin/post/new/", body="mine", author=typed)
    assert answer.status_code == 422
    assert 'id="author-error"' in answer.text
    assert "mine" in answer.text
    assert db.session.scalars(select(Post)).all() == []


def test_an_unedited_post_stays_as_it_is(signed_in: FlaskClient, post: Post) -> None:
    page = signed_in.get(f"/admin/post/edit/?id={post.id}").text
    assert "14:00:00.123456" in page
    answer = edit(signed_in, post, body="hello", author="john", timestamp="2024-05-31T14:00:00.123456")
    assert answer.status_code == 303
    assert (post.body, post.timestamp) == ("hello", MOMENT)
    assert db.session.scalars(select(Operation).where(Operation.kind == "post:update")).all() == []


def test_a_field_that_was_not_sent_is_not_cleared(signed_in: FlaskClient, post: Post) -> None:
    edit(signed_in, post, body="hello again")
    assert (post.body, post.timestamp, post.author) == ("hello again", MOMENT, user("john"))


@pytest.mark.every_database
def test_only_what_changed_is_written(signed_in: FlaskClient, post: Post) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda c, cursor, s, *rest: statements.append(s))
    edit(signed_in, post, body="hello again", author="john", timestamp="2024-05-31 14:00:00.123456")
    [update] = [statement for statement in statements if statement.startswith("UPDATE post")]
    assert "timestamp" not in update
    change = db.session.scalars(
        select(Change).where(Change.table_name == "post", Change.action == "update")
    ).one()
    assert (change.before, change.after) == ({"body": "hello"}, {"body": "hello again"})


@pytest.mark.every_database
def test_an_author_can_be_taken_away_and_given(signed_in: FlaskClient, post: Post) -> None:
    edit(signed_in, post, author="")
    assert post.author is None
    john = user("john")
    assert john is not None
    edit(signed_in, post, author=f"#{john.id}")
    assert post.author == john


@pytest.mark.every_database
def test_lines_keep_their_ends(signed_in: FlaskClient, post: Post) -> None:
    edit(signed_in, post, body="one\r\ntwo")
    assert post.body == "one\ntwo"
    edit(signed_in, post, body="one\r\ntwo", author="john")
    assert db.session.scalars(select(Operation).where(Operation.kind == "post:update")).all()[1:] == []


@pytest.mark.every_database
def test_what_cannot_be_saved_is_kept_on_the_page(signed_in: FlaskClient, post: Post) -> None:
    answer = edit(signed_in, post, body="x" * 141, author="nobody", timestamp="yesterday")
    assert answer.status_code == 422
    for field in ("body", "author", "timestamp"):
        assert f'id="{field}-error"' in answer.text
    assert "x" * 141 in answer.text
    assert "yesterday" in answer.text
    assert post.body == "hello"


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("SUSAN", "other@example.com"),
        ("\uff53usan", "other@example.com"),
        (" susan ", "other@example.com"),
        ("other", "SUSAN@EXAMPLE.COM"),
        ("su\u202esan", "other@example.com"),
        ("new\nline", "other@example.com"),
        ("", "other@example.com"),
        ("x" * 65, "other@example.com"),
        ("other", "not an email"),
        ("other", "a@b"),
        ("other", ""),
        ("other", "x" * 120 + "@example.com"),
    ],
)
def test_names_and_addresses_that_cannot_be(signed_in: FlaskClient, username: str, email: str) -> None:
    answer = submit(signed_in, "/admin/user/new/", username=username, email=email)
    assert answer.status_code == 422, answer.text
    assert "field-error" in answer.text
    assert len(db.session.scalars(select(User)).all()) == 1


def test_an_old_value_that_breaks_the_rules_can_stay(signed_in: FlaskClient) -> None:
    odd = User(username="odd\u202ename", email="not an email")
    db.session.add(odd)
    db.session.commit()
    answer = edit(signed_in, odd, username="odd\u202ename", email="odd@example.com")
    assert answer.status_code == 303
    assert (odd.username, odd.email) == ("odd\u202ename", "odd@example.com")


@pytest.mark.every_database
def test_a_race_for_one_name_has_one_winner_and_one_message(
    signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one writes after our check: the database's index has the last word."""
    from backoffice.console.users import view

    monkeypatch.setattr(view, "refuse_taken", lambda *args, **kwargs: None)
    page = "/admin/user/new/"
    assert submit(signed_in, page, username="mary", email="mary@example.com").status_code == 303
    answer = submit(signed_in, page, username="mary", email="mary2@example.com")
    assert answer.status_code == 422
    assert "Another record has this already." in answer.text
    assert "INSERT" not in answer.text


def test_a_grant_follows_its_user_to_a_new_name(signed_in: FlaskClient, susan: User) -> None:
    edit(signed_in, susan, username="susanna", email="susan@example.com")
    grant = db.session.scalars(select(Administrator)).one()
    assert grant.username == "susanna"
    assert signed_in.get("/admin/").status_code == 200


@pytest.mark.every_database
def test_a_record_deleted_meanwhile_is_not_brought_back(signed_in: FlaskClient, post: Post) -> None:
    page = f"/admin/post/edit/?id={post.id}"
    token = token_of(signed_in.get(page))
    with operation("post:delete"):
        db.session.delete(post)
    answer = signed_in.post(page, data={"csrf_token": token, "body": "late"})
    assert answer.status_code == 404
    assert db.session.scalars(select(Post)).all() == []


def test_save_and_go_on(signed_in: FlaskClient, post: Post) -> None:
    page = f"/admin/post/edit/?id={post.id}&url=/admin/post/?search=hello"
    on = submit(signed_in, page, body="a", _continue_editing="1", url="/admin/post/?search=hello")
    assert on.location.startswith(f"/admin/post/edit/?id={post.id}")
    another = submit(signed_in, page, body="b", _add_another="1")
    assert another.location.startswith("/admin/post/new/")
    back = submit(signed_in, page, body="c", url="/admin/post/?search=hello")
    assert back.location == "/admin/post/?search=hello"
    for outside in ("//evil.example/", "https:evil.example", "http://localhost\\@evil.example", "/login"):
        plain = f"/admin/post/edit/?id={post.id}"
        assert submit(signed_in, plain, body="d", url=outside).location == "/admin/post/"


@pytest.mark.every_database
def test_new_is_closed_where_a_row_needs_what_the_console_does_not_know(
    signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "BELIEVED_SECONDS", 0)  # the table changes while the console runs
    db.session.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
    db.session.execute(text("DROP TABLE post"))
    db.session.execute(
        text(
            "CREATE TABLE post (id INTEGER PRIMARY KEY, body VARCHAR(140), timestamp TIMESTAMP NULL,"
            " user_id INTEGER, language VARCHAR(5) NOT NULL)"
        )
    )
    db.session.commit()
    answer = signed_in.get("/admin/post/new/")
    assert answer.status_code == 409
    assert "language" in answer.text


def test_the_hash_is_on_no_page(signed_in: FlaskClient, susan: User) -> None:
    hashed = susan.password_hash
    assert hashed
    for address in (
        "/admin/user/",
        "/admin/user/edit/?id=",
        "/admin/user/details/?id=",
        "/admin/user/export/csv/",
    ):
        page = signed_in.get(f"{address}{susan.id}" if address.endswith("=") else address)
        assert page.status_code == 200
        assert hashed not in page.text
        assert "password_hash" not in page.text


def test_a_forged_field_writes_nothing(signed_in: FlaskClient, susan: User) -> None:
    hashed, key = susan.password_hash, susan.id
    edit(signed_in, susan, username="susan", password_hash="forged", id=key + 1000, posts="")
    assert (susan.password_hash, susan.id) == (hashed, key)


def test_a_password_is_set_on_a_page_of_its_own(signed_in: FlaskClient, post: Post) -> None:
    john = post.author
    assert john is not None
    page = f"/admin/user/password/?id={john.id}"
    short = submit(signed_in, page, password="short", again="short")
    assert short.status_code == 422
    assert "password-error" in short.text
    assert submit(signed_in, page, password="a long enough one", again="another one").status_code == 422
    assert submit(signed_in, page, password="a long enough one", again="a long enough one").status_code == 303
    db.session.expire_all()
    assert john.check_password("a long enough one")


@pytest.mark.every_database
@pytest.mark.parametrize("key", ["", "0", "-1", "1,2", "x", "9" * 30, "1.5", "%01", "2147483648", "' OR 1=1"])
@pytest.mark.parametrize("page", ["edit", "details"])
def test_numbers_that_are_none_are_not_found(signed_in: FlaskClient, key: str, page: str) -> None:
    assert signed_in.get(f"/admin/post/{page}/?id={key}").status_code == 404
