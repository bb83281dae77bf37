"""Who may do what: every address, by every method, as everybody; and what the pages offer to whom.

The tables are written by hand. A new address is refused by this test until it is named in them.
"""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Update, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backoffice.clock import utcnow
from backoffice.exceptions import Forbidden
from backoffice.extensions import db
from backoffice.history import operation
from backoffice.models import Administrator, Change, Operation, Post, User
from backoffice.permissions import ROLES, Role, roles
from backoffice.permissions.roles import allow
from tests.beginnings import begin
from tests.browsing import sign_in, submit, token_of
from tests.conftest import add_administrator

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

TABLES = (roles.RECORDS, roles.GRANTS, roles.SESSIONS, roles.SECURITY_LOG)
# Roles that somebody might add, one entry each: the pages know them without another word.
ADDED = {
    "auditor": Role(
        "auditor",
        "Auditor",
        "Looks at everything, the security log too.",
        {name: allow("view") for name in TABLES},
    ),
    "chief": Role(
        "chief",
        "Chief",
        "Decides who may enter, and changes nothing else.",
        {
            roles.RECORDS: allow("view"),
            roles.GRANTS: allow("view create edit delete administer"),
            roles.SESSIONS: allow("view delete"),
            roles.SECURITY_LOG: allow("view"),
        },
    ),
}
EVERY_ROLE = (*ROLES, *ADDED)
ROLES_OF = {
    "view": "viewer editor administrator auditor chief",
    "create": "editor administrator",
    "edit": "editor administrator",
    "delete": "editor administrator",
    "bulk": "editor administrator",
    "export": "editor administrator",
    "undo": "editor administrator",
    "see access": "administrator auditor chief",
    "access": "administrator chief",
    # What is about oneself alone.
    "own": "viewer editor administrator auditor chief",
}
# What everybody may, signed in or not.
ANYBODY = "anybody"
# What comes after a password, and leads everybody else to the sign-in page.
MFA_CHALLENGE = "MFA challenge"
RECORDS = {
    "index_view": "view",
    "details_view": "view",
    "create_view": "create",
    "edit_view": "edit",
    "draft_view": "create",
    "discard_view": "create",
    "delete_view": "delete",
    "action_view": "bulk",
    "selection_view": "delete",
    "edit_selection_view": "edit",
    "export": "export",
    "ajax_lookup": "view",
    "ajax_update": "edit",
}
# By endpoint; where looking is something else than sending, `GET` and `POST` apart.
ACTS: dict[str, str | dict[str, str]] = {
    "home": ANYBODY,
    "asset": ANYBODY,
    "health.healthz": ANYBODY,
    "sign_in.login": ANYBODY,
    "sign_in.enter": ANYBODY,
    "sign_in.logout": ANYBODY,
    "mfa_challenge.ask": MFA_CHALLENGE,
    "mfa_challenge.finish": MFA_CHALLENGE,
    "mfa_challenge.enter_with_passkey": MFA_CHALLENGE,
    "password.choose": ANYBODY,
    "password.done": ANYBODY,
    "admin.index": "view",
    "palette.index": "view",
    **{f"user.{function}": act for function, act in RECORDS.items()},
    **{f"post.{function}": act for function, act in RECORDS.items()},
    "user.password_view": "edit",
    "user.password_link_view": "edit",
    "history.index_view": "view",
    "history.export": "export",
    "history.details_view": "view",
    "history.progress_view": "view",
    "history.cancel_view": "bulk",
    "history.resume_view": "bulk",
    "history.undo_view": "undo",
    "history.record_view": "view",
    "history.version_view": {"GET": "view", "POST": "edit"},
    "history.trash_view": "view",
    "history.return_view": "undo",
    "administrator.index_view": "see access",
    "administrator.grant_view": "access",
    "administrator.role_view": "access",
    "administrator.disable_view": "access",
    "administrator.enable_view": "access",
    "administrator.revoke_view": "access",
    "second_factor_reset.index": "access",
    "security.index_view": "see access",
    "security.export": "see access",
    "account.index": "own",
    "account.preferences_view": "own",
    "sessions.index_view": "own",
    "sessions.end_view": "own",
    "sessions.end_all_view": "own",
    "second_factor.index": "own",
    "second_factor.authenticator_view": "own",
    "second_factor.remove_authenticator_view": "own",
    "second_factor.add_passkey_view": "own",
    "second_factor.rename_passkey_view": "own",
    "second_factor.remove_passkey_view": "own",
    "second_factor.recovery_codes_view": "own",
    "proof.index": "own",
    "theme.index": "own",
}
# What is open to those who have to change their password first.
BEFORE_THE_PASSWORD = {"account.index", "theme.index"}
# Where an address needs more than nothing to come to what it does.
QUERIES = {
    "history.version_view": "id={change}",
    "history.details_view": "id={operation}",
    "history.progress_view": "id={operation}",
    "history.undo_view": "id={operation}",
    "history.record_view": "table=post&key={post}",
    "user.password_view": "id={user}",
    "user.edit_view": "id={user}",
    "post.edit_view": "id={post}",
}
# Their forms are tested where they are: each of them would end what the walk needs.
NOT_SENT = {"sign_in.enter", "sign_in.logout"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PEOPLE = ("stranger", "disabled", "must change", *EVERY_ROLE)


@dataclass
class Stage:
    """Everybody with a browser, and something to look at."""

    app: Flask
    browsers: dict[str, FlaskClient]
    tokens: dict[str, str]
    numbers: dict[str, int]


@pytest.fixture
def stage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for role_name, role in ADDED.items():
        monkeypatch.setitem(ROLES, role_name, role)
    name = str(app.config["SESSION_COOKIE_NAME"])
    cookies, tokens, numbers = begin("stage", lambda: everybody(app, name))
    browsers = {who: app.test_client() for who in PEOPLE}
    for who, cookie in cookies.items():
        browsers[who].set_cookie(name, cookie)
    return Stage(app, browsers, tokens, numbers)


def everybody(app: Flask, name: str) -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """The cookie of this name and the token of each browser, and the numbers of what there is to look at."""
    browsers = {who: app.test_client() for who in PEOPLE}
    for who in PEOPLE[1:]:
        add_administrator(who, who if who in EVERY_ROLE else "administrator")
        sign_in(browsers[who], who)
    pages = {who: "/login" if who == "stranger" else "/admin/account/" for who in PEOPLE}
    tokens = {who: token_of(browser.get(pages[who])) for who, browser in browsers.items()}
    numbers = something_to_look_at()
    for who, columns in (("disabled", "disabled_at"), ("must change", "password_made_up_at")):
        grant = Administrator.username == who
        db.session.execute(update(Administrator).where(grant).values({columns: utcnow()}))
    db.session.commit()
    cookies = {who: browser.get_cookie(name) for who, browser in browsers.items()}
    return {who: kept.decoded_value for who, kept in cookies.items() if kept}, tokens, numbers


def something_to_look_at() -> dict[str, int]:
    """A user who has no access, and a post of theirs that was edited, and one that was deleted."""
    user = User(username="mary", email="mary@example.com")
    posts = [Post(body=text, author=user, timestamp=utcnow()) for text in ("hello", "gone")]
    db.session.add_all(posts)
    db.session.commit()
    with operation("post:update", table="post", selection="post hello") as act:
        posts[0].body = "hello again"
    with operation("post:delete", table="post", selection="post gone"):
        db.session.delete(posts[1])
    change = db.session.scalars(select(Change.id).where(Change.operation_id == act.id)).one()
    return {"user": user.id, "post": posts[0].id, "operation": act.id, "change": change}


def expected(endpoint: str, method: str, who: str) -> str:
    """What the tables say: `in`, `sign in`, `password first` or `forbidden`."""
    act = ACTS[endpoint]
    if isinstance(act, dict):
        act = act["POST" if method == "POST" else "GET"]
    if act == ANYBODY:
        return "in"
    if act == MFA_CHALLENGE or who in ("stranger", "disabled"):
        return "sign in"
    if who == "must change":
        return "in" if endpoint in BEFORE_THE_PASSWORD else "password first"
    return "in" if who in ROLES_OF[act].split() else "forbidden"


def outcome(answer: TestResponse) -> str:
    """What an answer amounts to; whatever a page says of what it was asked for, it was asked."""
    location = answer.location or ""
    if answer.status_code in (302, 303) and location.startswith("/login"):
        return "sign in"
    if answer.status_code == 302 and location == "/admin/account/":
        return "password first"
    assert answer.status_code < 500, answer.text
    return {403: "forbidden", 405: "no such method"}.get(answer.status_code, "in")


def test_every_address_is_in_the_tables(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == ACTS.keys(), "say who may do this"


def test_every_address_by_every_method_as_everybody(stage: Stage) -> None:
    wrong = []
    for rule in stage.app.url_map.iter_rules():
        if rule.endpoint in NOT_SENT:
            continue
        for method in sorted(rule.methods or ()):
            for who in PEOPLE if method != "HEAD" else ("stranger", "viewer"):
                said = outcome(ask(stage, rule, method, who))
                if said != expected(rule.endpoint, method, who):
                    wrong.append(f"{method} {rule.rule} as {who}: {said}")
        for method in {*OTHER_METHODS} - {*(rule.methods or ())}:
            answer = ask(stage, rule, method, "administrator")
            if answer.status_code not in (400, 405):
                wrong.append(f"{method} {rule.rule}: {answer.status}")
    assert not wrong, "\n".join(wrong)


def ask(stage: Stage, rule: Rule, method: str, who: str) -> TestResponse:
    address = rule.rule.replace("<export_type>", "csv").replace("<token>", "unknown")
    address = address.replace("<fingerprint>/<path:name>", "x/y")
    form = {"csrf_token": stage.tokens[who]} if method not in ("GET", "HEAD") else None
    query = QUERIES.get(rule.endpoint, "").format(**stage.numbers)
    return stage.browsers[who].open(address, method=method, data=form, query_string=query)


def test_looking_without_a_body_changes_nothing(stage: Stage) -> None:
    """HEAD carries no token, and is let through to whatever GET shows."""
    browser, numbers = stage.browsers["administrator"], stage.numbers
    form = {"action": "delete", "rowid": numbers["post"]}
    asked = submit(browser, "/admin/post/", "/admin/post/action/", **form).location
    for address in (
        asked,
        f"/admin/history/undo/?id={numbers['operation']}",
        f"/admin/history/version/?id={numbers['change']}&side=before&column=body",
        f"/admin/post/edit/?id={numbers['post']}",
    ):
        sent = {"body": "by HEAD", "column": "body", "side": "before", "previewed": "1"}
        for method in ("HEAD", "GET"):
            assert browser.open(address, method=method, data=sent).status_code == 200, (method, address)
    db.session.rollback()
    assert list(db.session.scalars(select(Post.body))) == ["hello again"]


def test_an_act_on_many_rows_is_asked_for_by_its_name(stage: Stage) -> None:
    for table in ("user", "post"):
        for action, status in (("delete", 303), ("edit", 303), ("unknown", 400), ("", 400)):
            for who in EVERY_ROLE:
                form = {"csrf_token": stage.tokens[who], "action": action, "rowid": stage.numbers[table]}
                answer = stage.browsers[who].post(f"/admin/{table}/action/", data=form)
                assert answer.status_code == (status if who in ROLES_OF["bulk"].split() else 403), (
                    table,
                    action,
                    who,
                )


def test_what_is_somebody_elses_is_not_there(stage: Stage) -> None:
    browser = stage.browsers["administrator"]
    asked = submit(
        browser, "/admin/post/", "/admin/post/action/", action="delete", rowid=stage.numbers["post"]
    )
    assert browser.get(asked.location).status_code == 200
    for suffix in ("", "edit/"):
        address = asked.location.partition("?")[0] + suffix
        assert stage.browsers["editor"].get(address).status_code == 404
        answer = stage.browsers["editor"].post(address, data={"csrf_token": stage.tokens["editor"]})
        assert answer.status_code == 404
    act = db.session.get_one(Operation, stage.numbers["operation"])
    act.administrator_id, act.state = 1, "running"
    db.session.commit()
    form = {"csrf_token": stage.tokens["editor"], "id": act.id}
    assert stage.browsers["editor"].post("/admin/history/cancel/", data=form).status_code == 403
    assert stage.browsers["editor"].post("/admin/history/resume/", data=form).status_code == 403


# Who is offered what: a page, what stands on it, and the act that it is for.
OFFERS = [
    ("/admin/post/", "New post", "create"),
    ("/admin/post/", "/admin/post/export/csv/", "export"),
    ("/admin/post/", "/admin/post/export/jsonl/", "export"),
    ("/admin/post/", 'name="rowid"', "bulk"),
    ("/admin/post/", 'value="delete"', "delete"),
    ("/admin/post/", "/admin/post/edit/?id=", "edit"),
    ("/admin/post/", "/admin/post/delete/", "delete"),
    ("/admin/post/details/?id={post}", "/admin/post/edit/", "edit"),
    ("/admin/post/details/?id={post}", "/admin/post/delete/", "delete"),
    ("/admin/user/details/?id={user}", "/admin/user/password/", "edit"),
    ("/admin/history/details/?id={operation}", "/admin/history/undo/", "undo"),
    ("/admin/history/trash/?table=post", "Put back", "undo"),
    ("/admin/history/trash/?table=post", 'name="rowid"', "undo"),
    ("/admin/history/version/?id={change}&side=before", 'name="column"', "edit"),
    ("/admin/", "/admin/administrator/", "see access"),
    ("/admin/", "/admin/security/", "see access"),
    ("/admin/palette/", "New post", "create"),
    ("/admin/palette/", "Export posts", "export"),
    ("/admin/palette/", "/admin/administrator/", "see access"),
    ("/admin/account/", "/admin/sessions/", "own"),
]


def test_pages_offer_what_the_role_allows_and_nothing_else(stage: Stage) -> None:
    wrong = [
        (page, words, who)
        for page, words, act in OFFERS
        for who in EVERY_ROLE
        if (words in looked_at(stage, page, who)) is not (who in ROLES_OF[act].split())
    ]
    assert not wrong


def looked_at(stage: Stage, page: str, who: str) -> str:
    return stage.browsers[who].get(page.format(**stage.numbers)).text


def test_editors_are_not_offered_to_edit_those_who_have_access(stage: Stage) -> None:
    granted = db.session.scalars(select(Administrator.user_id)).all()
    for who, is_offered in (("administrator", True), ("editor", False)):
        page = looked_at(stage, "/admin/user/", who)
        assert "/admin/user/edit/?id={user}".format(**stage.numbers) in page
        for key in granted:
            assert (f"/admin/user/edit/?id={key}" in page) is is_offered, (who, key)
            assert (f"/admin/user/password/?id={key}" in page) is is_offered, (who, key)


FORGED = {"password_hash": "x", "role": "administrator", "id": "4711", "disabled_at": "", "user_id": "1"}
SECRETS = ("sort=password_hash", "password_hash_begins=$2b", "password_hash_is=x")


def test_no_role_reads_or_writes_what_no_form_shows(stage: Stage) -> None:
    """Fields that are sent beside those of a form are nothing, and filters by what is secret find nothing."""
    hashed = db.session.scalars(select(User.password_hash).where(User.username == "editor")).one()
    assert hashed is not None
    key = stage.numbers["user"]
    for who in ("administrator", "editor"):
        browser = stage.browsers[who]
        named = {"username": f"mary of {who}", "email": "mary@example.com"}
        assert submit(browser, f"/admin/user/edit/?id={key}", **named, **FORGED).status_code == 303
        mary = rows_of_mary()
        assert mary == [(key, f"mary of {who}", None)]
    for who in EVERY_ROLE:
        pages = [looked_at(stage, f"/admin/user/?{query}", who) for query in ("", *SECRETS)]
        rows = [re.findall(r"/admin/user/details/\?id=\d+", page) for page in pages]
        assert rows == [rows[0], *([] for _secret in SECRETS)]
        assert rows[0]
        assert not any(hashed in page or "$2b$04$" in page for page in pages)
    for kind in ("csv", "jsonl"):
        export = stage.browsers["editor"].get(f"/admin/user/export/{kind}/?sort=password_hash")
        assert export.status_code == 400
        assert "$2b$" not in export.text


def rows_of_mary() -> list[tuple[int, str, str | None]]:
    db.session.rollback()
    mary = select(User.id, User.username, User.password_hash).where(User.username.startswith("mary"))
    return [(row[0], row[1], row[2]) for row in db.session.execute(mary)]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(
    "change",
    [update(Administrator).values(role="viewer"), update(Administrator).values(disabled_at=utcnow())],
    ids=["demoted", "disabled"],
)
def test_a_running_export_breaks_off_where_the_role_is_taken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, change: Update, kind: str
) -> None:
    monkeypatch.setattr("backoffice.transfer.stream.ASK_SECONDS", 0)
    monkeypatch.setattr("backoffice.transfer.stream.CHUNK_BYTES", 10)
    for module in ("rows", "copy"):
        monkeypatch.setattr(f"backoffice.transfer.{module}.WRITTEN_ROWS", 2)
    db.session.add_all(Post(body=f"post {number}", timestamp=utcnow()) for number in range(50))
    db.session.commit()
    file = stage.browsers["editor"].get(f"/admin/post/export/{kind}/").iter_encoded()
    begun = [next(file) for _ in range(3)]
    db.session.execute(change)
    db.session.commit()
    assert b"post" in b"".join(begun)
    with pytest.raises(Forbidden, match="editor may not export post any more"):
        list(file)
