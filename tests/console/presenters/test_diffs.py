"""A change as people read it."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from flask import Flask, render_template_string
from sqlalchemy import event, select, text

from backoffice.console.presenters.diffs import Diff, diffs_of
from backoffice.console.presenters.text_diff import marked
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Change, Post, User

MACRO = '{% from "history/diff.html" import diff %}{{ diff(one) }}'


def written(text_before: str, text_after: str) -> str:
    """Both texts as one, with marks."""
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]", "skipped": "~"}
    return "".join(signs[run.kind].format(run.text) for run in marked(text_before, text_after))


def test_the_words_that_changed_are_marked() -> None:
    assert written(
        "The quick brown fox jumps over the lazy dog.", "The quick red fox jumps over the dog."
    ) == ("The quick [-brown-][+red+] fox jumps over the[- lazy-] dog.")


def test_neighbouring_words_are_marked_as_one() -> None:
    assert "[-one two-][+three four+]" in written(
        "all of it stays the same but one two here", "all of it stays the same but three four here"
    )


def test_what_has_little_in_common_is_not_compared() -> None:
    assert marked("a" * 30, "something entirely different, in other words") == []
    assert marked("short", "shorter") == []


def test_what_stayed_of_a_long_text_is_left_out() -> None:
    long = "word " * 2_000
    runs = marked(f"{long}old {long}", f"{long}new {long}")
    assert [run.kind for run in runs] == ["skipped", "same", "removed", "added", "same", "skipped"]
    assert sum(len(run.text) for run in runs) < 400


def test_very_long_texts_are_compared_in_no_time() -> None:
    before, after = ("".join(f"{n * step} " for n in range(20_000)) for step in (2, 3))
    marked(before, after)


@pytest.fixture
def john(app: Flask) -> User:
    with operation("user:create"):
        john = User(username="john", email="john@example.com", password_hash="$2b$secret")
        db.session.add(john)
    return john


def changes() -> Sequence[Change]:
    return db.session.scalars(select(Change).order_by(Change.id)).all()


def latest(app: Flask) -> Diff:
    with app.test_request_context("/admin/"):
        change = changes()[-1]
        return diffs_of([change])[change.id]


def page(app: Flask, one: Diff) -> str:
    with app.test_request_context("/admin/"):
        return render_template_string(MACRO, one=one)


def test_a_creation_shows_what_there_is_now_and_no_password(app: Flask, john: User) -> None:
    one = latest(app)
    assert (one.action, one.title) == ("insert", "john")
    assert [(f.label, f.before, f.after and f.after.value) for f in one.fields] == [
        ("Username", None, "john"),
        ("Email", None, "john@example.com"),
    ]
    assert one.notes == ["The password was set."]
    assert "secret" not in page(app, one)


def test_an_edit_shows_both_sides(app: Flask, john: User) -> None:
    with operation("post:create"):
        post = Post(body="hello", timestamp=datetime(2026, 1, 2, 3, 4, 5), author=john)
        db.session.add(post)
    with operation("post:update"):
        post.timestamp, post.author = datetime(2026, 1, 2, 3, 4, 5, 6), None
    one = latest(app)
    assert [f.label for f in one.fields] == ["Author", "Timestamp"]
    author, timestamp = one.fields
    assert author.before is not None
    assert author.after is not None
    assert timestamp.after is not None
    assert (author.before.value, author.after.kind) == (f"john #{john.id}", "empty")
    assert timestamp.after.value == datetime(2026, 1, 2, 3, 4, 5, 6)
    html = page(app, one)
    assert "03:04:05.000006" in html
    assert "<del>" in html
    assert '<span class="visually-hidden">[before: </span>' in html


def test_a_new_password_is_said_and_never_shown(app: Flask, john: User) -> None:
    with operation("user:password:change"):
        john.password_hash = "$2b$another"
    one = latest(app)
    assert (one.fields, one.notes) == ([], ["The password was set."])
    assert "another" not in page(app, one)


def test_columns_that_the_model_does_not_know_are_counted(app: Flask, john: User) -> None:
    for name in ("token", "about_me"):
        db.session.execute(text(f'ALTER TABLE "user" ADD COLUMN {name} VARCHAR(20)'))
    db.session.execute(text("UPDATE \"user\" SET token = 'tok-1', about_me = 'me-2'"))
    db.session.commit()
    with operation("user:delete"):
        db.session.delete(db.session.get_one(User, john.id))
    one = latest(app)
    assert one.action == "delete"
    assert one.notes == ["2 other columns, which are not shown."]
    html = page(app, one)
    assert "john@example.com" in html
    assert not any(hidden in html for hidden in ("tok-1", "me-2", "secret"))


def test_a_table_that_no_model_knows_shows_none_of_its_columns(app: Flask, john: User) -> None:
    change = changes()[0]
    change.table_name, change.row_key = "followers", "[1, 2]"
    db.session.commit()
    one = latest(app)
    assert (one.title, one.fields) == ("#[1, 2]", [])
    assert "john" not in page(app, one)


def test_what_was_purged_is_said(app: Flask, john: User) -> None:
    changes()[0].after = None
    db.session.commit()
    assert latest(app).notes == ["What was in it is not kept any more."]


def test_many_changes_take_no_more_queries_than_one(app: Flask, john: User) -> None:
    with operation("post:create"):
        db.session.add_all(Post(body=f"post {n}", author=john) for n in range(20))
    found, statements = changes(), []
    note = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    with app.test_request_context("/admin/"):
        event.listen(db.engine, "before_cursor_execute", note)
        diffs_of(found)
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) <= 2
