"""Whatever was done comes back as it was; where the world has moved on, nothing is overwritten silently."""

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from backoffice import bulk, undo
from backoffice.exceptions import Conflict, Forbidden
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Administrator, Change, Operation, Post, User
from tests.conftest import PASSWORD, add_administrator
from tests.undo.conftest import choose_all, finished, stored

pytestmark = pytest.mark.every_database


def bulk_delete(table: str, *filters: tuple[str, str], along: tuple[str, ...] = ()) -> Operation:
    selection = choose_all(table, *filters)
    bulk.freeze(selection.id)
    db.session.expire_all()
    return finished(bulk.delete(selection, along))


def undone(act: Operation, **options: object) -> Operation:
    return finished(undo.undo(act, **options))  # type: ignore[arg-type]


def changes_of(act: Operation) -> list[Change]:
    return list(db.session.scalars(select(Change).where(Change.operation_id == act.id).order_by(Change.id)))


@pytest.mark.parametrize("along", [(), ("post.user_id",)])
@pytest.mark.parametrize("filters", [(("username_equals", "user1"),), (("username_contains", "user"),)])
def test_deleted_users_come_back_with_their_posts(
    crowd: list[int], along: tuple[str, ...], filters: tuple[tuple[str, str], ...]
) -> None:
    db.session.get_one(User, crowd[1]).set_password(PASSWORD)
    db.session.commit()
    before = stored()
    act = bulk_delete("user", *filters, along=along)
    after = stored()
    assert after != before
    back = undone(act)
    assert stored() == before
    assert (back.state, back.undoes_id, back.changed_rows) == ("done", act.id, act.changed_rows)
    assert db.session.get_one(User, crowd[1]).check_password(PASSWORD)
    # Undo is an operation, and can be undone, and so on.
    again = undone(back)
    assert stored() == after
    assert undone(again).changed_rows == act.changed_rows
    assert stored() == before


def test_a_row_that_comes_back_is_not_kept_twice(crowd: list[int]) -> None:
    act = bulk_delete("user", ("username_equals", "user1"))
    back = undone(act)
    again = undone(back)
    kept = next(change for change in changes_of(act) if change.table_name == "user")
    for turned, action in ((back, "insert"), (again, "delete")):
        (change,) = (change for change in changes_of(turned) if change.table_name == "user")
        assert (change.action, change.before, change.after, change.source_id) == (
            action, None, None, kept.id,
        )  # fmt: skip


def test_an_edit_is_undone_and_done_again(crowd: list[int]) -> None:
    with operation("user:update", table="user") as act:
        db.session.get_one(User, crowd[0]).email = "new@example.com"
    before = stored()
    back = undone(act)
    assert db.session.get_one(User, crowd[0]).email == "user0@example.com"
    assert changes_of(back)[0].after == {"email": "user0@example.com"}
    undone(back)
    assert stored() == before


def test_a_created_row_goes_again(crowd: list[int]) -> None:
    before = stored()
    with operation("user:create", table="user") as act:
        person = User(username="dora", email="dora@example.com")
        db.session.add(person)
        db.session.flush()
        db.session.add(Post(body="by dora", author=person))
    back = undone(act)
    assert stored() == before
    undone(back)
    assert db.session.scalars(select(Post.body).join(User).where(User.username == "dora")).one() == "by dora"


def test_a_row_that_changed_twice_in_one_operation(crowd: list[int]) -> None:
    before = stored()
    with operation("user:update", table="user") as act:
        person = db.session.get_one(User, crowd[0])
        for email in ("one@example.com", "two@example.com", "three@example.com"):
            person.email = email
            db.session.flush()
        db.session.add(Post(body="first", author=person))
        db.session.flush()
        db.session.execute(update(Post).where(Post.body == "first").values(body="second"))
    assert act.changed_rows == 5
    undone(act)
    assert stored() == before


def test_bulk_edits_come_back_row_by_row(crowd: list[int]) -> None:
    before = stored()
    selection = choose_all("post")
    bulk.freeze(selection.id)
    db.session.expire_all()
    act = finished(bulk.edit(selection, {"user_id": crowd[3]}))
    assert act.changed_rows == 290
    back = undone(act)
    assert stored() == before
    undone(back)
    assert db.session.scalars(select(Post.user_id).distinct()).all() == [crowd[3]]


# Where the world has moved on


def test_a_later_change_is_never_overwritten(crowd: list[int]) -> None:
    with operation("user:update", table="user") as act:
        for key in crowd[:3]:
            db.session.get_one(User, key).email = f"{key}@example.org"
    db.session.execute(
        text("UPDATE \"user\" SET email = 'later@example.org' WHERE id = :id"),
        {"id": crowd[1]},
    )
    db.session.execute(delete(Post).where(Post.user_id == crowd[2]))
    db.session.execute(delete(User).where(User.id == crowd[2]))
    db.session.commit()
    after = stored()
    preview = undo.preview(db.session(), act)
    assert preview.obstacles == {"changed": 1, "missing": 1}
    assert {(one.table, one.key, one.reason) for one in preview.examples} == {
        ("user", str(crowd[1]), "changed"), ("user", str(crowd[2]), "missing"),
    }  # fmt: skip
    assert preview.effects == [("user", "revert", 1)]
    assert [change.row_key for change in preview.first] == [str(crowd[0])]
    with pytest.raises(Conflict, match="2 rows stand in the way"):
        undo.undo(act)
    assert stored() == after
    back = undone(act, skip=True)
    assert (back.changed_rows, back.report) == (
        1,
        {
            "left_out": {"changed": 1, "missing": 1},
            "left_out_rows": [["user", str(crowd[2]), "missing"], ["user", str(crowd[1]), "changed"]],
        },
    )
    assert db.session.get_one(User, crowd[0]).email == "user0@example.com"
    assert db.session.get_one(User, crowd[1]).email == "later@example.org"


def test_what_is_taken_by_now_is_named(app: Flask, crowd: list[int]) -> None:
    app.config["BACKGROUND_ROWS"] = 1_000
    act = bulk_delete("user", ("username_contains", "user1"), along=("post.user_id",))
    names = ["user10", "user11", "user12"]
    ids = set(db.session.scalars(select(User.username)))
    assert not ids & set(names)
    db.session.execute(
        insert(User),
        [
            {"username": "user10", "email": "other@example.com"},
            {"username": "other", "email": "user11@example.com"},
            {"username": "else", "email": "else@example.com", "id": crowd[12]},
        ],
    )
    db.session.commit()
    there = stored()
    preview = undo.preview(db.session(), act)
    assert stored() == there
    assert preview.obstacles["taken:username"] == 1
    assert preview.obstacles["taken:email"] == 1
    assert preview.obstacles["there"] == 1
    # Twenty posts of two of these cannot come back without them; those of the third have another author.
    assert preview.obstacles["gone:user_id"] == 20
    with pytest.raises(Conflict):
        undo.undo(act)
    back = undone(act, skip=True)
    assert back.changed_rows == act.changed_rows - 23
    assert db.session.scalars(select(User.username).where(User.username.in_(names))).all() == ["user10"]


def test_a_name_that_differs_only_in_its_letters_case_is_found_one_by_one(crowd: list[int]) -> None:
    act = bulk_delete("user", ("username_contains", "user2"), along=("post.user_id",))
    db.session.execute(insert(User), [{"id": 9999, "username": "USER21", "email": "other@example.com"}])
    db.session.commit()
    preview = undo.preview(db.session(), act)
    assert sum(n for why, n in preview.obstacles.items() if why in ("refused", "taken:username")) == 1
    back = undone(act, skip=True)
    assert back.report is not None
    assert sum(back.report["left_out"].values()) == 11, back.report
    assert back.changed_rows == act.changed_rows - 11


def test_posts_whose_author_is_gone_stay_deleted(crowd: list[int]) -> None:
    act = bulk_delete("post", ("author_is", f"#{crowd[0]}"))
    bulk_delete("user", ("username_equals", "user0"))
    assert undo.preview(db.session(), act).obstacles == {"gone:user_id": 10}
    with pytest.raises(Conflict, match="10 rows stand in the way"):
        undo.undo(act)


def test_a_created_user_who_has_written_since_stays(crowd: list[int]) -> None:
    with operation("user:create", table="user") as act:
        db.session.add(User(username="dora", email="dora@example.com"))
    dora = db.session.scalars(select(User.id).where(User.username == "dora")).one()
    db.session.execute(insert(Post), [{"body": "by dora", "user_id": dora}])
    db.session.commit()
    assert undo.preview(db.session(), act).obstacles == {"referred": 1}


# Who


def test_oneself_stays_whatever_is_undone(app: Flask, crowd: list[int], susan: User) -> None:
    db.session.execute(text("DELETE FROM backoffice_change"))
    db.session.commit()
    grant = db.session.scalars(select(Administrator)).one()
    with operation("administrator:update", table="backoffice_administrator") as act:
        grant.role = "editor"
        db.session.flush()
        grant.role = "administrator"
    preview = undo.preview(db.session(), act)
    assert preview.obstacles == {"own": 1, "changed": 1}
    assert db.session.scalars(select(Administrator.role)).one() == "administrator"


def test_an_editor_undoes_no_grants(crowd: list[int], susan: User) -> None:
    editor = add_administrator("edith", "editor")
    grant = db.session.scalars(select(Administrator).where(Administrator.user_id == editor.id)).one()
    act = bulk_delete("user", ("username_equals", "user1"))
    with operation("user:delete", table="user") as mixed:
        db.session.add(Administrator(user_id=crowd[0], username="user0", role="viewer"))
        db.session.get_one(User, crowd[0]).email = "x@example.com"
    with pytest.raises(Forbidden):
        undo.undo(mixed, administrator_id=grant.id)
    assert undone(act, administrator_id=grant.id).state == "done"


def test_some_of_it(crowd: list[int]) -> None:
    act = bulk_delete("post", ("author_is", f"#{crowd[0]}"))
    some = [change.id for change in changes_of(act)][2:5]
    preview = undo.preview(db.session(), act, some)
    assert (preview.rows, len(preview.first)) == (3, 3)
    assert undone(act, only=some).changed_rows == 3
    assert undo.preview(db.session(), act).obstacles == {"there": 3}


def test_what_cannot_be_undone_says_so(crowd: list[int]) -> None:
    with operation("seed", keep_empty=True) as empty:
        pass
    act = bulk_delete("post", ("author_is", f"#{crowd[0]}"))
    with pytest.raises(Conflict, match="nothing to undo"):
        undo.undo(empty)
    db.session.execute(update(Change).values(before=None, after=None))
    db.session.commit()
    assert undo.preview(db.session(), act).obstacles == {"forgotten": 10}
    act.forgotten_at = act.finished_at
    db.session.commit()
    assert "not kept" in str(undo.preview(db.session(), act).refusal)


def test_undone_twice_at_once_is_undone_once(crowd: list[int]) -> None:
    act = bulk_delete("user", ("username_equals", "user1"))
    undone(act)
    with pytest.raises(Conflict, match="stand in the way"):
        undo.undo(act)
