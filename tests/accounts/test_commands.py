"""`create-admin` and `set-password`, as they are typed."""

import os
import pty
import re
import sys
from select import select as select_ready

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from backoffice.accounts.authentication import authenticate
from backoffice.clock import utcnow
from backoffice.extensions import db
from backoffice.models import Administrator, User
from tests.accounts.people import FOREIGN_HASH, add_grant, add_user, grant_of, operations, reread, write
from tests.conftest import PASSWORD, add_administrator
from tests.processes import FORKS, manage
from tests.waiting import SECONDS

NEW = "a new password, long enough"
SHOWN = re.compile(r"^Password: (\S{24,})$", re.MULTILINE)


def run(app: Flask, *args: str, typed: str = "") -> Result:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=args, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    db.session.rollback()
    return result


def is_password(username: str, password: str) -> bool:
    return authenticate(username, password) is not None


def test_a_new_administrator_with_a_password_that_is_made_up(app: Flask) -> None:
    result = run(app, "create-admin", "susan", "susan@example.com")
    assert result.exit_code == 0
    assert result.stdout.startswith("Username: susan\nPassword: ")
    shown = SHOWN.search(result.stdout)
    assert shown
    assert is_password("susan", shown[1])
    assert grant_of("susan").role == "administrator"
    assert grant_of("susan").password_made_up_at is not None
    assert operations() == [("administrator:grant", "susan", "manage.py create-admin")]


@pytest.mark.parametrize("line", [f"{NEW}\n", NEW, f"{NEW}\r\n", f"{NEW}\nand more\n"])
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_password_from_standard_input_is_its_first_line_and_not_shown(app: Flask, line: str) -> None:
    result = run(app, "create-admin", "susan", "susan@example.com", "--password-stdin", typed=line)
    assert result.stdout == "Username: susan\n"
    assert is_password("susan", NEW)
    assert grant_of("susan").password_made_up_at is None


def test_a_role_is_chosen(app: Flask) -> None:
    assert run(app, "create-admin", "victor", "victor@example.com", "--role", "viewer").exit_code == 0
    assert grant_of("victor").role == "viewer"
    assert run(app, "create-admin", "eve", "eve@example.com", "--role", "king").exit_code == 2


def test_a_user_who_is_there_is_granted_access_and_keeps_the_password(app: Flask) -> None:
    add_user("susan")
    result = run(app, "create-admin", "susan", "susan@example.com", "--password-stdin", typed=f"{NEW}\n")
    assert result.exit_code == 0
    assert SHOWN.search(result.stdout) is None
    assert is_password("susan", PASSWORD)
    assert db.session.query(User).count() == 1


def test_a_user_of_another_application_gets_a_console_password(app: Flask) -> None:
    user = add_user("susan", hashed=FOREIGN_HASH)
    result = run(app, "create-admin", "susan", "susan@example.com")
    shown = SHOWN.search(result.stdout)
    assert shown
    assert is_password("susan", shown[1])
    reread(user)
    assert user.password_hash == FOREIGN_HASH


@pytest.mark.parametrize(
    ("args", "typed", "reason"),
    [
        (("susan", "other@example.com"), "", "another email"),
        (("other", "susan@example.com"), "", "susan"),
        (("susan", "susan@example.com"), "", "already"),
        (("sus\u200ban", "new@example.com"), "", "cannot be seen"),
        (("new", "no address"), "", "not an email address"),
        (("new", "new@example.com", "--password-stdin"), "short\n", "at least 12"),
        (("new", "new@example.com", "--password-stdin"), "x" * 5000 + "\n", "too long"),
        (("new", "new@example.com", "--password-stdin"), "correcthorsebatterystaple\n", "stolen"),
    ],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_cannot_be_is_said_in_one_line(
    app: Flask, args: tuple[str, ...], typed: str, reason: str
) -> None:
    add_administrator("susan", "administrator")
    result = run(app, "create-admin", *args, typed=typed)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert db.session.query(User).count() == db.session.query(Administrator).count() == 1


def test_somebody_who_was_disabled_can_be_let_in_again(app: Flask) -> None:
    add_grant(add_user("susan"), "viewer", disabled_at=utcnow())
    assert run(app, "create-admin", "susan", "susan@example.com").exit_code == 0
    assert grant_of("susan").is_active
    assert grant_of("susan").role == "administrator"


def test_setting_a_password(app: Flask) -> None:
    add_administrator("susan", "administrator")
    result = run(app, "set-password", "SUSAN", "--password-stdin", typed=f"{NEW}\n")
    assert (result.exit_code, result.stdout) == (0, "Username: susan\n")
    assert is_password("susan", NEW)
    assert grant_of("susan").password_made_up_at is None
    result = run(app, "set-password", "susan")
    shown = SHOWN.search(result.stdout)
    assert shown
    assert is_password("susan", shown[1])
    assert grant_of("susan").password_made_up_at is not None
    assert operations()[-1] == ("user:password:change", "susan", "manage.py set-password")


def test_setting_a_password_over_one_of_another_application_takes_force(app: Flask) -> None:
    user = add_user("john", hashed=FOREIGN_HASH)
    result = run(app, "set-password", "john", "--password-stdin", typed=f"{NEW}\n")
    assert result.exit_code == 1
    assert "lock them out" in result.stderr
    assert "--force" in result.stderr
    reread(user)
    assert user.password_hash == FOREIGN_HASH
    assert run(app, "set-password", "john", "--force").exit_code == 0
    reread(user)
    assert user.password_hash != FOREIGN_HASH


def test_an_administrator_of_another_application_gets_the_console_password_set(app: Flask) -> None:
    user = add_user("susan", hashed=FOREIGN_HASH)
    add_grant(user, password_hash=FOREIGN_HASH)
    assert run(app, "set-password", "susan", "--password-stdin", typed=f"{NEW}\n").exit_code == 0
    assert is_password("susan", NEW)
    reread(user)
    assert user.password_hash == FOREIGN_HASH


def test_a_name_that_nobody_has(app: Flask) -> None:
    for name in ("nobody", "", "a\x01"):
        result = run(app, "set-password", name)
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1), name


def test_the_house_can_be_opened_again_from_the_shell(app: Flask) -> None:
    """The application renamed the only administrator, so that nobody gets in."""
    add_administrator("susan", "administrator")
    write(update(User).values(username="susan2"))
    assert run(app, "create-admin", "susan2", "susan@example.com").exit_code == 0
    assert is_password("susan2", PASSWORD)
    assert db.session.scalars(select(Administrator.username)).all() == ["susan2"]


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("answers", "printed"),
    [
        ([NEW, NEW], "Username: susan"),
        ([NEW, "another", NEW, NEW], "do not match"),
        (["", ""], "Password: "),
    ],
)
def test_at_a_terminal_the_password_is_asked_for_twice_without_echo(
    app: Flask, migrated_url: str, answers: list[str], printed: str
) -> None:
    output = at_a_terminal(migrated_url, answers, "create-admin", "susan", "susan@example.com")
    assert printed in output
    assert NEW not in output
    shown = SHOWN.search(output.replace("\r\n", "\n"))
    assert is_password("susan", shown[1] if shown else NEW)
    assert bool(shown) is (answers == ["", ""])


def at_a_terminal(database_url: str, answers: list[str], *args: str) -> str:
    """Run `manage.py` with a terminal, and answer its questions when it asks them."""
    controller, terminal = pty.openpty()
    process = FORKS.Process(
        target=manage_at_terminal, args=(os.ttyname(terminal), args, database_url), daemon=True
    )
    process.start()
    try:
        output = ""
        for answer in answers:
            output += read_until(controller, ("generated): ", "confirmation: "))
            os.write(controller, f"{answer}\n".encode())
        os.close(terminal)
        output += read_until(controller, ())
        process.join(SECONDS)
        assert process.exitcode == 0, output
        return output
    finally:
        process.kill()
        process.join()
        os.close(controller)


def manage_at_terminal(terminal: str, args: tuple[str, ...], database_url: str) -> None:
    os.login_tty(os.open(terminal, os.O_RDWR))
    sys.stdin = os.fdopen(0)
    manage(args, {"DATABASE_URL": database_url})


def read_until(controller: int, ends: tuple[str, ...]) -> str:
    text = ""
    while not text.endswith(ends):
        ready, _, _ = select_ready([controller], [], [], SECONDS)
        assert ready, f"waited for {ends} after {text!r}"
        try:
            read = os.read(controller, 1)
        except OSError:  # the terminal is gone with its process
            break
        if not read:
            break
        text += read.decode()
    return text
