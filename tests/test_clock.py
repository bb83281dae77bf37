"""One clock, the database's: whatever a machine takes for the time, processes agree."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import event, text, update

from backoffice import clock
from backoffice.accounts.mfa import totp
from backoffice.accounts.rate_limits.buckets import Limit, count, refund
from backoffice.clock import ClockSigner, note_time, running, timestamp, utcnow
from backoffice.exceptions import Throttled
from backoffice.extensions import db
from backoffice.models import AdminSession, Operation, Post, Throttle, User
from backoffice.work import lease, run_operation
from tests.work.conftest import deletion_of_all, operation, posts

__all__ = ["posts"]
HOUR = timedelta(hours=1)
# So long a busy machine may take from one line to the next.
A_MOMENT = timedelta(minutes=1)
on_servers = pytest.mark.parametrize("migrated_url", ["postgresql", "mariadb"], indirect=True)
on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
NOW = {
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "postgresql": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "mariadb": "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)",
}


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that was read by nobody yet, for each test."""
    read = list(clock._read)
    clock._read.clear()
    yield
    clock._read[:] = read


def be_ahead(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let this machine take it to be later, or earlier, than it is."""
    right = clock.machine_time
    monkeypatch.setattr(clock, "machine_time", lambda: right() + by)
    monkeypatch.setattr("backoffice.connections.sqlite.machine_time", lambda: right() + by)


def database_time() -> datetime:
    with db.engine.connect() as connection:
        return datetime.fromisoformat(str(connection.scalar(text(NOW[db.engine.dialect.name]))))


def connect_anew() -> None:
    """As a process does that was just started."""
    db.session.remove()
    db.engine.dispose()
    db.session.execute(text("SELECT 1"))
    db.session.rollback()


def is_about(one: datetime, other: datetime) -> bool:
    return abs(one - other) < A_MOMENT


# How it goes


@on_servers
@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_it_is_the_databases(app: Flask, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    be_ahead(monkeypatch, by)
    connect_anew()
    assert is_about(utcnow(), database_time())
    assert datetime.fromtimestamp(timestamp(), UTC).replace(tzinfo=None) - utcnow() < A_MOMENT


def test_before_it_is_read_it_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    be_ahead(monkeypatch, HOUR)
    assert is_about(utcnow(), datetime.now(UTC).replace(tzinfo=None) + HOUR)


def test_it_goes_on_with_the_machine_and_does_not_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = running()
    monkeypatch.setattr(clock, "running", lambda: ran)
    note_time(datetime(2024, 5, 31, 12), ran)
    be_ahead(monkeypatch, HOUR)
    assert utcnow() == datetime(2024, 5, 31, 12)
    monkeypatch.setattr(clock, "running", lambda: ran + 90.5)
    assert utcnow() == datetime(2024, 5, 31, 12, 1, 30, 500_000)


def test_a_reading_that_agrees_changes_nothing_and_one_that_does_not_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran, noon = running(), datetime(2024, 5, 31, 12)
    monkeypatch.setattr(clock, "running", lambda: ran)
    note_time(noon, ran)
    note_time(noon - timedelta(seconds=3), ran - 4)  # asked four seconds ago, and answered some time since
    assert utcnow() == noon
    note_time(noon + timedelta(seconds=60), ran - 4)
    assert utcnow() == noon + timedelta(seconds=62)


def test_no_statement_asks_for_it_but_that_of_a_new_connection(app: Flask) -> None:
    connect_anew()
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    utcnow()
    lease.due(Operation)
    (asked,) = (statement for statement in said if statement != "BEGIN")
    assert "timestamp()" not in asked.lower()


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_on_postgresql_a_connection_is_set_up_by_one_statement(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_anew()  # the very first one of an engine is asked more
    db.engine.dispose()
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(self: Any, query: str, *rest: Any, **known: Any) -> Any:
        said.append(query)
        return execute(self, query, *rest, **known)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    db.engine.raw_connection().close()
    assert len(said) == 1


# Who goes by it


@on_servers
def test_a_worker_whose_clock_is_an_hour_ahead_takes_a_lease_that_ends_in_time(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_id = deletion_of_all()
    be_ahead(monkeypatch, HOUR)
    connect_anew()
    assert lease.acquire(Operation, act_id) == 1
    until = operation(act_id).lease_until
    assert until is not None
    assert is_about(until, database_time() + lease.LEASE)


def test_a_lease_of_a_clock_that_was_wrong_keeps_nobody_waiting(
    posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on SQLite, which has no clock but the machine's: a worker that was started while it was wrong."""
    act_id = deletion_of_all()
    with monkeypatch.context() as wrong:
        clock._read.clear()
        be_ahead(wrong, HOUR)
        assert lease.acquire(Operation, act_id) == 1
    connect_anew()
    lease.drop(Operation, act_id)
    monkeypatch.setattr(lease, "_names", ["another"])
    until = operation(act_id).lease_until
    assert until is not None
    assert until - utcnow() > timedelta(minutes=59)
    assert lease.due(Operation) == [act_id]
    run_operation(act_id)
    assert operation(act_id).state == "done"


@on_servers
def test_a_sign_in_ends_by_it(signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    be_ahead(monkeypatch, 2 * HOUR)
    connect_anew()
    assert signed_in.get("/admin/").status_code == 200
    db.session.execute(update(AdminSession).values(last_seen_at=database_time() - timedelta(minutes=61)))
    db.session.commit()
    assert signed_in.get("/admin/").status_code == 302


@on_servers
def test_a_code_of_an_authenticator_app_is_of_its_half_minute(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = pyotp.random_base32()
    step = int((database_time() - datetime(1970, 1, 1)).total_seconds()) // 30
    be_ahead(monkeypatch, HOUR)
    connect_anew()
    code = pyotp.HOTP(secret).at(step)
    assert totp.step_of(secret, code, utcnow()) == step


@on_servers
def test_what_is_recorded_bears_it(app: Flask, susan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    be_ahead(monkeypatch, -HOUR)
    connect_anew()
    db.session.add(Post(body="now"))
    db.session.commit()
    assert is_about(db.session.query(Post).one().timestamp, database_time())


def test_attempts_that_a_wrong_clock_counted_keep_nobody_out_for_long(app: Flask) -> None:
    limit = Limit("test", 2, timedelta(minutes=10))
    for _attempt in range(2):
        count((limit, "susan"))
    db.session.execute(update(Throttle).values(free_at=utcnow() + 24 * HOUR))
    db.session.commit()
    with pytest.raises(Throttled) as refused:
        count((limit, "susan"))
    assert refused.value.retry_after <= limit.each.total_seconds()


def test_attempts_that_were_right_keep_nobody_out_when_a_clock_is_set_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Limit("test", 2, timedelta(minutes=10))
    with monkeypatch.context() as wrong:
        clock._read.clear()
        be_ahead(wrong, HOUR)
        count((limit, "susan"))
        refund((limit, "susan"))
    connect_anew()
    for _attempt in range(2):
        count((limit, "susan"))


# What is signed


def test_a_signature_ends_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = URLSafeTimedSerializer("key", signer=ClockSigner)
    ran, noon = running(), datetime(2024, 5, 31, 12)
    monkeypatch.setattr(clock, "running", lambda: ran)
    note_time(noon, ran)
    signed = signer.dumps("value")
    be_ahead(monkeypatch, 24 * HOUR)
    assert signer.loads(signed, max_age=60) == "value"
    monkeypatch.setattr(clock, "running", lambda: ran + 61)
    with pytest.raises(SignatureExpired):
        signer.loads(signed, max_age=60)


def test_a_process_that_is_a_moment_behind_takes_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = URLSafeTimedSerializer("key", signer=ClockSigner)
    ran, noon = running(), datetime(2024, 5, 31, 12)
    monkeypatch.setattr(clock, "running", lambda: ran)
    note_time(noon, ran)
    signed = signer.dumps("value")
    for behind, is_taken in ((0.02, True), (5.0, False)):
        monkeypatch.setattr(clock, "_read", [(noon - timedelta(seconds=behind), ran)])
        if is_taken:
            assert signer.loads(signed, max_age=60) == "value"
        else:
            with pytest.raises(BadSignature):
                signer.loads(signed, max_age=60)


@on_servers
def test_the_session_is_signed_by_it(signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 4_102_444_800.0)  # 2100: no session of now would be good
    assert signed_in.get("/admin/").status_code == 200
