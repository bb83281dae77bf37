"""The roles: their matrix, changing somebody's, and that somebody is always left who can."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from backoffice import undo
from backoffice.accounts.administrators import change_role, disable, find_user, grant_access, revoke
from backoffice.accounts.passwords.strength import check_strength
from backoffice.accounts.protection import active_administrators
from backoffice.clock import utcnow
from backoffice.exceptions import Conflict, Forbidden, Invalid
from backoffice.extensions import db
from backoffice.history import Actor, acting_as, operation
from backoffice.models import Administrator, Change, Operation, User
from backoffice.permissions import GRANTS, PERMISSIONS, ROLES, Role, matrix, may
from backoffice.permissions.roles import allow
from tests.accounts.people import add_grant, add_user, grant_of, id_of, operations, write
from tests.accounts.test_administrators import ROUNDS, acting, in_parallel
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator

ADMINISTRATORS = "/admin/administrator/"
ON_SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

# As people read it, and as docs/security.md repeats it.
MATRIX = """
| table | administrator | editor | viewer |
| --- | --- | --- | --- |
| records | view, create, edit, delete, bulk, export, undo | view, create, edit, delete, bulk, export, undo | view |
| backoffice_administrator | view, create, edit, delete, undo, administer | - | - |
| backoffice_sign_in | view, delete | - | - |
| backoffice_security_event | view | - | - |
"""  # noqa: E501


class Somebody:
    """A grant, as far as roles ask."""

    def __init__(self, role: str, disabled_at: Any = None) -> None:
        self.role, self.disabled_at = role, disabled_at


def test_the_roles_are_what_the_matrix_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert matrix() == MATRIX.strip()
    assert max(map(len, ROLES)) <= Administrator.role.type.length
    for role in ROLES:
        for act in PERMISSIONS:
            assert may(Somebody(role), act, "post") is (act in ROLES[role].permissions["records"])
            # Of the console's own tables each is closed that is not named.
            assert not may(Somebody(role), act, "backoffice_draft")
            assert not may(Somebody(role, utcnow()), act)
            assert not may(None, act)
        assert may(Somebody(role), "administer") is (role == "administrator")
        assert may(Somebody(role), "view", GRANTS) is (role == "administrator")
    assert not may(Somebody("king"), "view", "post")
    with pytest.raises(ValueError, match="reign"):
        may(Somebody("viewer"), "reign")
    with pytest.raises(ValueError, match="reign"):
        allow("view reign")
    more = {**ROLES["viewer"].permissions, "post": allow("view export")}
    monkeypatch.setitem(ROLES, "viewer", replace(ROLES["viewer"], permissions=more))
    assert may(Somebody("viewer"), "export", "post")
    assert not may(Somebody("viewer"), "export", "user")
    assert not may(Somebody("editor"), "export", "post") or may(Somebody("editor"), "edit", "post")


def test_changing_somebodys_role(app: Flask, signed_in: FlaskClient) -> None:
    add_administrator("john", "editor")
    john = app.test_client()
    sign_in(john, "john")
    key = grant_of("john").id
    address = f"{ADMINISTRATORS}role/?id={key}"
    assert address in signed_in.get(ADMINISTRATORS).text
    page = signed_in.get(address).text
    assert "Role of john" in page
    assert page.count('type="radio"') == len(ROLES)
    answer = submit(signed_in, address, id=key, role="viewer")
    assert answer.location == ADMINISTRATORS
    assert "john has another role now" in signed_in.get(ADMINISTRATORS).text
    # It counts at once, and nobody has to sign in again.
    assert john.get("/admin/post/").status_code == 200
    assert john.get("/admin/post/new/").status_code == 403
    assert operations() == [("administrator:role", "john", "susan")]
    assert "Changed the role of “john”" in signed_in.get("/admin/history/").text
    assert submit(signed_in, address, id=key, role="king").status_code == 422
    assert submit(signed_in, address, id=key).status_code == 303  # the one that is ticked: no change
    assert grant_of("john").role == "viewer"


@ON_SQLITE
def test_ones_own_role_stays_and_what_changed_meanwhile_is_said(app: Flask, signed_in: FlaskClient) -> None:
    add_administrator("john", "administrator")
    own, johns = (f"{ADMINISTRATORS}role/?id={grant_of(name).id}" for name in ("susan", "john"))
    answer = submit(signed_in, own, id=grant_of("susan").id, role="viewer")
    assert (answer.status_code, "your own access" in answer.text) == (409, True)
    form = {"csrf_token": token_of(signed_in.get(johns)), "id": grant_of("john").id, "role": "viewer"}
    version = signed_in.get(johns).text.partition('name="version" value="')[2].partition('"')[0]
    write(update(Administrator).where(Administrator.username == "john").values(disabled_at=utcnow()))
    answer = signed_in.post(johns, data={**form, "version": version})
    assert (answer.status_code, "was changed meanwhile" in answer.text) == (409, True)
    assert [grant_of(name).role for name in ("susan", "john")] == ["administrator"] * 2
    with pytest.raises(Invalid):
        change_role(grant_of("john").id, "king")


@pytest.mark.every_database
def test_the_last_active_administrator_is_not_demoted(susan: User) -> None:
    add_grant(add_user("disabled"), disabled_at=utcnow())
    with pytest.raises(Conflict, match="last active administrator"):
        change_role(grant_of("susan").id, "editor")
    john = id_of("john")
    with acting("susan"):
        change_role(john, "editor")
    assert [grant.username for grant in active_administrators()] == ["susan"]


@pytest.fixture
def chief(monkeypatch: pytest.MonkeyPatch) -> Role:
    """Another role that may administer, and little else."""
    permissions_by_table = {"records": allow("view"), GRANTS: allow("view edit administer")}
    role = Role("chief", "Chief", "Decides who may enter.", permissions_by_table)
    monkeypatch.setitem(ROLES, role.name, role)
    return role


@pytest.mark.every_database
def test_whoever_may_administer_counts_as_an_administrator(susan: User, chief: Role) -> None:
    add_grant(add_user("carol"), chief.name)
    add_grant(add_user("edith"), "editor")
    assert [grant.username for grant in active_administrators()] == ["susan", "carol"]
    disable(grant_of("susan").id)  # carol is left, whatever her role is called
    for take_away in (disable, revoke, lambda number: change_role(number, "editor")):
        with pytest.raises(Conflict, match="last active administrator"):
            take_away(grant_of("carol").id)
    change_role(grant_of("carol").id, "administrator")
    change_role(grant_of("carol").id, chief.name)
    assert [grant.username for grant in active_administrators()] == ["carol"]
    with acting("carol"), pytest.raises(Conflict, match="your own access"):
        change_role(grant_of("carol").id, "administrator")


@ON_SQLITE
def test_a_new_role_is_offered_described_and_called_by_its_label(signed_in: FlaskClient, chief: Role) -> None:
    add_user("carol")
    page = signed_in.get(f"{ADMINISTRATORS}grant/").text
    assert 'value="chief">Chief</option>' in page
    assert "Chief: Decides who may enter." in page
    assert submit(signed_in, f"{ADMINISTRATORS}grant/", username="carol", role="chief").status_code == 303
    assert '<span class="badge">Chief</span>' in signed_in.get(ADMINISTRATORS).text
    assert "Decides who may enter." in signed_in.get(f"{ADMINISTRATORS}role/?id={grant_of('carol').id}").text
    assert "Access given: Chief" in signed_in.get("/admin/security/").text
    with pytest.raises(Invalid, match="too little of it is left"):
        check_strength("Chief-chief-chief-7", ())


@pytest.mark.every_database
def test_two_who_demote_each_other_at_once_leave_one(app: Flask, susan: User) -> None:
    john = add_administrator("john", "administrator")
    users = {"susan": susan.id, "john": john.id}
    for _round in range(ROUNDS):
        write(update(Administrator).values(role="administrator"))
        ids = {name: grant_of(name).id for name in users}
        db.session.rollback()

        def act(username: str, other: str, ids: dict[str, int] = ids) -> Callable[[], None]:
            def run() -> None:
                with acting_as(Actor("person", username, users[username])):
                    change_role(ids[other], "viewer")

            return run

        refused = in_parallel(app, act("susan", "john"), act("john", "susan"))
        assert sum(error is None for error in refused) == 1, refused
        db.session.rollback()
        assert len(active_administrators()) == 1


@pytest.mark.every_database
def test_who_was_just_demoted_changes_nobodys_access(app: Flask, susan: User) -> None:
    john, mary = id_of("john"), id_of("mary")
    eve = add_user("eve").id
    write(update(Administrator).where(Administrator.id == john).values(role="editor"))
    for act in (
        lambda: disable(mary),
        lambda: change_role(mary, "viewer"),
        lambda: grant_access(eve, "viewer"),
    ):
        with acting("john"), pytest.raises(Forbidden):
            act()
    assert grant_of("mary").is_active


# What could lock everybody out


@pytest.mark.every_database
def test_undoing_and_putting_back_leave_somebody_who_can(app: Flask, susan: User) -> None:
    john = add_administrator("john", "administrator")
    with operation("administrator:role", table=GRANTS) as demotion:
        grant_of_in_session("john").role = "editor"
    with operation("administrator:role", table=GRANTS) as promotion:
        grant_of_in_session("john").role = "administrator"
    write(update(Administrator).where(Administrator.username == "susan").values(disabled_at=utcnow()))
    # John is the last one now, and this would make him an editor.
    with acting("susan"), pytest.raises(Conflict):
        undo.undo(promotion)
    assert grant_of("john").role == "administrator"
    assert demotion.changed_rows == 1
    # His grant would go with the name he had, which somebody else has by now.
    with acting("john"), operation("user:update", table="user") as renaming:
        grant_of_in_session("john").username = "johann"
        db.session.get_one(User, john.id).username = "johann"
        db.session.get_one(User, john.id).email = "johann@example.com"
    add_user("john")
    with acting("johann"), pytest.raises(Conflict, match="no active administrator"):
        undo.undo(renaming, skip=True)
    assert [grant.username for grant in active_administrators()] == ["johann"]


def grant_of_in_session(username: str) -> Administrator:
    return db.session.scalars(select(Administrator).where(Administrator.username == username)).one()


@ON_SQLITE
def test_the_version_pages_put_no_role_back(signed_in: FlaskClient, susan: User) -> None:
    john = id_of("john")
    with operation("administrator:role", table=GRANTS):
        grant_of_in_session("john").role = "editor"
    change = db.session.scalars(
        select(Change.id).where(Change.table_name == GRANTS, Change.action == "update")
    ).one()
    address = f"/admin/history/version/?id={change}"
    assert signed_in.get(address).status_code == 404
    token = token_of(signed_in.get("/admin/account/"))
    form = {"csrf_token": token, "column": "role", "side": "before"}
    assert signed_in.post(address, data=form).status_code == 404
    assert db.session.get_one(Administrator, john).role == "editor"


@pytest.mark.every_database
def test_all_users_selected_leaves_whoever_acts(app: Flask, signed_in: FlaskClient, susan: User) -> None:
    add_administrator("john", "administrator")
    add_user("mary")
    asked = submit(signed_in, "/admin/user/", "/admin/user/action/", action="delete", matching="1")
    answer = submit(signed_in, asked.location, seen="backoffice_administrator.user_id")
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    assert list(db.session.scalars(select(User.username))) == ["susan"]
    assert [grant.username for grant in active_administrators()] == ["susan"]


# What an editor may not do with those who have access


def test_an_editor_touches_nobody_who_has_access(app: Flask, susan: User) -> None:
    add_administrator("edith", "editor")
    add_administrator("victor", "viewer")
    victor = grant_of("victor").user_id
    with acting("susan"), operation("user:password:change", table="user") as act:
        db.session.get_one(User, victor).set_password("another password")
    number = act.id
    with acting("susan"), operation("user:update", table="user") as edit:
        db.session.get_one(User, victor).email = "new@example.com"
    edited, change = (
        edit.id,
        db.session.scalars(select(Change.id).where(Change.operation_id == edit.id)).one(),
    )
    ediths = app.test_client()
    sign_in(ediths, "edith")
    # Not by the form, nor by its history; not by undoing, nor by deleting.
    assert ediths.get(f"/admin/user/password/?id={victor}").status_code == 403
    form = {"username": "victor", "email": "e@example.com"}
    assert submit(ediths, f"/admin/user/edit/?id={victor}", **form).status_code == 403
    token = token_of(ediths.get("/admin/account/"))
    page = ediths.get(f"/admin/history/version/?id={change}&side=before").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    back = {"csrf_token": token, "column": "email", "side": "before", "version": version}
    assert ediths.post(f"/admin/history/version/?id={change}", data=back).status_code == 403
    for one in (number, edited):
        answer = ediths.post(f"/admin/history/undo/?id={one}", data={"csrf_token": token, "previewed": "1"})
        assert answer.status_code == 409, answer.text
    asked = submit(ediths, "/admin/user/", "/admin/user/action/", action="delete", rowid=victor)
    assert submit(ediths, asked.location).status_code == 409
    db.session.rollback()
    kept = db.session.get_one(User, victor)
    assert (kept.email, kept.check_password("another password")) == ("new@example.com", True)
    # Others are no more than rows.
    mary = add_user("mary").id
    with acting("susan"), operation("user:update", table="user") as act:
        db.session.get_one(User, mary).email = "m@example.com"
    answer = ediths.post(f"/admin/history/undo/?id={act.id}", data={"csrf_token": token, "previewed": "1"})
    assert answer.status_code == 303


@ON_SQLITE
def test_a_user_who_had_access_comes_back_from_the_trash_without_it(
    app: Flask, signed_in: FlaskClient, susan: User
) -> None:
    add_administrator("john", "administrator")
    add_administrator("edith", "editor")
    john = grant_of("john").user_id
    asked = submit(signed_in, "/admin/user/", "/admin/user/delete/", id=john)
    assert submit(signed_in, asked.location, seen="backoffice_administrator.user_id").status_code == 303
    ediths = app.test_client()
    sign_in(ediths, "edith")
    deletion = db.session.scalars(
        select(Change.id).where(
            Change.table_name == "user", Change.row_key == str(john), Change.action == "delete"
        )
    ).one()
    token = token_of(ediths.get("/admin/account/"))
    undoing = db.session.scalars(select(Operation.id).where(Operation.kind == "user:delete")).one()
    for address, form, status in (
        (f"/admin/history/undo/?id={undoing}", {"previewed": "1"}, 403),
        ("/admin/history/return/", {"rowid": str(deletion)}, 303),
    ):
        answer = ediths.post(address, data={"csrf_token": token, **form})
        assert answer.status_code == status, answer.text
    db.session.rollback()
    assert find_user("john") is not None
    assert db.session.query(Administrator).where(Administrator.username == "john").count() == 0
